//! How other languages cite a clause: `Article 14`, `제17조`, `статья 14`, `13-ماددىغا`. Said in Chinese, the catalogue reads it as any
//! other citation.

use std::sync::LazyLock;

use crate::details::text::fold::is_han;
use crate::vocabulary::Regex;
use crate::vocabulary::language::{language_table, word_list};

language_table!(CITED, "language/citations.tsv");
word_list!(
    /// What shows, behind a citation, that another text is meant: `of the … Law`.
    OTHER_TEXTS, CITED, "another text"
);
word_list!(
    /// Words of another text that also name drafts: `of the draft law`.
    THIS_TEXT, CITED, "this text"
);

/// The characters between a citation and the name of the text that it is of.
const NEAR_BYTES: usize = 80;

/// Most citations of a text that are looked at.
const MOST: usize = 20;

/// A unit with its number, before or behind it, and the paragraph that may follow in brackets.
struct Cited {
    unit: char,
    form: Regex,
}

/// The units by their words: of each the form in which the number follows, and that in which it stands first.
static FORMS: LazyLock<Vec<Cited>> = LazyLock::new(|| {
    let before = |meaning: &str, end: &str| {
        format!(r"(?:^|[^\p{{L}}])⟨{meaning}⟩[.:]?\s{{0,3}}(?P<number>\p{{Nd}}{{1,3}}){end}")
    };
    let behind =
        |meaning: &str| format!(r"(?:^|[^\p{{Nd}}.])(?P<number>\p{{Nd}}{{1,3}})\.?\s?-?\s?⟨{meaning}⟩");
    let around = |meaning: &str, end: &str| {
        format!(
            r"⟨{meaning}⟩\s?(?P<number>\p{{Nd}}{{1,3}})\s?⟨{end}⟩(?:\s?제?\s?(?P<inner>[0-9]{{1,2}})\s?⟨paragraph⟩)?"
        )
    };
    let bracketed = r"(?:\((?P<inner>[0-9]{1,2})\))?";
    let form = |unit: char, pattern: &str| Cited { unit, form: CITED.pattern(pattern) };
    vec![
        form('条', &before("article before", bracketed)),
        form('条', &around("ordinal", "article around")),
        form('条', &behind("article behind")),
        form('章', &before("chapter before", "")),
    ]
});

/// The citations of folded text in lower case, in Chinese: `第14条 `. Empty where there is none.
pub(super) fn in_chinese(text: &str) -> String {
    let mut found: Vec<(usize, String)> = Vec::new();
    for Cited { unit, form } in FORMS.iter() {
        for cited in form.captures_iter(text).take(MOST) {
            let (Some(whole), Some(number)) = (cited.get(0), cited.name("number")) else { continue };
            let behind = text.get(number.end()..).unwrap_or_default();
            if is_of_another(text.get(..whole.start()).unwrap_or_default(), behind) {
                continue;
            }
            let digits: String = number.as_str().chars().filter_map(digit).collect();
            let inner = cited.name("inner").map_or(String::new(), |inner| format!("第{}款", inner.as_str()));
            found.push((number.start(), format!("第{digits}{unit}{inner}")));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, citation)| citation + ";").collect()
}

/// Whether a line begins with such a citation: `Article 9: …`, `10-ماددىغا …`.
pub(super) fn begins(text: &str) -> bool {
    const HEAD_BYTES: usize = 40;
    let head = text.trim_start();
    let head = head.get(..head.floor_char_boundary(HEAD_BYTES)).unwrap_or_default();
    // Told from Chinese, of which nearly all lines are, by its first character.
    if head.starts_with(is_han) {
        return false;
    }
    let head = head.to_lowercase();
    FORMS.iter().any(|cited| cited.form.find(&head).is_some_and(|found| found.start() == 0))
}

/// Whether the text that is cited is named, and is not the draft: `article 47 of the Civil Code`, `개인정보보호법 제47조`.
fn is_of_another(before: &str, behind: &str) -> bool {
    let near = behind.get(..behind.floor_char_boundary(NEAR_BYTES)).unwrap_or_default();
    let near = near.split(['.', ',', ';', ':', '。', '!', '?']).next().unwrap_or_default();
    let before = before.trim_end();
    let names = |word: &str| near.match_indices(word).any(|(at, _)| is_word(near, at, word.len()));
    OTHER_TEXTS.all().iter().any(|word| names(word)) && !THIS_TEXT.inside(near)
        || OTHER_BEFORE.at_end(before).is_some() && THIS_TEXT.at_end(before).is_none()
}

word_list!(
    /// The same, before the citation.
    OTHER_BEFORE, CITED, "another text before"
);

/// Whether a word stands at byte `at` by itself: `law` is none in `lawn`.
fn is_word(text: &str, at: usize, length: usize) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphabetic());
    edge(text.get(..at).and_then(|before| before.chars().next_back()))
        && edge(text.get(at + length..).and_then(|behind| behind.chars().next()))
}

/// A digit of any script as an ASCII one.
fn digit(c: char) -> Option<char> {
    const ZEROS: [u32; 8] = [0x30, 0x660, 0x6f0, 0xe50, 0xf20, 0x1810, 0x966, 0xff10];
    let code = u32::from(c);
    let value = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|value| *value <= 9))?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::fold::fold_case;

    #[test]
    fn citations_of_other_languages_are_said_in_chinese() {
        for (text, chinese) in [
            ("Article 14: please allow nurses", "第14条;"),
            ("see Art. 9 and Articles 12", "第9条;第12条;"),
            ("Article 14(2)", "第14条第2款;"),
            ("제17조에 관하여", "第17条;"),
            ("제17조 제2항에", "第17条第2款;"),
            ("В статье 14 сказано", "第14条;"),
            ("13-ماددىغا", "第13条;"),
            ("Điều 10 quy định", "第10条;"),
            ("14 дүгээр зүйл", "第14条;"),
            ("དོན་ཚན་ ༡༤", "第14条;"),
            ("Chapter 3", "第3章;"),
        ] {
            assert_eq!(in_chinese(&fold_case(text)), chinese, "{text}");
        }
        for text in [
            "an article about 14 people",
            "Article 47 of the Personal Information Protection Law",
            "개인정보보호법 제47조에",
            "17조 원",
            "party 14",
            "статьи 14 Гражданского кодекса",
            "",
        ] {
            assert_eq!(in_chinese(&fold_case(text)), "", "{text}");
        }
    }
}
