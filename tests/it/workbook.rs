//! The workbook that staff decide in: written, filled in, saved by another program, read back; and what goes wrong with such files.

mod added;
mod groups;
mod manual;
pub(crate) mod page;
mod writers;

use std::fs;

use serde_json::Value;

use self::page::Book;
use crate::review::{IN_TIME, import, import_all};
use crate::support::daemon::Finished;
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

/// Three letters that say nearly the same and one that says something else, and one that waits.
fn office() -> Office {
    let office = Office::at_maildir();
    let path = office.path().join("consultations/liaoning.toml");
    let as_shipped = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("feedback_due = \"2024-04-13\"\n{as_shipped}")).unwrap();
    let other = Letter {
        text: "姓名：李晓红\r\n职业：教师\r\n电话：13900139000\r\n\r\n退休审批需要的材料太多，建议由部门之间核对。\r\n"
            .to_owned(),
        ..letter(4)
    };
    let waits = Letter { subject: "对高效办成一件事工作方案的建议".to_owned(), ..letter(5) };
    let letters = [letter(1), letter(2), letter(3), other, waits];
    let named = letters.into_iter().enumerate().map(|(at, letter)| (format!("{}.eml", at + 1), letter));
    import_all(&office, &named.collect::<Vec<_>>(), IN_TIME);
    office
}

fn export(office: &Office, name: &str) -> Book {
    office.run_ok(&["export", "--format", "xlsx", "--out", name]);
    Book::open(&office.path().join(name))
}

#[track_caller]
fn adopt(office: &Office, arguments: &[&str], code: i32) -> Finished {
    let finished = office.run(&[&["adopt"], arguments].concat());
    assert_eq!(finished.code, Some(code), "{finished:?}");
    finished
}

fn decided(office: &Office) -> Vec<String> {
    let rows = office.rows().rows("SELECT adoption, adoption_reason FROM opinion ORDER BY id");
    let cell = |row: &crate::support::sql::Row, name: &str| row.get(name).cloned().unwrap_or_default();
    rows.iter().map(|row| format!("{}|{}", cell(row, "adoption"), cell(row, "adoption_reason"))).collect()
}

#[test]
fn what_is_decided_on_a_group_is_decided_on_its_items_and_can_be_taken_back() {
    let office = office();
    let mut book = export(&office, "a.xlsx");
    assert_eq!(book.names(), ["意见归类", "意见明细", "来信登记", "待核待办", "单位反馈", "口径与核对"]);
    assert_eq!(book.column("意见归类", "条数"), ["3", "1"], "alike on the same clause");
    assert_eq!(book.column("来信登记", "联系电话")[3], "13900139000");
    let order = |book: &Book| {
        book.column("口径与核对", "内容").iter().any(|text| text.contains("先填“待核待办”（1 件）"))
    };
    assert!(order(&book), "whoever opens it reads what comes first");
    let study = |said: &str| {
        office
            .run_ok(&["status"])
            .stdout
            .contains(&format!("研究〔liaoning-2024-gxbc〕：{said}；反馈期限 2024-04-13（已过 "))
    };
    assert!(
        study("已研究 0/4 条（0%），未分派 2 类；待核 1（其中只待答复或更正的 0）"),
        "{:?}",
        office.run(&["status"])
    );
    let nothing = adopt(&office, &["a.xlsx"], 0);
    assert!(nothing.stdout.contains("将改动：无"), "{nothing:?}");

    book.set("意见归类", 4, "采纳情况", "采纳");
    book.set("意见归类", 4, "意见要点", "延长窗口办理时间");
    book.set("意见归类", 4, "理由", "已修改第三条");
    book.set("意见归类", 5, "采纳情况", "未采纳");
    book.set("意见明细", 5, "采纳情况", "部分采纳");
    book.set("来信登记", 4, "职业", "退休");
    book.set("待核待办", 4, "处理", "计入");
    book.set("待核待办", 4, "说明", "主题写法不同");
    book.save(&office.path().join("b.xlsx"));
    let preview = adopt(&office, &["b.xlsx"], 1);
    for words in [
        "采纳情况 4",
        "意见要点 1",
        "职业 1",
        "待核 1",
        "没有写入",
        "待核待办填了 1 件",
        "重新导出，再研究新的类",
    ] {
        assert!(preview.stdout.contains(words), "{words}: {}", preview.stdout);
    }
    assert!(decided(&office).iter().all(|decided| decided == "|"));

    let applied = adopt(&office, &["b.xlsx", "--apply"], 0);
    assert!(applied.stdout.contains("adopt --undo"), "{applied:?}");
    let expected = ["采纳|已修改第三条", "部分采纳|", "采纳|已修改第三条", "不采纳|"];
    assert_eq!(decided(&office)[..4], expected);
    let rows = office.rows();
    assert_eq!(rows.rows("SELECT occupation FROM submission WHERE id = 1")[0]["occupation"], "退(离)休人员");
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE status = 'review'"), 0);
    assert_eq!(rows.count("SELECT count(*) FROM event WHERE action = 'adopted' AND json_array_length(detail, '$.sha256') = 1"), 1);
    office.run_ok(&["verify"]);
    assert!(
        study("已研究 4/5 条（80%），未归类 1 条，未分派 2 类；待核 0（其中只待答复或更正的 0）"),
        "{:?}",
        office.run(&["status"])
    );
    let again = adopt(&office, &["b.xlsx", "--apply"], 0);
    assert!(again.stdout.contains("改动：无"), "{again:?}");

    // What was adopted stands in the next workbook, the groups under their numbers.
    let next = export(&office, "c.xlsx");
    assert_eq!(next.column("意见归类", "意见要点")[0], "延长窗口办理时间");
    assert_eq!(next.column("意见归类", "类号")[..2], ["1", "2"]);
    assert_eq!(next.column("意见明细", "采纳情况")[..4], ["", "部分采纳", "", ""]);
    adopt(&office, &["c.xlsx"], 0);

    let sha = rows.rows("SELECT detail ->> '$.sha256[0]' AS sha FROM event WHERE action = 'adopted'");
    adopt(&office, &["--undo", &sha[0]["sha"]], 0);
    assert!(decided(&office).iter().all(|decided| decided == "|"), "{:?}", decided(&office));
    assert_eq!(rows.rows("SELECT occupation FROM submission WHERE id = 1")[0]["occupation"], "教师");
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE status = 'review'"), 1);
    assert_eq!(
        rows.count("SELECT count(*) FROM opinion_group WHERE point IS NOT NULL OR adoption IS NOT NULL"),
        0
    );
    office.run_ok(&["verify"]);
    adopt(&office, &["--undo", &sha[0]["sha"]], 65);

    // Groups are decided while a letter waits: what it says comes later, in a group of its own.
    let mut early = export(&office, "d.xlsx");
    early.set("意见归类", 4, "采纳情况", "采纳");
    early.save(&office.path().join("e.xlsx"));
    let preview = adopt(&office, &["e.xlsx"], 1);
    assert!(preview.stdout.contains("还有 1 件待核：以后计入的，其意见另立新类"), "{preview:?}");
}

/// Each file is made wrong in one way; what is said of it, how the command ends, and what of the rest is taken all the same.
#[test]
fn a_wrong_workbook_gets_the_right_words_and_changes_nothing_that_it_should_not() {
    let cases: Value = serde_json::from_str(include_str!("../cases/workbooks.json")).unwrap();
    let (office, twin) = (office(), self::office());
    drop((export(&office, "a.xlsx"), export(&twin, "a.xlsx")));
    let kept = fs::read(office.store_path()).unwrap();
    for case in cases.as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        fs::write(office.store_path(), &kept).unwrap();
        let mut book = Book::open(&office.path().join("a.xlsx"));
        for step in case["steps"].as_array().unwrap() {
            match step[0].as_str().unwrap() {
                // Somebody at the terminal, meanwhile.
                "run" => {
                    let words = step.as_array().unwrap()[1..].iter().map(|word| word.as_str().unwrap());
                    drop(office.run_ok(&words.collect::<Vec<_>>()));
                }
                "twin" => book = Book::open(&twin.path().join("a.xlsx")),
                "ask" => {
                    let answer = "SELECT rfc822_message_id AS id FROM acknowledgement ORDER BY id LIMIT 1";
                    let asks = Letter {
                        in_reply_to: Some(office.rows().rows(answer)[0]["id"].clone()),
                        message_id: "asks@example.com".to_owned(),
                        text: format!("{}\r\n", step[1].as_str().unwrap()),
                        ..letter(1)
                    };
                    import(&office, "asks.eml", &asks, IN_TIME);
                    book = export(&office, "asked.xlsx");
                }
                _ => book.change(step),
            }
        }
        book.save(&office.path().join("b.xlsx"));
        let finished = office.run(&["adopt", "b.xlsx", "--apply"]);
        assert_eq!(finished.code.map(i64::from), case["code"].as_i64(), "{name}: {finished:?}");
        let said = format!("{}{}", finished.stdout, finished.stderr);
        for words in case["says"].as_array().unwrap() {
            assert!(said.contains(words.as_str().unwrap()), "{name}: {words} is not in {said}");
        }
        if case["code"] == 0 {
            let again = adopt(&office, &["b.xlsx", "--apply"], 0).stdout;
            assert!(again.starts_with("改动：无"), "{name}: a second time {again}");
        }
        let found = decided(&office);
        let due: Vec<&str> =
            case["decided"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert_eq!(found[..due.len()], due, "{name}");
        let rows = office.rows();
        if let Some(due) = case["occupations"].as_array() {
            let found = rows.rows("SELECT occupation FROM submission ORDER BY id LIMIT 2");
            let found: Vec<_> = found.iter().map(|row| Value::from(row["occupation"].clone())).collect();
            assert_eq!(found, *due, "{name}");
        }
        if let Some(due) = case["added"].as_array() {
            assert_eq!(Value::from(added::added(&office)), Value::from(due.clone()), "{name}");
        }
        if let Some(due) = case["waiting"].as_i64() {
            assert_eq!(rows.count("SELECT count(*) FROM submission WHERE status = 'review'"), due, "{name}");
        }
        office.run_ok(&["verify"]);
    }
}

#[test]
fn a_value_that_was_changed_since_waits_for_a_word() {
    let office = office();
    let mut book = export(&office, "a.xlsx");
    office.run_ok(&["correct", "1", "职业", "退休"]);
    book.set("来信登记", 4, "职业", "学生");
    book.set("来信登记", 5, "职业", "学生");
    book.save(&office.path().join("b.xlsx"));
    let said = adopt(&office, &["b.xlsx"], 65).stdout;
    for words in ["来信登记 第4行 职业“学生”", "导出时“教师”", "现为“退(离)休人员”", "--mine 来信登记:4"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    let occupations = || {
        let rows = office.rows().rows("SELECT occupation FROM submission ORDER BY id LIMIT 2");
        rows.into_iter().map(|row| row["occupation"].clone()).collect::<Vec<_>>()
    };
    adopt(&office, &["b.xlsx", "--apply"], 65);
    assert_eq!(occupations(), ["退(离)休人员", "学生"], "the good rows are written");
    adopt(&office, &["b.xlsx", "--apply", "--theirs", "来信登记:4"], 0);
    assert_eq!(occupations(), ["退(离)休人员", "学生"]);
    adopt(&office, &["b.xlsx", "--apply", "--mine", "来信登记:4"], 0);
    assert_eq!(occupations(), ["学生", "学生"]);
}

#[test]
fn one_sheet_is_read_as_text_and_of_an_erased_letter_nothing_is_decided() {
    let office = office();
    let mut book = export(&office, "a.xlsx");
    book.set("意见归类", 4, "采纳情况", "采纳");
    book.set("意见归类", 4, "理由", "已修改“第三条”，\n另见附件");
    let (commas, tabs) = (book.text("意见归类", ","), book.text("意见归类", "\t"));
    let wide = format!("\u{feff}{tabs}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let saved =
        [encoding_rs::GBK.encode(&commas).0.into_owned(), commas.into_bytes(), tabs.into_bytes(), wide];
    for bytes in saved {
        fs::write(office.path().join("归类.csv"), bytes).unwrap();
        let preview = adopt(&office, &["归类.csv"], 1);
        assert!(
            preview.stdout.contains("将改动：采纳情况 3、理由 3、本类采纳情况 1、本类理由 1；"),
            "{preview:?}"
        );
    }
    fs::write(office.path().join("别的.csv"), "甲,乙\r\n1,2\r\n").unwrap();
    let other = adopt(&office, &["别的.csv"], 65);
    assert!(other.stderr.contains("不是 export 写出的工作簿，也不是从它存出的 csv"), "{other:?}");
    adopt(&office, &["归类.csv", "--apply"], 0);
    adopt(&office, &["归类.csv", "--apply"], 0);

    office.run_ok(&["erase", "1", "--note", "本人来信要求", "--yes", "1"]);
    drop(export(&office, "b.xlsx"));
    let nothing = adopt(&office, &["b.xlsx"], 0);
    assert!(nothing.stdout.starts_with("将改动：无"), "{nothing:?}");
}

#[test]
fn two_offices_files_are_joined_and_where_they_differ_both_are_named() {
    let office = office();
    let (mut one, mut two) = (export(&office, "a.xlsx"), Book::open(&office.path().join("a.xlsx")));
    one.set("意见归类", 4, "采纳情况", "采纳");
    one.set("意见归类", 5, "采纳情况", "采纳");
    two.set("意见归类", 4, "理由", "已写入");
    two.set("意见归类", 5, "采纳情况", "不采纳");
    one.save(&office.path().join("甲处.xlsx"));
    two.save(&office.path().join("乙处.xlsx"));
    let said = adopt(&office, &["甲处.xlsx", "乙处.xlsx", "--apply"], 65).stdout;
    assert!(
        said.contains("乙处.xlsx 第5行同一格写的是“不采纳”") && said.contains("甲处.xlsx 意见归类 第5行"),
        "{said}"
    );
    assert_eq!(decided(&office)[..4], ["采纳|已写入", "采纳|已写入", "采纳|已写入", "|"]);
}

#[test]
fn a_file_of_another_store_and_a_file_of_another_kind_are_refused() {
    let (office, twin) = (office(), self::office());
    let mut book = export(&twin, "a.xlsx");
    book.set("意见归类", 4, "采纳情况", "采纳");
    book.save(&office.path().join("twin.xlsx"));
    let said = adopt(&office, &["twin.xlsx", "--apply"], 65).stdout;
    assert!(said.contains("来自另一个登记库"), "{said}");
    fs::write(office.path().join("old.et"), [0xD0, 0xCF, 0x11, 0xE0, 0, 0, 0, 0]).unwrap();
    let said = adopt(&office, &["old.et"], 65).stderr;
    assert!(said.contains("请在 WPS 中另存为 xlsx"), "{said}");
    fs::write(office.path().join("text.xlsx"), "no archive").unwrap();
    let said = adopt(&office, &["text.xlsx"], 65).stderr;
    assert!(said.contains("不是 export 写出的工作簿"), "{said}");
    assert!(decided(&office).iter().all(|decided| decided == "|"));
}

#[test]
fn an_export_is_its_owners_alone_overwrites_nothing_and_leaves_a_trace() {
    use std::os::unix::fs::PermissionsExt;
    let office = office();
    export(&office, "a.xlsx");
    let mode = fs::metadata(office.path().join("a.xlsx")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(office.run(&["export", "--format", "xlsx", "--out", "a.xlsx"]).code, Some(74));
    let rows = office.rows().rows("SELECT detail ->> '$.sha256' AS sha FROM event WHERE action = 'exported'");
    assert_eq!(rows.len(), 1);
    let bytes = fs::read(office.path().join("a.xlsx")).unwrap();
    assert_eq!(rows[0]["sha"], zwfw_intake::vocabulary::sha256_hex(&bytes));
    let said = office.run_ok(&["export", "--format", "xlsx", "--out", "b.xlsx"]).stdout;
    assert!(said.contains("来信 5 件、意见 4 条、归为 2 类 → b.xlsx"), "{said}");
}

/// What a citizen wrote that looks like a formula, or is longer than a cell or a page, comes back as it was.
#[test]
fn texts_of_every_kind_go_out_and_come_back() {
    let office = Office::at_maildir();
    let long = "建议延长政务服务大厅的办理时间，并在周末开放窗口。".repeat(60);
    let texts = ["=HYPERLINK(\"http://example.com\",\"点我\")建议增加窗口数量".to_owned(), long.clone()];
    let letters = texts
        .into_iter()
        .enumerate()
        .map(|(at, text)| (format!("{at}.eml"), Letter { text: format!("{text}\r\n"), ..letter(at + 1) }));
    import_all(&office, &letters.collect::<Vec<_>>(), IN_TIME);
    let mut book = export(&office, "a.xlsx");
    let shown = book.column("意见明细", "意见建议内容");
    assert!(shown.iter().any(|text| text.starts_with("'=HYPERLINK")), "{shown:?}");
    assert!(
        shown.concat().contains(&"建议延长政务服务大厅的办理时间，并在周末开放窗口。".repeat(10)),
        "{shown:?}"
    );
    assert!(shown.len() > 2, "what one row cannot show goes on in the next");
    book.save(&office.path().join("b.xlsx"));
    adopt(&office, &["b.xlsx"], 0);
    book.set("意见归类", 4, "理由", "-1 条，见附件");
    book.save(&office.path().join("c.xlsx"));
    adopt(&office, &["c.xlsx", "--apply"], 0);
    let next = export(&office, "d.xlsx");
    assert!(next.column("意见归类", "理由")[0].starts_with("'-1"));
    adopt(&office, &["d.xlsx"], 0);
}
