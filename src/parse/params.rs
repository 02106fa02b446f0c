//! Parameters of MIME fields: file names and charsets as clients really write them.
//!
//! RFC 2231 says how a name is written; RFC 2047 words in quotes, raw GBK and percent signs are what is found.

use crate::charset::{self, Decoded};

/// Most parameters read of one field.
const MAX_PARAMS: usize = 200;

/// The longest field read, in bytes.
const FIELD_BYTES: usize = 64 * 1024;

/// One parameter: lower-case name with its `*` marks, value with quotes undone.
type Param = (String, String);

/// The parameters of a MIME field's raw value, and whether raw 8-bit stood in it.
#[derive(Debug, Default)]
pub(super) struct Params {
    list: Vec<Param>,
    repaired: bool,
    lossy: bool,
}

impl Params {
    /// Reads the parameters behind the first `;`. A forgotten `;` before the first one is put back.
    pub(super) fn read(raw: &[u8]) -> Self {
        let raw = raw.get(..FIELD_BYTES).unwrap_or(raw);
        let plain = charset::decode_plain(raw, None);
        let line = charset::one_line(&plain.text);
        let start = line.find([';', ' ']).unwrap_or(line.len());
        let mut rest = line.get(start..).unwrap_or_default();
        let mut list = Vec::new();
        while list.len() < MAX_PARAMS {
            rest = rest.trim_start_matches([';', ' ']);
            let Some((name, behind)) = rest.split_once('=') else {
                break;
            };
            // `attachment; filename` without a value, then more: the name is what is behind the last `;`.
            let name = name.rsplit(';').next().unwrap_or(name).trim().to_ascii_lowercase();
            let (value, tail) = value(behind);
            list.push((name, value));
            rest = tail;
        }
        Self { list, repaired: !raw.is_ascii(), lossy: plain.lossy }
    }

    /// A parameter that is ASCII by nature (`charset`, `format`), as written.
    pub(super) fn token(&self, name: &str) -> Option<&str> {
        self.list.iter().find(|(param, _)| param == name).map(|(_, value)| value.trim())
    }

    /// A parameter that people read, decoded.
    pub(super) fn text(&self, name: &str) -> Option<Decoded> {
        let mut decoded = self.extended(name).or_else(|| {
            let (_, value) = self.list.iter().find(|(param, _)| param == name)?;
            Some(percent_text(value).unwrap_or_else(|| charset::decode_text_words(value)))
        })?;
        decoded.repaired |= self.repaired;
        decoded.lossy |= self.lossy;
        decoded.text = charset::one_line(&decoded.text);
        (!decoded.text.is_empty()).then_some(decoded)
    }

    /// `name*=charset'language'%xx` and `name*0*=…; name*1=…` (RFC 2231 sections 3 and 4), pieces in any order.
    fn extended(&self, name: &str) -> Option<Decoded> {
        let mut pieces: Vec<(usize, bool, &str)> = self
            .list
            .iter()
            .filter_map(|(param, value)| {
                let mark = param.strip_prefix(name)?.strip_prefix('*')?;
                let (index, encoded) = match mark.strip_suffix('*') {
                    Some(index) => (index, true),
                    None => (mark, mark.is_empty()),
                };
                let index = if index.is_empty() { 0 } else { index.parse().ok()? };
                Some((index, encoded, value.as_str()))
            })
            .collect();
        pieces.sort_by_key(|(index, _, _)| *index);
        let (_, first_encoded, first) = *pieces.first()?;
        let mut parts = first.splitn(3, '\'');
        let label = match (first_encoded, parts.next(), parts.next(), parts.next()) {
            (true, Some(label), Some(_), Some(_)) => Some(label),
            _ => None,
        };
        let mut bytes = Vec::new();
        // Adjacent encoded pieces are one before they are decoded: some cut inside an escape.
        let mut escaped = String::new();
        for (at, (_, encoded, value)) in pieces.iter().enumerate() {
            let value = match label {
                Some(_) if at == 0 => value.splitn(3, '\'').nth(2).unwrap_or(value),
                _ => value,
            };
            if *encoded {
                escaped.push_str(value);
            } else {
                charset::unescape(std::mem::take(&mut escaped).as_bytes(), b'%', &mut bytes);
                bytes.extend_from_slice(value.as_bytes());
            }
        }
        charset::unescape(escaped.as_bytes(), b'%', &mut bytes);
        if label.is_none() && !first_encoded {
            // Continuations of something that was never RFC 2231: encoded-words cut in pieces.
            return Some(charset::decode_text_words(&String::from_utf8_lossy(&bytes)));
        }
        Some(charset::decode_plain(&bytes, label))
    }
}

/// A value, quoted or bare, and what follows it.
fn value(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let (value, tail) = text.split_at_checked(end).unwrap_or((text, ""));
        return (value.trim().trim_matches('"').to_owned(), tail);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            // Only quotes and backslashes are escaped: `C:\意见.doc` is a path.
            '\\' => match chars.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                Some((_, escaped)) => value.push(escaped),
                None => value.push('\\'),
            },
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            c => value.push(c),
        }
    }
    (value, "")
}

/// A name in percent-encoded UTF-8 or GBK without RFC 2231's marks, as web mail writes it.
fn percent_text(text: &str) -> Option<Decoded> {
    if !text.is_ascii() || !text.contains('%') {
        return None;
    }
    let mut bytes = Vec::new();
    charset::unescape(text.as_bytes(), b'%', &mut bytes);
    let read = charset::decode_plain(&bytes, None);
    // Anything but Han may be a percent sign that means one.
    let is_name = !read.lossy && read.text.contains(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
    is_name.then_some(Decoded { repaired: true, ..read })
}
