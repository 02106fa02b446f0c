//! Trace fields (RFC 5321 section 4.4).
//!
//! A client chooses its HELO, and with some servers its parentheses too. So a line says whether it is sound, and who relies on
//! one that is not relies on the sender.

use super::{Received, date};
use crate::vocabulary::WrittenTime;

/// Reads one unfolded `Received:` value.
pub(super) fn read(line: &str) -> Received {
    let hops = clauses(line);
    let lower = hops.to_lowercase();
    let (words, is_closed) = words(&lower);
    let mut received = Received {
        from: None,
        recorded: Vec::new(),
        by: Vec::new(),
        software: None,
        is_sound: is_closed,
        time: time(line),
        line: line.to_owned(),
    };
    if is_closed {
        received.clauses(&words);
    } else {
        // Whoever left a parenthesis open hides what the server wrote behind it: the names are looked for all the same.
        let bare = lower.replace(['(', ')'], " ");
        received.clauses(&bare.split_whitespace().map(Word::Name).collect::<Vec<_>>());
    }
    received
}

impl Received {
    fn clauses(&mut self, words: &[Word<'_>]) {
        let mut words = words.iter().peekable();
        let mut behind_from = false;
        while let Some(word) = words.next() {
            match *word {
                Word::Name("from") if self.from.is_none() && self.by.is_empty() => {
                    if let Some(Word::Name(name)) = words.next_if(|word| matches!(word, Word::Name(_))) {
                        self.from = Some((*name).to_owned());
                    } else {
                        self.is_sound = false;
                    }
                    behind_from = true;
                }
                Word::Name("by") => {
                    behind_from = false;
                    let Some(Word::Name(name)) = words.next_if(|word| matches!(word, Word::Name(_))) else {
                        continue;
                    };
                    self.is_sound &= self.by.is_empty();
                    self.by.push((*name).to_owned());
                    if let Some(Word::Comment(software)) = words.peek()
                        && self.software.is_none()
                    {
                        self.software = Some((*software).to_owned());
                    }
                }
                Word::Comment(group) if behind_from => self.recorded.push(group.to_owned()),
                Word::Name(name) if behind_from => {
                    // Some servers write the address without parentheses.
                    self.is_sound &= name.starts_with('[');
                    self.recorded.push(name.to_owned());
                }
                Word::Comment(_) | Word::Name(_) => {}
            }
        }
    }
}

/// The server's time. Whoever gets a semicolon and a date into the line, by HELO, by the reverse-path or as a continuation of its
/// last line, can only make it later.
fn time(line: &str) -> Option<WrittenTime> {
    line.split(';').skip(1).filter_map(date::read).max_by_key(|time| time.instant)
}

/// The line without its time: up to the last semicolon that stands in no comment at the end.
fn clauses(line: &str) -> &str {
    let mut before = line.trim_end();
    while let Some(inside) = before.strip_suffix(')') {
        let mut depth = 1_u32;
        let open = inside.rfind(|c| {
            match c {
                ')' => depth += 1,
                '(' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let Some(head) = open.and_then(|open| inside.get(..open)) else { break };
        before = head.trim_end();
    }
    before.rfind(';').and_then(|at| line.get(..at)).unwrap_or(line)
}

/// A piece of a trace field.
#[derive(Debug, Clone, Copy)]
enum Word<'a> {
    Name(&'a str),
    Comment(&'a str),
}

/// Names and comments in order, and whether every parenthesis has its other half. A comment ends at its own closing
/// parenthesis; one inside it, and one behind a backslash, is a part of it (RFC 5322 section 3.2.2).
fn words(text: &str) -> (Vec<Word<'_>>, bool) {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == ')' {
            return (words, false);
        }
        let end = if first == '(' {
            let Some(end) = comment_end(rest) else { return (words, false) };
            words.push(Word::Comment(rest.get(1..end).unwrap_or_default()));
            end + 1
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).unwrap_or(rest.len());
            words.push(Word::Name(rest.get(..end).unwrap_or_default()));
            end
        };
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    (words, true)
}

/// Where the parenthesis stands that closes the one at the head of a text.
fn comment_end(text: &str) -> Option<usize> {
    let (mut depth, mut escaped) = (0_u32, false);
    text.char_indices().find_map(|(at, c)| {
        match c {
            _ if std::mem::take(&mut escaped) => {}
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_of_common_servers() {
        let date = "Tue, 12 Mar 2024 10:00:02 +0800";
        for (line, from, recorded, by) in [
            (
                "from mail-A.example.com (unknown [203.0.113.5]) by mx.ln.gov.cn (Coremail) with SMTP id AQAAf; Tue, 12 Mar 2024 10:00:02 +0800 (CST)",
                Some("mail-a.example.com"),
                &["unknown [203.0.113.5]"][..],
                Some("mx.ln.gov.cn"),
            ),
            (
                "from helo.example (Real.Example [203.0.113.5]) (using TLSv1.3 with cipher X (256/256 bits)) by mx.example (Postfix) with ESMTPS id 1 for <a@example.com>; Tue, 12 Mar 2024 10:00:02 +0800",
                Some("helo.example"),
                &["real.example [203.0.113.5]", "using tlsv1.3 with cipher x (256/256 bits)"],
                Some("mx.example"),
            ),
            (
                "from unknown (HELO smtp.example.com) (203.0.113.5) by mx.example with SMTP; 12 Mar 2024 02:00:02 -0000",
                Some("unknown"),
                &["helo smtp.example.com", "203.0.113.5"],
                Some("mx.example"),
            ),
            (
                "from [203.0.113.5] ([203.0.113.5]) by mx.example; Tue, 12 Mar 2024 10:00:02 +0800",
                Some("[203.0.113.5]"),
                &["[203.0.113.5]"],
                Some("mx.example"),
            ),
            (
                "by 2002:a05:6a06 with SMTP id x; Tue, 12 Mar 2024 10:00:02 +0800",
                None,
                &[],
                Some("2002:a05:6a06"),
            ),
            ("(qmail 123 invoked by uid 0); 12 Mar 2024 02:00:02 -0000", None, &[], None),
        ] {
            let read = read(line);
            assert!(read.is_sound, "{line}");
            assert_eq!(read.from.as_deref(), from, "{line}");
            assert_eq!(read.recorded, recorded, "{line}");
            assert_eq!(read.by.first().map(String::as_str), by, "{line}");
            assert_eq!(
                read.time.map(|time| time.instant.to_string()).as_deref(),
                Some("2024-03-12T02:00:02Z")
            );
        }
        for bent in [
            "from (mx.example (unknown [203.0.113.5]) by mx.example with SMTP",
            "from a) (mx.example [10.0.0.1]) (unknown [203.0.113.5]) by mx.example with SMTP",
            "from a by mx.example (mx.example [10.0.0.1]) (unknown [203.0.113.5]) by mx.example with SMTP",
            "from a b (unknown [203.0.113.5]) by mx.example with SMTP",
            "from (a) (unknown [203.0.113.5]) by mx.example with SMTP",
        ] {
            let read = read(&format!("{bent}; {date} (was; 1 Mar 2024 10:00 +0800)"));
            assert!(!read.is_sound, "{bent}");
            assert!(read.by.iter().all(|by| by == "mx.example") && !read.by.is_empty(), "{bent}");
            assert_eq!(
                read.time.map(|time| time.instant.to_string()).as_deref(),
                Some("2024-03-12T02:00:02Z")
            );
        }
        for bent in [
            format!("from x;1 Mar 2024 10:00 +0800 (unknown [203.0.113.5]) by mx.example; {date}"),
            format!(
                "from x by mx.example (envelope-from <\"a; 1 Mar 2024 10:00 +0800\"@example.com>); {date}"
            ),
            format!("from x by mx.example; {date} ; 1 Mar 2024 10:00 +0800"),
        ] {
            let time = read(&bent).time.map(|time| time.instant.to_string());
            assert_eq!(time.as_deref(), Some("2024-03-12T02:00:02Z"), "{bent}");
        }
    }
}
