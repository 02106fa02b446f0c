//! HTML as text: one pass, linear in the size of the input and independent of its nesting.
//!
//! Libraries that build a document tree are quadratic in nesting or take a hundred times the memory of the
//! input. What a reader of the text needs is less than a tree: line and paragraph ends, table cells parted
//! by tabs and rows by line ends, list numbers, and `> ` before what the mail client marked as quoted.

mod entities;
mod form;
mod glyphs;
mod hiding;
mod lines;
mod links;
mod sheet;
mod style;
mod tokens;

use std::collections::BTreeSet;

use crate::vocabulary::language::{language_table, word_list};

pub(super) use entities::dereferenced;
use form::Form;
use hiding::{Hiding, Setting, has_attribute};
use lines::Lines;
use links::Links;
use sheet::Sheet;
use tokens::{Token, Tokens, attribute};

/// How far a text may grow beyond its limit before reading ends, in bytes, without being moved.
const MAX_LINE_OVER: usize = 4096;

/// How much of a page is searched for its charset (as browsers do, which look at 1,024), in bytes.
const META_BYTES: usize = 4096;

/// Lists of one page whose items are counted ahead.
const MOST_COUNTED: usize = 50;

/// Deepest nesting of tables and lists that is followed; deeper ones are laid out as this one.
const MAX_DEPTH: usize = 256;

language_table!(
    /// Names in markup that say how a part is read.
    pub(super) MARKUP, "language/markup.tsv");

word_list!(
    /// Elements that start and end a line of their own.
    BLOCKS, MARKUP, "block element");

word_list!(
    /// Classes and ids that mail clients give to the container of the mail they answer.
    QUOTE_MARKS, MARKUP, "quote container");

/// The text of a page.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// What its reader sees.
    pub(super) shown: String,
    /// What stands there and is not seen.
    pub(super) hidden: String,
    /// Addresses that links lead to and the text does not say.
    pub(super) links: Vec<String>,
}

/// Readings of one page at most: each finds elements that have no end, and the next does without them.
const MOST_READINGS: usize = 4;

/// Text of an HTML document; reading ends where there are `most` bytes of it: marks of quotes and numbers of lists make
/// more of a page than it holds.
pub(super) fn to_text(html: &str, most: usize) -> Text {
    let sheet = Sheet::of(html);
    // An element that hides its content and never ends would hide the rest of the message: then it hides nothing.
    let mut endless = BTreeSet::new();
    for _ in 0..MOST_READINGS {
        let mut hiding = Hiding::new(&sheet, &endless);
        let text = read(html, most, &mut hiding);
        let found: Vec<usize> = hiding.endless().collect();
        if found.is_empty() {
            return text;
        }
        endless.extend(found);
    }
    let text = read(html, most, &mut Hiding::nothing(&sheet, &endless));
    Text { hidden: String::new(), ..text }
}

fn read(html: &str, most: usize, hiding: &mut Hiding<'_>) -> Text {
    let room = html.len().saturating_mul(4).min(most.saturating_add(MAX_LINE_OVER));
    let mut page = Page { lines: Lines::with_room(room), ..Page::default() };
    let mut unseen = Page::default();
    let mut form = Form::of(html);
    let mut tokens = Tokens::new(html);
    let mut counted = 0;
    while let Some(token) = tokens.next() {
        if page.lines.len() + unseen.lines.len() > most {
            break;
        }
        match token {
            Token::Text(_) if page.in_head => {}
            Token::Text(text) if hiding.hides() || form.hides() => unseen.text(text),
            Token::Text(text) => page.text(text),
            Token::Open(name, attributes) => {
                let name = name.to_ascii_lowercase();
                hiding.open(&name, attributes);
                page.set(hiding.setting());
                let field = form.open(&name, attributes);
                // What is taken away leaves no lines and cells; what is only not seen does.
                if hiding.hides() {
                    unseen.open(&name, attributes);
                }
                if !hiding.is_gone() {
                    page.open(&name, attributes);
                    let counts_down = name == "ol" && has_attribute(attributes, "reversed");
                    if counts_down && attribute(attributes, "start").is_none() && counted < MOST_COUNTED {
                        counted += 1;
                        page.count_down_from(tokens.items_ahead());
                    }
                }
                if let Some(field) = field.filter(|_| !hiding.hides()) {
                    page.text(field);
                }
            }
            Token::Close(name) => {
                let name = name.to_ascii_lowercase();
                if hiding.hides() {
                    unseen.close(&name);
                }
                if !hiding.is_gone() {
                    page.close(&name);
                }
                hiding.close(&name);
                form.close(&name);
                page.set(hiding.setting());
            }
        }
    }
    page.set(Setting::default());
    Text { shown: page.lines.finish(), hidden: unseen.lines.finish(), links: page.links.kept }
}

/// The character that the reference at the head of a text stands for.
pub(super) fn reference(text: &str) -> Option<char> {
    entities::entity(text).0
}

/// The charset that a page declares for itself by `<meta charset>` or `http-equiv`.
pub(super) fn declared_charset(html: &[u8]) -> Option<String> {
    let head = html.get(..META_BYTES).unwrap_or(html).to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let mut rest: &str = &head;
    while let Some((_, behind)) = rest.split_once("<meta") {
        let (tag, tail) = behind.split_once('>').unwrap_or((behind, ""));
        if let Some((_, value)) = tag.split_once("charset") {
            let value = value.trim_start().strip_prefix('=').unwrap_or_default();
            let label: String = value
                .trim_start_matches([' ', '"', '\''])
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
                .collect();
            if !label.is_empty() {
                return Some(label);
            }
        }
        rest = tail;
    }
    None
}

/// Content-IDs that a document shows (`src="cid:…"`), without angle brackets, lower case.
pub(super) fn content_ids(html: &str) -> impl Iterator<Item = String> {
    html.split("cid:").skip(1).map(|behind| {
        behind
            .chars()
            .take_while(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '>' | ')' | '&'))
            .take(300)
            .collect::<String>()
            .to_lowercase()
    })
}

/// The state of the layout.
#[derive(Debug, Default)]
struct Page {
    lines: Lines,
    in_head: bool,
    preformatted: usize,
    /// Cells so far in the open row, for each open table.
    rows: Vec<usize>,
    /// Each open list: its next number and the step to the one behind; `None` for a list of bullets.
    lists: Vec<Option<(i32, i32)>>,
    /// Open `div`s, and the counts of open ones at which quoting ones were opened.
    divs: usize,
    quoting_divs: Vec<usize>,
    /// Open `blockquote`s, each with whether it quotes; some only indent.
    blockquotes: Vec<bool>,
    /// How many of them quote.
    quoting: usize,
    links: Links,
    setting: Setting,
    /// The mark of struck-out text stands open.
    struck: bool,
}

impl Page {
    /// How the text that follows is set.
    fn set(&mut self, setting: Setting) {
        if self.struck && !setting.struck {
            MARKUP.words("struck, end").take(1).for_each(|mark| self.lines.append(mark));
            self.struck = false;
        }
        self.setting = setting;
    }

    fn text(&mut self, text: &str) {
        if self.in_head {
            return;
        }
        self.links.words(text);
        let Setting { struck, raised, symbols, breaks } = self.setting;
        if struck && !self.struck && !text.trim().is_empty() {
            MARKUP.words("struck, begin").take(1).for_each(|mark| self.lines.text(mark, false));
            self.struck = true;
        }
        if symbols {
            let shown: String = text.chars().filter_map(glyphs::picture).collect();
            return self.lines.text(&shown, false);
        }
        if raised && self.lines.last().is_some_and(|last| last.is_ascii_alphanumeric()) {
            let figure: Option<String> = text.trim().chars().map(glyphs::raised).collect();
            if let Some(figure) = figure {
                return self.lines.text(&figure, false);
            }
        }
        let preformatted = self.preformatted > 0 || breaks;
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            let (plain, entity) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.lines.text(plain, preformatted);
            let (character, tail) = entities::surrogates(entity).unwrap_or_else(|| entities::entity(entity));
            match character {
                Some(c @ ('\n' | '\r' | '\t')) => self.lines.text(c.encode_utf8(&mut [0; 4]), preformatted),
                Some(c) => self.lines.character(c),
                None => self.lines.character('&'),
            }
            rest = tail;
        }
        self.lines.text(rest, preformatted);
    }

    fn open(&mut self, name: &str, attributes: &str) {
        match name {
            "head" => self.in_head = true,
            "body" => self.in_head = false,
            "br" => self.lines.line_break(),
            "table" => {
                self.lines.block();
                if self.rows.len() < MAX_DEPTH {
                    self.rows.push(0);
                }
            }
            "tr" => {
                self.lines.row_end();
                if let Some(cells) = self.rows.last_mut() {
                    *cells = 0;
                }
            }
            "td" | "th" => self.cell(),
            "ul" | "menu" => self.list(None),
            "ol" => {
                let start = attribute(attributes, "start").and_then(|start| start.trim().parse().ok());
                let step = if has_attribute(attributes, "reversed") { -1 } else { 1 };
                self.list(Some((start.unwrap_or(1), step)));
            }
            "li" => {
                self.list_item(attribute(attributes, "value").and_then(|value| value.trim().parse().ok()));
            }
            "img" => {
                if let Some(alt) = attribute(attributes, "alt") {
                    let alt = entities::unescaped(alt);
                    if glyphs::is_emoji(&alt) {
                        self.text(alt.trim());
                    }
                }
            }
            "pre" | "textarea" | "listing" => {
                self.lines.block();
                self.preformatted += 1;
            }
            "blockquote" => {
                let quotes = !is_indent(attributes);
                self.blockquotes.push(quotes);
                self.quoting += usize::from(quotes);
                self.quote_or_block(quotes);
            }
            "div" => {
                self.lines.block();
                if is_quote(attributes) {
                    self.quoting_divs.push(self.divs);
                    self.quote();
                }
                self.divs += 1;
            }
            "a" => self.links.open(attributes),
            name if BLOCKS.contains(name) => self.lines.block(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "head" => self.in_head = false,
            "table" => {
                self.lines.row_end();
                self.rows.pop();
            }
            "tr" => self.lines.row_end(),
            "ul" | "ol" | "menu" => {
                self.lines.block();
                self.lists.pop();
            }
            "pre" | "textarea" | "listing" => {
                self.lines.block();
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            "blockquote" => {
                let quotes = self.blockquotes.pop().unwrap_or_default();
                self.quoting -= usize::from(quotes);
                self.quote_or_block(quotes);
            }
            "div" => {
                self.lines.block();
                self.divs = self.divs.saturating_sub(1);
                if self.quoting_divs.last().is_some_and(|opened| *opened >= self.divs) {
                    self.quoting_divs.pop();
                    self.quote();
                }
            }
            "a" => {
                if let Some(href) = self.links.close() {
                    self.lines.text(" ", false);
                    self.lines.text(&href, false);
                }
            }
            name if BLOCKS.contains(name) => self.lines.block(),
            _ => {}
        }
    }

    fn quote(&mut self) {
        self.lines.set_quotes(self.quoting + self.quoting_divs.len());
    }

    fn quote_or_block(&mut self, quotes: bool) {
        if quotes {
            self.quote();
        } else {
            self.lines.block();
        }
    }

    fn cell(&mut self) {
        match self.rows.last_mut() {
            Some(0) | None => self.lines.block(),
            Some(_) => self.lines.cell(),
        }
        if let Some(cells) = self.rows.last_mut() {
            *cells += 1;
        }
    }

    fn list(&mut self, numbers: Option<(i32, i32)>) {
        self.lines.block();
        if self.lists.len() < MAX_DEPTH {
            self.lists.push(numbers);
        }
    }

    /// A list whose numbers fall and that does not say from where: it has as many as items.
    fn count_down_from(&mut self, items: i32) {
        if let Some(Some((number, _))) = self.lists.last_mut() {
            *number = items;
        }
    }

    fn list_item(&mut self, value: Option<i32>) {
        let mark = match self.lists.last_mut() {
            Some(Some((number, step))) => {
                *number = value.unwrap_or(*number);
                let mark = format!("{number}. ");
                *number = number.saturating_add(*step);
                mark
            }
            _ => "• ".to_owned(),
        };
        self.lines.mark(&mark);
    }
}

/// Whether a container holds the mail that is being answered.
fn is_quote(attributes: &str) -> bool {
    ["class", "id", "name"].into_iter().filter_map(|name| attribute(attributes, name)).any(|value| {
        value.split_ascii_whitespace().any(|word| QUOTE_MARKS.contains(&word.to_ascii_lowercase()))
    })
}

/// Whether a `blockquote` is what the indent button of web mail and editors writes: a margin and no border, and never the
/// mark of a quote.
fn is_indent(attributes: &str) -> bool {
    let class = attribute(attributes, "class").unwrap_or_default();
    if class.contains("indent-blockquote") {
        return true;
    }
    let cites = class.contains("quote")
        || class.contains("cite")
        || attribute(attributes, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite"))
        || attribute(attributes, "cite").is_some();
    !cites
        && style(attributes).is_some_and(|style| {
            let lined = style.replace("border:none", "").contains("border");
            style.contains("margin") && !lined && !style.contains("padding-left")
        })
}

/// The style of an element in lower case, without blanks.
fn style(attributes: &str) -> Option<String> {
    let style = attribute(attributes, "style")?;
    Some(style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect())
}

#[cfg(test)]
mod tests;
