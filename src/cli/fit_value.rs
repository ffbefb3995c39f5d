//! `tabiji fit value`

use std::path::Path;

use super::args::{FitValueArgs, ValueFormat};
use super::files;
use super::output::{Results, deliver};
use super::spared;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::fit::value::{customer_values, report};
use crate::leads::{TransactionColumns, Transactions, transactions};

/// Says what customers will buy and spend.
pub(super) fn value(args: &FitValueArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    spared::note(&args.file);
    Results::of(args.format, &args.output).run(|| run(args, terminal))
}

fn run(args: &FitValueArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let read = read(args)?;
    say_left_out(&read, args, terminal);
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    let until = args.until.map(|date| (date - epoch).get_days());
    let values = customer_values(&read.all, until, args.weeks)
        .map_err(|error| Failure::usage(format!("`{}`: {error}", args.file.display())))?;
    deliver(args.format, &args.output, |format, _| {
        Ok(match format {
            ValueFormat::Text => report::text(&values),
            ValueFormat::Json => format!("{:#}\n", report::json(&values)),
            ValueFormat::Csv => report::csv(&values),
        })
    })?;
    Ok(Exit::Fine)
}

fn read(args: &FitValueArgs) -> Result<Transactions, Failure> {
    let (format, input) = if args.file == Path::new("-") {
        (None, files::standard_input())
    } else {
        files::open(&args.file, "file of transactions")?
    };
    let columns = TransactionColumns {
        customer: args.customer.clone(),
        date: args.date.clone(),
        amount: args.amount.clone(),
        event: args.event.clone(),
    };
    transactions(input, format, &columns).map_err(|error| Failure::usage(format!("`{}`: {error}", args.file.display())))
}

fn say_left_out(read: &Transactions, args: &FitValueArgs, terminal: &Terminal) {
    if read.refused == 0 {
        return;
    }
    let file = args.file.display();
    let first: Vec<String> = read.reasons.iter().map(|(line, why)| format!("\n  line {line}: {why}")).collect();
    let rows = if read.refused == 1 { "1 row is".to_owned() } else { format!("{} rows are", read.refused) };
    terminal.say("warning", &format!("{rows} left out of `{file}`{}", first.concat()));
}
