//! Text inside HTML and XML.

/// The text with its markup signs written out, and without what no XML can hold.
pub fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            // A reader would make a line feed of it.
            '\r' => written.push_str("&#13;"),
            '\t' | '\n' => written.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => written.push('\u{fffd}'),
            c => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_is_markup_or_no_character_is_written_otherwise() {
        assert_eq!(escaped("a<b> & \"c\"\r\n"), "a&lt;b&gt; &amp; &quot;c&quot;&#13;\n");
        assert_eq!(escaped("\u{1b}[2J\u{0}\u{ffff}"), "\u{fffd}[2J\u{fffd}\u{fffd}");
    }
}
