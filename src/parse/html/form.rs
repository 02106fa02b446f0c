//! A form that was filled in and mailed as a page: what was written and chosen is the text, the choices left are not.

use std::collections::HashSet;

use super::hiding::has_attribute;
use super::tokens::{Token, Tokens, attribute};

/// Ids of unchosen boxes that are remembered.
const MOST_IDS: usize = 1_000;

/// Follows the fields of a page.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// Boxes that nobody ticked, by id: their labels may stand before them.
    unchosen: HashSet<String>,
    /// What follows is the label of a box that nobody ticked.
    beside_unchosen: bool,
    /// Inside the label of such a box.
    in_label: bool,
}

impl Form {
    pub(super) fn of(html: &str) -> Self {
        let has_boxes = html.contains("type") && html.to_ascii_lowercase().contains("<input");
        let mut form = Self::default();
        if has_boxes {
            let unchosen = Tokens::new(html).filter_map(|token| match token {
                Token::Open(name, attributes) if name.eq_ignore_ascii_case("input") => (is_box(attributes)
                    && !has_attribute(attributes, "checked"))
                .then(|| attribute(attributes, "id"))
                .flatten(),
                _ => None,
            });
            form.unchosen = unchosen.take(MOST_IDS).map(str::to_owned).collect();
        }
        form
    }

    /// Whether text at this place names a choice that was not made.
    pub(super) fn hides(&self) -> bool {
        self.beside_unchosen || self.in_label
    }

    /// An element (in lower case) begins; what a field holds is returned.
    pub(super) fn open<'a>(&mut self, name: &str, attributes: &'a str) -> Option<&'a str> {
        match name {
            "input" => return self.input(attributes),
            "label" => {
                self.beside_unchosen = false;
                self.in_label = attribute(attributes, "for").is_some_and(|id| self.unchosen.contains(id));
            }
            // What a choice is called may be set in any type, but stands on its line.
            "b" | "i" | "em" | "strong" | "span" | "font" | "u" | "a" | "img" => {}
            _ => self.beside_unchosen = false,
        }
        None
    }

    /// An element (in lower case) ends.
    pub(super) fn close(&mut self, name: &str) {
        match name {
            "b" | "i" | "em" | "strong" | "span" | "font" | "u" | "a" => {}
            "label" => (self.beside_unchosen, self.in_label) = (false, false),
            _ => self.beside_unchosen = false,
        }
    }

    fn input<'a>(&mut self, attributes: &'a str) -> Option<&'a str> {
        let kind = attribute(attributes, "type").unwrap_or("text").to_ascii_lowercase();
        if is_box(attributes) {
            self.beside_unchosen = !has_attribute(attributes, "checked");
            return None;
        }
        self.beside_unchosen = false;
        let is_written = matches!(
            kind.as_str(),
            "text" | "tel" | "email" | "number" | "date" | "search" | "url" | "month"
        );
        attribute(attributes, "value").filter(|value| is_written && !value.trim().is_empty())
    }
}

fn is_box(attributes: &str) -> bool {
    attribute(attributes, "type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("radio") || kind.eq_ignore_ascii_case("checkbox"))
}
