//! Text that was read in a wrong charset on its way, and written out again as what that gave.
//!
//! It is turned back where nothing was lost: the bytes that its characters stand for are strictly valid and yield
//! Han. Where a part was lost, what is left is turned back too, and the text is marked as garbled: a person has to see it.

use std::collections::HashSet;
use std::sync::LazyLock;

use encoding_rs::{GB18030, WINDOWS_1252};

use super::Decoded;
use super::looks::{is_cjk, pairs, push_lossy, strict};

/// How much of a text is looked at before all of it is worked on, in characters.
const SAMPLE_CHARS: usize = 200;

/// The characters of windows-1252 that are none of Latin-1, with their bytes.
static BEYOND_LATIN_1: LazyLock<Vec<(char, u8)>> = LazyLock::new(|| {
    (0x80..=0x9f)
        .filter_map(|byte| {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
            text.chars().next().map(|c| (c, byte))
        })
        .collect()
});

/// The text turned back, if it is mojibake.
pub(super) fn turned_back(decoded: Decoded) -> Decoded {
    if decoded.text.is_ascii() {
        return decoded;
    }
    let found =
        from_latin(&decoded.text).or_else(|| gb_from_latin(&decoded.text)).or_else(|| from_gb(&decoded.text));
    match found {
        Some((text, lossless)) => Decoded {
            text,
            repaired: true,
            lossy: decoded.lossy || !lossless,
            garbled: decoded.garbled || !lossless,
        },
        None => decoded,
    }
}

/// The byte that a character stands for in Latin-1 or windows-1252.
fn latin_byte(c: char) -> Option<u8> {
    u8::try_from(u32::from(c))
        .ok()
        .or_else(|| BEYOND_LATIN_1.iter().find_map(|(beyond, byte)| (*beyond == c).then_some(*byte)))
}

fn latin_bytes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(latin_byte).collect()
}

/// UTF-8 that was read as Latin-1 or windows-1252, line by line: what stands above and below may be sound.
fn from_latin(text: &str) -> Option<(String, bool)> {
    // The lead bytes of Han in UTF-8 are letters with accents in Latin-1, whose own lead byte in UTF-8 is this one.
    if !text.as_bytes().contains(&0xc3) {
        return None;
    }
    let mut turned = String::with_capacity(text.len());
    let (mut found, mut lossless) = (0_usize, true);
    for line in text.split_inclusive('\n') {
        match latin_bytes(line).filter(|_| !line.is_ascii()) {
            Some(bytes) => match std::str::from_utf8(&bytes) {
                Ok(utf8) if utf8.chars().any(is_cjk) => {
                    found += 1;
                    turned.push_str(utf8);
                }
                Err(_) if is_broken_chinese(&bytes, 3) => {
                    found += 1;
                    lossless = false;
                    push_lossy(&bytes, &mut turned);
                }
                _ => turned.push_str(line),
            },
            None => turned.push_str(line),
        }
    }
    (found > 0).then_some((turned, lossless))
}

/// The GB family read as Latin-1: `½¨Òé`. Four letters beyond ASCII in a row, as no language of Europe has them, and common
/// characters throughout.
fn gb_from_latin(text: &str) -> Option<(String, bool)> {
    const ROW: usize = 4;
    let sample = text.chars().filter(|c| !c.is_ascii()).take(SAMPLE_CHARS);
    // Han fails at its first character, and most text is Han.
    if !sample.clone().all(|c| matches!(c, '\u{a1}'..='\u{ff}')) {
        return None;
    }
    let kinds: HashSet<char> = sample.collect();
    if kinds.len() < ROW {
        return None;
    }
    let bytes = latin_bytes(text)?;
    let counts = pairs(&bytes);
    let has_row = bytes.split(u8::is_ascii).any(|run| run.len() >= ROW);
    let chinese = has_row && counts.hanzi >= 2 && counts.is_common();
    chinese.then(|| strict(GB18030, &bytes)).flatten().map(|text| (text, true))
}

/// UTF-8 that was read as GBK: `寤鸿`. Where a character's bytes did not come out even, U+FFFD or `?` stands for what is lost.
fn from_gb(text: &str) -> Option<(String, bool)> {
    let sample: String = text.chars().filter(|c| !c.is_ascii() || *c == '?').take(SAMPLE_CHARS).collect();
    let (bytes, _) = gb_bytes(&sample);
    let is_sound = std::str::from_utf8(&bytes).is_ok_and(|text| text.chars().any(is_cjk));
    if !is_sound && !is_broken_chinese(&bytes, 1) {
        return None;
    }
    let mut turned = String::with_capacity(text.len());
    let (mut found, mut lossless) = (0_usize, true);
    for line in text.split_inclusive('\n') {
        let (bytes, whole) = gb_bytes(line);
        match std::str::from_utf8(&bytes) {
            Ok(utf8) if whole && !line.is_ascii() && utf8.chars().any(is_cjk) => {
                found += 1;
                turned.push_str(utf8);
            }
            Err(_) if is_broken_chinese(&bytes, 1) => {
                found += 1;
                lossless = false;
                push_lossy(&bytes, &mut turned);
            }
            _ => turned.push_str(line),
        }
    }
    (found > 0).then_some((turned, lossless))
}

/// The bytes of a text in GB18030, and whether every character has some; a byte that is valid nowhere stands for U+FFFD.
fn gb_bytes(text: &str) -> (Vec<u8>, bool) {
    let mut bytes = Vec::with_capacity(text.len());
    let mut whole = true;
    for (index, piece) in text.split(char::REPLACEMENT_CHARACTER).enumerate() {
        if index > 0 {
            bytes.push(0xff);
            whole = false;
        }
        bytes.extend_from_slice(&GB18030.encode(piece).0);
    }
    (bytes, whole)
}

/// Whether bytes are Chinese in UTF-8 of which a part is lost: so many whole characters for each gap, and some in a row.
fn is_broken_chinese(bytes: &[u8], whole_per_gap: usize) -> bool {
    const LEAST: usize = 4;
    let (mut whole, mut gaps) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| is_cjk(*c)).count();
        gaps += usize::from(!chunk.invalid().is_empty());
    }
    whole >= LEAST && whole >= gaps * whole_per_gap
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "建议延长服务时间，方便上班族。\n姓名：乔远航\n电话：13900000000";

    fn read(text: &str) -> Decoded {
        turned_back(Decoded { text: text.to_owned(), ..Decoded::default() })
    }

    #[test]
    fn what_lost_nothing_is_turned_back() {
        let latin1: String = TEXT.bytes().map(char::from).collect();
        let cp1252 = WINDOWS_1252.decode_without_bom_handling(TEXT.as_bytes()).0.into_owned();
        let gbk: String = GB18030.encode(TEXT).0.iter().map(|byte| char::from(*byte)).collect();
        let even = "建议增设窗口".repeat(2);
        let as_gbk = GB18030.decode_without_bom_handling(even.as_bytes()).0.into_owned();
        for (mojibake, text) in [(latin1, TEXT), (cp1252, TEXT), (gbk, TEXT), (as_gbk, even.as_str())] {
            let found = read(&mojibake);
            assert_eq!((found.text.as_str(), found.repaired, found.lossy), (text, true, false));
        }
    }

    #[test]
    fn what_lost_a_part_is_marked() {
        let text = "建议延长服务时间，方便上班族。";
        let mojibake = GB18030.decode_without_bom_handling(text.as_bytes()).0.into_owned();
        assert!(mojibake.contains(char::REPLACEMENT_CHARACTER), "{mojibake}");
        let found = read(&mojibake);
        assert!(found.garbled && found.lossy && found.text.contains("服务"), "{found:?}");
    }

    #[test]
    fn sound_text_stays() {
        for text in [
            TEXT,
            "§ 3, Café à la crème, naïve, ±5 °C",
            "Ärger über Öl, größer",
            "ÀÉÈÙ ÇA ALORS",
            "Привет, это моё предложение",
            "遼寧省營商環境建設局",
            "王\u{fffd}明 建议",
            "𠮷镕喆堃 👍",
            "錕鋙 浣熊 涓涓细流",
            "ÄÄÄÄ! Jätte bra",
        ] {
            assert_eq!(read(text), Decoded { text: text.to_owned(), ..Decoded::default() });
        }
    }
}
