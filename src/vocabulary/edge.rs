//! The bytes that a fit of an expression can begin or end with.

use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};

/// The bytes behind the first of a character that is not ASCII.
const CONTINUATION: std::ops::RangeInclusive<u8> = 0x80..=0xbf;

/// Some of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bytes([bool; 256]);

impl Bytes {
    const NONE: Self = Self([false; 256]);

    pub(super) fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).is_some_and(|has| *has)
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().filter(|has| **has).count()
    }

    fn add(&mut self, bytes: impl IntoIterator<Item = u8>) {
        for byte in bytes {
            if let Some(has) = self.0.get_mut(usize::from(byte)) {
                *has = true;
            }
        }
    }

    fn join(&mut self, other: &Self) {
        self.add((0..=u8::MAX).filter(|byte| other.has(*byte)));
    }
}

/// One end of a fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    First,
    Last,
}

impl Edge {
    /// The bytes at this end of every fit; `None` where a fit can be empty.
    pub(super) fn of(self, hir: &Hir) -> Option<Bytes> {
        let mut bytes = Bytes::NONE;
        (!self.collect(hir, &mut bytes)).then_some(bytes)
    }

    /// Adds the bytes at this end of a part, and tells whether the part can be empty.
    fn collect(self, hir: &Hir, bytes: &mut Bytes) -> bool {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => true,
            HirKind::Literal(literal) => {
                bytes.add(if self == Self::First { literal.0.first() } else { literal.0.last() }.copied());
                literal.0.is_empty()
            }
            HirKind::Class(Class::Unicode(class)) => {
                for range in class.iter() {
                    bytes.join(&self.of_range(*range));
                }
                false
            }
            HirKind::Class(Class::Bytes(class)) => {
                bytes.add(class.iter().flat_map(|range| range.start()..=range.end()));
                false
            }
            HirKind::Repetition(repeated) => self.collect(&repeated.sub, bytes) || repeated.min == 0,
            HirKind::Capture(group) => self.collect(&group.sub, bytes),
            HirKind::Concat(parts) if self == Self::First => {
                parts.iter().all(|part| self.collect(part, bytes))
            }
            HirKind::Concat(parts) => parts.iter().rev().all(|part| self.collect(part, bytes)),
            // Each of them adds its own: no `any`, which ends at the first.
            HirKind::Alternation(parts) => parts.iter().filter(|part| self.collect(part, bytes)).count() > 0,
        }
    }

    fn of_range(self, range: ClassUnicodeRange) -> Bytes {
        let mut bytes = Bytes::NONE;
        let edge = |c: char| {
            let mut room = [0; 4];
            let encoded = c.encode_utf8(&mut room).as_bytes();
            if self == Self::First { encoded.first() } else { encoded.last() }.copied().unwrap_or_default()
        };
        let (start, end) = (range.start(), range.end());
        if start == end {
            bytes.add([edge(start)]);
        } else if self == Self::First {
            bytes.add(edge(start)..=edge(end));
        } else {
            bytes.add(
                (start as u32..=end as u32).take_while(|c| *c < 0x80).filter_map(|c| u8::try_from(c).ok()),
            );
            if !end.is_ascii() {
                bytes.add(CONTINUATION);
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pattern: &str) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        let hir = regex_syntax::parse(pattern).unwrap();
        let listed = |edge: Edge| {
            edge.of(&hir).map(|bytes| (0..=u8::MAX).filter(|byte| bytes.has(*byte)).collect::<Vec<u8>>())
        };
        (listed(Edge::First), listed(Edge::Last))
    }

    #[test]
    fn a_fit_begins_and_ends_with_one_of_them() {
        let some = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(edges("^o?w+$"), (some("ow"), some("w")));
        assert_eq!(edges("(?i)^(?P<a>ab|c)[0-3]*d?$"), (some("ACac"), some("0123BCDbcd")));
        assert_eq!(edges("^(?:a|b?)$"), (None, None));
        assert_eq!(edges("甲"), (Some(vec![0xe7]), Some(vec![0xb2])));
        let (first, last) = edges(r"^\p{Han}[a丁-甲]$");
        assert!(first.unwrap().iter().all(|byte| *byte >= 0xe2));
        assert_eq!(last.unwrap(), [b'a'].into_iter().chain(CONTINUATION).collect::<Vec<u8>>());
    }

    #[test]
    fn whatever_fits_has_an_edge() {
        let texts = ["附件1：表", "（公章）", "Ａ１", "a", "\u{10ffff}", "é", "我们\n", "12345"];
        for pattern in [r"^.+$", r"^[^,。]{1,9}$", r"(?is)^.*$", r"^\p{Han}+|^\W.*$", r"^[[:ascii:]]+\z"] {
            let regex = regex::Regex::new(pattern).unwrap();
            let hir = regex_syntax::parse(pattern).unwrap();
            for text in texts {
                let Some(found) = regex.find(text) else { continue };
                for (edge, byte) in [
                    (Edge::First, found.as_str().as_bytes().first()),
                    (Edge::Last, found.as_str().as_bytes().last()),
                ] {
                    assert!(edge.of(&hir).is_none_or(|all| all.has(*byte.unwrap())), "{pattern} {text}");
                }
            }
        }
    }
}
