//! The functions of templates, for a lead of which only its row is known: it has no history yet.

use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, State};

use super::reader::{Inner, days_of, shown};
use crate::ir::permission::Stand;
use jiff::tz::TimeZone;

/// Enters the functions.
pub(super) fn register(environment: &mut Environment<'_>) {
    // What has happened: nothing, to a lead that has just come.
    for name in ["did", "received", "finished", "in_journey", "bought"] {
        environment.add_function(name, |_: String, _: Option<Value>, _: Kwargs| false);
    }
    environment.add_function("count", |_: String, _: Kwargs| 0);
    environment.add_function("days_since_consent", |_: String| Value::from(()));
    environment.add_function("days_since", |state: &State, of: Value, _: Kwargs| {
        with(state, |reader| day(&of).map_or(Value::from(()), |day| Value::from(reader.today() - day)))
    });
    environment.add_function("days_until", |state: &State, of: Value, named: Kwargs| {
        let yearly = named.get::<Option<String>>("every")?.is_some();
        with(state, |reader| days_until(&of, yearly, reader.today()))
    });
    environment.add_function("in_segment", |state: &State, name: String| {
        with(state, |reader| Value::from(reader.is_in_segment(&name)))
    });
    environment.add_function("in_list", |state: &State, name: String| with(state, |reader| in_list(reader, &name)));
    environment
        .add_function("subscribed", |state: &State, topic: String| with(state, |reader| subscribed(reader, &topic)));
    environment.add_function("reachable", |state: &State, channel: String| {
        with(state, |reader| Value::from(channel == "email" && reader.email().is_some()))
    });
    environment.add_function("reached", |state: &State, stage: String| with(state, |reader| reached(reader, &stage)));
    environment.add_function("product", |state: &State, catalog: String, key: String| {
        with(state, |reader| items(reader, &catalog, |item| item == key, 1).into_iter().next().unwrap_or_default())
    });
    environment.add_function("recommend", |state: &State, catalog: String, named: Kwargs| {
        let count = named.get::<Option<usize>>("count")?;
        with(state, |reader| {
            let usual = reader.campaign().catalogs.get(&catalog).map_or(3, |catalog| catalog.recommend.count as usize);
            items(reader, &catalog, |_| true, count.unwrap_or(usual)).into_iter().collect()
        })
    });
}

fn with(state: &State, ask: impl FnOnce(&Inner) -> Value) -> Result<Value, Error> {
    let reader = state.lookup("@reader");
    Ok(reader.as_ref().and_then(Value::downcast_object_ref::<Inner>).map_or(Value::from(()), ask))
}

/// Days from the epoch to a date, or to the local date of an instant.
fn day(of: &Value) -> Option<i64> {
    let date: jiff::civil::Date = of.as_str()?.get(..10)?.parse().ok()?;
    Some(days_of(date))
}

fn days_until(of: &Value, yearly: bool, today: i64) -> Value {
    let Some(date) = of.as_str().and_then(|text| text.get(..10)?.parse::<jiff::civil::Date>().ok()) else {
        return Value::from(());
    };
    if !yearly {
        return day(of).map_or(Value::from(()), |day| Value::from(day - today));
    }
    let this_year = jiff::Timestamp::from_second(today * 86_400).map(|at| TimeZone::UTC.to_datetime(at).year());
    let year = this_year.unwrap_or(date.year());
    let next = (0..=1).filter_map(|after| {
        let first = date.first_of_month().with().year(year + after).build().ok()?;
        let on = first.with().day(date.day().min(first.days_in_month())).build().ok()?;
        day(&Value::from(on.to_string()))
    });
    next.map(|day| day - today).find(|days| *days >= 0).map_or(Value::from(()), Value::from)
}

fn in_list(reader: &Inner, name: &str) -> Value {
    let lead = reader.lead();
    let email = reader.email();
    let listed = reader.campaign().lists.get(name).is_some_and(|list| {
        list.ids.binary_search(&lead.id).is_ok()
            || email.is_some_and(|email| list.emails.iter().any(|listed| listed.eq_ignore_ascii_case(email)))
    });
    Value::from(listed || lead.settled.lists.contains(name))
}

fn subscribed(reader: &Inner, topic: &str) -> Value {
    let campaign = reader.campaign();
    let told =
        campaign.topics.keys().position(|name| name == topic).and_then(|at| reader.lead().consents.get(at)?.as_ref());
    let usual = campaign
        .topics
        .get(topic)
        .is_some_and(|topic| matches!(topic.consent, crate::ir::Consent::OptOut | crate::ir::Consent::Transactional));
    Value::from(told.map_or(usual, |given| given.stand == Stand::In))
}

fn reached(reader: &Inner, stage: &str) -> Value {
    let stages = reader.campaign().lifecycle.as_ref().map_or(&[][..], |lifecycle| &lifecycle.stages);
    let place = |wanted: &str| stages.iter().position(|stage| stage == wanted);
    let now = reader.stage().and_then(place);
    Value::from(place(stage).zip(now).is_some_and(|(stage, now)| stage <= now))
}

/// Items of a catalog, those that most customers bought first.
fn items(reader: &Inner, catalog: &str, is_wanted: impl Fn(&str) -> bool, count: usize) -> Vec<Value> {
    let Some(catalog) = reader.campaign().catalogs.get(catalog) else { return Vec::new() };
    let best = catalog.bestsellers.iter().filter_map(|at| catalog.items.get(*at as usize));
    let mut seen = std::collections::BTreeSet::new();
    let all = best.chain(&catalog.items).filter(|item| is_wanted(&item.key) && seen.insert(&item.key)).take(count);
    all.map(|item| {
        let values = item.values.iter().map(|(name, value)| (name.as_str(), shown(value, &TimeZone::UTC)));
        let key = (catalog.key.as_str(), Value::from(item.key.as_str()));
        let absent = catalog.fields.keys().map(|name| (name.as_str(), Value::from(())));
        Value::from_pairs(absent.chain(values).chain([key]))
    })
    .collect()
}
