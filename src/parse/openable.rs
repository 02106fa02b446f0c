//! Whether a file is what its name says: one that is not, nobody can open.

use crate::vocabulary::FileFault;

const ZIP: &[u8] = b"PK";
const OLE: &[u8] = b"\xd0\xcf\x11\xe0";

const PICTURES: &[&str] = &["jpg", "jpeg", "png"];

/// Endings of names, with what such a file begins with; of old formats also what programs write under their names.
const BEGINNINGS: [(&[&str], &[&[u8]]); 4] = [
    (&["docx", "xlsx", "pptx", "ofd"], &[ZIP]),
    (
        &["doc", "xls", "ppt", "wps", "et", "dps"],
        &[OLE, ZIP, b"{\\rtf", b"<", b"\xef\xbb\xbf<", b"MIME-Version"],
    ),
    // Who looks at a picture, or unpacks a file, is shown what is in it, whatever of its kind the name says.
    (PICTURES, &[b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*"]),
    (&["rar", "zip"], &[b"Rar!", ZIP, b"7z\xbc\xaf"]),
];
/// What stands behind the length of the first box of a telephone's pictures (ISO 14496-12): HEIC under the name of JPEG.
const BOX: (usize, &[u8]) = (4, b"ftyp");
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
    let in_box = || {
        PICTURES.contains(&ending.as_str()) && bytes.get(BOX.0..).is_some_and(|rest| rest.starts_with(BOX.1))
    };
    if due.iter().any(|beginning| bytes.starts_with(beginning)) || in_box() {
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
            ("照片.jpg", b"GIF89a"),
            ("照片.jpg", b"RIFF\x10\0\0\0WEBP"),
            ("IMG_0001.JPG", b"\0\0\0\x18ftypheic"),
            ("材料.rar", b"PK\x03\x04"),
            ("材料.zip", b"Rar!\x1a"),
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
            ("照片.jpg", b"<html>", FileFault::Other),
            ("材料.zip", b"<html>", FileFault::Other),
        ] {
            assert_eq!(fault(name, bytes), Some(due), "{name}");
        }
    }
}
