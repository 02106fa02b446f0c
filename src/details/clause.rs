//! Which clause of the draft an item speaks of: from a citation or a catch-word. A suggestion for staff.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::Clause;

use super::joint::number;
use super::text::fold;

/// The longest beginning of an item that is searched, in bytes.
const SEARCHED_BYTES: usize = 20_000;

/// `第二部分第（二）条第3点`, `二、（二）3`, `二(二)3`, `第二部分第二条第3点`.
static FULL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) (?: 第? (?P<part>[一二三四五六七八九]) | 第 (?P<part_digit>[1-9]) )
          (?: 大?部分 | 大条 | 大点 | 章 )? [\s、,.-]* (?: 工作任务 | 保障措施 )? [\s、,.的中“”-]*
          (?: 第? \s? \( (?P<section>[一二三四五六七八九十]|[0-9]{1,2}) \) | 第 (?P<bare>[一二三四五六七八九十]|[0-9]{1,2}) (?:条|项|款|节) )
          (?P<point> .{0,30} )",
    )
    .expect("a constant pattern")
});

/// `（二）第3点` without its part.
static SECTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"第?\s?\((?P<section>[一二三四五六七八九十])\)(?P<point>.{0,30})")
        .expect("a constant pattern")
});

/// The point behind a section's citation.
static POINT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:条|项|款|部分|节|点)?(?:中|的|里)?[\s、,.-]*(?:(?P<digits>[0-9]{1,2})(?:[^0-9个年月日天号%]|$)|第\s?\(?(?P<ordinal>[0-9]{1,2}|[一二三四五六七八九十]{1,2})\)?)")
        .expect("a constant pattern")
});

static ANNEX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<see>见|详|参见|查收)?附件(?:中|的|里|清单)?\s?(?:第\s?)?(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:\s?(?:项|件|条|个|款)|[^0-9.]|$)")
        .expect("a constant pattern")
});

/// A consultation's clauses, ready to be looked for.
pub(super) struct Catalogue<'a> {
    clauses: Vec<(String, &'a Clause)>,
    /// Catch-words with the clause they point to.
    words: Vec<(String, &'a Clause)>,
}

impl<'a> Catalogue<'a> {
    pub(super) fn new(clauses: &'a [Clause]) -> Self {
        let words = clauses
            .iter()
            .flat_map(|clause| {
                let names =
                    clause.name.split(['/', '、', '／']).chain(clause.also.iter().map(String::as_str));
                names.map(move |word| (catch_word(word), clause))
            })
            .filter(|(word, _)| word.chars().count() >= 2)
            .collect();
        Self { clauses: clauses.iter().map(|clause| (key(&clause.code), clause)).collect(), words }
    }

    /// The clause that the item cites or names.
    pub(super) fn suggest(&self, item: &str) -> Option<String> {
        let end = (0..=item.len().min(SEARCHED_BYTES)).rev().find(|end| item.is_char_boundary(*end))?;
        let text = fold(item.get(..end)?).to_lowercase();
        self.cited(&text).or_else(|| self.named(&text)).map(|clause| clause.code.clone())
    }

    fn cited(&self, text: &str) -> Option<&'a Clause> {
        let full = FULL.captures_iter(text).take(20).find_map(|found| {
            let part = found.name("part").or_else(|| found.name("part_digit"))?;
            let section = found.name("section").or_else(|| found.name("bare"))?;
            let code = format!("{}({})", han(part.as_str())?, han(section.as_str())?);
            let point = point(found.name("point").map_or("", |rest| rest.as_str()));
            point.and_then(|point| self.by_code(&format!("{code}{point}"))).or_else(|| self.by_code(&code))
        });
        full.or_else(|| self.cited_annex(text)).or_else(|| {
            SECTION.captures_iter(text).take(20).find_map(|found| {
                let section = format!("({})", found.name("section")?.as_str());
                let rest = found.name("point").map_or("", |rest| rest.as_str());
                let code = point(rest).map_or(section.clone(), |point| format!("{section}{point}"));
                let is_citation = code != section || rest.starts_with(['条', '项', '款']);
                if is_citation { self.by_end(&code) } else { None }
            })
        })
    }

    fn cited_annex(&self, text: &str) -> Option<&'a Clause> {
        ANNEX.captures_iter(text).take(20).filter(|found| found.name("see").is_none()).find_map(|found| {
            let number = number(found.name("number")?.as_str())?;
            self.by_code(&format!("附件{number}"))
        })
    }

    fn named(&self, text: &str) -> Option<&'a Clause> {
        self.words
            .iter()
            .filter_map(|(word, clause)| {
                Some((find_word(text, word)?, std::cmp::Reverse(word.len()), *clause))
            })
            .min_by_key(|(at, length, _)| (*at, *length))
            .map(|(_, _, clause)| clause)
    }

    fn by_code(&self, code: &str) -> Option<&'a Clause> {
        self.clauses.iter().find(|(key, _)| key == code).map(|(_, clause)| *clause)
    }

    /// The clause whose code ends so, when no other part of the draft has such a section.
    fn by_end(&self, end: &str) -> Option<&'a Clause> {
        if end.ends_with(')') {
            let part = |key: &String| key.split_once(end).map(|(part, _)| part.to_owned());
            let mut parts: Vec<String> = self.clauses.iter().filter_map(|(key, _)| part(key)).collect();
            parts.dedup();
            if parts.len() != 1 {
                return None;
            }
        }
        let mut fitting = self.clauses.iter().filter(|(key, _)| key.ends_with(end));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first.1)
    }
}

fn point(rest: &str) -> Option<u32> {
    let found = POINT.captures(rest)?;
    number(found.name("digits").or_else(|| found.name("ordinal"))?.as_str())
}

/// `二` for `二` and `2`.
fn han(numeral: &str) -> Option<String> {
    match numeral.parse::<usize>() {
        Ok(value) => "一二三四五六七八九十".chars().nth(value.checked_sub(1)?).map(String::from),
        Err(_) => Some(numeral.to_owned()),
    }
}

/// A code without blanks, half-width.
fn key(code: &str) -> String {
    fold(code).chars().filter(|c| !c.is_whitespace() && !matches!(c, '、' | '.')).collect()
}

/// A catch-word without what stands in brackets behind it.
fn catch_word(word: &str) -> String {
    let folded = fold(word).to_lowercase();
    folded.split('(').next().unwrap_or_default().trim().to_owned()
}

/// Where a catch-word stands. One of two characters (退休) is an everyday word and must be marked.
fn find_word(text: &str, word: &str) -> Option<usize> {
    if word.chars().count() >= 3 {
        return text.find(word);
    }
    text.match_indices(word).find_map(|(at, found)| {
        let behind = text.get(at + found.len()..)?;
        let quoted =
            text.get(..at)?.ends_with(['“', '"', '「', '‘']) && behind.starts_with(['”', '"', '」', '’']);
        (quoted
            || behind.starts_with("一件事")
            || behind.starts_with("“一件事")
            || behind.starts_with("事项"))
        .then_some(at)
    })
}
