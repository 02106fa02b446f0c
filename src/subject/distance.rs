//! How close a title comes to some part of a subject: approximate substring search and the longest shared run.

use std::ops::Range;

/// The part of a text that comes closest to a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closest {
    /// Characters inserted, left out or replaced.
    pub(super) edits: usize,
    /// Where the part stands in the text, in characters.
    pub(super) span: Range<usize>,
}

/// The shortest run of characters shared with a title that makes a near miss.
pub(super) const SHARED_RUN_CHARS: usize = 12;

/// The shortest such run of a title that has no longer one, beside an ask word.
const SHORT_RUN_CHARS: usize = 6;

/// How long the run has to be that a subject shares with a title of `title` characters, of which the issuer ends at `issuer`: who
/// asks about 城市供热管理办法 leaves the city out, and no more of the title is that long.
pub(super) fn least_run(title: usize, issuer: usize, asks: bool) -> usize {
    // 市, 省 or 县 stands behind the issuer's name.
    let own = title.saturating_sub(issuer + 1).max(SHORT_RUN_CHARS);
    if own < SHARED_RUN_CHARS && asks { own } else { SHARED_RUN_CHARS }
}

/// An edit inside the issuer's name costs more than any title is long: such an alignment never counts as close.
const FORBIDDEN: usize = 1_000_000;

#[derive(Debug, Clone, Copy)]
struct Cell {
    cost: usize,
    start: usize,
}

impl Cell {
    /// The cheaper of two; of equals the one that starts later, so that the span is no longer than it must be.
    fn or(self, other: Self) -> Self {
        if (other.cost, std::cmp::Reverse(other.start)) < (self.cost, std::cmp::Reverse(self.start)) {
            other
        } else {
            self
        }
    }

    fn plus(self, cost: usize) -> Self {
        Self { cost: self.cost + cost, ..self }
    }
}

/// Sellers' algorithm: the substring of `text` with the fewest edits to `title`; of equals the earliest end.
/// No edit may fall into `exact`, a range of the title. `None` when there is no such alignment.
///
/// Time is title × text, both bounded by the caller.
pub(super) fn closest(title: &[char], exact: &Range<usize>, text: &[char]) -> Option<Closest> {
    // Row i of the table stands for the first i + 1 characters of the title.
    let weights: Vec<(char, usize, usize)> = title
        .iter()
        .enumerate()
        .map(|(at, &ch)| {
            let replace_or_omit = if exact.contains(&at) { FORBIDDEN } else { 1 };
            let insert_behind = if exact.contains(&at) && exact.contains(&(at + 1)) { FORBIDDEN } else { 1 };
            (ch, replace_or_omit, insert_behind)
        })
        .collect();
    let mut column: Vec<Cell> = weights
        .iter()
        .scan(0, |sum, (_, omit, _)| {
            *sum += omit;
            Some(Cell { cost: *sum, start: 0 })
        })
        .collect();
    let mut best: Option<Closest> = None;
    for (at, &ch) in text.iter().enumerate() {
        let mut diagonal = Cell { cost: 0, start: at };
        let mut above = Cell { cost: 0, start: at + 1 };
        for ((expected, omit, insert), cell) in weights.iter().zip(column.iter_mut()) {
            let replaced = diagonal.plus(if *expected == ch { 0 } else { *omit });
            let inserted = cell.plus(*insert);
            diagonal = *cell;
            *cell = replaced.or(inserted).or(above.plus(*omit));
            above = *cell;
        }
        if best.as_ref().is_none_or(|best| above.cost < best.edits) {
            best = Some(Closest { edits: above.cost, span: above.start..at + 1 });
        }
    }
    best.filter(|best| best.edits < FORBIDDEN)
}

/// The longest run of characters that both texts hold, as a range of `text`. Time is title × text.
pub(super) fn longest_shared_run(title: &[char], text: &[char]) -> Range<usize> {
    let mut runs = vec![0_usize; title.len()];
    let mut best = 0..0;
    for (at, &ch) in text.iter().enumerate() {
        let mut diagonal = 0;
        for (&expected, run) in title.iter().zip(runs.iter_mut()) {
            let here = if expected == ch { diagonal + 1 } else { 0 };
            diagonal = std::mem::replace(run, here);
            if here > best.len() {
                best = at + 1 - here..at + 1;
            }
        }
    }
    best
}

/// Characters as text.
pub(super) fn text_of(chars: impl AsRef<[char]>) -> String {
    chars.as_ref().iter().collect()
}

/// Where `part` stands in `text` for the first time.
pub(super) fn find(part: &[char], text: &[char]) -> Option<Range<usize>> {
    if part.is_empty() {
        return None;
    }
    text.windows(part.len()).position(|window| window == part).map(|start| start..start + part.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    fn edits(title: &str, exact: Range<usize>, text: &str) -> Option<(usize, String)> {
        let text = chars(text);
        closest(&chars(title), &exact, &text)
            .map(|found| (found.edits, text[found.span].iter().collect::<String>()))
    }

    #[test]
    fn finds_the_closest_part() {
        assert_eq!(edits("abcdef", 0..0, "xxabcdefyy"), Some((0, "abcdef".into())));
        assert_eq!(edits("abcdef", 0..0, "xxabdefyy"), Some((1, "abdef".into())));
        assert_eq!(edits("abcdef", 0..0, "xxabcXdefyy"), Some((1, "abcXdef".into())));
        assert_eq!(edits("abcdef", 0..0, ""), None);
        assert_eq!(edits("", 0..0, "abc"), Some((0, String::new())));
    }

    #[test]
    fn the_issuer_is_never_edited() {
        assert_eq!(edits("江右省方案", 0..2, "山左省方案"), None);
        assert_eq!(edits("江右省方案", 0..2, "江大右省方案"), None);
        assert_eq!(edits("江右省方案", 0..2, "江右方案"), Some((1, "江右方案".into())));
        assert_eq!(edits("江右省方案", 0..0, "山左省方案"), Some((2, "省方案".into())));
    }

    #[test]
    fn finds_the_longest_run() {
        assert_eq!(longest_shared_run(&chars("abcdef"), &chars("xxbcdxxabx")), 2..5);
        assert_eq!(longest_shared_run(&chars(""), &chars("abc")), 0..0);
    }
}
