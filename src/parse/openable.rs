//! Whether a file is what its name says: one that is not, nobody can open.

use crate::vocabulary::FileFault;

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
pub(super) fn fault(name: &str, bytes: &[u8]) -> Option<FileFault> {
    let (_, ending) = name.rsplit_once('.')?;
    let ending = ending.trim().to_ascii_lowercase();
    if bytes.is_empty() {
        return Some(FileFault::Empty);
    }
    if ending == "pdf" {
        let head = bytes.get(..PDF_WITHIN).unwrap_or(bytes);
        return (!head.windows(5).any(|found| found == b"%PDF-")).then_some(FileFault::Other);
    }
    let (_, due) = BEGINNINGS.iter().find(|(endings, _)| endings.contains(&ending.as_str()))?;
    if due.iter().any(|beginning| bytes.starts_with(beginning)) {
        return None;
    }
    // Word and WPS put what has a password into the old container, under the new name.
    let is_locked = bytes.starts_with(OLE) && due.contains(&ZIP);
    Some(if is_locked { FileFault::Locked } else { FileFault::Other })
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
            ("反馈意见.docx", &b"\x01\x02"[..], FileFault::Other),
            ("反馈意见.docx", b"\xd0\xcf\x11\xe0\xa1", FileFault::Locked),
            ("表.xlsx", b"", FileFault::Empty),
            ("扫描.PDF", b"<html>", FileFault::Other),
            ("照片.jpg", b"GIF89a", FileFault::Other),
        ] {
            assert_eq!(fault(name, bytes), Some(due), "{name}");
        }
    }
}
