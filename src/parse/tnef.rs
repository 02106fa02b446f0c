//! winmail.dat: what Outlook wraps a message in when it believes the reader is Outlook too (TNEF,
//! [MS-OXTNEF]; properties [MS-OXPROPS]). Read are the text, the files and their names.

mod rtf;

use super::html;
use crate::charset::{self, Decoded};

/// Most files listed of one winmail.dat.
const MAX_FILES: usize = 200;

/// Most properties read of one list.
const MAX_PROPERTIES: usize = 2_000;

const SIGNATURE: u32 = 0x223e_9f78;
const ATT_BODY: u32 = 0x0002_800c;
const ATT_MAPI_PROPS: u32 = 0x0006_9003;
const ATT_OEM_CODEPAGE: u32 = 0x0006_9007;
const ATT_ATTACH_TITLE: u32 = 0x0001_8010;
const ATT_ATTACH_DATA: u32 = 0x0006_800f;
const ATT_ATTACH_REND_DATA: u32 = 0x0006_9002;
const ATT_ATTACHMENT: u32 = 0x0006_9005;

const PR_BODY: u16 = 0x1000;
const PR_RTF_COMPRESSED: u16 = 0x1009;
const PR_BODY_HTML: u16 = 0x1013;
const PR_ATTACH_LONG_FILENAME: u16 = 0x3707;

/// What a winmail.dat holds.
#[derive(Debug, Default)]
pub(super) struct Opened {
    pub(super) text: Option<Decoded>,
    pub(super) files: Vec<File>,
    pub(super) limit_reached: bool,
}

/// One file inside a winmail.dat.
#[derive(Debug)]
pub(super) struct File {
    pub(super) name: Decoded,
    pub(super) bytes: Vec<u8>,
}

/// A file as its attributes come in.
#[derive(Debug, Default)]
struct Parts<'a> {
    title: Option<&'a [u8]>,
    long_name: Option<Decoded>,
    data: &'a [u8],
}

/// Opens a winmail.dat; `None` when it is none, or nothing in it can be read.
pub(super) fn open(bytes: &[u8], text_bytes: usize) -> Option<Opened> {
    let mut input = Input(bytes);
    if input.long()? != SIGNATURE {
        return None;
    }
    input.short()?;
    let mut opened = Opened::default();
    let mut codepage = None;
    let mut bodies = Bodies::default();
    let mut file: Option<Parts<'_>> = None;
    while let Some((id, data)) = input.attribute() {
        match id {
            ATT_OEM_CODEPAGE => codepage = Input(data).long().and_then(label_of),
            ATT_BODY => bodies.plain = Some(charset::decode_body(until_nul(data), codepage)),
            ATT_MAPI_PROPS => {
                properties(data, |id, kind, value| bodies.take(id, kind, value, codepage, text_bytes));
            }
            ATT_ATTACH_REND_DATA => {
                finish(file.take(), codepage, &mut opened);
                file = Some(Parts::default());
            }
            ATT_ATTACH_TITLE => file.get_or_insert_default().title = Some(until_nul(data)),
            ATT_ATTACH_DATA => file.get_or_insert_default().data = data,
            ATT_ATTACHMENT => {
                let file = file.get_or_insert_default();
                properties(data, |id, kind, value| {
                    if id == PR_ATTACH_LONG_FILENAME {
                        file.long_name = Some(string(kind, value, codepage));
                    }
                });
            }
            _ => {}
        }
    }
    finish(file, codepage, &mut opened);
    opened.text = bodies.best();
    (opened.text.is_some() || !opened.files.is_empty()).then_some(opened)
}

/// The renditions of the text.
#[derive(Debug, Default)]
struct Bodies {
    plain: Option<Decoded>,
    html: Option<Decoded>,
    rtf: Option<Decoded>,
}

impl Bodies {
    fn take(&mut self, id: u16, kind: u16, value: &[u8], codepage: Option<&str>, limit: usize) {
        let value = value.get(..limit).unwrap_or(value);
        match id {
            PR_BODY => self.plain = Some(string(kind, value, codepage)),
            PR_BODY_HTML => {
                let meta = html::declared_charset(value);
                let page = charset::decode_body(value, meta.as_deref().or(codepage));
                self.html = Some(Decoded { text: html::to_text(&page.text, limit).shown, ..page });
            }
            PR_RTF_COMPRESSED => self.rtf = rtf::text(value, limit),
            _ => {}
        }
    }

    fn best(self) -> Option<Decoded> {
        [self.plain, self.html, self.rtf]
            .into_iter()
            .flatten()
            .find(|decoded| !super::found::is_blank(&decoded.text))
    }
}

fn finish(file: Option<Parts<'_>>, codepage: Option<&str>, opened: &mut Opened) {
    let Some(file) = file else {
        return;
    };
    if opened.files.len() >= MAX_FILES {
        opened.limit_reached = true;
        return;
    }
    let title = file.title.map(|title| charset::decode_body(title, codepage)).unwrap_or_default();
    let name = file.long_name.filter(|name| !name.text.is_empty()).unwrap_or(title);
    opened.files.push(File { name, bytes: file.data.to_vec() });
}

/// A string property: UTF-16, or in the sender's code page.
fn string(kind: u16, value: &[u8], codepage: Option<&str>) -> Decoded {
    if kind & 0x0fff == 0x1f {
        let (text, lossy) = encoding_rs::UTF_16LE.decode_without_bom_handling(value);
        let text = text.split('\0').next().unwrap_or_default();
        let clean = charset::decode_body(text.as_bytes(), Some("utf-8"));
        return Decoded { lossy, ..clean };
    }
    charset::decode_body(until_nul(value), codepage)
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The label of a Windows code page that Chinese mail comes in.
fn label_of(codepage: u32) -> Option<&'static str> {
    match codepage {
        936 | 54936 => Some("gbk"),
        950 => Some("big5"),
        65001 => Some("utf-8"),
        932 => Some("shift_jis"),
        949 => Some("euc-kr"),
        1252 => Some("windows-1252"),
        _ => None,
    }
}

/// Gives every property of a list to `take`: its id, its type, its (first) value.
fn properties(data: &[u8], mut take: impl FnMut(u16, u16, &[u8])) {
    let mut input = Input(data);
    let count = input.long().unwrap_or_default() as usize;
    for _ in 0..count.min(MAX_PROPERTIES) {
        if input.property(&mut take).is_none() {
            return;
        }
    }
}

/// Little-endian input that ends where it ends.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(len)?;
        self.0 = tail;
        Some(head)
    }

    fn short(&mut self) -> Option<u16> {
        self.bytes(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn long(&mut self) -> Option<u32> {
        self.bytes(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// One attribute: level, id, length, data, checksum. A data field cut short counts as far as it goes.
    fn attribute(&mut self) -> Option<(u32, &'a [u8])> {
        self.bytes(1)?;
        let id = self.long()?;
        let len = self.long()? as usize;
        let data = self.bytes(len.min(self.0.len()))?;
        self.bytes(self.0.len().min(2))?;
        Some((id, data))
    }

    fn property(&mut self, take: &mut impl FnMut(u16, u16, &[u8])) -> Option<()> {
        let kind = self.short()?;
        let id = self.short()?;
        if id >= 0x8000 {
            // A named property: its set, then its number or its name.
            self.bytes(16)?;
            if self.long()? == 0 {
                self.long()?;
            } else {
                let len = self.long()? as usize;
                self.padded(len)?;
            }
        }
        let many = kind & 0x1000 != 0;
        let fixed = match kind & 0x0fff {
            0x02 | 0x03 | 0x04 | 0x0a | 0x0b => Some(4),
            0x05 | 0x06 | 0x07 | 0x14 | 0x40 => Some(8),
            0x48 => Some(16),
            0x1e | 0x1f | 0x0d | 0x102 => None,
            _ => return None,
        };
        let count = if many || fixed.is_none() { self.long()? as usize } else { 1 };
        for index in 0..count.min(MAX_PROPERTIES) {
            let value = if let Some(len) = fixed {
                self.bytes(len)?
            } else {
                let len = self.long()? as usize;
                self.padded(len)?
            };
            if index == 0 {
                take(id, kind, value);
            }
        }
        Some(())
    }

    /// A value that is padded to four bytes.
    fn padded(&mut self, len: usize) -> Option<&'a [u8]> {
        let value = self.bytes(len)?;
        self.bytes(((4 - len % 4) % 4).min(self.0.len()))?;
        Some(value)
    }
}

#[cfg(test)]
mod tests;
