//! `kpi-without-currency`: amounts of money in no currency.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    if campaign.settings.currency.is_some() || context.resolution.unread_words.contains("currency") {
        return;
    }
    for (name, kpi) in campaign.kpis.iter().filter(|(_, kpi)| kpi.measure.is_money()) {
        let message = format!("the KPI `{name}` is an amount of money, and the project has no currency");
        let finding = Diagnostic::new(Code::KpiWithoutCurrency, kpi.origin.0, message);
        sink.push(finding.help("write `currency: JPY`, or another ISO 4217 code, in `tabiji.yaml`"));
    }
}
