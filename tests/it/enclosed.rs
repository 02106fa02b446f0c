//! A title inside an attached document: what else says that a mail is not ours asks it, and nothing of it is kept.

use std::fs;
use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rust_xlsxwriter::Workbook;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::review::IN_TIME;
use crate::support::daemon::Office;
use crate::support::mailset::TITLE;

/// Words that stand in the files alone.
const INSIDE: &str = "建议第二部分增加部门数据回流机制";

/// A docx whose paragraphs these are, the first broken into runs as word processors do.
fn docx(paragraphs: &[&str]) -> Vec<u8> {
    let mut body = String::new();
    for paragraph in paragraphs {
        body += "<w:p>";
        let chars: Vec<char> = paragraph.chars().collect();
        for run in chars.chunks(5) {
            body += "<w:r><w:t>";
            body.extend(run);
            body += "</w:t></w:r>";
        }
        body += "</w:p>";
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("word/document.xml", format!("<w:document xmlns:w=\"urn:w\"><w:body>{body}</w:body></w:document>")),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn xlsx(cells: &[&str]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cell) in (0..).zip(cells) {
        sheet.write(row, 0, *cell).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// A mail with one file, under names and types as clients that know neither write them.
fn raw(id: &str, from: &str, subject: &str, file: &[u8]) -> String {
    let word = |text: &str| format!("=?utf-8?B?{}?=", BASE64.encode(text));
    format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n\
         From: <{from}>\r\nTo: <zwfw@ln.gov.cn>\r\nDate: Tue, 12 Mar 2024 10:00:00 +0800\r\n\
         Message-ID: <{id}@example.com>\r\nSubject: {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--part\r\nContent-Type: application/octet-stream\r\n\
         Content-Disposition: attachment; filename=\"a.dat\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--part--\r\n",
        word(subject),
        BASE64.encode("您好，材料见附件，请查收。"),
        BASE64.encode(file),
    )
}

#[test]
fn a_title_inside_a_document_is_the_last_look_before_a_mail_is_not_ours() {
    let office = Office::at_maildir();
    let titled = docx(&["关于对", TITLE, "的反馈", INSIDE]);
    let key_word = docx(&["按照“高效办成一件事”的部署，报送上半年工作总结。", INSIDE]);
    let (agency, citizen) = ("bgs@shj.ln.gov.cn", "li@example.com");
    let (asks, silent) = ("关于小区停车难的意见", "材料报送");
    // Sender, subject, file, and whether its title makes it a near miss.
    let cases: [(&str, &str, &str, &[u8], bool); 8] = [
        ("office", agency, silent, &titled, true),
        ("asks", citizen, asks, &titled, true),
        ("sheet", citizen, asks, &xlsx(&["反馈意见表", TITLE, INSIDE]), true),
        ("silent", citizen, silent, &titled, false),
        ("key-word", agency, silent, &key_word, false),
        ("other", agency, asks, &docx(&["某某市停车管理办法（征求意见稿）", INSIDE]), false),
        ("broken", agency, silent, &titled[..titled.len() - 30], false),
        ("no-document", agency, silent, TITLE.as_bytes(), false),
    ];
    let folder = office.path().join("letters");
    fs::create_dir(&folder).unwrap();
    for (id, from, subject, file, _) in cases {
        fs::write(folder.join(format!("{id}.eml")), raw(id, from, subject, file)).unwrap();
    }
    office.run_ok(&["import", "letters"]);
    let rows = office.rows();
    let entries = rows.rows("SELECT uid, disposition, reason FROM mailbox_entry");
    for (id, .., is_ours) in cases {
        let entry = entries.iter().find(|row| row["uid"] == format!("{id}.eml")).unwrap();
        let due = if is_ours { ("filed", "mentioned_in_attachment") } else { ("not_ours", "no_tag") };
        assert_eq!((&*entry["disposition"], &*entry["reason"]), due, "{id}");
    }
    let waiting =
        "SELECT count(*) FROM submission WHERE status = 'review' AND review_reasons = '[\"near_miss\"]'";
    assert_eq!(rows.count(waiting), 3);
    let kept = format!(
        "SELECT count(*) FROM submission AS s JOIN message AS m ON m.id = s.message_id
         WHERE s.full_text LIKE '%{INSIDE}%' OR s.comment LIKE '%{INSIDE}%' OR m.evidence LIKE '%{INSIDE}%'"
    );
    assert_eq!(rows.count(&kept), 0);
    let number = &rows.rows("SELECT number FROM submission ORDER BY id")[0]["number"];
    let said = office.run_ok(&["explain", number]).stdout;
    assert!(said.contains("第 1 个附件的文字中有标题"), "{said}");
    // The kept bytes are read as they were the first time.
    let found = office.json(&["reprocess", "--json"]);
    assert_eq!(found["changed"], 0, "{found}");
    office.run_ok(&["verify"]);
}
