//! Catalogs: items from a file, typed cell by cell, and what goes together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::data::assignable;
use super::names::{CatalogNames, listed, quoted};
use super::table::{self, Cell};
use super::value::wrong_format;
use super::{Resolver, value};
use crate::ast::catalog::{self, Catalog, LearntFrom, Purchases, Recommend};
use crate::ast::{Kind, Named, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::{self, Item, Likeness, Name, Type, Value};
use crate::text::{FileId, Span, nearest};

/// The word by which an event asks for an item that is recommended.
pub(super) const RECOMMENDED: &str = "recommended";

impl Resolver<'_> {
    /// Resolves the catalogs; fields and events are known, conditions come later.
    pub(super) fn catalogs(&mut self) {
        for file in self.files {
            for named in &file.catalogs {
                self.catalog(named);
            }
        }
        self.one_catalog_for_each_purchase();
    }

    /// What a purchase adds, and what the item gives to it, is said by one catalog.
    fn one_catalog_for_each_purchase(&mut self) {
        let mut first: BTreeMap<&Name, (&Name, Span)> = BTreeMap::new();
        for named in self.files.iter().flat_map(|file| &file.catalogs) {
            let Some(purchases) = &named.def.purchases else { continue };
            let (event, span) = (&purchases.event.value, purchases.event.span);
            if let Some((catalog, earlier)) = first.get(event) {
                let message =
                    format!("`{event}` is a purchase of the catalog `{catalog}` already, and cannot be of two");
                let finding = Diagnostic::new(Code::DuplicateName, span, message).also(*earlier, "of this one");
                self.sink.push(finding.help("let each catalog have an event of its own, or join the two catalogs"));
                // It is held against the first alone.
                self.out.catalogs.entry(named.name.value.clone()).and_modify(|catalog| catalog.purchases = None);
            } else {
                first.insert(event, (&named.name.value, span));
            }
        }
    }

    fn catalog(&mut self, named: &Named<Catalog>) {
        if !self.is_first(Kind::Catalog, &named.name) {
            return;
        }
        let def = &named.def;
        let mut fields = BTreeMap::new();
        for (name, field) in &def.fields {
            if name.value == def.key.value {
                let message = format!("`{}` is the key: it is text, and needs no field", name.value);
                self.sink.push(Diagnostic::new(Code::DuplicateName, name.span, message).also(def.key.span, "the key"));
            } else if let Some(field) = self.field_type(name, field) {
                fields.insert(name.value.clone(), field);
            }
        }
        let items = self.items(def, &fields);
        let names = CatalogNames {
            key: def.key.value.clone(),
            fields: fields.clone(),
            items: items.as_ref().map(|items| items.iter().map(|item| item.key.clone()).collect()),
        };
        self.names.catalogs.insert(named.name.value.clone(), names);
        let mut catalog = ir::Catalog {
            label: def.label.clone(),
            key: def.key.value.clone(),
            purchases: def.purchases.as_ref().and_then(|purchases| self.purchases(purchases, &fields)),
            fields,
            items: items.unwrap_or_default(),
            orders: BTreeMap::new(),
            recommend: self.recommend(def),
            customers: 0,
            together: Vec::new(),
            bestsellers: Vec::new(),
            origin: def.recommend.as_ref().map_or(named.name.span, |recommend| recommend.span).into(),
        };
        if let Some(orders) = &def.orders {
            catalog.orders = self.orders(orders, &catalog);
            catalog.learn(&[]);
        }
        self.out.catalogs.insert(named.name.value.clone(), catalog);
    }

    fn recommend(&mut self, catalog: &Catalog) -> ir::Recommend {
        let usual = Recommend::default();
        let def = catalog.recommend.as_ref().map_or(&usual, |recommend| &recommend.value);
        let by = match def.by {
            Some(catalog::Likeness::Lift) => Likeness::Lift,
            Some(catalog::Likeness::Cosine) | None => Likeness::Cosine,
        };
        let learns = |from| def.from.as_ref().map(|all| all.contains(&from));
        let from_orders = learns(LearntFrom::Orders).unwrap_or(catalog.orders.is_some());
        let from_events = learns(LearntFrom::Events).unwrap_or(!from_orders && catalog.purchases.is_some());
        if let Some(written) = &catalog.recommend {
            if from_orders && catalog.orders.is_none() {
                let message = "recommendations are to come `from` orders, and the catalog has no `orders`";
                let finding = Diagnostic::new(Code::MissingKey, written.span, message);
                self.sink.push(finding.help("name their file, as in `orders: catalogs/orders.csv`"));
            }
            if from_events && catalog.purchases.is_none() {
                let message = "recommendations are to come `from` events, and nothing says which event is a purchase";
                let finding = Diagnostic::new(Code::MissingKey, written.span, message);
                self.sink.push(finding.help("say it, as in `purchases: {event: purchased, item: sku}`"));
            }
        }
        let (count, at_least) = (def.count.unwrap_or(3), def.at_least.unwrap_or(2));
        ir::Recommend { count, at_least, by, from_orders, from_events }
    }

    /// The file that a definition points to; says so if it cannot be read.
    fn table_file(&mut self, path: &Text) -> Option<FileId> {
        match self.attachments.tables.get(&path.value)? {
            Ok(file) => Some(*file),
            Err(why) => {
                let message = format!("the file `{}` cannot be read: {why}", path.value);
                self.sink.push(Diagnostic::new(Code::UnreadableFile, path.span, message));
                None
            }
        }
    }

    /// The items by key, or nothing if the file is not there or has not the columns.
    fn items(&mut self, def: &Catalog, fields: &BTreeMap<Name, ir::Field>) -> Option<Vec<Item>> {
        let file = self.table_file(&def.file)?;
        let rows = table::rows(&self.sources.file(file).text);
        let (header, rows) = self.header(&def.file, file, &rows)?;
        let key = self.column(&def.key.value, def.key.span, file, header)?;
        let mut columns: Vec<(&Name, &ir::Field, usize)> = Vec::new();
        for (name, field) in fields {
            match header.iter().position(|cell| cell.text == *name) {
                Some(at) => columns.push((name, field, at)),
                None if field.optional => {}
                None => {
                    self.column(name, field.origin.0, file, header);
                }
            }
        }
        let mut items: BTreeMap<String, (Item, Span)> = BTreeMap::new();
        for row in rows {
            let Some((item, at)) = self.item(file, header, row, key, &columns) else { continue };
            if let Some((_, first)) = items.get(&item.key) {
                let message = format!("two items have the key {}", quoted(&item.key));
                self.sink.push(Diagnostic::new(Code::CatalogRow, at, message).also(*first, "the first"));
                continue;
            }
            items.insert(item.key.clone(), (item, at));
        }
        Some(items.into_values().map(|(item, _)| item).collect())
    }

    /// Header and rows; says so if there is none.
    fn header<'r>(
        &mut self,
        path: &Text,
        file: FileId,
        rows: &'r [Vec<Cell>],
    ) -> Option<(&'r [Cell], &'r [Vec<Cell>])> {
        if let Some((header, rows)) = rows.split_first() {
            return Some((header, rows));
        }
        let message = format!("the file `{}` is empty: not even a header is in it", path.value);
        self.sink.push(Diagnostic::new(Code::CatalogRow, Span::new(file, 0, 0), message).also(path.span, "named here"));
        None
    }

    /// The place of a column; says so if there is none.
    fn column(&mut self, name: &str, written: Span, file: FileId, header: &[Cell]) -> Option<usize> {
        if let Some(at) = header.iter().position(|cell| cell.text == name) {
            return Some(at);
        }
        let whole = Span::new(
            file,
            header.first().map_or(0, |cell| cell.at.start),
            header.last().map_or(0, |cell| cell.at.end),
        );
        let finding = Diagnostic::new(Code::CatalogRow, whole, format!("the file has no column `{name}`"));
        let near = nearest(name, header.iter().map(|cell| cell.text.as_str()));
        self.sink.push(finding.also(written, "asked for here").suggest(near));
        None
    }

    fn item(
        &mut self,
        file: FileId,
        header: &[Cell],
        row: &[Cell],
        key: usize,
        columns: &[(&Name, &ir::Field, usize)],
    ) -> Option<(Item, Span)> {
        let place = |cell: &Cell| Span::new(file, cell.at.start, cell.at.end);
        let first = row.first().map_or(Span::new(file, 0, 0), place);
        if row.len() != header.len() {
            let message = format!("the row has {} cells, and the header has {}", row.len(), header.len());
            self.sink.push(Diagnostic::new(Code::CatalogRow, first, message));
            return None;
        }
        let key = &row[key];
        if key.text.is_empty() || key.text == RECOMMENDED {
            let message = if key.text.is_empty() {
                "an item has no key".to_owned()
            } else {
                format!("no item can have the key `{RECOMMENDED}`: events ask by it for one that is recommended")
            };
            self.sink.push(Diagnostic::new(
                Code::CatalogRow,
                if key.text.is_empty() { first } else { place(key) },
                message,
            ));
            return None;
        }
        let mut values = BTreeMap::new();
        for (name, field, at) in columns {
            let cell = &row[*at];
            if cell.text.is_empty() {
                if !field.optional {
                    let message = format!("the item {} has no `{name}`", quoted(&key.text));
                    let finding = Diagnostic::new(Code::CatalogRow, place(key), message);
                    self.sink.push(
                        finding
                            .also(field.origin.0, "required here")
                            .help("fill it in, or declare the field `optional: true`"),
                    );
                }
                continue;
            }
            match typed(field, &cell.text, &self.names.zone.0) {
                Ok(value) => {
                    values.insert((*name).clone(), value);
                }
                Err(expected) => {
                    let message = format!("`{name}` is {expected}, and {} is none", quoted(&cell.text));
                    let finding = Diagnostic::new(Code::CatalogRow, place(cell), message);
                    self.sink.push(finding.also(field.origin.0, format!("`{name}` is declared here")));
                }
            }
        }
        Some((Item { key: key.text.clone(), values }, place(key)))
    }

    fn purchases(&mut self, def: &Purchases, fields: &BTreeMap<Name, ir::Field>) -> Option<ir::Purchases> {
        let event = self.ask(Kind::Event, &def.event)?;
        let properties = self.names.events.get(&event)?.properties.clone();
        // A property that does not exist, which has been said, stands for itself: nothing else follows from it.
        let item = self.purchase_property(&event, &properties, &def.item).unwrap_or_else(|| def.item.value.clone());
        if properties.get(&item).is_some_and(|item| !matches!(item.ty, Type::Text { .. } | Type::Enum { .. })) {
            let message = format!("`{item}` holds the key of an item, which is text");
            self.sink.push(Diagnostic::new(Code::TypeMismatch, def.item.span, message));
        }
        let mut fills = BTreeMap::new();
        for (property, field) in &def.fills {
            let Some(to) = self.purchase_property(&event, &properties, property) else { continue };
            let Some(from) = fields.get(&field.value) else {
                let message = format!("the catalog has no field `{}`", field.value);
                let near = nearest(field, fields.keys().map(String::as_str));
                self.sink.push(Diagnostic::new(Code::UnknownName, field.span, message).suggest(near));
                continue;
            };
            if properties.get(&to).is_some_and(|to| assignable(&to.ty, &from.ty)) {
                fills.insert(to, field.value.clone());
            } else {
                let message = format!("`{to}` and `{}` are of different types", field.value);
                self.sink.push(Diagnostic::new(Code::TypeMismatch, field.span, message));
            }
        }
        Some(ir::Purchases { event, item, fills })
    }

    fn purchase_property(&mut self, event: &str, properties: &BTreeMap<Name, ir::Field>, name: &Text) -> Option<Name> {
        if properties.contains_key(&name.value) {
            return Some(name.value.clone());
        }
        let message = format!("the event `{event}` has no property `{}`", name.value);
        let near = nearest(name, properties.keys().map(String::as_str));
        self.sink.push(Diagnostic::new(Code::UnknownName, name.span, message).suggest(near));
        None
    }

    /// What each customer bought before the run.
    fn orders(&mut self, path: &Text, catalog: &ir::Catalog) -> BTreeMap<String, BTreeSet<u32>> {
        let mut orders: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
        let Some(file) = self.table_file(path) else { return orders };
        let rows = table::rows(&self.sources.file(file).text);
        let Some((header, rows)) = self.header(path, file, &rows) else { return orders };
        let customer = self.column("customer", path.span, file, header);
        let item = header.iter().position(|cell| cell.text == catalog.key);
        let item = item.or_else(|| self.column("item", path.span, file, header));
        let (Some(customer), Some(item)) = (customer, item) else { return orders };
        let mut unknown: BTreeSet<String> = BTreeSet::new();
        for row in rows {
            let (Some(customer), Some(item)) = (row.get(customer), row.get(item)) else { continue };
            let (Some(number), false) = (catalog.find(&item.text), customer.text.is_empty()) else {
                // Each is said once.
                if !customer.text.is_empty() && unknown.insert(item.text.clone()) {
                    self.unknown_item(&item.text, Span::new(file, item.at.start, item.at.end), catalog);
                }
                continue;
            };
            orders.entry(ir::Catalog::customer(&customer.text)).or_default().insert(number as u32);
        }
        orders
    }

    fn unknown_item(&mut self, key: &str, span: Span, catalog: &ir::Catalog) {
        let finding = Diagnostic::new(Code::UnknownItem, span, format!("the catalog has no item {}", quoted(key)));
        let near = nearest(key, catalog.items.iter().map(|item| item.key.as_str()));
        self.sink.push(finding.here("not the key of an item").suggest(near));
    }

    /// Completes the properties of an event that is a purchase: the item exists, and gives what the event does not.
    pub(super) fn bought_item(
        &mut self,
        event: &str,
        values: &mut BTreeMap<Name, Value>,
        spans: &BTreeMap<&str, Span>,
    ) -> BTreeSet<Name> {
        let catalogs = self.out.catalogs.values();
        let found = catalogs.filter_map(|catalog| Some((catalog, catalog.purchases.as_ref()?)));
        let Some((catalog, purchases)) = found.into_iter().find(|(_, purchases)| purchases.event == event) else {
            return BTreeSet::new();
        };
        let filled: BTreeSet<Name> = purchases.fills.keys().cloned().collect();
        if self.names.events.get(event).is_none_or(|event| !event.properties.contains_key(&purchases.item)) {
            return filled;
        }
        let Some(Value::Text(key)) = values.get(&purchases.item).cloned() else { return BTreeSet::new() };
        if key == RECOMMENDED || catalog.items.is_empty() {
            return filled;
        }
        let Some(number) = catalog.find(&key) else {
            let span = spans.get(purchases.item.as_str()).copied();
            let catalog = catalog.clone();
            if let Some(span) = span.filter(|_| !self.names.may_exist(&key)) {
                self.unknown_item(&key, span, &catalog);
            }
            return filled;
        };
        for (property, field) in &purchases.fills {
            if let (None, Some(value)) = (values.get(property), catalog.items[number].values.get(field)) {
                values.insert(property.clone(), value.clone());
            }
        }
        filled
    }
}

/// A cell as a value of a field, or what it should be.
fn typed(field: &ir::Field, text: &str, zone: &TimeZone) -> Result<Value, String> {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let one_of = |part: &str, values: &[String]| {
        let known = values.iter().any(|value| value == part);
        known.then(|| part.to_owned()).ok_or_else(|| format!("one of {}", listed(values)))
    };
    let value = match &field.ty {
        Type::Text { format } => match wrong_format(*format, text) {
            None => Value::Text(text.to_owned()),
            Some(_) => return Err(super::typing::type_words(&field.ty).to_owned()),
        },
        Type::Integer => Value::Int(text.parse().map_err(|_| "a whole number".to_owned())?),
        Type::Number { .. } => Value::Number(number(text).ok_or("a number, without separators".to_owned())?),
        Type::Boolean => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return Err("`true` or `false`".to_owned()),
        },
        Type::Date => value::date(text).ok_or("a date such as `2026-04-01`".to_owned())?,
        Type::Datetime => {
            value::datetime(text, zone).ok_or("an instant such as `2026-04-01T09:00:00+09:00`".to_owned())?
        }
        Type::Enum { values } => Value::Text(one_of(text, values)?),
        Type::Set { values } => {
            let parts = text.split([';', '|']).map(str::trim).filter(|part| !part.is_empty());
            Value::Set(parts.map(|part| one_of(part, values)).collect::<Result<_, _>>()?)
        }
    };
    match value.as_number() {
        Some(number) if field.min.is_some_and(|min| number < min) || field.max.is_some_and(|max| number > max) => {
            Err(bounds(field))
        }
        Some(_) | None => Ok(value),
    }
}

fn bounds(field: &ir::Field) -> String {
    match (field.min, field.max) {
        (Some(min), Some(max)) => format!("a number from {min} to {max}"),
        (Some(min), None) => format!("a number of at least {min}"),
        (None, Some(max)) => format!("a number of at most {max}"),
        (None, None) => "a number".to_owned(),
    }
}
