//! The functions of templates: what they ask of a lead, its history included.

use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, State};

use super::asked_later::holds;
use super::reader::{Inner, days_of, shown};
use crate::ir::permission::Stand;
use crate::ir::{Catalog, Item, Topic};
use jiff::tz::TimeZone;

/// Enters the functions.
pub(super) fn register(environment: &mut Environment<'_>) {
    environment.add_function("did", |state: &State, event: String, named: Kwargs| {
        asked(state, |reader| Ok(Value::from(count(state, reader, &event, &named)? > 0)))
    });
    environment.add_function("count", |state: &State, event: String, named: Kwargs| {
        asked(state, |reader| Ok(Value::from(count(state, reader, &event, &named)?)))
    });
    environment.add_function("received", |state: &State, content: String, named: Kwargs| {
        asked(state, |reader| {
            let about = reader.about();
            Ok(Value::from(about.history.received(&content, &named, about.now_secs)?))
        })
    });
    environment.add_function("finished", |state: &State, journey: String| {
        with(state, |reader| Value::from(reader.about().history.finished.contains(&journey)))
    });
    environment.add_function("in_journey", |state: &State, journey: String| {
        with(state, |reader| Value::from(reader.about().history.running.contains(&journey)))
    });
    environment.add_function("bought", |state: &State, catalog: String, key: String| {
        with(state, |reader| Value::from(bought(reader, &catalog, &key)))
    });
    environment.add_function("days_since_consent", |state: &State, topic: String| {
        with(state, |reader| reader.days_since_consent(&topic).map_or(Value::from(()), Value::from))
    });
    environment.add_function("days_since", |state: &State, of: Value, _: Kwargs| {
        with(state, |reader| days_since(reader, &of).map_or(Value::from(()), Value::from))
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
        with(state, |reader| product(reader, &catalog, &key).unwrap_or_default())
    });
    environment.add_function("recommend", |state: &State, catalog: String, named: Kwargs| {
        let count = named.get::<Option<usize>>("count")?;
        with(state, |reader| {
            let usual = reader.campaign().catalogs.get(&catalog).map_or(3, |catalog| catalog.recommend.count as usize);
            items(reader, &catalog, count.unwrap_or(usual)).into_iter().collect()
        })
    });
}

fn with(state: &State, ask: impl FnOnce(&Inner) -> Value) -> Result<Value, Error> {
    asked(state, |reader| Ok(ask(reader)))
}

fn asked(state: &State, ask: impl FnOnce(&Inner) -> Result<Value, Error>) -> Result<Value, Error> {
    let reader = state.lookup("@reader");
    reader.as_ref().and_then(Value::downcast_object_ref::<Inner>).map_or(Ok(Value::from(())), ask)
}

fn count(state: &State, reader: &Inner, event: &str, named: &Kwargs) -> Result<i64, Error> {
    let events = reader.about().history.events(event, named, reader.about().now_secs)?;
    let found = match named.get::<Option<String>>("where")? {
        Some(condition) => holds(state, &condition, events.map(|past| reader.properties(&past.with)))?,
        None => events.count(),
    };
    Ok(i64::try_from(found).unwrap_or(i64::MAX))
}

fn bought(reader: &Inner, catalog: &str, key: &str) -> bool {
    let item = reader.campaign().catalogs.get(catalog).and_then(|catalog| catalog.find(key));
    let items = reader.about().history.bought.get(catalog);
    items.zip(item.and_then(|item| u32::try_from(item).ok())).is_some_and(|(items, item)| items.contains(&item))
}

/// Days since a date by the lead's calendar, or whole days of 24 hours since an event.
fn days_since(reader: &Inner, of: &Value) -> Option<i64> {
    let name = of.as_str()?;
    if reader.campaign().events.contains_key(name)
        || reader.about().history.events.iter().any(|past| past.event == name)
    {
        return reader.about().history.days_since(name, reader.about().now_secs);
    }
    day(of).map(|day| reader.today() - day)
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
    let now =
        reader.about().subscribed.as_ref().filter(|_| campaign.topics.get(topic).is_some_and(Topic::is_marketing));
    if let Some(topics) = now {
        return Value::from(topics.contains(topic));
    }
    let told =
        campaign.topics.keys().position(|name| name == topic).and_then(|at| reader.lead().consents.get(at)?.as_ref());
    let usual = campaign
        .topics
        .get(topic)
        .is_some_and(|topic| matches!(topic.consent, crate::ir::Consent::OptOut | crate::ir::Consent::Transactional));
    Value::from(told.map_or(usual, |given| given.stand == Stand::In))
}

fn reached(reader: &Inner, stage: &str) -> Value {
    if reader.about().history.reached.contains(stage) {
        return Value::from(true);
    }
    let stages = reader.campaign().lifecycle.as_ref().map_or(&[][..], |lifecycle| &lifecycle.stages);
    let place = |wanted: &str| stages.iter().position(|stage| stage == wanted);
    let now = reader.stage().and_then(place);
    Value::from(place(stage).zip(now).is_some_and(|(stage, now)| stage <= now))
}

/// Items of a catalog: those that go with what the lead bought, then those that most customers bought.
fn items(reader: &Inner, catalog: &str, count: usize) -> Vec<Value> {
    let Some((name, catalog)) = reader.campaign().catalogs.get_key_value(catalog) else { return Vec::new() };
    let nothing = std::collections::BTreeSet::new();
    let bought = reader.about().history.bought.get(name).unwrap_or(&nothing);
    let best = catalog.recommended(bought, count);
    let best = best.iter().filter_map(|at| catalog.items.get(*at as usize));
    let mut seen = std::collections::BTreeSet::new();
    let rest =
        catalog.items.iter().enumerate().filter(|(at, _)| !u32::try_from(*at).is_ok_and(|at| bought.contains(&at)));
    let all = best.chain(rest.map(|(_, item)| item)).filter(|item| seen.insert(&item.key));
    all.take(count).map(|item| item_value(catalog, item)).collect()
}

/// The item with this key.
fn product(reader: &Inner, catalog: &str, key: &str) -> Option<Value> {
    let catalog = reader.campaign().catalogs.get(catalog)?;
    Some(item_value(catalog, catalog.items.get(catalog.find(key)?)?))
}

fn item_value(catalog: &Catalog, item: &Item) -> Value {
    let values = item.values.iter().map(|(name, value)| (name.as_str(), shown(value, &TimeZone::UTC)));
    let key = (catalog.key.as_str(), Value::from(item.key.as_str()));
    let absent = catalog.fields.keys().map(|name| (name.as_str(), Value::from(())));
    Value::from_pairs(absent.chain(values).chain([key]))
}
