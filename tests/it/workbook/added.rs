//! Rows that staff add to 意见明细: items of their letters.

use std::fs;

use super::page::Book;
use super::{adopt, export, office};
use crate::review::{IN_TIME, import};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

/// The items beyond the five that the letters came with: where they stand, what they say, clause, group and remark.
pub(super) fn added(office: &Office) -> Vec<String> {
    let rows = office.rows().rows(
        "SELECT o.submission_id || ':' || o.ordinal || '|' || o.text || '|' || coalesce(o.clause, '') || '|'
            || coalesce(iif(g.number > 2, '新', g.number), '') || '|' || coalesce(m.remark, '') AS item
         FROM opinion AS o LEFT JOIN opinion_group_member AS m ON m.opinion_id = o.id LEFT JOIN opinion_group AS g ON g.id = m.group_id
         WHERE o.id > 5 ORDER BY o.submission_id, o.ordinal",
    );
    rows.iter().map(|row| row["item"].clone()).collect()
}

fn add(book: &mut Book, row: u32, cells: &[(&str, &str)]) {
    for (heading, text) in cells {
        book.set("意见明细", row, heading, text);
    }
}

fn sha(office: &Office) -> String {
    let sql =
        "SELECT detail ->> '$.sha256[0]' AS sha FROM event WHERE action = 'adopted' ORDER BY id DESC LIMIT 1";
    office.rows().rows(sql)[0]["sha"].clone()
}

#[test]
fn rows_that_two_editors_added_are_one_item_each_and_are_taken_back() {
    let office = office();
    let mut one = export(&office, "a.xlsx");
    let mut two = Book::open(&office.path().join("a.xlsx"));
    let part = [("编号", "4"), ("意见建议内容", "退休审批需要的材料太多")];
    add(&mut one, 8, &part);
    add(
        &mut one,
        9,
        &[("编号", "1"), ("意见建议内容", "建议窗口延长办理时间"), ("类号", "新"), ("采纳情况", "采纳")],
    );
    add(&mut one, 7, &[("采纳情况", "非意见")]);
    add(&mut two, 12, &part);
    add(&mut two, 12, &[("采纳情况", "研究中"), ("备注", "会商"), ("类号", "2")]);
    one.save(&office.path().join("甲处.xlsx"));
    two.save(&office.path().join("乙处.xlsx"));

    let files = ["甲处.xlsx", "乙处.xlsx"];
    let preview = adopt(&office, &files, 1).stdout;
    assert!(preview.starts_with("将改动：新增意见 2、采纳情况 1；"), "{preview}");
    assert_eq!(added(&office), [""; 0], "a preview writes nothing");
    let apply = [&files[..], &["--apply"]].concat();
    adopt(&office, &apply, 0);
    let due = ["1:2|建议窗口延长办理时间||新|", "4:2|退休审批需要的材料太多||2|会商"];
    assert_eq!(added(&office), due);
    office.run_ok(&["verify"]);
    let taken = sha(&office);

    // Together and one by one, a second time and after an export: nothing more.
    for again in [&files[..], &files[..1], &files[1..]] {
        let said = adopt(&office, &[again, &["--apply"]].concat(), 0).stdout;
        assert!(said.starts_with("改动：无；"), "{again:?}: {said}");
    }
    let next = export(&office, "b.xlsx");
    assert!(next.column("意见明细", "意见建议内容").contains(&"退休审批需要的材料太多".to_owned()));
    adopt(&office, &["b.xlsx"], 0);
    let text = one.text("意见明细", ",");
    fs::write(office.path().join("明细.csv"), text).unwrap();
    adopt(&office, &["明细.csv"], 0);
    office.run_ok(&["reprocess", "--apply"]);
    assert_eq!(added(&office), due, "the rules leave it so");
    assert_eq!(office.rows().count("SELECT count(*) FROM event WHERE action = 'adopted'"), 1);

    let undone = adopt(&office, &["--undo", &taken], 0).stdout;
    assert!(undone.starts_with("已恢复 3 处"), "{undone}");
    assert_eq!(added(&office), [""; 0]);
    assert_eq!(office.rows().count("SELECT count(*) FROM opinion WHERE adoption IS NOT NULL"), 0);
    office.run_ok(&["verify"]);

    // What a person arranged since is left alone, and so is what stands beside it.
    let said = adopt(&office, &["甲处.xlsx", "--apply"], 0).stdout;
    assert!(said.contains("新增意见 2"), "{said}");
    office.run_ok(&["item", "add", "4", "建议由部门之间核对"]);
    let left = adopt(&office, &["--undo", &sha(&office)], 1).stdout;
    assert!(left.contains("LNZX-2024-0004 的意见条目在此后又改动过，没有恢复"), "{left}");
    assert_eq!(added(&office).len(), 2, "{:?}", added(&office));
    office.run_ok(&["verify"]);
}

#[test]
fn a_row_for_a_letter_of_another_consultation_is_refused_and_a_short_number_is_of_its_own() {
    let office = office();
    crate::moves::consultation(&office, "2024-03-01", "2024-03-31");
    let subject = "《青原县养犬管理办法（征求意见稿）》意见建议".to_owned();
    import(&office, "dogs.eml", &Letter { subject, ..letter(7) }, IN_TIME);
    office.run_ok(&["export", "--format", "xlsx", "--out", "a.xlsx", "--consultation", "liaoning-2024-gxbc"]);
    let mut book = Book::open(&office.path().join("a.xlsx"));
    add(&mut book, 8, &[("编号", "DOGS-2024-0001"), ("意见建议内容", "建议窗口延长办理时间")]);
    add(&mut book, 9, &[("编号", "1"), ("意见建议内容", "建议窗口延长办理时间")]);
    book.save(&office.path().join("b.xlsx"));
    let said = adopt(&office, &["b.xlsx", "--apply"], 65).stdout;
    let why = "意见明细 第8行 编号“DOGS-2024-0001”：DOGS-2024-0001 属于另一次征求意见（county-dogs）";
    assert!(said.starts_with("改动：新增意见 1；") && said.contains(why), "{said}");
    let rows = office.rows();
    let due = "SELECT count(*) FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id WHERE s.number = 'LNZX-2024-0001'";
    assert_eq!(rows.count(due), 2);
    assert_eq!(rows.count("SELECT count(*) FROM opinion"), 7);
    office.run_ok(&["verify"]);
}
