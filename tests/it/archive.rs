//! The archive of a consultation: whole, checked by `sha256sum` alone, the same bytes for the same state.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest, Sha256};
use zwfw_intake::vocabulary::hex;

use crate::review::{IN_TIME, TOO_LATE, import, import_all};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

/// Every file of a folder with its bytes, by its path in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        if entry.path().is_dir() {
            assert_eq!(mode, 0o700, "{name}");
            found.extend(
                files(&entry.path()).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)),
            );
        } else {
            assert_eq!(mode, 0o600, "{name}");
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

fn checked(folder: &Path) -> (bool, String) {
    let done = Command::new("sha256sum")
        .args(["-c", "--strict", "sha256sums"])
        .current_dir(folder)
        .output()
        .unwrap();
    (done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Each element that begins ends.
fn assert_balanced(xml: &str) {
    let tag = regex::Regex::new("<(/?)([^ ?>/]+)[^>]*>").unwrap();
    let mut open = Vec::new();
    for found in tag.captures_iter(xml) {
        if found[1].is_empty() {
            open.push(found[2].to_owned());
        } else {
            assert_eq!(open.pop().as_deref(), Some(&found[2]));
        }
    }
    assert!(open.is_empty());
}

/// The log is chained as the page says.
fn assert_chained(log: &str, head: &str) {
    let mut previous = String::new();
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| match &event[name] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let mut sha256 = Sha256::new();
        for text in
            [previous, field("at"), field("actor"), field("action"), field("submission_id"), field("detail")]
        {
            sha256.update((text.len() as u64).to_be_bytes());
            sha256.update(text);
        }
        previous = field("hash");
        assert_eq!(hex(&sha256.finalize()), previous, "{line}");
    }
    assert_eq!(previous, head);
}

/// An office with every kind of letter: one that counts with a supplement, one with hostile words, one too late, one that waits, one of which only
/// the beginning is kept.
fn office() -> Office {
    let mut office = Office::at_maildir();
    office.set("limits", "message_bytes", 200_000);
    let hostile = Letter {
        subject: format!("{} =1+1 <b>&\u{202e}", letter(1).subject),
        text: "姓名：李晓红\r\n\r\n=HYPERLINK(\"http://x.example\") 退休审批材料太多，<建议>精简。\r\n"
            .to_owned(),
        ..letter(2)
    };
    let waits = Letter { subject: "对高效办成一件事工作方案的建议".to_owned(), ..letter(3) };
    let named = [letter(1), hostile, waits].into_iter().enumerate();
    import_all(
        &office,
        &named.map(|(at, letter)| (format!("{at}.eml"), letter)).collect::<Vec<_>>(),
        IN_TIME,
    );
    import(&office, "late.eml", &letter(4), TOO_LATE);
    let large = letter(5).with_attachment(5, 400_000);
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n"
    );
    fs::write(office.path().join("large.eml"), [received.into_bytes(), large].concat()).unwrap();
    office.run_ok(&["import", "large.eml"]);
    let answer = office
        .rows()
        .rows("SELECT rfc822_message_id AS id FROM acknowledgement WHERE submission_id = 1")[0]["id"]
        .clone();
    let more = Letter {
        in_reply_to: Some(answer),
        message_id: "more@example.com".to_owned(),
        subject: "Re: 自动回执".to_owned(),
        text: "另外建议周末也开放窗口，方便上班的人。\r\n".to_owned(),
        ..letter(1)
    };
    import(&office, "more.eml", &more, IN_TIME);
    assert_eq!(office.rows().count("SELECT count(*) FROM supplement"), 1);
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["group", "decide", "1", "采纳", "--reason", "已修改第三条"]);
    office.run_ok(&["correct", "2", "职业", "退休", "--note", "来电说明"]);
    office
}

#[test]
fn an_archive_is_whole_checked_without_this_program_and_the_same_twice() {
    let office = office();
    let out = office.path().join("归档");
    fs::create_dir(&out).unwrap();
    let said = office.run_ok(&["export", "--format", "eml", "--out", "归档"]).stdout;
    assert!(
        said.contains("来信 5 件、补充来信 1 份")
            && said.contains("1 封原信过大，只有开头部分：LNZX-2024-0005"),
        "{said}"
    );
    assert!(!office.path().join("归档.part").exists());
    let found = files(&out);
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    let raw: Vec<&str> = names.iter().copied().filter(|name| name.starts_with("raw/")).collect();
    assert_eq!(
        raw,
        ["0001.1", "0001", "0002", "0003", "0004", "0005"]
            .map(|number| format!("raw/LNZX-2024-{number}.eml"))
    );
    assert_eq!(
        names.iter().copied().filter(|name| !name.starts_with("raw/")).collect::<Vec<_>>(),
        [
            "README.txt",
            "changes.csv",
            "decisions.csv",
            "events.jsonl",
            "index.csv",
            "index.xml",
            "receipts.csv",
            "sha256sums"
        ]
    );
    // Each letter as it came.
    let store = rusqlite::Connection::open(office.store_path()).unwrap();
    let sha256 = |sql: &str| store.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    let digest = |name: &str| hex(&Sha256::digest(&found[name]));
    assert_eq!(
        digest("raw/LNZX-2024-0001.1.eml"),
        sha256("SELECT sha256 FROM message JOIN supplement ON message_id = message.id")
    );
    assert!(found["raw/LNZX-2024-0002.eml"].windows(9).any(|bytes| bytes == b"HYPERLINK"));
    // sha256sum alone says that nothing was changed, and that something was.
    let (whole, told) = checked(&out);
    assert!(whole && told.lines().count() == found.len() - 1, "{told}");
    fs::write(out.join("decisions.csv"), "changed").unwrap();
    assert!(!checked(&out).0);

    let text = |name: &str| String::from_utf8(found[name].clone()).unwrap();
    let xml = text("index.xml");
    for words in [
        "<电子文件号>LNZX-2024-0001.1</电子文件号>",
        "<计算机文件名>raw/LNZX-2024-0002.eml</计算机文件名>",
        "=1+1 &lt;b&gt;&amp;",
        "<题名>",
        "<责任者>李晓红</责任者>",
        "<状态>待核</状态>",
        "原信过大，只有开头",
        "立档单位名称=\"",
    ] {
        assert!(xml.contains(words), "{words}: {xml}");
    }
    assert_eq!(xml.matches("<文件>").count(), 6);
    assert_balanced(&xml);
    assert!(text("decisions.csv").contains("\"采纳\",\"已修改第三条\""));
    assert!(
        text("decisions.csv").contains("\"'=HYPERLINK") || text("decisions.csv").contains("\"退休审批"),
        "{}",
        text("decisions.csv")
    );
    assert!(
        text("changes.csv").contains("\"退(离)休人员\",\"来电说明（原写“退休”）\""),
        "{}",
        text("changes.csv")
    );
    assert!(text("receipts.csv").contains("citizen1@example.com"));
    let page = text("README.txt");
    let (head, last): (String, i64) = store
        .query_row(
            "SELECT hash, id FROM event WHERE action <> 'exported' ORDER BY id DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert!(
        page.contains(&head)
            && page.contains(&format!("截至事件 {last}（"))
            && page.contains("sha256sum -c sha256sums"),
        "{page}"
    );
    assert!(!page.contains(['{', '}']), "{page}");

    assert_chained(&text("events.jsonl"), &head);

    // A second one of the same state is the same, though the first stands in the log.
    office.run_ok(&["export", "--format", "eml", "--out", "再次"]);
    assert!(files(&office.path().join("再次")) == found);
    office.run_ok(&["correct", "2", "职业", "学生"]);
    office.run_ok(&["export", "--format", "eml", "--out", "三次"]);
    assert!(files(&office.path().join("三次")) != found);
    assert_eq!(
        office
            .rows()
            .count("SELECT count(*) FROM event WHERE action = 'exported' AND detail ->> '$.format' = 'eml'"),
        3
    );
    office.run_ok(&["verify"]);
}

#[test]
fn an_archive_takes_nobodys_place_and_leaves_nothing_half_written() {
    let office = Office::at_maildir();
    import_all(&office, &[("1.eml".to_owned(), letter(1))], IN_TIME);
    let at = |name: &str| office.path().join(name);
    fs::create_dir(at("满")).unwrap();
    fs::write(at("满/别人的"), "x").unwrap();
    fs::write(at("文件"), "x").unwrap();
    fs::create_dir(at("断.part")).unwrap();
    let eml = ["export", "--format", "eml", "--out"];
    for (more, code, words) in [
        (vec!["满"], 74, "不是空的"),
        (vec!["文件"], 74, "同名的文件"),
        (vec!["断"], 74, "请先删除"),
        (vec!["没有/归档"], 74, "上一级文件夹不存在"),
        (vec!["归档", "--public"], 64, "不能公开"),
        (vec!["归档", "--clause", "无"], 64, "不能筛选"),
        (vec!["归档", "--status", "late"], 64, "不能筛选"),
    ] {
        let refused = office.run(&[&eml[..], &more].concat());
        assert_eq!(refused.code, Some(code), "{more:?}: {refused:?}");
        assert!(refused.stderr.contains(words), "{words}: {refused:?}");
    }
    assert!(
        !at("归档").exists() && !at("归档.part").exists() && fs::read_dir(at("满")).unwrap().count() == 1
    );
    // Bytes that are not what was registered are not archived as if they were.
    rusqlite::Connection::open(office.store_path())
        .unwrap()
        .execute(
            "UPDATE message SET raw = (SELECT raw FROM message WHERE id = 1), size_bytes = size_bytes - 1",
            [],
        )
        .unwrap();
    let refused = office.run(&[&eml[..], &["归档"]].concat());
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("LNZX-2024-0001") && refused.stderr.contains("verify"), "{refused:?}");
    assert!(!at("归档").exists() && !at("归档.part").exists());
}
