//! Boundaries (RFC 2046 section 5.1.1) that a header field does not give as they stand in the body.

use std::collections::HashSet;

/// The longest boundary, in bytes; programs that did not read the 70 of RFC 2046 stay below it.
const MOST_BYTES: usize = 120;

/// Lines like delimiters that are kept in mind while the closing one is looked for.
const MOST_LINES: usize = 1_000;

/// The boundary that a body is divided by: the one that the field's raw value gives, with its folds as one blank, as none or
/// without the blank behind it, else what the body's lines show.
pub(super) fn of_body(field: &[u8], body: &[u8]) -> Option<String> {
    let declared = declared(field).unwrap_or_default();
    let readings = [" ", "", "\t"].map(|fold| unfolded(&declared, fold).trim_end().to_owned());
    let mut readings = readings.into_iter().filter(|reading| !reading.is_empty());
    readings.find(|reading| divides(body, reading)).or_else(|| shown(body))
}

/// The parameter as it stands in the field, folds kept.
fn declared(field: &[u8]) -> Option<String> {
    let field = String::from_utf8_lossy(field);
    let at = field.to_ascii_lowercase().find("boundary")?;
    let behind = field.get(at + "boundary".len()..)?.trim_start().strip_prefix('=')?.trim_start();
    let value = match behind.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => behind.split([';', ' ', '\t', '\r', '\n']).next(),
    };
    value.map(str::to_owned)
}

fn unfolded(value: &str, fold: &str) -> String {
    let lines = value.split(['\r', '\n']).filter(|line| !line.is_empty());
    let pieces = lines.enumerate().map(|(index, line)| if index > 0 { line.trim_start() } else { line });
    pieces.collect::<Vec<_>>().join(fold)
}

fn divides(body: &[u8], boundary: &str) -> bool {
    lines(body).any(|line| {
        let behind = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary.as_bytes()));
        behind.is_some_and(|behind| matches!(behind.trim_ascii(), b"" | b"--"))
    })
}

/// The boundary that the body shows: a line like a delimiter with a field of MIME below it, or one that is closed further down.
fn shown(body: &[u8]) -> Option<String> {
    let mut seen: HashSet<&[u8]> = HashSet::new();
    let mut all = lines(body).peekable();
    while let Some(line) = all.next() {
        let Some(name) = line.strip_prefix(b"--").filter(|name| is_boundary(name)) else { continue };
        let opens_part = all.peek().is_some_and(|next| next.to_ascii_lowercase().starts_with(b"content-"));
        let closes = name.strip_suffix(b"--").filter(|name| seen.contains(name));
        if let Some(found) = closes.or(opens_part.then_some(name)) {
            return Some(String::from_utf8_lossy(found).into_owned());
        }
        if seen.len() < MOST_LINES {
            seen.insert(name);
        }
    }
    None
}

/// A drawn line and the rule above a signature are none.
fn is_boundary(name: &[u8]) -> bool {
    name.len() <= MOST_BYTES
        && name.iter().all(u8::is_ascii_graphic)
        && name.iter().any(u8::is_ascii_alphanumeric)
}

fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_body_is_divided_by() {
        let body = b"--=_a 1=_\r\nContent-Type: text/plain\r\n\r\nx\r\n--=_a 1=_--\r\n";
        for field in
            [&b" multipart/mixed; boundary=\"=_a\r\n\t1=_\""[..], b" multipart/mixed; boundary=\"=_a 1=_ \""]
        {
            assert_eq!(of_body(field, body).as_deref(), Some("=_a 1=_"));
        }
        let glued = b"--=_a1=_\r\n\r\nx\r\n--=_a1=_--";
        assert_eq!(of_body(b" multipart/mixed; boundary=\"=_a\r\n 1=_\"", glued).as_deref(), Some("=_a1=_"));
        assert_eq!(
            of_body(b" multipart/mixed", b"--xy\r\ncontent-type: text/plain\r\n\r\n").as_deref(),
            Some("xy")
        );
        assert_eq!(of_body(b" multipart/mixed", b"a\n--xy\n\nb\n--xy--\n").as_deref(), Some("xy"));
        for text in [&b"a\n----------\nContent-Type of it\n--\nName\n"[..], b"--help prints\nthis\n", b""] {
            assert_eq!(of_body(b" multipart/mixed; charset=gb2312", text), None);
        }
    }
}
