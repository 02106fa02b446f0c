//! One sheet that somebody saved as text: separated by commas, semicolons or tabs, in UTF-8, UTF-16 or what Chinese Windows writes.

use encoding_rs::{Encoding, GB18030, UTF_8};

/// Beginning of a text in which its separator is looked for.
const BEGINNING: usize = 4096;

/// The rows of a text; `None`: it is none.
pub(super) fn rows(bytes: &[u8]) -> Option<Vec<Vec<String>>> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => GB18030,
    };
    let (text, ..) = encoding.decode(bytes);
    let beginning: String = text.chars().take(BEGINNING).collect();
    let separator = [',', '\t', ';'].into_iter().max_by_key(|c| beginning.matches(*c).count())?;
    let is_text = beginning.contains(separator) && !beginning.contains('\0');
    is_text.then(|| split(&text, separator))
}

/// RFC 4180, with any separator and any line end.
fn split(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            _ if quoted => cell.push(c),
            _ if c == separator => row.push(std::mem::take(&mut cell)),
            '\r' if rest.peek() == Some(&'\n') => {}
            '\r' | '\n' => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_read_whatever_it_was_saved_as() {
        let due = vec![vec!["类号", "理\"由", "a\nb"], vec!["1", "", "采纳"]];
        let text = "类号,\"理\"\"由\",\"a\nb\"\r\n1,,采纳";
        assert_eq!(rows(text.as_bytes()).unwrap(), due);
        assert_eq!(rows(&["\u{feff}".as_bytes(), text.as_bytes()].concat()).unwrap(), due, "with a mark");
        assert_eq!(rows(&GB18030.encode(text).0).unwrap(), due, "as WPS saves it");
        let tabs = text.replace(',', "\t") + "\r\n";
        assert_eq!(rows(tabs.as_bytes()).unwrap(), due);
        let wide: Vec<u8> = format!("\u{feff}{tabs}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(rows(&wide).unwrap(), due, "Unicode text of Excel");
        for none in [&b""[..], b"hello", b"a,b\0c"] {
            assert!(rows(none).is_none(), "{none:?}");
        }
    }
}
