//! Which clause of the draft an item speaks of: from a citation or a catch-word. A suggestion for staff.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use crate::vocabulary::Regex;
use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::vocabulary::{Clause, Part};

use crate::details::opinion::clause_abroad;
use crate::details::text::fold::{fold, fold_case, is_han};
use crate::details::text::numeral::number;

/// The longest beginning of an item that is searched, in bytes.
const SEARCHED_BYTES: usize = 20_000;

/// `（二）第3点` without its part.
static SECTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"第?\s?\((?P<section>[一二三四五六七八九十])\)(?P<point>.{0,30})")
        .expect("a constant pattern")
});

/// The point behind a section's citation.
static POINT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:大|小)?(?:条|项|款|部分|节|点)?(?:中|的|里)?[\s、,.”“-]*(?:(?P<digits>[0-9]{1,2})(?:[^0-9个年月日天号%]|$)|第\s?\(?(?P<ordinal>[0-9]{1,2}|[一二三四五六七八九十]{1,2})\)?)")
        .expect("a constant pattern")
});

static ANNEX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<see>见|详|参见|查收|看|参阅)?附件(?:中|的|里|清单|序号)?\s?\(?(?:第\s?)?(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:\)|\s?(?:项|件|条|个|款)|[^0-9.]|$)")
        .expect("a constant pattern")
});

/// `第三十条`, `第三十条第二款`, `第四章`: how regulations are cited.
static ARTICLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) 第\s?(?P<number>[0-9]{1,4}|[〇零一二三四五六七八九十百]{1,7})\s?(?P<unit>章|节|条)
          (?: \s?第?\s?\(?(?P<inner>[0-9]{1,3}|[一二三四五六七八九十]{1,3})\)?\s?(?P<inner_unit>款|项) )?",
    )
    .expect("a constant pattern")
});

/// A consultation's clauses, ready to be looked for.
#[derive(Debug)]
pub(crate) struct Catalogue {
    clauses: Vec<Entry>,
    /// The draft's parts that have names: numbers and names.
    parts: Vec<Part>,
    /// `第二部分第（二）条第3点`, `二、（二）3`, `二(二)3`, `第二部分第二条第3点`, the part by number or by name.
    full: OnceLock<Regex>,
    /// The clauses whose codes are articles, chapters or parts of articles, by [`article`].
    articles: HashMap<String, usize>,
    /// Catch-words with the clause they point to.
    words: Vec<CatchWord>,
    /// The catch-words, by their index in `words`; `None` when there are none that can be looked for.
    searcher: Option<AhoCorasick>,
}

/// A clause's code as it is compared and as it is written.
#[derive(Debug)]
struct Entry {
    key: String,
    code: String,
}

/// A word that points to a clause.
#[derive(Debug)]
struct CatchWord {
    clause: usize,
    /// One of two characters (退休) is an everyday word and must be marked.
    must_be_marked: bool,
}

impl Catalogue {
    /// Compiles the clauses of a consultation.
    pub(crate) fn new(clauses: &[Clause], parts: &[Part]) -> Self {
        let named = clauses.iter().enumerate().flat_map(|(index, clause)| {
            // What staff chose points to its clause as it stands.
            let chosen = |word: &str| clause.words.iter().any(|own| own == word);
            clause.catch_words().map(move |word| (catch_word(word), index, chosen(word)))
        });
        let (texts, words): (Vec<String>, Vec<CatchWord>) = named
            .map(|(word, clause, is_chosen)| (word.chars().count(), word, clause, is_chosen))
            .filter(|(length, ..)| *length >= 2)
            .map(|(length, word, clause, is_chosen)| {
                (word, CatchWord { clause, must_be_marked: length == 2 && !is_chosen })
            })
            .unzip();
        let clauses: Vec<Entry> = clauses
            .iter()
            .map(|clause| Entry { key: key(&clause.code), code: clause.code.clone() })
            .collect();
        let searcher = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(&texts).ok();
        let articles = clauses.iter().enumerate().rev();
        let articles =
            articles.filter_map(|(index, entry)| Some((code_of_article(&entry.key)?, index))).collect();
        Self { clauses, parts: parts.to_vec(), full: OnceLock::new(), articles, words, searcher }
    }

    /// The clause that the item cites or names.
    pub(crate) fn suggest(&self, item: &str) -> Option<String> {
        let text = fold_case(item.get(..item.floor_char_boundary(SEARCHED_BYTES))?);
        let found = self.cited(&text).or_else(|| self.cited_abroad(&text)).or_else(|| self.named(&text));
        let found = found.or_else(|| {
            // 出租车（网约车）从业资格
            text.contains('(').then(|| self.named(&without_brackets(&text))).flatten()
        });
        found.map(|clause| clause.code.clone())
    }

    fn cited(&self, text: &str) -> Option<&Entry> {
        // Each citation has brackets, 第 or 附件.
        let (bracket, ordinal) = (text.contains('('), text.contains('第'));
        let full = || (bracket || ordinal).then(|| self.cited_in_full(text)).flatten();
        let section = || bracket.then(|| self.cited_section(text)).flatten();
        let article = || ordinal.then(|| self.cited_article(text)).flatten();
        full().or_else(|| self.cited_annex(text)).or_else(article).or_else(section)
    }

    /// The clause that a text in another language cites.
    fn cited_abroad(&self, text: &str) -> Option<&Entry> {
        let cites = !self.articles.is_empty()
            && text.contains(|c: char| c.is_numeric() && !is_han(c))
            && text.contains(|c: char| (c.is_alphabetic() || c == '§') && !is_han(c));
        cites.then(|| clause_abroad::in_chinese(text)).and_then(|text| self.cited_article(&text))
    }

    fn cited_in_full(&self, text: &str) -> Option<&Entry> {
        self.full().captures_iter(text).take(20).find_map(|found| {
            let part = match found.name("named") {
                Some(name) => self.part_named(name.as_str())?,
                None => found.name("part").or_else(|| found.name("part_digit"))?.as_str(),
            };
            let section = found.name("section").or_else(|| found.name("bare"))?;
            let code = format!("{}({})", han(part)?, han(section.as_str())?);
            let point = point(found.name("point").map_or("", |rest| rest.as_str()));
            point.and_then(|point| self.by_code(&format!("{code}{point}"))).or_else(|| self.by_code(&code))
        })
    }

    /// The number of the part that is called so.
    fn part_named(&self, name: &str) -> Option<&str> {
        let part = self.parts.iter().find(|part| part.names.iter().any(|known| fold_case(known) == name))?;
        Some(&part.number)
    }

    /// The expression for citations in full, with the names of this draft's parts.
    fn full(&self) -> &Regex {
        self.full.get_or_init(|| {
            let names = self.parts.iter().flat_map(|part| &part.names);
            let names: Vec<String> = names.map(|name| regex::escape(&fold_case(name)).replace(' ', r"\s")).collect();
            // A draft whose parts have no names: the group never fits.
            let names = if names.is_empty() { r"[^\s\S]".to_owned() } else { names.join("|") };
            Regex::new(&format!(
                r"(?x) (?: 第? (?P<part>[一二三四五六七八九]) | 第 (?P<part_digit>[1-9]) | (?P<named>{names}) )
                  (?: 大?部分 | 大条 | 大点 | 章 )? [\s、,.-]* (?: {names} )? [\s、,.的中“”-]*
                  (?: 第? \s? \( (?P<section>[一二三四五六七八九十]|[0-9]{{1,2}}) \) | 第 (?P<bare>[一二三四五六七八九十]|[0-9]{{1,2}}) (?:条|项|款|节) )
                  (?P<point> .{{0,30}} )",
            ))
            .expect("a constant pattern around escaped names")
        })
    }

    /// The article that is cited, with its paragraph where that is a clause of its own; else the chapter.
    fn cited_article(&self, text: &str) -> Option<&Entry> {
        if self.articles.is_empty() {
            return None;
        }
        let of_this_draft = |found: &regex::Captures<'_>| {
            let before = found.get(0).and_then(|whole| text.get(..whole.start())).unwrap_or_default();
            // 《民法典》第二百零三条, 教育法第十条: another text's; 本办法第十条 is this one's.
            !before.ends_with('》') && (!before.ends_with('法') || before.ends_with("办法"))
        };
        let cited = || ARTICLE.captures_iter(text).take(20).filter(of_this_draft);
        let find = |found: regex::Captures<'_>| {
            let (whole, outer) = article(&found)?;
            let index =
                whole.and_then(|whole| self.articles.get(&whole)).or_else(|| self.articles.get(&outer))?;
            self.clauses.get(*index)
        };
        let is_article =
            |found: &regex::Captures<'_>| found.name("unit").is_some_and(|unit| unit.as_str() == "条");
        cited().filter(is_article).find_map(find).or_else(|| cited().find_map(find))
    }

    fn cited_section(&self, text: &str) -> Option<&Entry> {
        SECTION.captures_iter(text).take(20).find_map(|found| {
            let section = format!("({})", found.name("section")?.as_str());
            let rest = found.name("point").map_or("", |rest| rest.as_str());
            let code = point(rest).map_or(section.clone(), |point| format!("{section}{point}"));
            let is_citation = code != section || rest.starts_with(['条', '项', '款']);
            if is_citation { self.by_end(&code) } else { None }
        })
    }

    fn cited_annex(&self, text: &str) -> Option<&Entry> {
        if !text.contains("附件") {
            return None;
        }
        ANNEX.captures_iter(text).take(20).filter(|found| found.name("see").is_none()).find_map(|found| {
            let number = number(found.name("number")?.as_str())?;
            self.by_code(&format!("附件{number}"))
        })
    }

    /// The clause whose catch-word stands first; of two at one place the longer word's, then the earlier clause.
    fn named(&self, text: &str) -> Option<&Entry> {
        let found = self.searcher.as_ref()?.find_overlapping_iter(text).filter_map(|found| {
            let word = self.words.get(found.pattern().as_usize())?;
            let fits = (!word.must_be_marked || is_marked(text, found.range()))
                && !is_inside_a_number(text, found.range());
            fits.then(|| (found.start(), std::cmp::Reverse(found.len()), found.pattern(), word.clause))
        });
        self.clauses.get(found.min()?.3)
    }

    fn by_code(&self, code: &str) -> Option<&Entry> {
        self.clauses.iter().find(|clause| clause.key == code)
    }

    /// The clause whose code ends so, when no other part of the draft has such a section.
    fn by_end(&self, end: &str) -> Option<&Entry> {
        if end.ends_with(')') {
            let part = |clause: &'_ Entry| clause.key.split_once(end).map(|(part, _)| part.to_owned());
            let mut parts: Vec<String> = self.clauses.iter().filter_map(part).collect();
            parts.dedup();
            if parts.len() != 1 {
                return None;
            }
        }
        let mut fitting = self.clauses.iter().filter(|clause| clause.key.ends_with(end));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    }
}

/// An article with its paragraph, where one is cited, and by itself: `30条2款` and `30条`.
fn article(found: &regex::Captures<'_>) -> Option<(Option<String>, String)> {
    let number = |group: &str| number(&found.name(group)?.as_str().replace('零', "〇"));
    let outer = format!("{}{}", number("number")?, found.name("unit")?.as_str());
    let inner = number("inner").zip(found.name("inner_unit"));
    Some((inner.map(|(number, unit)| format!("{outer}{number}{}", unit.as_str())), outer))
}

/// A clause's code that is an article's, as [`article`] writes it.
fn code_of_article(code: &str) -> Option<String> {
    let found =
        ARTICLE.captures(code).filter(|found| found.get(0).is_some_and(|whole| whole.as_str() == code))?;
    let (whole, outer) = article(&found)?;
    Some(whole.unwrap_or(outer))
}

/// Whether a catch-word of digits (12345) is only a piece of a longer number: a telephone's, a card's.
fn is_inside_a_number(text: &str, range: Range<usize>) -> bool {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let joined = |edge: usize| edge > 0 && digit(bytes.get(edge - 1)) && digit(bytes.get(edge));
    joined(range.start) || joined(range.end)
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

/// The text without its bracketed groups.
fn without_brackets(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '(' => inside = true,
            ')' => inside = false,
            _ if !inside => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// A catch-word without what stands in brackets behind it.
fn catch_word(word: &str) -> String {
    let folded = fold_case(word);
    folded.split('(').next().unwrap_or_default().trim().to_owned()
}

/// Whether quotation marks or 一件事 show that a word names a clause.
fn is_marked(text: &str, word: Range<usize>) -> bool {
    let before = text.get(..word.start).unwrap_or_default();
    let behind = text.get(word.end..).unwrap_or_default();
    before.ends_with(['“', '"', '「', '‘']) && behind.starts_with(['”', '"', '」', '’'])
        || ["一件事", "“一件事", "事项"].iter().any(|mark| behind.starts_with(mark))
}
