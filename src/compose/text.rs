//! Values made fit to be printed: no control characters, no tricks, no more of the person than needed.

use crate::details::surname_length;
use crate::vocabulary::invisible::is_invisible;

/// What a letter asks of the office (`Letter::requests`) that calls one in time which nobody called late.
pub const ASKS_WHETHER_LATE: &str = "核实来信是否列为逾期";

/// A value on one line: control characters, line and paragraph separators become blanks; characters that
/// nobody sees (zero-width, bidirectional overrides) go.
pub(super) fn plain(value: &str) -> String {
    let blank = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let visible = value.chars().filter(|c| !is_invisible(*c));
    visible.map(|c| if blank(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// A body: lines are kept, everything else as in [`plain`]; at most one empty line in a row.
pub(super) fn body(value: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in value.lines() {
        let line: String = line
            .chars()
            .filter(|c| !is_invisible(*c))
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let line = line.trim_end().to_owned();
        if !(line.is_empty() && lines.last().is_none_or(String::is_empty)) {
            lines.push(line);
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Whom a receipt addresses: `尊敬的张先生/女士`, by the surname alone, where the name is one of a known surname and not transliterated;
/// the unit that speaks, where its name is fit to be repeated, else `尊敬的来信单位`; else `尊敬的来信人`.
pub(super) fn salutation(name: Option<&str>, organization: Option<&str>, is_unit: bool) -> String {
    const CHARS: std::ops::RangeInclusive<usize> = 2..=4;
    if let Some(unit) = organization.and_then(unit) {
        return unit;
    }
    if is_unit {
        return "尊敬的来信单位".to_owned();
    }
    let name = name.map(plain).unwrap_or_default();
    let length = name.chars().count();
    let is_han = name.chars().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
    let surname = if is_han && CHARS.contains(&length) { surname_length(&name) } else { 0 };
    if (1..length).contains(&surname) {
        let surname: String = name.chars().take(surname).collect();
        return format!("尊敬的{surname}先生/女士");
    }
    "尊敬的来信人".to_owned()
}

/// The name of a unit, where nothing else can stand in it: letters and brackets, of the length of a name.
fn unit(name: &str) -> Option<String> {
    const CHARS: std::ops::RangeInclusive<usize> = 4..=40;
    let name = plain(name);
    let fits = |c: char| c.is_alphabetic() && !c.is_ascii() || "（）()·、".contains(c);
    (CHARS.contains(&name.chars().count()) && name.chars().all(fits)).then(|| printed(&name))
}

/// A title or a name with the brackets that GB/T 15834 prints between Chinese characters; the rules know its NFKC form.
pub fn printed(text: &str) -> String {
    plain(text).replace('(', "（").replace(')', "）")
}

/// The office's telephone numbers, `024-83988812` each.
pub(super) fn phones(numbers: &[String]) -> String {
    let printed = numbers.iter().map(|number| {
        let number = plain(number);
        match number.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            Some((area, rest)) => format!("{area}-{}", rest.trim()),
            None => number,
        }
    });
    printed.collect::<Vec<_>>().join("、")
}

/// The names of attachments, when every one can be repeated without repeating more than a name: short,
/// no address or link (our answer must not carry a stranger's advertisement to a forged sender), long
/// runs of digits (telephone and identity numbers, not dates) masked. Otherwise empty.
pub(super) fn attachment_names(names: &[String]) -> String {
    let shown: Option<Vec<String>> = names.iter().map(|name| file_name(name)).collect();
    shown.filter(|_| names.len() <= 5).unwrap_or_default().concat()
}

fn file_name(name: &str) -> Option<String> {
    let name = plain(name);
    let letters = |c: char| c.is_alphanumeric() || " ._-—–()（）《》〈〉【】[]“”‘’、，,+#".contains(c);
    let lower = name.to_lowercase();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    // A dot between two Latin letters or digits makes a host name; dates (3.13) and numbering (1. ) have none.
    let dotted = stem
        .split('.')
        .collect::<Vec<_>>()
        .windows(2)
        .any(|pair| matches!(pair, [left, right] if left.ends_with(|c: char| c.is_ascii_alphanumeric()) && right.starts_with(|c: char| c.is_ascii_alphabetic())));
    let host = !extension.is_empty() && !is_document(extension);
    let fit = !name.is_empty()
        && name.chars().count() <= 60
        && name.chars().all(letters)
        && !lower.contains("www")
        && !lower.contains("http")
        && !dotted
        && !host;
    fit.then(|| format!("“{}”", mask_digits(&name)))
}

/// Extensions of documents and pictures; `.com` and `.cn` are others.
fn is_document(extension: &str) -> bool {
    const KNOWN: &[&str] = &[
        "doc", "docx", "wps", "wpt", "et", "dps", "xls", "xlsx", "ppt", "pptx", "pdf", "ofd", "txt", "rtf",
        "odt", "ods", "csv", "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "heic", "webp", "zip", "rar",
        "7z", "eml",
    ];
    KNOWN.contains(&extension.to_ascii_lowercase().as_str())
}

fn mask_digits(name: &str) -> String {
    let mut masked = String::new();
    let mut run = String::new();
    for c in name.chars().chain([' ']) {
        if c.is_numeric() {
            run.push(c);
            continue;
        }
        let date = run.len() == 8 && run.starts_with("20");
        masked.push_str(if run.chars().count() >= 7 && !date { "***" } else { &run });
        run.clear();
        masked.push(c);
    }
    masked.pop();
    masked
}
