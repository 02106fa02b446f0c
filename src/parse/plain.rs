//! Text under the label of plain text that holds something else: a signature's armour, markup, character references, rules
//! of a style sheet.

use std::borrow::Cow;

use super::html;
use crate::vocabulary::language::word_list;

word_list!(
    /// Elements that make a text markup.
    TELLING, html::MARKUP, "telling element");

const SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const SIGNATURE_END: &str = "-----END PGP SIGNATURE-----";
const KEY: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const KEY_END: &str = "-----END PGP PUBLIC KEY BLOCK-----";
const ENCRYPTED: &str = "-----BEGIN PGP MESSAGE-----";

/// The most of a text that is looked at to see what it is, in bytes.
const SAMPLE_BYTES: usize = 64 * 1024;

/// Fewest character references that make a text one of references.
const LEAST_REFERENCES: usize = 3;

/// The longest selector of a style rule, and the longest rule, in bytes.
const SELECTOR_BYTES: usize = 300;
const RULE_BYTES: usize = 4_000;

/// The text that is signed (RFC 9580 section 7): without armour, keys and dash-escapes. Text around it stays.
pub(super) fn without_armour(text: &str) -> Cow<'_, str> {
    if !text.contains("-----BEGIN PGP ") {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let (mut in_header, mut in_signed) = (false, false);
    let mut skipped_until: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if let Some(end) = skipped_until {
            if bare == end {
                skipped_until = None;
                in_signed = false;
            }
            continue;
        }
        match bare {
            SIGNED => (in_header, in_signed) = (true, true),
            SIGNATURE => skipped_until = Some(SIGNATURE_END),
            KEY => skipped_until = Some(KEY_END),
            "" if in_header => in_header = false,
            _ if in_header && bare.contains(": ") => {}
            _ => {
                in_header = false;
                let unescaped = line.strip_prefix("- ").filter(|_| in_signed);
                plain.push_str(unescaped.unwrap_or(line));
            }
        }
    }
    Cow::Owned(plain)
}

/// Whether a text, or a part of it, is encrypted.
pub(super) fn is_encrypted(text: &str) -> bool {
    text.contains(ENCRYPTED)
        && text.lines().any(|line| line.trim().trim_start_matches(['>', ' ']) == ENCRYPTED)
}

/// Whether a text is markup whose label is wrong: it opens with an element and closes one, or elements end its lines.
pub(super) fn is_markup(text: &str) -> bool {
    let sample = text.get(..text.floor_char_boundary(SAMPLE_BYTES)).unwrap_or_default().trim();
    let opens = || element(sample).is_some_and(|name| TELLING.contains(&name.to_ascii_lowercase()));
    let (mut found, mut closed) = (0_usize, 0_usize);
    let mut rest = sample;
    while let Some((_, behind)) = rest.split_once('<') {
        let name = behind.strip_prefix('/').unwrap_or(behind);
        if element_name(name).is_some_and(|name| TELLING.contains(&name.to_ascii_lowercase())) {
            found += 1;
            closed += usize::from(behind.starts_with('/'));
        }
        rest = behind;
    }
    let lines = sample.lines().filter(|line| !line.trim().is_empty()).count();
    // One `<br>` in a sentence is spoken of; two where lines should end are meant.
    found >= 2 && (closed > 0 && opens() || found >= lines)
}

fn element(text: &str) -> Option<&str> {
    text.strip_prefix('<').and_then(element_name)
}

/// The name of the element whose tag begins behind its bracket.
fn element_name(behind: &str) -> Option<&str> {
    let end = behind.bytes().take(12).position(|byte| !byte.is_ascii_alphanumeric())?;
    let (name, tail) = behind.split_at_checked(end)?;
    let closes = tail.trim_start().starts_with(['>', '/']) || tail.starts_with(' ') && tail.contains('>');
    closes.then_some(name)
}

/// Whether character references stand for letters of a text.
pub(super) fn has_references(text: &str) -> bool {
    let sample = text.get(..text.floor_char_boundary(SAMPLE_BYTES)).unwrap_or_default();
    let mut numbers = sample.split("&#").skip(1);
    let is_han = |behind: &&str| {
        html::reference(&format!("&#{}", behind.get(..behind.floor_char_boundary(12)).unwrap_or_default()))
            .is_some_and(|c| c > '\u{2e7f}')
    };
    numbers.by_ref().filter(is_han).nth(LEAST_REFERENCES - 1).is_some()
}

/// Whether a program left names of characters in a text that nobody types: `张三&nbsp;138…`, `&ldquo;应当&rdquo;`. Who writes of
/// one puts it in quotation marks.
pub(super) fn has_marks_by_name(text: &str) -> bool {
    let sample = text.get(..text.floor_char_boundary(SAMPLE_BYTES)).unwrap_or_default();
    sample.match_indices('&').any(|(at, mark)| {
        let behind = sample.get(at + mark.len()..).unwrap_or_default();
        let is_spoken_of =
            sample.get(..at).is_some_and(|before| before.ends_with(['“', '"', '「', '《', '‘', '\'', '`']));
        !is_spoken_of
            && NAMED_MARKS
                .at_start(behind)
                .is_some_and(|name| behind.get(name.len()..).is_some_and(|rest| rest.starts_with(';')))
    })
}

word_list!(
    /// Names of blanks and marks that no keyboard makes one type.
    NAMED_MARKS, html::MARKUP, "mark by name"
);

/// The text without rules of a style sheet, which some programs leave in what they make of a page.
pub(super) fn without_style_rules(text: &str) -> Cow<'_, str> {
    let mut plain = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('{') {
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let near = behind.get(..behind.floor_char_boundary(RULE_BYTES)).unwrap_or_default();
        let end = near.find('}');
        let selector = selector(before);
        let is_rule = end.is_some_and(|end| is_declarations(behind.get(1..end).unwrap_or_default()))
            && !selector.is_empty();
        let (kept, skipped) = if is_rule {
            found = true;
            (before.len() - selector.len(), at + end.unwrap_or_default() + 1)
        } else {
            (at + 1, at + 1)
        };
        plain.push_str(rest.get(..kept).unwrap_or_default());
        rest = rest.get(skipped..).unwrap_or_default();
    }
    if !found {
        return Cow::Borrowed(text);
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The end of a text that may be a selector: ASCII, with comments and over several lines.
fn selector(before: &str) -> &str {
    let from = before.floor_char_boundary(before.len().saturating_sub(SELECTOR_BYTES));
    let near = before.get(from..).unwrap_or_default();
    let start = near
        .rfind(|c: char| !c.is_ascii() || c == '}' || c == ';')
        .map_or(0, |at| at + near.get(at..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8));
    let tail = near.get(start..).unwrap_or_default();
    // Words of a sentence before the selector are no part of it: the selector's own lines have none.
    let lines = tail.split_inclusive('\n').rev().take_while(|line| is_selector_line(line));
    let length: usize = lines.map(str::len).sum();
    tail.get(tail.len() - length..).unwrap_or_default()
}

fn is_selector_line(line: &str) -> bool {
    let bare = line.trim();
    bare.starts_with("/*") && bare.ends_with("*/")
        || bare.starts_with("<!--")
        || bare.chars().all(|c| c.is_ascii_alphanumeric() || " .#@,:>-_*[]=\"()+~".contains(c))
            && bare.split(' ').count() <= 12
}

/// `property: value; …` and nothing else.
fn is_declarations(inside: &str) -> bool {
    let mut declarations = inside.split(';').map(str::trim).filter(|one| !one.is_empty()).peekable();
    declarations.peek().is_some()
        && declarations.all(|one| {
            one.starts_with("/*")
                || one.split_once(':').is_some_and(|(property, value)| {
                    !value.is_empty()
                        && !property.is_empty()
                        && property
                            .trim()
                            .bytes()
                            .all(|byte| byte.is_ascii_alphanumeric() || b"-*_".contains(&byte))
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn armour_goes_and_what_was_signed_stays() {
        let text = "前言\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n建议一\n- -- \n- - 其二\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n后语\n";
        assert_eq!(without_armour(text), "前言\n建议一\n-- \n- 其二\n后语\n");
        assert_eq!(without_armour("- 建议一\n- 建议二\n"), "- 建议一\n- 建议二\n");
        assert!(is_encrypted("您好\n-----BEGIN PGP MESSAGE-----\nabc\n"));
        assert!(!is_encrypted("以“-----BEGIN PGP MESSAGE-----”开头的邮件打不开"));
    }

    #[test]
    fn markup_is_told_from_talk_of_it() {
        for text in [
            "<div>建议</div><div>姓名</div>",
            "建议<br>姓名：乔<br>",
            "<p>建议</p>",
            "建议增设。<BR><br />\n电话<br/>",
        ] {
            assert!(is_markup(text), "{text}");
        }
        for text in [
            "建议网页不要用<br>换行",
            "如果 a<b 且 c>d",
            "姓名 <qiao@example.com>",
            "建议把\n<div>\n标签去掉，\n再看看，\n<p>也是。",
            "",
        ] {
            assert!(!is_markup(text), "{text}");
        }
        assert!(has_references("&#24314;&#x8bae;&#24310;"));
        assert!(!has_references("a &#38; b &#24314; AT&T"));
    }

    #[test]
    fn marks_by_name_are_a_programs() {
        for text in
            ["马俊峰 &nbsp;13965730482", "&ldquo;应当&rdquo;改为“可以”", "&emsp;&emsp;第一", "a&#160;b"]
        {
            assert!(has_marks_by_name(text), "{text}");
        }
        for text in ["网页上露出“&nbsp;”字样", "AT&T; 甲&乙", "?a=1&nbsp=2", "a&#161;b", ""] {
            assert!(!has_marks_by_name(text), "{text}");
        }
    }

    #[test]
    fn style_rules_are_no_text() {
        let css = "/* Font Definitions */\n@font-face\n\t{font-family:\"Cambria Math\";\n\tpanose-1:2 4 5 3;}\np.MsoNormal, li.MsoNormal\n\t{margin:0cm;\n\tfont-size:10.5pt;}\n";
        assert_eq!(without_style_rules(&format!("{css}建议延长。\n")).trim(), "建议延长。");
        assert_eq!(without_style_rules("建议：\nbody { color: red; }\n谢谢"), "建议：\n谢谢");
        for text in ["集合{1,2}和{a: 1}吗", "建议 {姓名: 乔} 谢谢", "a {b} c", "{"] {
            assert_eq!(without_style_rules(text), text);
        }
    }
}
