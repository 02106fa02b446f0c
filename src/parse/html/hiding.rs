//! How the text of a page looks to its reader: not seen (hidden by an attribute, by an element that shows nothing, by its style or the
//! page's), struck out, raised, in a font of pictures, with its line ends kept.
//!
//! Only elements that say something about it are followed, each up to its end tag. One that never ends would hide the rest of a
//! letter: then it hides nothing.

use std::collections::BTreeSet;

use super::MARKUP;
use super::sheet::Sheet;
use super::style::{Declaration, Paint, colour, is_indented_away, is_tiny, look_alike, takes_away};
use super::tokens::{attribute, ends_paragraph};
use crate::vocabulary::language::word_list;

word_list!(
    /// Elements whose content no reader of a mail sees.
    UNSEEN, MARKUP, "unseen element"
);

word_list!(
    /// Elements without content.
    VOID, MARKUP, "void element"
);

/// Deepest nesting of elements that say how they look; deeper ones look as what is around them.
const MAX_DEPTH: usize = 64;

/// Declarations of style sheets that are looked at for one page; a page made to exhaust them has its text seen.
const BUDGET: usize = 200_000;

/// How text is set at one place, as far as its words depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property by itself")]
pub(super) struct Setting {
    /// Struck out: it says what shall not be.
    pub(super) struck: bool,
    /// Raised, as powers and the marks of notes are.
    pub(super) raised: bool,
    /// In a font whose letters are pictures.
    pub(super) symbols: bool,
    /// Its line ends are line ends.
    pub(super) breaks: bool,
}

/// How text looks at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property by itself")]
struct Look {
    /// An element around it is taken away.
    gone: bool,
    invisible: bool,
    tiny: bool,
    indented: bool,
    /// `None`: as the reader's program has it.
    colour: Option<Paint>,
    /// `None`: not known.
    background: Option<[u8; 3]>,
    setting: Setting,
}

impl Look {
    fn hides(self) -> bool {
        let unpainted = match (self.colour, self.background) {
            (Some(Paint::Clear), _) => true,
            (Some(Paint::Colour(colour)), Some(background)) => look_alike(colour, background),
            _ => false,
        };
        self.gone || self.invisible || self.tiny || self.indented || unpainted
    }
}

#[derive(Debug)]
struct Scope {
    name: String,
    /// Elements of the same name that are open inside.
    inside: usize,
    /// How it looked before.
    before: Look,
    /// Which element of the page that says how it looks.
    ordinal: usize,
}

/// Follows the elements of a page.
#[derive(Debug)]
pub(super) struct Hiding<'a> {
    sheet: &'a Sheet,
    /// Elements that were found to have no end.
    endless: &'a BTreeSet<usize>,
    look: Look,
    scopes: Vec<Scope>,
    ordinal: usize,
    follows: bool,
    /// How many declarations of the page's style sheets are still looked at.
    budget: usize,
}

impl<'a> Hiding<'a> {
    pub(super) fn new(sheet: &'a Sheet, endless: &'a BTreeSet<usize>) -> Self {
        let paper = (!sheet.paints).then_some([255; 3]);
        let look = Look {
            gone: false,
            invisible: false,
            tiny: false,
            indented: false,
            colour: None,
            background: paper,
            setting: Setting::default(),
        };
        Self { sheet, endless, look, scopes: Vec::new(), ordinal: 0, follows: true, budget: BUDGET }
    }

    /// Follows nothing: all of the page is seen.
    pub(super) fn nothing(sheet: &'a Sheet, endless: &'a BTreeSet<usize>) -> Self {
        Self { follows: false, ..Self::new(sheet, endless) }
    }

    /// Whether text at this place is not seen.
    pub(super) fn hides(&self) -> bool {
        self.look.hides()
    }

    /// How text at this place is set.
    pub(super) fn setting(&self) -> Setting {
        self.look.setting
    }

    /// Whether an element around this place is taken away, with its lines and cells.
    pub(super) fn is_gone(&self) -> bool {
        self.look.gone
    }

    /// An element (in lower case) begins.
    pub(super) fn open(&mut self, name: &str, attributes: &str) {
        if self.scopes.last().is_some_and(|scope| {
            scope.name == "p" && ends_paragraph(name) || scope.name == "option" && ends_option(name)
        }) {
            self.leave();
        }
        if VOID.contains(name) || !self.follows {
            return;
        }
        if let Some(scope) = self.scopes.iter_mut().rev().find(|scope| scope.name == name) {
            scope.inside += 1;
        }
        if self.look.gone {
            return;
        }
        let look = self.look_of(name, attributes);
        if look == self.look {
            return;
        }
        self.ordinal += 1;
        if self.scopes.len() >= MAX_DEPTH || self.endless.contains(&self.ordinal) {
            return;
        }
        if let Some(scope) = self.scopes.iter_mut().rev().find(|scope| scope.name == name) {
            // It has a scope of its own.
            scope.inside -= 1;
        }
        let scope = Scope { name: name.to_owned(), inside: 0, before: self.look, ordinal: self.ordinal };
        self.scopes.push(scope);
        self.look = look;
    }

    /// An element (in lower case) ends.
    pub(super) fn close(&mut self, name: &str) {
        if self.scopes.last().is_some_and(|scope| scope.name == "option") && ends_option(name) {
            self.leave();
        }
        let Some(at) = self.scopes.iter().rposition(|scope| scope.name == name) else { return };
        if let Some(scope) = self.scopes.get_mut(at).filter(|scope| scope.inside > 0) {
            scope.inside -= 1;
            return;
        }
        while self.scopes.len() > at {
            self.leave();
        }
    }

    fn leave(&mut self) {
        if let Some(scope) = self.scopes.pop() {
            self.look = scope.before;
        }
    }

    /// The elements that hid something when the page ended.
    pub(super) fn endless(&self) -> impl Iterator<Item = usize> {
        let ends_hidden = self.hides();
        self.scopes.iter().filter(move |_| ends_hidden).map(|scope| scope.ordinal)
    }

    /// How text looks inside an element.
    fn look_of(&mut self, name: &str, attributes: &str) -> Look {
        let mut look = self.look;
        let has = |wanted: &str| has_attribute(attributes, wanted);
        look.gone = UNSEEN.contains(name)
            || has("hidden") && attribute(attributes, "hidden") != Some("until-found")
            || name == "dialog" && !has("open")
            // What was not chosen is nobody's word.
            || name == "option" && !has("selected");
        set_by_element(name, attributes, &mut look.setting);
        for property in ["bgcolor", "background"] {
            if let Some(value) = attribute(attributes, property) {
                look.background = solid(&value.trim().to_lowercase());
            }
        }
        let painted = match name {
            "font" => attribute(attributes, "color"),
            "body" => attribute(attributes, "text"),
            _ => None,
        };
        if let Some(value) = painted.and_then(|value| colour(&value.trim().to_lowercase())) {
            look.colour = Some(value);
        }
        let declared = self.sheet.of_element(name, attributes, &mut self.budget);
        if declared.is_empty() {
            return look;
        }
        for declaration in &declared {
            inherit(declaration, &mut look);
        }
        let get = |property: &str| {
            declared.iter().rev().find(|found| found.property == property).map(|found| found.value.clone())
        };
        let shown_anyway = get("display").is_some_and(|value| value != "none") && !UNSEEN.contains(name);
        look.gone = look.gone && !shown_anyway || takes_away(&get);
        look
    }
}

/// Whether a choice of a list ends where this element begins or ends.
fn ends_option(name: &str) -> bool {
    matches!(name, "option" | "optgroup" | "select" | "datalist")
}

fn set_by_element(name: &str, attributes: &str, setting: &mut Setting) {
    match name {
        "s" | "strike" | "del" => setting.struck = true,
        "sup" => setting.raised = true,
        "sub" => setting.raised = false,
        "font" => {
            if let Some(face) = attribute(attributes, "face") {
                setting.symbols = is_symbol_font(&face.to_lowercase());
            }
        }
        _ => {}
    }
}

fn is_symbol_font(family: &str) -> bool {
    MARKUP.words("font of pictures").any(|font| family.trim_start_matches(['"', '\'', ' ']).starts_with(font))
}

/// What an element passes on to what is in it.
fn inherit(declaration: &Declaration, look: &mut Look) {
    let value = declaration.value.as_str();
    match declaration.property.as_str() {
        "visibility" if value != "inherit" => look.invisible = matches!(value, "hidden" | "collapse"),
        "white-space" | "white-space-collapse" => {
            look.setting.breaks = value.starts_with("pre") || value == "break-spaces";
        }
        "text-decoration" | "text-decoration-line" => look.setting.struck |= value.contains("line-through"),
        "vertical-align" => look.setting.raised = value == "super",
        "font-family" => look.setting.symbols = is_symbol_font(value),
        "font-size" => look.tiny = is_tiny(value).unwrap_or(look.tiny),
        "font" => {
            // `font: 0/0 a`
            let size = value.split([' ', '/']).find(|part| part.starts_with(|c: char| c.is_ascii_digit()));
            let is_weight = |size: &str| size.len() == 3 && size.bytes().all(|byte| byte.is_ascii_digit());
            look.tiny = size.filter(|size| !is_weight(size)).and_then(is_tiny).unwrap_or(look.tiny);
        }
        "text-indent" => look.indented = is_indented_away(value).unwrap_or(look.indented),
        "color" | "-webkit-text-fill-color" if value != "inherit" => {
            // A colour that is not known is one that is seen.
            look.colour = colour(value);
        }
        "background-color" | "background" if value != "inherit" => match colour(value) {
            Some(Paint::Colour(found)) => look.background = Some(found),
            Some(Paint::Clear) => {}
            None if matches!(value, "none" | "initial" | "unset") => {}
            // A picture, or a colour by a name that is not known.
            None if value.contains('(') => look.background = None,
            None => look.background = value.split(' ').find_map(solid),
        },
        "background-image" if value != "none" => look.background = None,
        _ => {}
    }
}

/// A colour that covers what is below.
fn solid(value: &str) -> Option<[u8; 3]> {
    match colour(value) {
        Some(Paint::Colour(found)) => Some(found),
        Some(Paint::Clear) | None => None,
    }
}

/// Whether an attribute stands there, with a value or without.
pub(super) fn has_attribute(attributes: &str, wanted: &str) -> bool {
    if attribute(attributes, wanted).is_some() {
        return true;
    }
    // Outside the values of others.
    let mut outside = String::new();
    let mut quote = None;
    for c in attributes.chars() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            (c, None) => outside.push(c.to_ascii_lowercase()),
        }
    }
    outside.split([' ', '\t', '\n', '\r', '\u{c}', '/']).any(|word| word == wanted)
}
