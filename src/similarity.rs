//! Is this the same letter that others send? One text as it is compared, and the measure.
//!
//! A campaign's template comes back exact, with names filled in, lightly edited, or with a sentence of one's own. What
//! is compared is the opinion part of a letter as its letters, digits and Han; its shingles are the runs of three
//! characters. Near copies are found through `MinHash` bands (A. Broder, *On the resemblance and containment of
//! documents*, 1997) and believed only when the shingles themselves agree ([`Shingles::resemblance`]).
//!
//! Two letters about the same clause are not the same letter. So the draft's title and what a letter quotes do not count,
//! and neither do short texts: everybody writes 支持！, and twenty characters are about the least that two people do
//! not hit upon by themselves. Grouping only adds: nothing is decided on it.

mod quoted;

use std::cmp::Ordering;

use crate::charset::skeleton_into;
use crate::vocabulary::{TextDigest, sha256_hex};

/// Least characters (letters, digits, Han; the draft's title left out) of a text whose exact copies are grouped.
pub const MIN_EXACT_CHARS: usize = 20;
/// Least characters of a text whose near copies are grouped: below it, two edits are a fifth of the text.
pub const MIN_NEAR_CHARS: usize = 40;
/// Least distinct shingles for that: a phrase said over and over is still a short text.
const MIN_NEAR_SHINGLES: usize = 30;
/// Characters of a text that are compared; what stands behind them does not count.
const MOST_CHARS: usize = 20_000;
/// Characters of a shingle.
const SHINGLE: usize = 3;
/// Bands, and minima in each: texts with half of their shingles in common meet in a band with 88 %, with two thirds in
/// common with 99.7 %; unrelated ones (a twentieth) with 0.2 %. Each band is a row to write for each new text.
const BANDS: usize = 16;
const ROWS: usize = 3;

/// Least share of the shorter text's shingles that the longer one has too.
const MIN_CONTAINED: f64 = 0.6;
/// Least share of all shingles of both that are in both: the longer may be little more than twice the shorter.
const MIN_COMMON: f64 = 0.45;
/// Where less than this of the shorter is contained, two texts that each have a sentence of their own are two opinions
/// around the same words.
const MIN_CONTAINED_BESIDE_OWN: f64 = 0.85;
/// Characters in a row that make a sentence of one's own.
const OWN_SENTENCE_CHARS: usize = 20;

/// An opinion part as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// SHA-256, hex, of everything that a reader would compare: equal for exact copies.
    pub sha256: String,
    /// Long enough that copies by others are grouped.
    pub groupable: bool,
    /// What near copies are found and measured by; `None` for texts too short for it.
    pub sketch: Option<Sketch>,
}

/// What near copies are found and measured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// The text as [`Shingles::of`] wants it.
    pub text: String,
    bands: [u64; BANDS],
}

/// A text is folded in pieces of so many bytes, so that no second copy of a long one is held.
const PIECE_BYTES: usize = 64 << 10;

/// How much of an opinion is looked at for near copies, in bytes; exact copies are told by all of it.
const LONGEST_SKETCHED_BYTES: usize = 256 << 10;

impl Sketch {
    /// The keys under which near copies within one consultation meet; those of two consultations never do.
    pub fn bands(&self, consultation: &str) -> impl Iterator<Item = i64> {
        // FNV-1a: spreads the ids; nothing is secret here.
        let seed = consultation.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        // Half of the bits: smaller rows, and whatever meets by chance is measured anyway.
        self.bands.into_iter().map(move |band| (mix(band ^ seed) >> 32).cast_signed())
    }
}

/// A text with everything taken out that a reader does not compare: its [`crate::charset::skeleton`], but `3.5` stays
/// apart from `35`.
pub fn comparable(text: &str) -> String {
    let mut comparable = String::with_capacity(text.len());
    comparable_into(text, &mut comparable);
    comparable
}

/// [`comparable`] character by character: it may be several times as long as the text.
pub fn comparable_into(text: &str, comparable: &mut impl Extend<char>) {
    let is_digit = |c: Option<char>| c.is_some_and(|c| matches!(c, '0'..='9' | '０'..='９'));
    let mut kept = String::with_capacity(text.len().min(PIECE_BYTES + 4));
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let point = matches!(c, '.' | '．') && is_digit(before) && is_digit(chars.peek().copied());
        kept.push(if point { '点' } else { c });
        before = Some(c);
        if kept.len() >= PIECE_BYTES {
            skeleton_into(&kept, comparable);
            kept.clear();
        }
    }
    skeleton_into(&kept, comparable);
}

/// The opinion part of a letter as it is compared. `titles`: the draft's title as [`crate::charset::skeleton`]s, the
/// longest first.
/// `None` when it holds nothing to compare. Linear in the text.
pub fn wording(opinion: &str, titles: &[String]) -> Option<Wording> {
    let beginning = opinion.get(..opinion.floor_char_boundary(LONGEST_SKETCHED_BYTES)).unwrap_or_default();
    let whole = comparable(beginning);
    if whole.is_empty() {
        return None;
    }
    let mut digest = TextDigest::default();
    comparable_into(opinion, &mut digest);
    let groupable = without(&whole, titles).chars().count() >= MIN_EXACT_CHARS;
    let own: String =
        without(&comparable(&quoted::left_out(beginning)), titles).chars().take(MOST_CHARS).collect();
    Some(Wording { sha256: digest.finish(), groupable, sketch: sketch(own).filter(|_| groupable) })
}

/// The opinion of a letter that only points to its attachments: copies have the same bytes attached.
pub fn attached(digests: &[&str]) -> Wording {
    let text = format!("attachments {}", digests.join("\n"));
    Wording { sha256: sha256_hex(text.as_bytes()), groupable: true, sketch: None }
}

/// A text taken apart for comparing.
pub struct Shingles {
    /// As they stand.
    row: Vec<u64>,
    /// Each once, ascending.
    distinct: Vec<u64>,
}

impl Shingles {
    /// Those of a sketched text.
    pub fn of(text: &str) -> Self {
        let row = shingles(text);
        Self { distinct: distinct(&row), row }
    }

    /// How much of two texts is the same: the share of all their shingles that stand in both, from 0 to 1; `None` when they
    /// are not near copies. Symmetric; `O(n)` in their lengths.
    pub fn resemblance(&self, other: &Self) -> Option<f64> {
        let shared = in_both(&self.distinct, &other.distinct);
        let smaller = self.distinct.len().min(other.distinct.len());
        let contained = share(shared, smaller);
        let common = share(shared, self.distinct.len() + other.distinct.len() - shared);
        if contained < MIN_CONTAINED || common < MIN_COMMON {
            return None;
        }
        let two_opinions = contained < MIN_CONTAINED_BESIDE_OWN
            && longest_own(&self.row, &other.distinct) >= OWN_SENTENCE_CHARS
            && longest_own(&other.row, &self.distinct) >= OWN_SENTENCE_CHARS;
        (!two_opinions).then_some(common)
    }
}

/// How many numbers stand in both of two ascending rows.
fn in_both(left: &[u64], right: &[u64]) -> usize {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    let mut both = 0;
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        match one.cmp(other) {
            Ordering::Less => _ = left.next(),
            Ordering::Greater => _ = right.next(),
            Ordering::Equal => {
                both += 1;
                left.next();
                right.next();
            }
        }
    }
    both
}

fn share(part: usize, whole: usize) -> f64 {
    // Both count characters of at most `MOST_CHARS`: a float holds them exactly.
    let float = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 { 0.0 } else { float(part) / float(whole) }
}

/// The title names the matter; every letter may hold it.
fn without(text: &str, titles: &[String]) -> String {
    titles
        .iter()
        .filter(|title| !title.is_empty())
        .fold(text.to_owned(), |text, title| text.replace(title.as_str(), ""))
}

/// What near copies of a text are found by, once everything is taken out of it that is not compared.
pub fn sketch(text: String) -> Option<Sketch> {
    let shingles = distinct(&shingles(&text));
    if text.chars().count() < MIN_NEAR_CHARS || shingles.len() < MIN_NEAR_SHINGLES {
        return None;
    }
    let mixed: Vec<u64> = shingles.into_iter().map(mix).collect();
    let mut bands = [0; BANDS];
    let mut permutation = 0;
    for band in &mut bands {
        for _ in 0..ROWS {
            permutation += 1;
            let (flip, odd) = (mix(permutation), mix(permutation << 32) | 1);
            let least = mixed.iter().map(|shingle| (shingle ^ flip).wrapping_mul(odd)).min().unwrap_or(0);
            *band = mix(*band ^ least ^ permutation);
        }
    }
    Some(Sketch { text, bands })
}

/// The runs of three characters in their order. A character has 21 bits, so each run has a number of its own.
fn shingles(text: &str) -> Vec<u64> {
    let mut run = 0;
    text.chars()
        .map(|c| {
            run = (run << 21 | u64::from(u32::from(c))) & ((1 << 63) - 1);
            run
        })
        .skip(SHINGLE - 1)
        .collect()
}

fn distinct(shingles: &[u64]) -> Vec<u64> {
    let mut set = shingles.to_vec();
    set.sort_unstable();
    set.dedup();
    set
}

/// Characters of the longest passage that the other text does not have.
fn longest_own(shingles: &[u64], other: &[u64]) -> usize {
    let (mut longest, mut run) = (0_usize, 0_usize);
    for shingle in shingles {
        run = if other.binary_search(shingle).is_ok() { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    longest.saturating_sub(SHINGLE - 1)
}

/// The finaliser of `SplitMix64`: every bit of the number bears on every bit of the result.
const fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_point_counts_and_other_marks_do_not() {
        assert_eq!(comparable("缩短至 3.5 天！"), comparable("缩短至３．５天"));
        assert_ne!(comparable("缩短至3.5天"), comparable("缩短至35天"));
        assert_eq!(comparable("1.建议"), comparable("1、建议"));
    }

    #[test]
    fn bands_of_two_consultations_never_meet() {
        let text =
            "希望全省政务服务大厅统一延长办理时间并在周末开放窗口方便上班族办事同时保留人工窗口照顾老年人";
        let sketch = wording(text, &[]).unwrap().sketch.unwrap();
        let (one, two): (Vec<_>, Vec<_>) = (sketch.bands("a").collect(), sketch.bands("b").collect());
        assert_eq!(one.len(), BANDS);
        assert!(one.iter().all(|band| !two.contains(band)));
        assert_eq!(one, sketch.bands("a").collect::<Vec<_>>());
    }

    #[test]
    fn long_texts_are_measured_up_to_their_limit() {
        let long: String = (0..100_000_u32)
            .filter_map(|n| u32::try_from(0x4e00 + mix(n.into()) % 20_000).ok().and_then(char::from_u32))
            .collect();
        let sketch = wording(&long, &[]).unwrap().sketch.unwrap();
        assert_eq!(sketch.text.chars().count(), MOST_CHARS);
        let shingles = Shingles::of(&sketch.text);
        assert_eq!(shingles.resemblance(&shingles), Some(1.0));
    }
}
