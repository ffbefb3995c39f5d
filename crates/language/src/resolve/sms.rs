//! How many segments a short message takes, at worst.
//!
//! In: a template and the fields. Out: segments. Never: what a value is that the template does not tell; it counts as
//! nothing, so the number is that of the text that is known.
//!
//! Text of the GSM 7-bit default alphabet has 160 characters in one segment and 153 in each of several; any other text
//! is sent in UCS-2, with 70 and 67 (3GPP TS 23.038, sections 4 and 6.2.1; TS 23.040, section 9.2.3.24.1, takes 6 bytes
//! of each segment for putting them together again).

use std::collections::BTreeMap;

use crate::ast::expression::{Expr, ExprKind, Stmt};
use crate::ast::jinja;
use crate::ir::{Field, Name, Type};

/// The alphabet: each character takes one place.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
                     abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension: each character takes two places.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Segments of a message with this text and, on a line of its own, this link; both are templates. At least 1.
pub(super) fn segments(body: &str, link: Option<&str>, fields: &BTreeMap<Name, Field>) -> u32 {
    let part = |template: &str| jinja::template(template).map_or(Worst::of(""), |stmts| block(&stmts, fields));
    let body = part(body.trim_end());
    let whole = match link {
        Some(link) => body.then(Worst::of("\n")).then(part(link.trim())),
        None => body,
    };
    let plain = whole.plain.map_or(0, |length| split(length, 160, 153));
    let wide = whole.wide.map_or(0, |length| split(length, 70, 67));
    plain.max(wide).max(1)
}

fn split(length: u32, alone: u32, each: u32) -> u32 {
    if length <= alone { 1 } else { length.div_ceil(each) }
}

/// The longest that a piece of template can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Worst {
    /// Places of the longest variant that the 7-bit alphabet can write; `None` if there is none.
    plain: Option<u32>,
    /// 16-bit units of the longest such variant.
    plain_units: Option<u32>,
    /// 16-bit units of the longest other variant.
    wide: Option<u32>,
}

impl Worst {
    fn of(text: &str) -> Worst {
        let places = text.chars().map(|c| match c {
            c if BASIC.contains(c) => Some(1),
            c if EXTENSION.contains(c) => Some(2),
            _ => None,
        });
        let units = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        match places.sum::<Option<u32>>() {
            Some(places) => Worst { plain: Some(places), plain_units: Some(units), wide: None },
            None => Worst { plain: None, plain_units: None, wide: Some(units) },
        }
    }

    /// One after the other.
    fn then(self, next: Worst) -> Worst {
        let sum = |left: Option<u32>, right: Option<u32>| Some(left?.saturating_add(right?));
        let any = self.wide.max(self.plain_units);
        let wide = sum(any, next.wide).max(sum(self.wide, next.plain_units));
        Worst { plain: sum(self.plain, next.plain), plain_units: sum(self.plain_units, next.plain_units), wide }
    }

    /// Either of the two.
    fn or(self, other: Worst) -> Worst {
        Worst {
            plain: self.plain.max(other.plain),
            plain_units: self.plain_units.max(other.plain_units),
            wide: self.wide.max(other.wide),
        }
    }
}

fn block(stmts: &[Stmt], fields: &BTreeMap<Name, Field>) -> Worst {
    stmts.iter().fold(Worst::of(""), |before, stmt| before.then(statement(stmt, fields)))
}

fn statement(stmt: &Stmt, fields: &BTreeMap<Name, Field>) -> Worst {
    match stmt {
        Stmt::Raw(text, _) => Worst::of(text),
        Stmt::Print(expr) => value(expr, fields),
        Stmt::If { then, otherwise, .. } => block(then, fields).or(block(otherwise, fields)),
        Stmt::For { iter, body, otherwise, .. } => {
            let times = match (&iter.kind, set_size(iter, fields)) {
                (_, Some(size)) => size,
                (ExprKind::List(items), None) => items.len(),
                (_, None) => 1,
            };
            let body = block(body, fields);
            (0..times).fold(Worst::of(""), |before, _| before.then(body)).or(block(otherwise, fields))
        }
        Stmt::With { body, .. } => block(body, fields),
        // A captured text counts where it is printed, of which nothing is known.
        Stmt::Set { .. } | Stmt::SetBlock { .. } | Stmt::Unsupported(..) => Worst::of(""),
    }
}

fn set_size(expr: &Expr, fields: &BTreeMap<Name, Field>) -> Option<usize> {
    let ExprKind::Name(name) = &expr.kind else { return None };
    match &fields.get(name)?.ty {
        Type::Set { values } => Some(values.len()),
        Type::Text { .. }
        | Type::Integer
        | Type::Number { .. }
        | Type::Boolean
        | Type::Date
        | Type::Datetime
        | Type::Enum { .. } => None,
    }
}

/// What is printed: constants, values of an enum, and either side of a fallback or choice. Nothing is known of the rest.
fn value(expr: &Expr, fields: &BTreeMap<Name, Field>) -> Worst {
    match &expr.kind {
        ExprKind::Text(text) => Worst::of(text),
        ExprKind::Int(number) => Worst::of(&number.to_string()),
        ExprKind::Name(name) => match fields.get(name).map(|field| &field.ty) {
            Some(Type::Enum { values }) => values.iter().map(|value| Worst::of(value)).reduce(Worst::or),
            Some(_) | None => None,
        }
        .unwrap_or(Worst::of("")),
        ExprKind::Filter { of: Some(of), name, args } if matches!(name.text.as_str(), "default" | "d") => {
            args.positional.first().map_or(Worst::of(""), |other| value(other, fields)).or(value(of, fields))
        }
        ExprKind::If { then, otherwise, .. } => {
            let otherwise = otherwise.as_ref().map_or(Worst::of(""), |otherwise| value(otherwise, fields));
            value(then, fields).or(otherwise)
        }
        ExprKind::Binary { op: crate::ast::expression::Operator::Or, left, right } => {
            value(left, fields).or(value(right, fields))
        }
        ExprKind::Binary { op: crate::ast::expression::Operator::Concat, left, right } => {
            value(left, fields).then(value(right, fields))
        }
        _ => Worst::of(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> u32 {
        segments(body, None, &BTreeMap::new())
    }

    #[test]
    fn segments_of_the_two_alphabets() {
        assert_eq!(
            [of(""), of(&"a".repeat(160)), of(&"a".repeat(161)), of(&"a".repeat(306)), of(&"a".repeat(307))],
            [1, 1, 2, 2, 3]
        );
        assert_eq!(
            [of(&"あ".repeat(70)), of(&"あ".repeat(71)), of(&"あ".repeat(134)), of(&"あ".repeat(135))],
            [1, 2, 2, 3]
        );
        // One letter outside the alphabet puts all of it into UCS-2.
        assert_eq!(of(&format!("{}あ", "a".repeat(70))), 2);
        // Characters of the extension take two places, those beyond the first plane two units.
        assert_eq!([of(&"€".repeat(80)), of(&"€".repeat(81))], [1, 2]);
        assert_eq!([of(&"🎉".repeat(35)), of(&"🎉".repeat(36))], [1, 2]);
    }

    #[test]
    fn the_worst_of_a_template() {
        let values: Vec<String> = vec!["a".to_owned(), "製造業".to_owned()];
        let ty = Type::Enum { values: values.into() };
        let field = Field {
            ty,
            min: None,
            max: None,
            optional: false,
            label: None,
            builtin: false,
            origin: Default::default(),
        };
        let fields = BTreeMap::from([("industry".to_owned(), field)]);
        let of = |body: &str, link| segments(body, link, &fields);
        // 67 + 3 = 70 with the longest value, 71 with one more.
        assert_eq!(of(&format!("{}{{{{ industry }}}}", "a".repeat(67)), None), 1);
        assert_eq!(of(&format!("{}{{{{ industry }}}}", "a".repeat(68)), None), 2);
        // Either arm, a fallback, and a link on its own line.
        assert_eq!(of(&format!("{{% if industry == \"a\" %}}{}{{% endif %}}", "あ".repeat(71)), None), 2);
        assert_eq!(of(&format!("{}{{{{ company | default(\"御中\") }}}}", "あ".repeat(69)), None), 2);
        assert_eq!(of(&"a".repeat(140), Some("https://a.example/1")), 1);
        assert_eq!(of(&"a".repeat(141), Some("https://a.example/1")), 2);
    }
}
