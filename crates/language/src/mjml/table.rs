//! The elements of MJML, where they may stand and their attributes: those of the components of MJML 4
//! (<https://documentation.mjml.io>), which the library takes without a word if they are misspelt.

/// An element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    /// Its name.
    pub name: &'static str,
    /// The elements that it may stand in, blanks between them.
    pub within: &'static str,
    /// What may stand in it.
    pub holds: Holds,
    /// Its attributes, besides `css-class` and `mj-class`; blanks between them.
    pub attributes: &'static str,
}

/// What may stand in an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Elements of MJML, and tags of templates between them.
    Elements,
    /// Elements of MJML and nothing else.
    ElementsOnly,
    /// HTML and text.
    Markup,
    /// Nothing.
    Nothing,
}

const fn element(name: &'static str, within: &'static str, holds: Holds, attributes: &'static str) -> Element {
    Element { name, within, holds, attributes }
}

use Holds::{Elements, ElementsOnly, Markup, Nothing};

const IN_COLUMN: &str = "mj-column mj-hero";
const PADDING: &str = " padding padding-top padding-right padding-bottom padding-left ";
const FONT: &str = " color font-family font-size font-weight line-height ";
const LETTERS: &str = " font-style letter-spacing text-decoration text-transform ";
const BACKGROUND: &str = " background-color background-url background-repeat background-size background-position \
                          background-position-x background-position-y ";
const BORDER: &str = " border border-top border-right border-bottom border-left border-radius ";

/// Attributes that stand for several elements: by the name of the element.
pub(super) fn groups(name: &str) -> &'static [&'static str] {
    match name {
        "mj-section" | "mj-wrapper" => &[PADDING, BACKGROUND, BORDER],
        "mj-column" => &[PADDING, BORDER],
        "mj-text" | "mj-button" | "mj-navbar-link" => &[PADDING, FONT, LETTERS],
        "mj-table" | "mj-social" | "mj-social-element" | "mj-accordion-text" => &[PADDING, FONT],
        "mj-image" => &[PADDING, BORDER],
        "mj-hero" | "mj-divider" | "mj-spacer" | "mj-navbar" => &[PADDING],
        "mj-accordion" | "mj-accordion-title" | "mj-carousel" => &[PADDING],
        _ => &[],
    }
}

/// All elements.
pub(super) const ELEMENTS: &[Element] = &[
    element("mjml", "", ElementsOnly, "lang dir owa"),
    element("mj-head", "mjml", ElementsOnly, ""),
    element("mj-body", "mjml", Elements, "background-color width lang dir id title"),
    element("mj-attributes", "mj-head", ElementsOnly, ""),
    element("mj-all", "mj-attributes", Nothing, ""),
    element("mj-class", "mj-attributes", Nothing, "name"),
    element("mj-breakpoint", "mj-head", Nothing, "width"),
    element("mj-font", "mj-head", Nothing, "name href"),
    element("mj-preview", "mj-head", Markup, ""),
    element("mj-style", "mj-head", Markup, "inline"),
    element("mj-title", "mj-head", Markup, ""),
    element("mj-wrapper", "mj-body", Elements, "full-width direction text-align text-padding gap"),
    element("mj-section", "mj-body mj-wrapper", Elements, "full-width direction text-align text-padding"),
    element("mj-group", "mj-section", Elements, "width vertical-align background-color direction"),
    element(
        "mj-column",
        "mj-section mj-group",
        Elements,
        "width vertical-align background-color direction inner-background-color inner-border inner-border-top \
         inner-border-right inner-border-bottom inner-border-left inner-border-radius",
    ),
    element(
        "mj-hero",
        "mj-body mj-wrapper",
        Elements,
        "mode height vertical-align background-color background-url background-width background-height \
         background-position container-background-color border-radius inner-background-color inner-padding \
         inner-padding-top inner-padding-right inner-padding-bottom inner-padding-left",
    ),
    element("mj-text", IN_COLUMN, Markup, "align container-background-color height background-color vertical-align"),
    element(
        "mj-button",
        IN_COLUMN,
        Markup,
        "align background-color border border-top border-right border-bottom border-left border-radius \
         container-background-color height href inner-padding name rel target text-align title vertical-align width",
    ),
    element(
        "mj-image",
        IN_COLUMN,
        Nothing,
        "align alt container-background-color fluid-on-mobile height max-height href name rel sizes src srcset \
         target title usemap width font-size",
    ),
    element(
        "mj-divider",
        IN_COLUMN,
        Nothing,
        "align border-color border-style border-width container-background-color width",
    ),
    element(
        "mj-spacer",
        IN_COLUMN,
        Nothing,
        "container-background-color height border border-top border-right border-bottom border-left",
    ),
    element(
        "mj-table",
        IN_COLUMN,
        Markup,
        "align border cellpadding cellspacing container-background-color role table-layout vertical-align width",
    ),
    element(
        "mj-social",
        IN_COLUMN,
        ElementsOnly,
        "align border-radius container-background-color font-style icon-height icon-padding icon-size inner-padding mode \
         table-layout text-decoration text-padding vertical-align",
    ),
    element(
        "mj-social-element",
        "mj-social",
        Markup,
        "align alt background-color border-radius font-style href icon-height icon-padding icon-position icon-size name \
         rel sizes src srcset target text-decoration text-padding title vertical-align",
    ),
    element(
        "mj-navbar",
        IN_COLUMN,
        ElementsOnly,
        "align base-url hamburger ico-align ico-close ico-color ico-font-family ico-font-size ico-line-height ico-open \
         ico-padding ico-padding-top ico-padding-right ico-padding-bottom ico-padding-left ico-text-decoration \
         ico-text-transform",
    ),
    element("mj-navbar-link", "mj-navbar", Markup, "href name rel target"),
    element(
        "mj-accordion",
        IN_COLUMN,
        ElementsOnly,
        "border container-background-color font-family icon-align icon-height icon-position icon-unwrapped-alt \
         icon-unwrapped-url icon-width icon-wrapped-alt icon-wrapped-url",
    ),
    element(
        "mj-accordion-element",
        "mj-accordion",
        ElementsOnly,
        "background-color border font-family icon-align icon-height icon-position icon-unwrapped-alt icon-unwrapped-url \
         icon-width icon-wrapped-alt icon-wrapped-url",
    ),
    element(
        "mj-accordion-title",
        "mj-accordion-element",
        Markup,
        "background-color color font-family font-size font-weight",
    ),
    element("mj-accordion-text", "mj-accordion-element", Markup, "background-color letter-spacing"),
    element(
        "mj-carousel",
        IN_COLUMN,
        ElementsOnly,
        "align border-radius container-background-color icon-width left-icon right-icon tb-border \
         tb-border-radius tb-hover-border-color tb-selected-border-color tb-width thumbnails",
    ),
    element(
        "mj-carousel-image",
        "mj-carousel",
        Nothing,
        "alt href rel src target tb-border tb-border-radius thumbnails-src title border-radius",
    ),
    element("mj-raw", "mj-head mj-body mj-wrapper mj-section mj-group mj-column mj-hero", Markup, "position"),
];

/// The element of this name.
pub(super) fn element_named(name: &str) -> Option<&'static Element> {
    ELEMENTS.iter().find(|element| element.name == name)
}

/// The attributes of an element.
pub(super) fn attributes(element: &Element) -> Vec<&'static str> {
    let groups = groups(element.name).iter().flat_map(|group| group.split_whitespace());
    let common =
        ["css-class", "mj-class"].into_iter().filter(|_| element.within != "mj-head" && element.name != "mjml");
    element.attributes.split_whitespace().chain(groups).chain(common).collect()
}
