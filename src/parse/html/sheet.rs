//! Style sheets of a page, as far as their rules may hide something and their selectors name one element by itself.

use std::collections::HashMap;

use super::style::{Declaration, declarations};
use super::tokens::attribute;

/// Most rules that are kept, and most selectors of one.
const MOST_RULES: usize = 500;
const MOST_SELECTORS: usize = 20;

/// Most bytes of style sheets that are read.
const MOST_BYTES: usize = 256 << 10;

/// How the properties begin that decide whether something is seen, and how it is set.
const DECIDES: [&str; 27] = [
    "text-decoration",
    "vertical-align",
    "white-space",
    "display",
    "visibility",
    "content-visibility",
    "opacity",
    "font",
    "color",
    "-webkit-text-fill",
    "background",
    "text-indent",
    "overflow",
    "height",
    "width",
    "max-",
    "block-size",
    "inline-size",
    "position",
    "left",
    "right",
    "top",
    "bottom",
    "margin",
    "clip",
    "transform",
    "filter",
];

/// The rules of a page.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// By what the selector asks for first: an id, a class, an element.
    rules: HashMap<String, Vec<Rule>>,
    count: usize,
    /// Something that is not followed sets a background: the page's colour is not known.
    pub(super) paints: bool,
}

#[derive(Debug)]
struct Rule {
    element: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
    order: usize,
    declarations: Vec<Declaration>,
}

impl Sheet {
    /// The style sheets of a page, in order. Those in comments are for one program and not for people.
    pub(super) fn of(html: &str) -> Self {
        let mut sheet = Self::default();
        let mut rest = html;
        let mut read = 0;
        while let Some(at) = rest.find('<') {
            rest = rest.get(at..).unwrap_or_default();
            if let Some(comment) = rest.strip_prefix("<!--") {
                let Some((_, behind)) = comment.split_once("-->") else { break };
                rest = behind;
            } else if rest.get(1..6).is_some_and(|name| name.eq_ignore_ascii_case("style")) {
                let Some((attributes, behind)) = rest.split_once('>') else { break };
                let Some(end) = end_tag(behind) else { break };
                let (content, tail) = behind.split_at_checked(end).unwrap_or((behind, ""));
                read += content.len();
                let media = attribute(attributes.get(6..).unwrap_or_default(), "media").unwrap_or_default();
                if read <= MOST_BYTES && applies(media) {
                    sheet.read(content);
                }
                rest = tail;
            } else {
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        sheet
    }

    fn read(&mut self, css: &str) {
        let css = css.replace("<!--", "").replace("-->", "");
        let css = without_comments(&css);
        let mut rest: &str = &css;
        while let Some((selectors, behind)) = rest.split_once('{') {
            let selectors = selectors.rsplit(';').next().unwrap_or_default().trim();
            let end = block_end(behind);
            let (block, tail) = behind.split_at_checked(end).unwrap_or((behind, ""));
            rest = tail.get(1..).unwrap_or_default();
            if let Some(at_rule) = selectors.strip_prefix('@') {
                if at_rule.strip_prefix("media").is_some_and(applies) && !block.contains('@') {
                    self.read(block);
                } else if at_rule.starts_with("media") && block.contains("background") {
                    self.paints = true;
                }
                continue;
            }
            self.rule(selectors, block);
        }
    }

    fn rule(&mut self, selectors: &str, block: &str) {
        let mut declarations = declarations(block);
        declarations.retain(|found| {
            let property = found.property.as_str();
            DECIDES.iter().any(|beginning| property.starts_with(beginning))
        });
        if declarations.is_empty() {
            return;
        }
        let paints = declarations.iter().any(|found| found.property.starts_with("background"));
        for selector in selectors.split(',').take(MOST_SELECTORS) {
            let Some((key, rule)) = self.selector(selector.trim(), &declarations) else {
                self.paints |= paints;
                continue;
            };
            if self.count < MOST_RULES {
                self.count += 1;
                self.rules.entry(key).or_default().push(rule);
            }
        }
    }

    /// `element.class#id`, by itself or anywhere in the body; `None` where it depends on more.
    fn selector(&self, selector: &str, declarations: &[Declaration]) -> Option<(String, Rule)> {
        let mut words = selector.split_whitespace().rev();
        let last = words.next()?;
        if !words.all(|word| matches!(word.to_ascii_lowercase().as_str(), "body" | "html" | "*")) {
            return None;
        }
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '\\');
        if last.contains(|c: char| !is_name(c) && !matches!(c, '.' | '#' | '*')) {
            return None;
        }
        let mut rule = Rule {
            element: None,
            id: None,
            classes: Vec::new(),
            order: self.count,
            declarations: declarations.to_vec(),
        };
        let mut rest = last.strip_prefix('*').unwrap_or(last);
        if let Some(end) = rest.find(['.', '#']).or(Some(rest.len())).filter(|end| *end > 0) {
            rule.element = rest.get(..end).map(str::to_ascii_lowercase);
            rest = rest.get(end..).unwrap_or_default();
        }
        while let Some(kind) = rest.chars().next() {
            let behind = rest.get(1..).unwrap_or_default();
            let end = behind.find(['.', '#']).unwrap_or(behind.len());
            let name = behind.get(..end).unwrap_or_default().to_lowercase();
            match kind {
                '#' => rule.id = Some(name),
                _ => rule.classes.push(name),
            }
            rest = behind.get(end..).unwrap_or_default();
        }
        let key = match (&rule.id, rule.classes.first(), &rule.element) {
            (Some(id), ..) => format!("#{id}"),
            (None, Some(class), _) => format!(".{class}"),
            (None, None, Some(element)) => element.clone(),
            (None, None, None) => return None,
        };
        Some((key, rule))
    }

    /// The declarations that a page makes about an element, the strongest last (CSS 2.2 section 6.4).
    pub(super) fn of_element(&self, name: &str, attributes: &str, budget: &mut usize) -> Vec<Declaration> {
        let mut found: Vec<(bool, usize, usize, Declaration)> = Vec::new();
        if !self.rules.is_empty() {
            let id = attribute(attributes, "id").unwrap_or_default().trim().to_lowercase();
            let classes: Vec<String> = attribute(attributes, "class")
                .unwrap_or_default()
                .split_ascii_whitespace()
                .take(MOST_SELECTORS)
                .map(str::to_lowercase)
                .collect();
            let keys = std::iter::once(name.to_owned())
                .chain(classes.iter().map(|class| format!(".{class}")))
                .chain((!id.is_empty()).then(|| format!("#{id}")));
            for rule in keys.filter_map(|key| self.rules.get(&key)).flatten() {
                let Some(left) = budget.checked_sub(1 + rule.declarations.len()) else { break };
                *budget = left;
                let fits = rule.element.as_deref().is_none_or(|element| element == name)
                    && rule.id.as_ref().is_none_or(|wanted| *wanted == id)
                    && rule.classes.iter().all(|class| classes.contains(class));
                if fits {
                    let weight = usize::from(rule.id.is_some()) * 100
                        + rule.classes.len() * 10
                        + usize::from(rule.element.is_some());
                    let each = rule.declarations.iter().cloned();
                    found.extend(each.map(|it| (it.important, weight, rule.order, it)));
                }
            }
        }
        let own = attribute(attributes, "style").map(declarations).unwrap_or_default();
        found.extend(own.into_iter().map(|it| (it.important, 1000, 0, it)));
        found.sort_by_key(|(important, weight, order, _)| (*important, *weight, *order));
        found.into_iter().map(|(.., declaration)| declaration).collect()
    }
}

/// Whether rules for these media are for whoever reads the mail on a screen, of any width.
fn applies(media: &str) -> bool {
    let media = media.trim().to_ascii_lowercase();
    media.is_empty()
        || media.split(',').any(|one| matches!(one.trim(), "all" | "screen" | "only screen" | "only all"))
}

/// Where the next `</style` stands.
fn end_tag(text: &str) -> Option<usize> {
    text.match_indices("</")
        .find(|(at, _)| text.get(at + 2..at + 7).is_some_and(|name| name.eq_ignore_ascii_case("style")))
        .map(|(at, _)| at)
}

/// Where the block ends that began before this text.
fn block_end(text: &str) -> usize {
    let mut open = 1_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at;
        }
    }
    text.len()
}

fn without_comments(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    plain
}
