//! Text as `man(7)` reads it.

/// A line of text, which no macro is mistaken for.
pub(super) fn text(line: &str) -> String {
    let escaped = line.replace('\\', "\\e").replace('-', "\\-");
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}

/// A page's head.
pub(super) fn head(name: &str, section: u8, about: &str) -> String {
    format!(".TH {name} {section}\n.ad l\n.SH NAME\n{name} \\- {}\n", text(about))
}

/// A heading.
pub(super) fn section(title: &str) -> String {
    format!(".SH \"{}\"\n", text(title).replace('"', "\\(dq"))
}

/// A paragraph.
pub(super) fn paragraph(lines: &[String]) -> String {
    if lines.is_empty() { String::new() } else { format!(".PP\n{}", body(lines)) }
}

/// What stands under `terms`.
pub(super) fn entry(terms: &[String], lines: &[String]) -> String {
    let terms: Vec<String> = terms.iter().map(|term| format!("\\fB{}\\fR\n", text(term))).collect();
    format!(".TP\n{}{}", terms.join(".TQ\n"), body(lines))
}

/// Lines that are filled; one that begins with a quoted word or in Chinese begins anew: nothing fills a line of Chinese.
fn body(lines: &[String]) -> String {
    let line = |line: &String| {
        let begins_anew =
            if line.starts_with(|first| first == '"' || first > '\u{2e80}') { ".br\n" } else { "" };
        format!("{begins_anew}{}\n", text(line.trim()))
    };
    lines.iter().map(line).collect()
}

/// Where else to look.
pub(super) fn see_also(pages: &[String]) -> String {
    let named: Vec<String> = pages.iter().map(|page| format!("\\fB{}\\fR", text(page))).collect();
    format!("{}{}\n", section("SEE ALSO"), named.join(",\n"))
}
