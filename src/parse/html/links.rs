//! Where links lead, which is lost with the markup: beside words that only point there (`这里`), else kept apart.

use super::MARKUP;
use super::entities::unescaped;
use super::tokens::attribute;

/// The longest address of a link that is kept, in bytes.
const LINK_BYTES: usize = 1_000;

/// How much of a link's words is looked at, in bytes.
const WORDS_BYTES: usize = 2_000;

/// The most characters of words that only point.
const POINTING_CHARS: usize = 30;

/// Addresses kept for one page.
const MOST_LINKS: usize = 100;

/// The links of a page.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// The open one: its address, and its words so far.
    open: Option<(String, String)>,
    /// Addresses that the text does not say.
    pub(super) kept: Vec<String>,
}

impl Links {
    /// A link begins.
    pub(super) fn open(&mut self, attributes: &str) {
        let href = attribute(attributes, "href").filter(|href| href.len() <= LINK_BYTES).map(unescaped);
        self.open = href.filter(|href| href.starts_with("http")).map(|href| (href, String::new()));
    }

    /// Text of the page.
    pub(super) fn words(&mut self, text: &str) {
        if let Some((_, words)) = self.open.as_mut().filter(|(_, words)| words.len() < WORDS_BYTES) {
            words.push_str(text);
        }
    }

    /// The link ends. Its address is returned where it belongs beside its words.
    pub(super) fn close(&mut self) -> Option<String> {
        let (href, words) = self.open.take()?;
        let words = words.trim();
        let address = href.split_once("://").map_or("", |(_, address)| address).trim_end_matches('/');
        if is_store(&href) || points(words) {
            return Some(href);
        }
        if !words.is_empty() && !words.contains(address) && self.kept.len() < MOST_LINKS {
            self.kept.push(href);
        }
        None
    }
}

/// Words that say nothing without the address behind them: `这里`, a file's name.
fn points(words: &str) -> bool {
    let is_file = || {
        words.rsplit_once('.').is_some_and(|(_, end)| {
            (2..=4).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphanumeric())
        }) && !words.contains(['@', '/'])
    };
    !words.is_empty()
        && words.chars().count() <= POINTING_CHARS
        && (MARKUP.words("pointing link").any(|word| words.contains(word)) || is_file())
}

/// Whether a link leads to a store of large files: the file is not in the mail, so its address must not be lost with the
/// markup.
fn is_store(href: &str) -> bool {
    MARKUP.words("attachment store").any(|mark| href.contains(mark))
}
