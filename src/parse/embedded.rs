//! Files that stand inside a text: uuencoded (POSIX `uuencode`), as yEnc, or as `data:` addresses of a page's pictures (RFC 2397).

use std::borrow::Cow;

use mail_parser::Encoding;

/// A file taken out of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    /// Its name as the bytes have it.
    pub(super) name: Option<Vec<u8>>,
    pub(super) media_type: String,
    pub(super) bytes: Vec<u8>,
}

impl File {
    fn named(name: &[u8], bytes: Vec<u8>) -> Self {
        let name = Some(name.trim_ascii().to_vec()).filter(|name| !name.is_empty());
        Self { name, media_type: "application/octet-stream".into(), bytes }
    }
}

/// Files taken out of one text.
const MOST_FILES: usize = 20;

/// The text without its encoded files, and the files.
pub(super) fn take_out(text: &[u8]) -> (Cow<'_, [u8]>, Vec<File>) {
    let begins = |line: &[u8]| uu_name(line).is_some() || yenc_name(line).is_some();
    if !text.split(|byte| *byte == b'\n').any(begins) {
        return (Cow::Borrowed(text), Vec::new());
    }
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let (mut left, mut files) = (Vec::with_capacity(text.len()), Vec::new());
    // Behind the last end no block is whole: none is looked for twice.
    let (mut uu_ends, mut yenc_ends) = (true, true);
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let behind = lines.get(at + 1..).unwrap_or_default();
        let found = if files.len() >= MOST_FILES {
            None
        } else if let Some(name) = uu_name(line).filter(|_| uu_ends) {
            let found = uudecode(behind).map(|(bytes, length)| (File::named(name, bytes), length));
            uu_ends = found.is_some() || behind.iter().any(|line| line.trim_ascii() == b"end");
            found
        } else if let Some(name) = yenc_name(line).filter(|_| yenc_ends) {
            let found = yenc(behind).map(|(bytes, length)| (File::named(name, bytes), length));
            yenc_ends = found.is_some();
            found
        } else {
            None
        };
        match found {
            Some((file, length)) => {
                files.push(file);
                at += 1 + length;
            }
            None => {
                left.extend_from_slice(line);
                at += 1;
            }
        }
    }
    (Cow::Owned(left), files)
}

/// `begin 644 name`
fn uu_name(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"begin ")?;
    let digits = rest.iter().take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    (3..=4).contains(&digits).then(|| rest.get(digits..)?.strip_prefix(b" ")).flatten()
}

/// The bytes of a uuencoded block, and how many lines it takes with its `end`. A line that is none ends the attempt: text
/// that begins so is text.
fn uudecode(lines: &[&[u8]]) -> Option<(Vec<u8>, usize)> {
    let mut bytes = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii() == b"end" {
            return Some((bytes, at + 1));
        }
        let Some((length, data)) = line.split_first() else { continue };
        let length = usize::from(sextet(*length)?);
        let start = bytes.len();
        for group in data.chunks(4) {
            // Blanks at the end of a line are lost on the way: they mean zero.
            let part = |at: usize| group.get(at).map_or(Some(0), |byte| sextet(*byte));
            let (a, b, c, d) = (part(0)?, part(1)?, part(2)?, part(3)?);
            bytes.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        }
        if data.len() > length.div_ceil(3) * 4 + 2 {
            return None;
        }
        bytes.resize(start + length, 0);
    }
    None
}

fn sextet(byte: u8) -> Option<u8> {
    (b' '..=b'`').contains(&byte).then(|| (byte - b' ') & 0x3f)
}

/// `=ybegin line=128 size=240 name=opinion.doc`
fn yenc_name(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"=ybegin ")?;
    let at = rest.windows(5).position(|window| window == b"name=")?;
    rest.get(at + 5..)
}

/// The bytes of a yEnc block, and how many lines it takes with its `=yend`.
fn yenc(lines: &[&[u8]]) -> Option<(Vec<u8>, usize)> {
    let mut bytes = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with(b"=yend") {
            return Some((bytes, at + 1));
        }
        if line.starts_with(b"=ypart") {
            continue;
        }
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut escaped = false;
        for byte in line {
            match (*byte, escaped) {
                (b'=', false) => escaped = true,
                (byte, was) => {
                    bytes.push(byte.wrapping_sub(if was { 106 } else { 42 }));
                    escaped = false;
                }
            }
        }
    }
    None
}

/// The pictures that a page holds in itself: `src="data:image/png;base64,…"`.
pub(super) fn pictures(html: &[u8]) -> Vec<File> {
    const MARK: &[u8] = b"data:image/";
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.windows(MARK.len()).position(|window| window.eq_ignore_ascii_case(MARK)) {
        let behind = rest.get(at + 5..).unwrap_or_default();
        let end =
            behind.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'>' | b')')).unwrap_or(behind.len());
        let (address, tail) = behind.split_at_checked(end).unwrap_or((behind, b""));
        rest = tail;
        let Some(comma) = address.iter().position(|byte| *byte == b',') else { continue };
        let (head, data) = address.split_at_checked(comma).unwrap_or((address, b""));
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        if head.ends_with(";base64") {
            let bytes = Encoding::Base64.decode(data.get(1..).unwrap_or_default()).into_owned();
            let media_type = head.split(';').next().unwrap_or_default().to_owned();
            found.push(File { name: None, media_type, bytes });
        }
        if found.len() >= MOST_FILES {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_a_text_are_taken_out_of_it() {
        let text = b"one\r\nbegin 644 a b.txt\r\n#86)C\r\n`\r\nend\r\ntwo\r\n";
        let (left, files) = take_out(text);
        assert_eq!(left.as_ref(), b"one\r\ntwo\r\n");
        assert_eq!(files, [File::named(b"a b.txt", b"abc".to_vec())]);

        let (left, files) =
            take_out(b"=ybegin line=128 size=3 name=x.bin\r\n\x8b\x8c=\xcd\r\n=yend size=3\r\nthree\r\n");
        assert_eq!((left.as_ref(), files.len()), (&b"three\r\n"[..], 1));
        assert_eq!(files.first().map(|file| file.bytes.as_slice()), Some(&b"abc"[..]));
    }

    #[test]
    fn a_text_that_only_begins_so_is_text() {
        for text in [
            "begin 644 the work on Monday\r\nand end it.\r\n",
            "begin 644 a\r\n#86)C\r\n",
            "begin at 644\r\nend\r\n",
            "=ybegin line=1 name=a\r\nno end\r\n",
        ] {
            let (left, files) = take_out(text.as_bytes());
            assert_eq!((String::from_utf8_lossy(&left).as_ref(), files.len()), (text, 0));
        }
    }

    #[test]
    fn pictures_stand_in_a_page() {
        let page = b"<img src=\"data:image/png;base64,YWJj\"><img src='DATA:image/gif,x'><img src=data:image/jpeg;charset=x;base64,YQ==>";
        let found = pictures(page);
        let types: Vec<&str> = found.iter().map(|file| file.media_type.as_str()).collect();
        assert_eq!(types, ["image/png", "image/jpeg"]);
        assert_eq!(found.first().map(|file| file.bytes.as_slice()), Some(&b"abc"[..]));
    }
}
