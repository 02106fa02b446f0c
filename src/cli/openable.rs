//! Files that are not what their names say: nobody can open them, and whoever decides has to know before he tries.

use crate::config::Settings;
use crate::parse::{self, Attachment, ParseLimits};
use crate::store::{Store, StoreError};

const ZIP: &[u8] = b"PK";
const OLE: &[u8] = b"\xd0\xcf\x11\xe0";

/// Endings of names, with what such a file begins with; of old formats also what programs write under their names.
const BEGINNINGS: [(&[&str], &[&[u8]]); 5] = [
    (&["docx", "xlsx", "pptx", "ofd", "zip"], &[ZIP]),
    (
        &["doc", "xls", "ppt", "wps", "et", "dps"],
        &[OLE, ZIP, b"{\\rtf", b"<", b"\xef\xbb\xbf<", b"MIME-Version"],
    ),
    (&["jpg", "jpeg"], &[b"\xff\xd8\xff"]),
    (&["png"], &[b"\x89PNG"]),
    (&["rar"], &[b"Rar!"]),
];
/// Programs write some lines in front of a PDF.
const PDF_WITHIN: usize = 1024;

/// Why a file cannot be opened, as far as its name and its beginning say; `None`: nothing speaks against it.
pub(super) fn fault(name: &str, bytes: &[u8]) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    let ending = ending.trim().to_ascii_lowercase();
    if bytes.is_empty() {
        return Some("是空的".to_owned());
    }
    let is_not = || format!("内容不是 {ending} 文件");
    if ending == "pdf" {
        let head = bytes.get(..PDF_WITHIN).unwrap_or(bytes);
        return (!head.windows(5).any(|found| found == b"%PDF-")).then(is_not);
    }
    let (_, due) = BEGINNINGS.iter().find(|(endings, _)| endings.contains(&ending.as_str()))?;
    if due.iter().any(|beginning| bytes.starts_with(beginning)) {
        return None;
    }
    // Word and WPS put what has a password into the old container, under the new name.
    let is_locked = bytes.starts_with(OLE) && due.contains(&ZIP);
    Some(if is_locked { "设有密码，或者是旧格式改了后缀".to_owned() } else { is_not() })
}

/// What is wrong with a file that was parsed with its bytes.
pub(super) fn fault_of(file: &Attachment) -> Option<String> {
    fault(file.filename.as_deref()?, file.bytes.as_deref()?)
}

/// The files of a submission and of its supplements that cannot be opened, each with what is wrong with it.
pub(super) fn faults(
    settings: &Settings,
    store: &Store,
    number: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    let limits = limits(settings);
    let letters = store.letters_of(number)?.unwrap_or_default();
    let files = letters
        .into_iter()
        .filter_map(|(_, raw)| raw)
        .flat_map(|raw| parse::parse(&raw, limits).attachments)
        .filter_map(|file| Some((fault_of(&file)?, file.filename?)));
    Ok(files.map(|(fault, name)| (name, fault)).collect())
}

/// How letters are parsed whose files are wanted.
pub(super) fn limits(settings: &Settings) -> ParseLimits {
    ParseLimits {
        text_bytes: settings.limits.text_bytes,
        header_bytes: settings.limits.header_bytes,
        attachments: settings.limits.attachments,
        keep_files: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_otherwise_than_its_name_says_cannot_be_opened() {
        for (name, bytes) in [
            ("意见.docx", &b"PK\x03\x04..."[..]),
            ("意见.doc", b"\xd0\xcf\x11\xe0\xa1"),
            ("意见.doc", b"{\\rtf1"),
            ("表.XLSX", b"PK\x03\x04"),
            ("扫描.pdf", b"\n%PDF-1.4"),
            ("说明.txt", b"abc"),
            ("没有后缀", b"abc"),
        ] {
            assert_eq!(fault(name, bytes), None, "{name}");
        }
        for (name, bytes, due) in [
            ("反馈意见.docx", &b"\x01\x02"[..], "内容不是 docx 文件"),
            ("反馈意见.docx", b"\xd0\xcf\x11\xe0\xa1", "设有密码"),
            ("表.xlsx", b"", "是空的"),
            ("扫描.PDF", b"<html>", "内容不是 pdf 文件"),
            ("照片.jpg", b"GIF89a", "内容不是 jpg 文件"),
        ] {
            let found = fault(name, bytes).unwrap_or_default();
            assert!(found.starts_with(due), "{name}: {found}");
        }
    }
}
