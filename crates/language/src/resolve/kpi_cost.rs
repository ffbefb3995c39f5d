//! Costs that KPIs name: whether they are there, and whether anything is paid for them.

use std::collections::BTreeSet;

use super::Resolver;
use super::names::listed;
use crate::ast::kpi::{self, By, CostNames};
use crate::ast::{Kind, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::Money;
use crate::ir::journey::Action;
use crate::ir::kpi::{Cost, CostKind};
use crate::syntax::Spanned;
use crate::text::{Span, nearest};

impl Resolver<'_> {
    /// What a KPI names as its costs.
    pub(super) fn kpi_costs(&mut self, names: &Spanned<CostNames>, def: &kpi::Kpi) -> Option<Vec<Cost>> {
        let words: Vec<Text> = match &names.value {
            CostNames::One(word) => vec![Spanned { value: word.clone(), span: names.span }],
            CostNames::Several(words) => words.clone(),
        };
        if words.is_empty() {
            self.sink.push(Diagnostic::new(Code::InvalidValue, names.span, "no cost is named").help("write `all`"));
            return None;
        }
        let found: Vec<Option<Vec<Cost>>> = words.iter().map(|word| self.kpi_cost(word)).collect();
        let mut costs: Vec<Cost> = found.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        costs.sort_unstable();
        costs.dedup();
        // A whole kind holds all of its names.
        let whole: BTreeSet<CostKind> = costs.iter().filter(|cost| cost.name.is_none()).map(|cost| cost.kind).collect();
        costs.retain(|cost| cost.name.is_none() || !whole.contains(&cost.kind));
        if self.is_sure_of_costs() && !costs.iter().any(|cost| self.is_paid_for(cost)) {
            let message = "nothing of this costs anything in the project, so the KPI could only ever be 0";
            let finding = Diagnostic::new(Code::KpiMeasure, names.span, message);
            self.sink.push(finding.help("declare what it costs, or measure something else"));
            return None;
        }
        let by = def.by.as_ref().filter(|by| by.value == By::Journey).map(|by| ("by: journey", by.span));
        let journey = def.journey.as_ref().map(|journey| ("journey", journey.span)).or(by);
        if let Some((key, journey)) = journey
            && costs.iter().all(|cost| cost.kind == CostKind::Sources)
        {
            let message = "no journey has a part in what sources cost, so the KPI could only ever be 0";
            let finding = Diagnostic::new(Code::KpiMeasure, names.span, message).also(journey, "by journey");
            self.sink
                .push(finding.help(format!("remove `{key}`, or name costs of `channels`, `integrations` or `tasks`")));
            return None;
        }
        Some(costs)
    }

    /// Whether everything that could cost something was read.
    fn is_sure_of_costs(&self) -> bool {
        let unsure = &self.names.unsure_kinds;
        ![Kind::Source, Kind::Integration, Kind::Journey].iter().any(|kind| unsure.contains(kind))
    }

    /// Whether something of it is declared to cost something.
    fn is_paid_for(&self, cost: &Cost) -> bool {
        let is_meant = |name: &str| cost.name.as_deref().is_none_or(|own| own == name);
        match cost.kind {
            CostKind::Sources => {
                self.out.sources.iter().any(|(name, source)| is_meant(name) && !source.cost.is_nothing())
            }
            CostKind::Channels => {
                let mut channels = self.out.channels.iter();
                channels.any(|(channel, settings)| is_meant(channel.word()) && !settings.cost.is_nothing())
            }
            CostKind::Integrations => self.out.integrations.iter().any(|(name, system)| {
                let of_members = system.member_cost.is_some_and(|cost| !cost.amount.is_nothing());
                is_meant(name) && (of_members || !system.cost.is_nothing())
            }),
            CostKind::Tasks => self.tasks().any(|(to, cost)| is_meant(to) && !cost.is_nothing()),
        }
    }

    /// Whom tasks are for, and what each costs.
    fn tasks(&self) -> impl Iterator<Item = (&str, Money)> {
        let steps = self.out.journeys.values().flat_map(|journey| &journey.steps);
        steps.filter_map(|step| match &step.action {
            Action::Task { to, cost, .. } => Some((to.as_str(), *cost)),
            _ => None,
        })
    }

    fn kpi_cost(&mut self, word: &Text) -> Option<Vec<Cost>> {
        if word.value == "all" {
            return Some(CostKind::ALL.into_iter().map(|kind| Cost { kind, name: None }).collect());
        }
        let (kind, name) = match word.split_once('.') {
            Some((kind, name)) => (kind, Some(name)),
            None => (word.as_str(), None),
        };
        let Some(known) = CostKind::ALL.into_iter().find(|known| known.word() == kind) else {
            let words: Vec<&str> = CostKind::ALL.into_iter().map(CostKind::word).chain(["all"]).collect();
            let finding = Diagnostic::new(Code::UnknownName, word.span, format!("there are no costs named `{kind}`"));
            let finding = finding.here("not a kind of costs").help(format!("costs are {}", listed(&words)));
            self.sink.push(finding.suggest(nearest(kind, words.iter().copied())));
            return None;
        };
        if let Some(name) = name {
            let map = crate::text::ScalarMap::new(word.span, self.sources.slice(word.span), word);
            self.cost_name(known, name, map.span(kind.len() + 1, word.len()))?;
        }
        Some(vec![Cost { kind: known, name: name.map(str::to_owned) }])
    }

    /// Whether there is something that a cost is named after.
    fn cost_name(&mut self, kind: CostKind, name: &str, span: Span) -> Option<()> {
        let text = Spanned { value: name.to_owned(), span };
        match kind {
            CostKind::Channels => self.channel_named(&text).map(|_| ()),
            CostKind::Sources => self.ask(Kind::Source, &text).map(|_| ()),
            CostKind::Integrations => self.ask(Kind::Integration, &text).map(|_| ()),
            CostKind::Tasks => self.is_given_tasks(&text),
        }
    }

    fn is_given_tasks(&mut self, name: &Text) -> Option<()> {
        let known: BTreeSet<&str> = self.tasks().map(|(to, _)| to).collect();
        if known.contains(name.value.as_str()) {
            return Some(());
        }
        if self.names.may_exist(name) || self.names.unsure_kinds.contains(&Kind::Journey) {
            return None;
        }
        let near = nearest(name, known.iter().copied()).map(str::to_owned);
        let message = format!("no task is for `{}`", name.value);
        let known: Vec<&str> = known.into_iter().collect();
        let help = match known.as_slice() {
            [] => "no journey has a step with a `task`".to_owned(),
            known => format!("tasks are for {}", listed(known)),
        };
        let finding = Diagnostic::new(Code::UnknownName, name.span, message).here("nobody who gets tasks").help(help);
        self.sink.push(finding.suggest(near.as_deref()));
        None
    }
}
