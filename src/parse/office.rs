//! The text of a document that was attached: docx and xlsx, zip files of XML (ECMA-376 part 1 and 2).
//!
//! It is looked through and not kept. Whoever sends such a file chose each of its bytes, so everything has a bound: the file, the
//! entries that it lists, what is unpacked of it, the text. Nothing that it points to is opened, no entity but a character is
//! resolved.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

/// The largest file that is opened, in bytes.
const MOST_FILE_BYTES: usize = 8 << 20;

/// The most entries that a file may list: each takes memory before anything of it is unpacked.
const MOST_ENTRIES: usize = 2_000;

/// How much of one file is unpacked, in bytes.
const MOST_UNPACKED_BYTES: usize = 8 << 20;

/// How much text is taken out of one file, in bytes.
const MOST_TEXT_BYTES: usize = 64 << 10;

/// What every zip file begins with.
const FIRST_ENTRY: &[u8] = b"PK\x03\x04";

/// What each line of a zip file's directory begins with.
const LISTED_ENTRY: &[u8] = b"PK\x01\x02";

/// The text of a docx or xlsx, as much of it as the bounds allow; `None` for anything else. By what it is, whatever its name.
pub fn office_text(file: &[u8]) -> Option<String> {
    let listed = || file.windows(LISTED_ENTRY.len()).filter(|window| *window == LISTED_ENTRY).count();
    if file.len() > MOST_FILE_BYTES || !file.starts_with(FIRST_ENTRY) || listed() > MOST_ENTRIES {
        return None;
    }
    let mut archive = ZipArchive::new(Cursor::new(file)).ok()?;
    let mut parts: Vec<(Part, usize)> = (0..archive.len())
        .filter_map(|index| Some((Part::named(&archive.name_for_index(index)?.ok()?)?, index)))
        .collect();
    parts.sort_unstable();
    let (mut text, mut room) = (String::new(), MOST_UNPACKED_BYTES);
    for (_, index) in &parts {
        let Ok(part) = archive.by_index(*index) else { continue };
        let mut xml = Vec::new();
        // What was unpacked before a fault is text, too.
        let _ = part.take(room as u64).read_to_end(&mut xml);
        room = room.saturating_sub(xml.len());
        collect(&String::from_utf8_lossy(&xml), &mut text);
        if room == 0 || text.len() >= MOST_TEXT_BYTES {
            break;
        }
    }
    (!parts.is_empty()).then_some(text)
}

/// A part that holds text, the fullest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// The text of a docx, or the texts that the cells of an xlsx share.
    Main,
    /// A sheet, whose cells may hold texts of their own.
    Sheet,
}

impl Part {
    fn named(name: &str) -> Option<Self> {
        let name = name.replace('\\', "/").to_ascii_lowercase();
        let stem = name.strip_suffix(".xml")?;
        match () {
            () if stem.starts_with("word/document") || stem == "xl/sharedstrings" => Some(Self::Main),
            () if stem.starts_with("xl/worksheets/") => Some(Self::Sheet),
            () => None,
        }
    }
}

/// Takes the texts out of one part, with a line for each paragraph and cell.
fn collect(xml: &str, text: &mut String) {
    let mut reader = Reader::from_str(xml);
    let mut within = false;
    while text.len() < MOST_TEXT_BYTES {
        match reader.read_event() {
            Ok(Event::Start(tag)) => within |= tag.local_name().as_ref() == "t",
            Ok(Event::End(tag)) => match tag.local_name().as_ref() {
                "t" => within = false,
                "p" | "si" | "is" => text.push('\n'),
                _ => {}
            },
            Ok(Event::Text(said)) if within => text.push_str(&said.xml10_content()),
            Ok(Event::CData(said)) if within => text.push_str(&said.xml10_content()),
            Ok(Event::GeneralRef(named)) if within => {
                text.extend(named.resolve_char_ref().ok().flatten());
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn docx(body: &str) -> Vec<u8> {
        packed(&[
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", &format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>")),
        ])
    }

    #[test]
    fn runs_are_joined_and_nothing_but_text_is_taken() {
        let body = "<w:p><w:r><w:t>关于《优化</w:t></w:r><w:r><w:delText>旧</w:delText><w:t xml:space=\"preserve\">营商&#x73AF;境</w:t></w:r></w:p>\
             <w:p><w:r><w:instrText>INCLUDEPICTURE</w:instrText><w:t><![CDATA[条例》]]></w:t></w:r></w:p>";
        assert_eq!(office_text(&docx(body)).unwrap(), "关于《优化营商环境\n条例》\n");
        let shared = (
            "xl\\sharedStrings.xml",
            "<sst><si><t>反馈</t></si><si><r><t>意</t></r><r><t>见</t></r></si></sst>",
        );
        let sheet = (
            "xl/worksheets/sheet1.xml",
            "<row><c t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><t>表</t></is></c></row>",
        );
        assert_eq!(office_text(&packed(&[sheet, shared])).unwrap(), "反馈\n意见\n表\n");
    }

    #[test]
    fn what_is_no_document_has_no_text() {
        let whole = docx("<w:p><w:t>意见</w:t></w:p>");
        assert_eq!(office_text(&packed(&[("意见.txt", "意见")])), None);
        for bytes in [&b""[..], b"PK", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"] {
            assert_eq!(office_text(bytes), None);
        }
        for end in 0..whole.len() {
            let _ = office_text(whole.get(..end).unwrap());
        }
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 0xff;
            let _ = office_text(&broken);
        }
    }

    #[test]
    fn a_bomb_a_long_directory_and_an_entity_end_at_their_bounds() {
        let beyond = " ".repeat(MOST_UNPACKED_BYTES) + "<w:p><w:t>behind</w:t></w:p>";
        assert_eq!(office_text(&docx(&beyond)).unwrap(), "");
        let long = format!("<w:p><w:t>{}</w:t></w:p>", "意".repeat(100)).repeat(1_000);
        assert!(office_text(&docx(&long)).unwrap().len() < MOST_TEXT_BYTES + 400);
        let many: Vec<String> = (0..MOST_ENTRIES).map(|n| format!("word/media/{n}.png")).collect();
        let mut parts = vec![("word/document.xml", "<t>意见</t>")];
        assert_eq!(office_text(&packed(&parts)).unwrap(), "意见");
        parts.extend(many.iter().map(|name| (name.as_str(), "")));
        assert_eq!(office_text(&packed(&parts)), None);
        let entities = "<!DOCTYPE w [<!ENTITY a \"bbbbbbbb\"><!ENTITY f SYSTEM \"file:///etc/hostname\">]><t>x&a;&f;y</t>";
        assert_eq!(office_text(&packed(&[("word/document.xml", entities)])).unwrap(), "xy");
    }
}
