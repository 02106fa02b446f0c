//! Which charset some bytes are in.

use encoding_rs::{BIG5, DecoderResult, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_16BE, UTF_16LE};

use super::looks::{
    is_accented, is_cjk, is_gb_by_chance, is_hangul, is_kana, is_private, is_utf8_line, is_western,
    mostly_utf8, pairs, push_lossy, strict,
};
use super::{Decoded, Label, mojibake, seven_bit};

/// Text of bytes under a label, control characters kept.
pub(crate) fn decode_plain(bytes: &[u8], declared: Option<&str>) -> Decoded {
    decode_labelled(bytes, Label::new(declared))
}

/// [`decode_plain`] under a label that was read already.
pub(super) fn decode_labelled(bytes: &[u8], label: Label) -> Decoded {
    mojibake::turned_back(as_declared(bytes, label))
}

/// [`decode_labelled`] of what no person reads: nothing is turned back.
pub(super) fn as_declared(bytes: &[u8], label: Label) -> Decoded {
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
    if label.is_utf16() {
        return utf16(bytes, label);
    }
    let gb = strict(GB18030, bytes);
    match label {
        Label::Big5 => {
            let big5 = strict(BIG5, bytes);
            match (big5, gb) {
                (Some(text), None) => return read(text, false),
                (Some(text), Some(_)) if !pairs(bytes).is_gb_not_big5() => return read(text, false),
                (Some(_), Some(text)) => return read(text, true),
                // A byte is broken: it costs one character, and not the charset of all others.
                (None, Some(text)) if !pairs(bytes).leans_to_big5() => return read(text, true),
                (None, _) => {}
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
                    && (!pairs(bytes).is_hanzi() || is_western(utf8))
                {
                    return read(utf8.to_owned(), true);
                }
                // Code points of private use are what commas of Big5 turn into; a short text has none.
                let counts = pairs(bytes);
                let is_big5 = if text.chars().any(is_private) {
                    counts.is_big5() || counts.has_leads_of_big5()
                } else {
                    counts.is_big5() && counts.has_leads_of_big5()
                };
                if is_big5
                    && !label.names_gb()
                    && let Some(big5) = strict(BIG5, bytes)
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
    if label.is_utf16() && bytes.contains(&0) {
        return utf16(bytes, label);
    }
    if let Some((text, lossy)) = seven_bit::decode(bytes, label) {
        let declared = matches!(label, Label::Hz | Label::Iso2022 | Label::Utf7);
        let repaired = !declared && !text.is_ascii();
        return Decoded { text, repaired, lossy, garbled: false };
    }
    read(String::from_utf8_lossy(bytes).into_owned(), false)
}

/// Text under a label of UTF-16 and without a mark: as declared, big-endian where no order is (RFC 2781 section 4.3),
/// unless that reads as nonsense and something else does not.
fn utf16(bytes: &[u8], label: Label) -> Decoded {
    let order = if label == Label::Other(UTF_16LE) { [UTF_16LE, UTF_16BE] } else { [UTF_16BE, UTF_16LE] };
    let [declared, other] = order.map(|encoding| encoding.decode_without_bom_handling(bytes));
    let is_other = sense(&other.0) > sense(&declared.0);
    let (text, lossy) = if is_other { other } else { declared };
    // Two of three characters at least are ones that a letter is made of.
    if sense(&text) * 3 < text.chars().count() * 2 {
        let plain = as_declared(bytes, Label::Missing);
        if !plain.lossy && !bytes.contains(&0) {
            return Decoded { repaired: true, ..plain };
        }
    }
    Decoded { text: text.into_owned(), repaired: is_other, lossy, garbled: false }
}

/// How many characters of a text are such as a Chinese letter is made of.
fn sense(text: &str) -> usize {
    let makes_sense = |c: &char| matches!(c, '\n' | '\r' | '\t' | ' '..='~' | '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ff5e}');
    text.chars().filter(makes_sense).count()
}

/// Text that says its encoding form by a byte order mark.
fn marked(bytes: &[u8], label: Label) -> Option<Decoded> {
    let (encoding, mark) = Encoding::for_bom(bytes)?;
    let behind = bytes.get(mark..)?;
    if encoding == encoding_rs::UTF_8 {
        let text = std::str::from_utf8(behind).ok()?;
        return Some(read(text.to_owned(), label != Label::Utf8 && !behind.is_ascii()));
    }
    let (text, lossy) = encoding.decode_without_bom_handling(behind);
    let repaired = label != Label::Other(encoding) && label != Label::Utf16;
    Some(Decoded { text: text.into_owned(), repaired, lossy, garbled: false })
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
            (counts.is_hanzi() || counts.is_mostly_hanzi())
                && !is_accented(bytes)
                && !utf8.is_some_and(is_western)
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
        } else if label == Label::Big5 && !whole_is_utf8 && !pairs(line).is_gb_not_big5() {
            push_decoded(line, BIG5, &mut text);
        } else if let (Some(gb), false) = (strict(GB18030, line), whole_is_utf8 && !pairs(line).is_hanzi()) {
            text.push_str(&gb);
        } else if whole_is_utf8 {
            push_lossy(line, &mut text);
        } else {
            let encoding = match label {
                Label::Other(encoding) => encoding,
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
    Decoded { text, repaired: !(as_declared && lossy), lossy, garbled: false }
}

/// Appends text of a charset with U+FFFD for what is none. Behind a broken byte the next character begins where common
/// ones come out of it. Through a piece of its own: the decoder blanks all room it is given before it begins, and a text of
/// nothing but broken bytes begins anew at each of them.
fn push_decoded(bytes: &[u8], encoding: &'static Encoding, text: &mut String) {
    let mut piece = [0; 1 << 10];
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut rest = bytes;
    loop {
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut piece, true);
        let made = piece.get(..written).unwrap_or_default();
        text.push_str(std::str::from_utf8(made).expect("a decoder writes UTF-8"));
        rest = rest.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                text.push(char::REPLACEMENT_CHARACTER);
                decoder = encoding.new_decoder_without_bom_handling();
                let shifted = rest.get(1..).unwrap_or_default();
                if common_ahead(shifted, encoding) > common_ahead(rest, encoding) {
                    rest = shifted;
                }
            }
        }
    }
}

/// How many of the next pairs are characters in common use.
fn common_ahead(bytes: &[u8], encoding: &'static Encoding) -> usize {
    const PAIRS: usize = 8;
    let is_common = |pair: &[u8]| match pair {
        [0xa1..=0xa3, 0xa1..=0xfe] => encoding == GB18030 || encoding == BIG5,
        [0xa4..=0xc6, 0x40..=0x7e | 0xa1..=0xfe] => encoding == BIG5,
        [0xb0..=0xd7, 0xa1..=0xfe] => encoding == GB18030,
        _ => false,
    };
    bytes
        .chunks(2)
        .take(PAIRS)
        .take_while(|pair| !pair.iter().all(u8::is_ascii))
        .filter(|pair| is_common(pair))
        .count()
}

fn read(text: String, repaired: bool) -> Decoded {
    Decoded { text, repaired, ..Decoded::default() }
}
