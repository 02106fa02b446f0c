//! What a charset label means.

use encoding_rs::Encoding;

/// A label as people and programs write it, reduced to what the decoder distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// No label, or one that says nothing (`default`, `unknown-8bit`).
    Missing,
    /// `us-ascii`: true of seven bits only.
    Ascii,
    /// UTF-8.
    Utf8,
    /// The GB family; always read as GB18030, which contains the others.
    Gb,
    /// Big5 and Big5-HKSCS.
    Big5,
    /// HZ-GB-2312 (RFC 1843).
    Hz,
    /// ISO-2022-CN, ISO-2022-CN-EXT (RFC 1922), ISO-2022-JP (RFC 1468), ISO-2022-KR (RFC 1557).
    Iso2022,
    /// UTF-7 (RFC 2152).
    Utf7,
    /// Any other charset that there is a table for.
    Other(&'static Encoding),
    /// A label that nothing is known about.
    Unknown,
}

impl Label {
    /// Reads a label: case, quotes, blanks, an RFC 2231 language suffix and stray marks do not count.
    pub(super) fn new(written: Option<&str>) -> Self {
        let Some(written) = written else {
            return Self::Missing;
        };
        let bare = written.split(['*', ';', ',']).next().unwrap_or_default();
        let name: String = bare
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
            .take(64)
            .map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() })
            .collect();
        match name.as_str() {
            "" | "default" | "unknown" | "unknown-8bit" | "x-unknown" | "8bit" | "7bit" | "none" | "null" => {
                Self::Missing
            }
            "us-ascii" | "ascii" | "ansi-x3.4-1968" | "ansi-x3.4-1986" | "iso-646" | "us" | "cp367"
            | "x-user-defined" => Self::Ascii,
            "utf-8" | "utf8" | "utf-8n" | "x-utf-8" | "unicode-1-1-utf-8" | "cp65001" | "cp-utf-8"
            | "utf8mb4" => Self::Utf8,
            "gb2312" | "gb-2312" | "gbk" | "gb18030" | "gb-18030" | "gb-2312-80" | "gb2312-80" | "x-gbk"
            | "x-gb2312" | "x-gb18030" | "cp936" | "ms936" | "ansi936" | "windows-936" | "x-cp936"
            | "x-mswin-936" | "x-ms-cp936" | "936" | "euc-cn" | "x-euc-cn" | "euccn" | "cn-gb"
            | "chinese" | "simplified-chinese" | "iso-ir-58" | "csgb2312" | "csgbk" | "csgb18030"
            | "csiso58gb231280" | "gb" | "gb1988" | "gb13000" | "gb2312.1980-0" | "gbk2312" | "gb3212"
            | "zh-cn" | "zh-cn.gbk" => Self::Gb,
            "big5" | "big-5" | "cn-big5" | "csbig5" | "x-x-big5" | "x-big5" | "big5-hkscs" | "big5hkscs"
            | "cp950" | "ms950" | "windows-950" | "950" | "big5-eten" | "zh-tw" => Self::Big5,
            "hz-gb-2312" | "hz" | "x-hz" | "hz-gb2312" => Self::Hz,
            "iso-2022-cn" | "iso-2022-cn-ext" | "csiso2022cn" | "iso-2022-jp" | "csiso2022jp"
            | "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-ms" | "iso-2022-kr" | "csiso2022kr" => {
                Self::Iso2022
            }
            "utf-7" | "utf7" | "unicode-1-1-utf-7" | "x-unicode-2-0-utf-7" | "csunicode11utf7" => Self::Utf7,
            name => Encoding::for_label(name.as_bytes())
                .or_else(|| Encoding::for_label(bare.trim().as_bytes()))
                .filter(|encoding| *encoding != encoding_rs::REPLACEMENT)
                .map_or(Self::Unknown, Self::Other),
        }
    }

    /// The label of raw 8-bit in a header whose message declares its text to be in `beside`. Only Big5 cannot be told
    /// from the bytes of a name; for all others there is no label.
    pub(super) fn of_header(beside: Option<&str>) -> Self {
        match Self::new(beside) {
            Self::Big5 => Self::Big5,
            _ => Self::Missing,
        }
    }

    /// Whether the label may be the reason why text is read in the GB family without calling it a repair.
    pub(super) fn names_gb(self) -> bool {
        matches!(self, Self::Gb | Self::Hz)
    }
}
