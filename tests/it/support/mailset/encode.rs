//! Text to the octets that mail clients send: character sets, encoded words, transfer encodings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use crate::support::hex;

/// A character set as a client labels it. `gb2312` on GBK data is what most Chinese clients do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    Utf8,
    Gb2312,
    Gbk,
    Gb18030,
    Big5,
}

impl Charset {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gb2312 => "gb2312",
            Self::Gbk => "GBK",
            Self::Gb18030 => "gb18030",
            Self::Big5 => "big5",
        }
    }

    fn encoding(self) -> &'static Encoding {
        match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Gb2312 | Self::Gbk => encoding_rs::GBK,
            Self::Gb18030 => encoding_rs::GB18030,
            Self::Big5 => encoding_rs::BIG5,
        }
    }

    pub(crate) fn encode(self, text: &str) -> Vec<u8> {
        let (bytes, _, lossy) = self.encoding().encode(text);
        assert!(!lossy, "{self:?} cannot hold {text}");
        bytes.into_owned()
    }
}

/// How a header value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// RFC 2047 `B`, each word whole characters.
    Base64,
    /// RFC 2047 `Q`.
    Quoted,
    /// `B`, cut every 44 bytes whatever character stands there, as broken clients do.
    CutAnywhere,
    /// The bytes as they are, against every rule.
    Raw,
}

/// A header value, folded.
pub(crate) fn header_text(text: &str, charset: Charset, words: Words) -> Vec<u8> {
    if text.is_ascii() {
        return text.as_bytes().to_vec();
    }
    let chunks: Vec<Vec<u8>> = match words {
        Words::Raw => return charset.encode(text),
        Words::CutAnywhere => {
            // An odd length cuts inside a two-byte character too.
            charset.encode(text).chunks(43).map(<[u8]>::to_vec).collect()
        }
        Words::Base64 | Words::Quoted => {
            let most = if words == Words::Quoted { 18 } else { 42 };
            let mut chunks = vec![Vec::new()];
            for character in text.chars() {
                let bytes = charset.encode(character.encode_utf8(&mut [0; 4]));
                if chunks.last().unwrap().len() + bytes.len() > most {
                    chunks.push(Vec::new());
                }
                chunks.last_mut().unwrap().extend(bytes);
            }
            chunks
        }
    };
    let label = charset.label();
    let words: Vec<String> = chunks
        .iter()
        .map(|chunk| {
            if words == Words::Quoted {
                format!("=?{label}?Q?{}?=", hex(chunk, "="))
            } else {
                format!("=?{label}?B?{}?=", STANDARD.encode(chunk))
            }
        })
        .collect();
    words.join("\r\n ").into_bytes()
}

/// How a body is written (RFC 2045 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transfer {
    Base64,
    QuotedPrintable,
    EightBit,
}

impl Transfer {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::QuotedPrintable => "quoted-printable",
            Self::EightBit => "8bit",
        }
    }

    pub(crate) fn encode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::EightBit => bytes.to_vec(),
            Self::Base64 => {
                let text = STANDARD.encode(bytes);
                let lines: Vec<&[u8]> = text.as_bytes().chunks(76).collect();
                let mut out = lines.join(&b"\r\n"[..]);
                out.extend_from_slice(b"\r\n");
                out
            }
            Self::QuotedPrintable => quoted_printable(bytes),
        }
    }
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = String::new();
    let mut column = 0;
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'\r' && rest.peek() == Some(&b'\n') {
            rest.next();
            out.push_str("\r\n");
            column = 0;
            continue;
        }
        if column > 70 {
            out.push_str("=\r\n");
            column = 0;
        }
        if (33..=126).contains(&byte) && byte != b'=' {
            out.push(char::from(byte));
            column += 1;
        } else {
            out.push_str(&hex(&[byte], "="));
            column += 3;
        }
    }
    out.into_bytes()
}

/// One body part with its header fields and the empty line between.
pub(crate) fn part(content_type: &str, transfer: Transfer, bytes: &[u8]) -> Vec<u8> {
    let mut out =
        format!("Content-Type: {content_type}\r\nContent-Transfer-Encoding: {}\r\n\r\n", transfer.label())
            .into_bytes();
    out.extend(transfer.encode(bytes));
    out
}

/// Several parts as one (RFC 2046 section 5.1).
pub(crate) fn multipart(kind: &str, boundary: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut out = format!("Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\"\r\n\r\n").into_bytes();
    for part in parts {
        out.extend(format!("--{boundary}\r\n").into_bytes());
        out.extend(part);
        out.extend(b"\r\n");
    }
    out.extend(format!("--{boundary}--\r\n").into_bytes());
    out
}

/// `Tue, 12 Mar 2024 10:00:02 +0800`
pub(crate) fn beijing(seconds: i64) -> String {
    let zone = TimeZone::fixed(Offset::constant(8));
    let time = Timestamp::from_second(seconds).unwrap().to_zoned(zone);
    time.strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

/// Seconds since 1970 of a time in Beijing, `2024-03-12T10:00:00`.
pub(crate) fn instant(beijing: &str) -> i64 {
    format!("{beijing}+08:00").parse::<Timestamp>().unwrap().as_second()
}
