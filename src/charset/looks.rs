//! What bytes and texts look like.

use encoding_rs::Encoding;

/// Fewest letters of ASCII among which lone symbols are a Western text's.
const WESTERN_LETTERS: usize = 8;

/// Appends UTF-8 with U+FFFD for what is none.
pub(super) fn push_lossy(bytes: &[u8], text: &mut String) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// The text when every byte is valid in `encoding`.
pub(super) fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// Whether bytes that are not valid UTF-8 are UTF-8 with a few broken characters: three whole CJK characters
/// for each broken one. Random GBK reaches one in a hundred.
pub(crate) fn mostly_utf8(bytes: &[u8]) -> bool {
    let mut whole = 0_usize;
    let mut broken = 0_usize;
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| is_cjk(*c)).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > 0 && whole >= broken * 3
}

/// Whether a line is Chinese in UTF-8 for certain: two characters, which no line of GBK in use yields.
pub(super) fn is_utf8_line(line: &[u8]) -> bool {
    !line.is_ascii()
        && std::str::from_utf8(line).is_ok_and(|text| text.chars().filter(|c| is_cjk(*c)).count() >= 2)
}

/// Whether a character belongs to the writing of Chinese, Japanese or Korean, its punctuation included.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{2fdf}' | '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a character stands outside GB 2312, which has every character of everyday words: among Han in a Chinese text,
/// hardly anything but names needs one (喆, 龑).
pub(crate) fn is_beyond_gb2312(c: char) -> bool {
    let (mut buffer, text) = ([0; 4], c);
    let (bytes, _, unmapped) = encoding_rs::GB18030.encode(text.encode_utf8(&mut buffer));
    unmapped || !matches!(*bytes, [0xa1..=0xf7, 0xa1..=0xfe])
}

pub(super) fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{3130}'..='\u{318f}')
}

pub(super) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}')
}

pub(super) fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}')
}

/// Whether UTF-8 without CJK is GBK that is valid UTF-8 by chance, in spite of its label: hanzi throughout, and as UTF-8
/// scripts that nobody mixes, or a sign that stands on no letter, without a Latin letter beside them.
pub(super) fn is_gb_by_chance(bytes: &[u8], utf8: &str) -> bool {
    let nobody_writes_so = || mixes_scripts(bytes) || utf8.starts_with(is_hebrew_or_arabic_sign);
    !bytes.iter().any(u8::is_ascii_alphabetic) && pairs(bytes).is_hanzi() && nobody_writes_so()
}

fn is_hebrew_or_arabic_sign(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{6d6}'..='\u{6dc}')
}

/// Whether two-byte UTF-8 mixes scripts that nobody mixes, as a name in GBK does that happens to be valid
/// UTF-8 (Armenian and Greek for one Chinese name).
fn mixes_scripts(utf8: &[u8]) -> bool {
    // The first lead byte of each script.
    const SCRIPTS: [u8; 8] = [0xc2, 0xcb, 0xce, 0xd0, 0xd4, 0xd7, 0xd8, 0xdc];
    let leads = utf8.iter().filter(|byte| matches!(byte, 0xc2..=0xdf));
    let mut scripts = leads.map(|lead| SCRIPTS.partition_point(|first| first <= lead));
    let first = scripts.next();
    scripts.any(|other| Some(other) != first)
}

/// Whether every run of characters beyond ASCII is one or two Latin letters beside an ASCII letter, as in `café` and
/// `päivää`.
fn touches_letters(text: &str) -> bool {
    let is_latin = |c: char| matches!(c, '\u{a1}'..='\u{17f}') || u32::from(c) > 0x7ff;
    let mut before = ' ';
    let mut run = 0_usize;
    let mut beside = false;
    for c in text.chars().chain(std::iter::once(' ')) {
        if !c.is_ascii() {
            if run == 0 {
                beside = before.is_ascii_alphabetic();
            }
            run += 1;
            if run > 2 || !is_latin(c) {
                return false;
            }
        } else if run > 0 {
            if !beside && !c.is_ascii_alphabetic() {
                return false;
            }
            run = 0;
        }
        before = c;
    }
    true
}

/// Whether UTF-8 without CJK is a Western text: letters with accents, or lone symbols (§, ·, ±) among words.
pub(super) fn is_western(text: &str) -> bool {
    let is_symbol = |c: char| matches!(c, '\u{a0}'..='\u{bf}' | '×' | '÷' | '\u{2000}'..='\u{2bff}');
    let has_words =
        || text.bytes().filter(u8::is_ascii_alphabetic).take(WESTERN_LETTERS).count() == WESTERN_LETTERS;
    let mut runs = text.split(|c: char| c.is_ascii()).filter(|run| !run.is_empty());
    let is_lone_symbol = |run: &str| run.chars().count() == 1 && run.starts_with(is_symbol);
    touches_letters(text) || has_words() && runs.all(is_lone_symbol)
}

/// Whether bytes under a Latin label are words with accents: one or two of them in a row, each row behind a letter.
pub(super) fn is_accented(bytes: &[u8]) -> bool {
    let mut before = b' ';
    let mut run = 0_usize;
    for byte in bytes {
        if byte.is_ascii() {
            run = 0;
            before = *byte;
        } else {
            run += 1;
            if run > 2 || !before.is_ascii_alphabetic() {
                return false;
            }
        }
    }
    true
}

/// What the bytes look like when read two by two, as all charsets of China have it.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// Pairs in the rows of GB 2312 that hold hanzi (lead 0xB0–0xF7, trail from 0xA1).
    pub(super) hanzi: usize,
    /// Those of them in the first level, the 3,755 characters in common use (lead up to 0xD7).
    common: usize,
    /// Pairs in the rows of symbols and letters (lead 0xA1–0xA9, trail from 0xA1).
    symbols: usize,
    /// Pairs whose trail is an ASCII byte or below 0xA1: Big5, or rare characters of GBK.
    low_trails: usize,
    /// Pairs whose lead is above the common characters of Big5 (0xC7 and up).
    high_leads: usize,
    /// Pairs whose lead is below 0xA1: never Big5.
    low_leads: usize,
    /// Bytes of pairs in 0xA1–0xBF, where no letter of Cyrillic or Greek stands.
    pub(super) low_halves: usize,
    all: usize,
}

pub(super) fn pairs(bytes: &[u8]) -> Pairs {
    let mut counts = Pairs::default();
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return counts,
            [lead @ 0x81..=0xfe, trail @ 0x40..=0xfe, behind @ ..] => {
                counts.all += 1;
                let high = *trail >= 0xa1;
                counts.hanzi += usize::from(high && matches!(lead, 0xb0..=0xf7));
                counts.common += usize::from(high && matches!(lead, 0xb0..=0xd7));
                counts.symbols += usize::from(high && matches!(lead, 0xa1..=0xa9));
                counts.low_trails += usize::from(!high);
                counts.high_leads += usize::from(*lead >= 0xc7);
                counts.low_leads += usize::from(*lead < 0xa1);
                counts.low_halves +=
                    [lead, trail].into_iter().filter(|byte| (0xa1..0xc0).contains(*byte)).count();
                behind
            }
            [_, tail @ ..] => tail,
        };
    }
}

impl Pairs {
    /// Hanzi of GB 2312 and hardly anything else.
    pub(super) fn is_hanzi(&self) -> bool {
        self.hanzi > 0
            && self.low_trails * 8 <= self.hanzi
            && (self.hanzi + self.symbols) * 10 >= self.all * 8
    }

    /// Hanzi for the larger part, rare ones of GBK among them. Latin text does not get there: a letter beyond ASCII
    /// before a blank, a comma or a digit is not GB18030.
    pub(super) fn is_mostly_hanzi(&self) -> bool {
        self.hanzi >= 2 && self.low_trails * 2 < self.hanzi && self.hanzi * 2 >= self.all
    }

    /// Hanzi of the first level and hardly anything else.
    pub(super) fn is_common(&self) -> bool {
        self.is_hanzi() && self.common * 10 >= self.hanzi * 9
    }

    /// Data under a Big5 label that is GB 2312: no trail of Big5's lower half, which holds two fifths of its
    /// characters, and many leads above its common ones.
    pub(super) fn is_gb_not_big5(&self) -> bool {
        self.all >= 3 && self.low_trails == 0 && self.high_leads * 5 >= self.all
    }

    /// The same when some byte is broken: few leads that Big5 has not, or hardly uses.
    pub(super) fn leans_to_big5(&self) -> bool {
        self.low_leads * 10 <= self.all && self.low_trails * 5 >= self.all && self.high_leads * 3 <= self.all
    }

    /// Leads of Big5's common characters throughout, of which GB 2312 has the smaller part.
    pub(super) fn has_leads_of_big5(&self) -> bool {
        self.all >= 3 && self.low_leads == 0 && self.high_leads * 10 <= self.all
    }

    /// Data that Big5 explains better than GBK: trails of the lower half throughout, common leads.
    pub(super) fn is_big5(&self) -> bool {
        self.all >= 3
            && self.low_leads == 0
            && self.low_trails * 5 >= self.all
            && self.high_leads * 5 <= self.all
    }
}
