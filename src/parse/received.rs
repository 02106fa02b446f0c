//! Trace fields (RFC 5321 section 4.4).

use super::{Received, date};

/// Reads one unfolded `Received:` value.
pub(super) fn read(line: &str) -> Received {
    let (hops, time) = line.rsplit_once(';').unwrap_or((line, ""));
    let (mut from, mut from_looked_up, mut by) = (None, None, None);
    let mut words = words(hops);
    let mut pending = words.next();
    while let Some(word) = pending {
        pending = words.next();
        let Word::Name(keyword) = word else { continue };
        let is_from = keyword.eq_ignore_ascii_case("from");
        let slot = if is_from { &mut from } else { &mut by };
        if slot.is_some() || !is_from && !keyword.eq_ignore_ascii_case("by") {
            continue;
        }
        let Some(Word::Name(name)) = pending else { continue };
        *slot = Some(name.to_lowercase());
        pending = words.next();
        if let (true, Some(Word::Comment(comment))) = (is_from, pending) {
            // qmail has the two the other way round: `from looked.up (HELO name) (address)`.
            let greeted = ["HELO ", "EHLO "].iter().find_map(|greeting| comment.strip_prefix(greeting));
            from_looked_up = match greeted {
                Some(helo) => from.replace(helo.trim().to_lowercase()),
                None => looked_up(comment),
            };
        }
    }
    Received { from, from_looked_up, by, time: date::read(time), line: line.to_owned() }
}

/// The name in front of a blank or `[`.
fn looked_up(comment: &str) -> Option<String> {
    let name = comment.trim_start().split([' ', '\t', '[']).next().unwrap_or_default();
    (!name.is_empty()).then(|| name.to_lowercase())
}

/// A piece of a trace field.
#[derive(Debug, Clone, Copy)]
enum Word<'a> {
    Name(&'a str),
    Comment(&'a str),
}

/// Names and comments in order; a comment ends at its own closing parenthesis, one inside it included.
fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if let Some(behind) = rest.strip_prefix('(') {
            let mut depth = 1_u32;
            let end = behind.find(|c| {
                match c {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            let (comment, tail) = behind.split_at_checked(end.unwrap_or(behind.len()))?;
            rest = tail.strip_prefix(')').unwrap_or(tail);
            return Some(Word::Comment(comment));
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(rest.len());
        let (name, tail) = rest.split_at_checked(end)?;
        rest = tail;
        (!name.is_empty()).then_some(Word::Name(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_of_common_servers() {
        for (line, from, looked_up, by) in [
            (
                "from mail-A.example.com (unknown [203.0.113.5]) by mx.ln.gov.cn (Coremail) with SMTP id AQAAf; Tue, 12 Mar 2024 10:00:02 +0800 (CST)",
                Some("mail-a.example.com"),
                Some("unknown"),
                Some("mx.ln.gov.cn"),
            ),
            (
                "from helo.example (Real.Example [203.0.113.5]) (using TLSv1.3 with cipher X (256/256 bits)) by mx.example (Postfix) with ESMTPS id 1 for <a@example.com>; Tue, 12 Mar 2024 10:00:02 +0800",
                Some("helo.example"),
                Some("real.example"),
                Some("mx.example"),
            ),
            (
                "from unknown (HELO smtp.example.com) (203.0.113.5) by mx.example with SMTP; 12 Mar 2024 02:00:02 -0000",
                Some("smtp.example.com"),
                Some("unknown"),
                Some("mx.example"),
            ),
            (
                "from [203.0.113.5] ([203.0.113.5]) by mx.example; Tue, 12 Mar 2024 10:00:02 +0800",
                Some("[203.0.113.5]"),
                None,
                Some("mx.example"),
            ),
            (
                "by 2002:a05:6a06 with SMTP id x; Tue, 12 Mar 2024 10:00:02 +0800",
                None,
                None,
                Some("2002:a05:6a06"),
            ),
            ("(qmail 123 invoked by uid 0); 12 Mar 2024 02:00:02 -0000", None, None, None),
        ] {
            let read = read(line);
            assert_eq!(read.from.as_deref(), from, "{line}");
            assert_eq!(read.from_looked_up.as_deref(), looked_up, "{line}");
            assert_eq!(read.by.as_deref(), by, "{line}");
            assert_eq!(
                read.time.map(|time| time.instant.to_string()).as_deref(),
                Some("2024-03-12T02:00:02Z")
            );
        }
    }
}
