//! Who comes into a journey by the form of a page, where pages take other forms.
//!
//! In: a journey on both sides. Out: what is found, added to [`Found`]. Never: how many fill a form in.

use std::collections::BTreeSet;

use super::both::Both;
use super::model::{Fact, Who};
use super::who::Found;
use super::worlds::{Side, all, truth};
use crate::ir::expr::Cmp;
use crate::ir::{Campaign, Expr, Name, Value};

/// A page with a form.
type Shown<'c> = (&'c Name, &'c Name);

/// Forms by which others come in.
pub(super) fn who(both: &Both<'_>, found: &mut Found) {
    let (old, new) = (shown(both.campaign(Side::Before)), shown(both.campaign(Side::After)));
    for (page, form) in old.difference(&new) {
        if lets_in(both, Side::Before, form) {
            let says = format!("page `{page}` no longer has the form `{form}`, by which leads enter");
            found.say(Who::Narrower, Fact::new(says));
        }
    }
    for (page, form) in new.difference(&old) {
        if lets_in(both, Side::After, form) {
            found.say(Who::Wider, Fact::new(format!("page `{page}` has the form `{form}`, by which leads enter")));
        }
    }
}

/// All pages, each with each of its forms.
fn shown(campaign: &Campaign) -> BTreeSet<Shown<'_>> {
    let variants = campaign.pages.iter().flat_map(|(name, page)| page.variants.iter().map(move |one| (name, one)));
    variants.filter_map(|(page, variant)| Some((page, &variant.form.as_ref()?.0))).collect()
}

/// Whether who sends a form may enter by that.
fn lets_in(both: &Both<'_>, side: Side, name: &Name) -> bool {
    let Some(form) = both.campaign(side).forms.get(name) else { return false };
    let journey = both.journey(side);
    if journey.entry.by.event() != Some(&form.submits) {
        return false;
    }
    let named = form.names_itself.as_ref().map(|property| {
        Expr::compare(Expr::EventProperty { name: property.clone() }, Cmp::Eq, Value::Text(name.clone()))
    });
    let asked = all(named.into_iter().chain([both.worlds.entry(side, journey)]).collect());
    both.worlds.compare(None, &truth(false), &asked, Some(&form.submits)).who != Who::Same
}
