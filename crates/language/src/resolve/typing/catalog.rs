//! Items of catalogs in conditions and templates.

use std::ops::Range;

use super::super::names::quoted;
use super::functions::{named, wrong_arguments};
use super::types::{Ty, Typed, text_type};
use super::{Place, Typer};
use crate::ast::Kind;
use crate::ast::expression::{Args, Expr as Raw, ExprKind, Word};
use crate::diag::Code;
use crate::ir::expr::Expr;
use crate::ir::{Name, Type};
use crate::text::nearest;

/// `bought("products", "sku-1")`, and in templates `product("products", "sku-1")`.
pub(super) fn item(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let [catalog, item] = args.positional.as_slice() else {
        return wrong_arguments(typer, name, "the name of a catalog and the key of an item, both in quotes", at);
    };
    let (true, ExprKind::Text(key)) = (args.named.is_empty(), &item.kind) else {
        return wrong_arguments(typer, name, "the name of a catalog and the key of an item, both in quotes", at);
    };
    let first = Args { positional: vec![catalog.clone()], named: Vec::new() };
    let Some(catalog) = named(typer, name, &first, Kind::Catalog, &[], at) else { return Typed::unknown(at) };
    let known = typer.names.catalogs.get(&catalog).and_then(|catalog| catalog.items.clone());
    if let Some(items) = known.filter(|items| items.binary_search(key).is_err()) {
        let message = format!("the catalog `{catalog}` has no item {}", quoted(key));
        let finding = typer.fault(Code::UnknownEnumValue, &item.at, message).here("not the key of an item");
        let near = nearest(key, items.iter().map(String::as_str)).map(quoted);
        return typer.give_up(finding.suggest(near.as_deref()), at);
    }
    if name.text == "bought" {
        return Typed::of(Expr::Bought { catalog, item: key.clone() }, Type::Boolean, at);
    }
    template_only(typer, name, Ty::Item(catalog), at)
}

/// In templates: `recommend("products", count=3)`.
pub(super) fn recommend(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let Some(catalog) = named(typer, name, args, Kind::Catalog, &["count"], at) else { return Typed::unknown(at) };
    let counts = args.named.iter().map(|(_, value)| &value.kind);
    if !counts.into_iter().all(|count| matches!(count, ExprKind::Int(1..=50))) {
        return wrong_arguments(typer, name, "a `count` from 1 to 50", at);
    }
    template_only(typer, name, Ty::Items(catalog), at)
}

fn template_only(typer: &mut Typer<'_>, name: &Word, ty: Ty, at: &Range<usize>) -> Typed {
    if typer.place == Place::Template {
        return Typed { ty, ..Typed::unknown(at) };
    }
    let message = format!("`{}` is for templates only", name.text);
    let finding = typer.fault(Code::NotAvailableHere, at, message);
    typer.give_up(finding.help("conditions ask for items by `bought(\"…\", \"…\")`"), at)
}

impl Typer<'_> {
    /// A field of an item.
    pub(super) fn item_property(&mut self, catalog: &str, of: &Raw, name: &Word, at: &Range<usize>) -> Typed {
        let Some(known) = self.names.catalogs.get(catalog).cloned() else { return Typed::unknown(at) };
        // Messages show what is written; nothing runs it.
        let written = Expr::Field { name: format!("{}.{}", written(of), name.text) };
        if name.text == known.key {
            return Typed::of(written, text_type(), at);
        }
        if let Some(field) = known.fields.get(&name.text) {
            let optional = field.optional && !self.present.contains(&written.to_string());
            let declared = Some(field.origin.0);
            return Typed { declared, ..Typed::of(written, field.ty.clone(), at).maybe(optional) };
        }
        let message = format!("items of `{catalog}` have no field `{}`", name.text);
        let finding = self.fault(Code::UnknownName, &name.at, message).here("not a field of the item");
        let fields: Vec<&Name> = known.fields.keys().chain([&known.key]).collect();
        let near = nearest(&name.text, fields.iter().map(|field| field.as_str()));
        self.give_up(finding.suggest(near), at)
    }
}

/// A variable by its name, a call by its function.
fn written(of: &Raw) -> String {
    match &of.kind {
        ExprKind::Name(name) => name.clone(),
        ExprKind::Call { function, .. } => format!("{}(…)", written(function)),
        _ => "…".to_owned(),
    }
}
