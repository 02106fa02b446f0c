//! What the reader of a mail does not see is not what the citizen wrote; it is kept, and staff are told.

use crate::review::IN_TIME;
use crate::support::daemon::Office;
use crate::support::letter::letter;

const SECRET: &str = "我申请撤回此前的意见。姓名：钱大海";

/// Imports a letter with an HTML part, and a plain one where it is given.
fn import(office: &Office, n: usize, plain: Option<&str>, html: &str) {
    let header = String::from_utf8(letter(n).raw()).unwrap();
    let (header, _) = header.split_once("MIME-Version").unwrap();
    let alternative =
        |text: &str| format!("--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n");
    let raw = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n{header}MIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=q\r\n\r\n{}--q\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--q--\r\n",
        plain.map(alternative).unwrap_or_default()
    );
    std::fs::write(office.path().join("letter.eml"), raw).unwrap();
    office.run_ok(&["import", "letter.eml"]);
}

const OPINION: &str = "建议窗口延长办理时间，方便上班的人。";

#[test]
fn hidden_words_are_kept_and_are_not_the_citizens() {
    let office = Office::at_maildir();
    let ways = [
        format!("<p>{OPINION}</p><div hidden>{SECRET}</div><p>王小明</p>"),
        format!("<p>{OPINION}</p><div style=\"font-size:0\">{SECRET}</div><p>王小明</p>"),
        format!("<style>.t{{opacity:0}}</style><p>{OPINION}</p><div class=t>{SECRET}</div><p>王小明</p>"),
        format!("<template>{SECRET}</template><p>{OPINION}</p><p>王小明</p>"),
        format!("<p>{OPINION}</p><font color=white>{SECRET}</font><p>王小明</p>"),
    ];
    for (n, html) in ways.iter().enumerate() {
        import(&office, n, None, html);
    }
    // A program made the plain text out of it, and knew nothing of styles.
    import(&office, 90, Some(&format!("{OPINION}\r\n{SECRET}\r\n王小明")), &ways[0]);
    let rows = office
        .rows()
        .rows("SELECT number, status, comment, full_text, flags, coalesce(name, '') AS name FROM submission");
    assert_eq!(rows.len(), 6);
    for row in &rows {
        assert_eq!(row["status"], "accepted", "{row:?}");
        assert!(row["comment"].contains(OPINION) && !row["comment"].contains("撤回"), "{row:?}");
        assert!(row["full_text"].contains(SECRET), "it is kept: {row:?}");
        assert_eq!(row["name"], "王小明", "{row:?}");
        let said = office.run_ok(&["explain", &row["number"]]).stdout;
        assert!(said.contains("17 字在来信中看不见"), "{said}");
    }
    assert_eq!(office.rows().count("SELECT count(*) FROM opinion WHERE text LIKE '%撤回%'"), 0);
}

#[test]
fn a_letter_that_is_hidden_as_a_whole_keeps_its_words_and_waits_for_a_person() {
    let office = Office::at_maildir();
    import(
        &office,
        1,
        None,
        &format!("<body style=\"color:#ffffff\"><p>{OPINION}</p><p>姓名：王小明</p></body>"),
    );
    let row = office.rows().rows("SELECT * FROM submission").remove(0);
    assert_eq!((row["status"].as_str(), row["review_reasons"].as_str()), ("review", "[\"empty_body\"]"));
    assert!(row["comment"].contains(OPINION), "{row:?}");
    assert_eq!(row["name"], "王小明", "line ends are kept too");
    assert!(office.run_ok(&["explain", "LNZX-2024-0001"]).stdout.contains("全部文字都被样式隐藏"));
    office.run_ok(&["review", "confirm", "LNZX-2024-0001"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM submission WHERE status = 'accepted'"), 1);
}

#[test]
fn what_ordinary_programs_write_is_read_as_before() {
    let office = Office::at_maildir();
    // A table laid out with letters of no size around it; white letters on a coloured bar; a preview line.
    let html = format!(
        "<body bgcolor=\"#eeeeee\"><div style=\"display:none;max-height:0\">预览</div><table><tr><td style=\"font-size:0;line-height:0\">\
         <span style=\"font-size:14px\">{OPINION}</span></td></tr><tr><td bgcolor=\"#003366\" style=\"color:#fff\">姓名：王小明</td></tr></table></body>"
    );
    import(&office, 1, None, &html);
    import(
        &office,
        2,
        Some(&format!("{OPINION}\r\n姓名：王小明")),
        &format!("<p>{OPINION}</p><p>姓名：王小明</p>"),
    );
    for row in office.rows().rows("SELECT * FROM submission") {
        assert_eq!((row["status"].as_str(), row["name"].as_str()), ("accepted", "王小明"), "{row:?}");
        assert!(row["comment"].contains(OPINION) && !row["comment"].contains("预览"), "{row:?}");
    }
}
