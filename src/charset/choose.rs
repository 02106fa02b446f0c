//! Which charset some bytes are in.

use encoding_rs::{BIG5, CoderResult, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_16BE, UTF_16LE};

use super::{Decoded, Label, seven_bit};

/// Longest text without CJK, in characters, that is rather GBK under a wrong label than UTF-8 of another script.
const BY_CHANCE_PAIRS: usize = 4;

/// Text of bytes under a label, control characters kept.
pub(crate) fn decode_plain(bytes: &[u8], declared: Option<&str>) -> Decoded {
    decode_labelled(bytes, Label::new(declared))
}

/// [`decode_plain`] under a label that was read already.
pub(super) fn decode_labelled(bytes: &[u8], label: Label) -> Decoded {
    if bytes.is_ascii() {
        return ascii(bytes, label);
    }
    if let Some(text) = marked(bytes, label) {
        return text;
    }
    let utf8 = std::str::from_utf8(bytes).ok();
    // What another program lost before is U+FFFD in UTF-8: nobody writes the 锟斤拷 that its bytes are in GBK.
    if let Some(text) = utf8
        && (text.chars().any(|c| is_cjk(c) || c == char::REPLACEMENT_CHARACTER)
            || label == Label::Utf8 && !is_gb_by_chance(bytes, text))
    {
        return read(text.to_owned(), label != Label::Utf8);
    }
    let gb = strict(GB18030, bytes);
    match label {
        Label::Big5 => {
            let big5 = strict(BIG5, bytes);
            match (big5, gb) {
                (Some(text), None) => return read(text, false),
                (Some(text), Some(_)) if !pairs(bytes).is_gb_not_big5() => return read(text, false),
                (_, Some(text)) => return read(text, true),
                (None, None) => {}
            }
        }
        Label::Other(encoding) => {
            if let Some(text) = foreign(bytes, encoding, utf8, gb.as_deref()) {
                return text;
            }
        }
        _ => {
            let has_utf8_line = || bytes.split(|byte| *byte == b'\n').any(is_utf8_line);
            if utf8.is_none() && mostly_utf8(bytes) || gb.is_some() && has_utf8_line() {
                return mended(bytes, label);
            }
            if let Some(text) = gb {
                // Valid UTF-8 without CJK under no GB label: Latin words, curly quotes, emoji; unless the
                // bytes are hanzi throughout.
                if let Some(utf8) = utf8
                    && !label.names_gb()
                    && (!pairs(bytes).is_hanzi() || touches_letters(utf8))
                {
                    return read(utf8.to_owned(), true);
                }
                // Code points of private use are what commas of Big5 turn into.
                if text.chars().any(is_private)
                    && let Some(big5) = strict(BIG5, bytes)
                    && pairs(bytes).is_big5()
                {
                    return read(big5, true);
                }
                return read(text, !label.names_gb());
            }
            if let Some(text) = utf8 {
                return read(text.to_owned(), true);
            }
            if pairs(bytes).is_big5()
                && let Some(text) = strict(BIG5, bytes)
            {
                return read(text, true);
            }
        }
    }
    mended(bytes, label)
}

/// Bytes below 0x80: text as it stands, or one of the seven-bit codes for Chinese.
fn ascii(bytes: &[u8], label: Label) -> Decoded {
    if let Label::Other(encoding) = label
        && (encoding == UTF_16LE || encoding == UTF_16BE)
        && bytes.contains(&0)
    {
        let (text, lossy) = encoding.decode_without_bom_handling(bytes);
        return Decoded { text: text.into_owned(), repaired: false, lossy };
    }
    if let Some((text, lossy)) = seven_bit::decode(bytes, label) {
        let declared = matches!(label, Label::Hz | Label::Iso2022 | Label::Utf7);
        let repaired = !declared && !text.is_ascii();
        return Decoded { text, repaired, lossy };
    }
    read(String::from_utf8_lossy(bytes).into_owned(), false)
}

/// Text that says its encoding form by a byte order mark, or by a UTF-16 label.
fn marked(bytes: &[u8], label: Label) -> Option<Decoded> {
    let (encoding, mark) = Encoding::for_bom(bytes).or_else(|| match label {
        Label::Other(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Some((encoding, 0)),
        _ => None,
    })?;
    let behind = bytes.get(mark..)?;
    if encoding == encoding_rs::UTF_8 {
        let text = std::str::from_utf8(behind).ok()?;
        return Some(read(text.to_owned(), label != Label::Utf8 && !behind.is_ascii()));
    }
    let (text, lossy) = encoding.decode_without_bom_handling(behind);
    Some(Decoded { text: text.into_owned(), repaired: label != Label::Other(encoding), lossy })
}

/// Bytes under the label of another country's charset: as declared, unless they are Chinese after all.
fn foreign(
    bytes: &[u8],
    encoding: &'static Encoding,
    utf8: Option<&str>,
    gb: Option<&str>,
) -> Option<Decoded> {
    let declared = strict(encoding, bytes);
    let multi_byte = [EUC_KR, EUC_JP, SHIFT_JIS].contains(&encoding);
    let counts = pairs(bytes);
    let is_as_declared = |text: &String| {
        // Korean is written in Hangul with hardly a hanja, Japanese with kana; GB 2312 read as EUC-KR is a
        // mixture. Hanzi alone, and common ones, are Chinese.
        let native = text.chars().filter(|c| is_hangul(*c) || is_kana(*c)).count();
        let han =
            text.chars().filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')).count();
        let is_native = if encoding == EUC_KR { native >= han * 3 } else { native * 9 >= han };
        is_native || counts.hanzi < 4 || !counts.is_common()
    };
    if multi_byte && declared.as_ref().is_some_and(is_as_declared) {
        return declared.map(|text| read(text, false));
    }
    if let Some(text) = gb {
        let latin = encoding.name().starts_with("windows-125") && encoding != encoding_rs::WINDOWS_1251
            || encoding.name().starts_with("ISO-8859-1");
        let chinese = if latin && !multi_byte {
            (counts.is_hanzi() || counts.is_mostly_hanzi()) && !utf8.is_some_and(touches_letters)
        } else {
            counts.is_common() && (multi_byte || counts.low_halves > 0 && counts.hanzi >= 3)
        };
        if chinese {
            return Some(read(text.to_owned(), true));
        }
    }
    if let Some(text) = utf8 {
        return Some(read(text.to_owned(), true));
    }
    if mostly_utf8(bytes) {
        return Some(mended(bytes, Label::Other(encoding)));
    }
    declared.map(|text| read(text, false))
}

/// Text of bytes that are valid in no charset as a whole: line by line, since mail gateways put lines of
/// their own charset below a text, and a broken byte spoils one line only.
fn mended(bytes: &[u8], label: Label) -> Decoded {
    let whole_is_utf8 = mostly_utf8(bytes);
    // As long as it can become: a text that grows is for a moment held twice, what is not written to costs nothing.
    let mut text = String::with_capacity(3 * bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Ok(utf8) = std::str::from_utf8(line) {
            text.push_str(utf8);
        } else if mostly_utf8(line) {
            push_lossy(line, &mut text);
        } else if let (Some(gb), false) = (strict(GB18030, line), whole_is_utf8 && !pairs(line).is_hanzi()) {
            text.push_str(&gb);
        } else if whole_is_utf8 {
            push_lossy(line, &mut text);
        } else {
            let encoding = match label {
                Label::Other(encoding) => encoding,
                Label::Big5 => BIG5,
                Label::Utf8 if !pairs(line).is_hanzi() => encoding_rs::UTF_8,
                _ => GB18030,
            };
            push_decoded(line, encoding, &mut text);
        }
    }
    let lossy = text.contains(char::REPLACEMENT_CHARACTER);
    let as_declared = match label {
        Label::Utf8 => whole_is_utf8,
        Label::Gb | Label::Hz | Label::Big5 | Label::Other(_) => !whole_is_utf8,
        _ => false,
    };
    Decoded { text, repaired: !(as_declared && lossy), lossy }
}

/// Appends UTF-8 with U+FFFD for what is none.
fn push_lossy(bytes: &[u8], text: &mut String) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// Appends text of a charset with U+FFFD for what is none, without a copy of its own.
fn push_decoded(bytes: &[u8], encoding: &'static Encoding, text: &mut String) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut rest = bytes;
    loop {
        text.reserve(rest.len().max(16));
        let (result, read, _) = decoder.decode_to_string(rest, text, true);
        rest = rest.get(read..).unwrap_or_default();
        if result == CoderResult::InputEmpty {
            return;
        }
    }
}

fn read(text: String, repaired: bool) -> Decoded {
    Decoded { text, repaired, lossy: false }
}

/// The text when every byte is valid in `encoding`.
fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// Whether bytes that are not valid UTF-8 are UTF-8 with a few broken characters: three whole CJK characters
/// for each broken one. Random GBK reaches one in a hundred.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let mut whole = 0_usize;
    let mut broken = 0_usize;
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| is_cjk(*c)).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > 0 && whole >= broken * 3
}

/// Whether a line is Chinese in UTF-8 for certain: two characters, which no line of GBK in use yields.
fn is_utf8_line(line: &[u8]) -> bool {
    !line.is_ascii()
        && std::str::from_utf8(line).is_ok_and(|text| text.chars().filter(|c| is_cjk(*c)).count() >= 2)
}

/// Whether a character belongs to the writing of Chinese, Japanese or Korean, its punctuation included.
fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{2fdf}' | '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{3130}'..='\u{318f}')
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}')
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}')
}

/// Whether UTF-8 without CJK is GBK that is valid UTF-8 by chance, whatever the label says: hanzi throughout, and
/// either a few characters, as a name has them, or scripts that nobody mixes.
fn is_gb_by_chance(bytes: &[u8], utf8: &str) -> bool {
    let counts = pairs(bytes);
    counts.is_hanzi() && !touches_letters(utf8) && (counts.all <= BY_CHANCE_PAIRS || mixes_scripts(bytes))
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

/// What the bytes look like when read two by two, as all charsets of China have it.
#[derive(Debug, Default)]
struct Pairs {
    /// Pairs in the rows of GB 2312 that hold hanzi (lead 0xB0–0xF7, trail from 0xA1).
    hanzi: usize,
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
    low_halves: usize,
    all: usize,
}

fn pairs(bytes: &[u8]) -> Pairs {
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
    fn is_hanzi(&self) -> bool {
        self.hanzi > 0
            && self.low_trails * 8 <= self.hanzi
            && (self.hanzi + self.symbols) * 10 >= self.all * 8
    }

    /// Hanzi for the larger part, rare ones of GBK among them. Latin text does not get there: a letter beyond ASCII
    /// before a blank, a comma or a digit is not GB18030.
    fn is_mostly_hanzi(&self) -> bool {
        self.hanzi >= 2 && self.low_trails * 2 < self.hanzi && self.hanzi * 2 >= self.all
    }

    /// Hanzi of the first level and hardly anything else.
    fn is_common(&self) -> bool {
        self.is_hanzi() && self.common * 10 >= self.hanzi * 9
    }

    /// Data under a Big5 label that is GB 2312: no trail of Big5's lower half, which holds two fifths of its
    /// characters, and many leads above its common ones.
    fn is_gb_not_big5(&self) -> bool {
        self.all >= 3 && self.low_trails == 0 && self.high_leads * 5 >= self.all
    }

    /// Data that Big5 explains better than GBK: trails of the lower half throughout, common leads.
    fn is_big5(&self) -> bool {
        self.all >= 3
            && self.low_leads == 0
            && self.low_trails * 5 >= self.all
            && self.high_leads * 5 <= self.all
    }
}
