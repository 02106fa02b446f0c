//! The groups at the terminal, and that nobody changes them behind the program's back.

use rusqlite::Connection;

use super::{decided, export, office};
use crate::review::{IN_TIME, import_all};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

fn groups(office: &Office) -> Vec<String> {
    let rows = office.rows().rows(
        "SELECT (SELECT group_concat(o.id, '+') FROM opinion_group_member AS m JOIN opinion AS o ON o.id = m.opinion_id WHERE m.group_id = g.id) AS items
         FROM opinion_group AS g ORDER BY g.number",
    );
    rows.iter().map(|row| row.get("items").cloned().unwrap_or_default()).collect()
}

#[test]
fn groups_are_named_decided_split_and_joined_at_the_terminal() {
    let office = office();
    let proposed = office.run_ok(&["group", "propose"]).stdout;
    assert!(proposed.contains("归类 4 条"), "{proposed}");
    assert_eq!(groups(&office), ["1+2+3", "4"]);
    let listed = office.run_ok(&["group", "list"]).stdout;
    assert!(listed.contains("类号") && listed.contains("退休审批"), "{listed}");
    let shown = office.run_ok(&["group", "show", "1"]).stdout;
    assert_eq!(shown.matches(":1　").count(), 3, "{shown}");
    assert!(!shown.contains("13900139000"), "{shown}");

    office.run_ok(&["group", "rename", "1", "延长窗口办理时间"]);
    let said = office.run_ok(&["group", "decide", "1", "采纳", "--reason", "已修改第三条"]).stdout;
    assert!(said.contains("延长窗口办理时间") && said.contains("其中 3 条"), "{said}");
    office.run_ok(&["correct", "2", "采纳情况", "不采纳", "--item", "1"]);
    // What was decided on one item by itself stays.
    office.run_ok(&["group", "decide", "1", "部分采纳"]);
    let expected = ["部分采纳|已修改第三条", "不采纳|已修改第三条", "部分采纳|已修改第三条", "|"];
    assert_eq!(decided(&office)[..4], expected);
    let same = office.run_ok(&["group", "decide", "1", "部分采纳"]).stdout;
    assert!(same.contains("没有改动"), "{same}");

    let split = office.run_ok(&["group", "split", "1", "3"]).stdout;
    assert!(split.contains("另立第 3 类"), "{split}");
    assert_eq!(groups(&office), ["1+2", "4", "3"]);
    assert_eq!(decided(&office)[2], "|", "the new group is not decided");
    let joined = office.run_ok(&["group", "join", "1", "2", "3"]).stdout;
    assert_eq!(groups(&office), ["1+2+3+4", "", ""]);
    assert_eq!(decided(&office)[3], "部分采纳|已修改第三条");
    let undo = joined.trim().rsplit(' ').next().unwrap();
    office.run_ok(&["adopt", "--undo", undo]);
    assert_eq!(groups(&office), ["1+2", "4", "3"]);
    assert_eq!(decided(&office)[2..4], ["|", "|"]);
    office.run_ok(&["group", "move", "1", "3:1"]);
    assert_eq!(groups(&office), ["1+2+3", "4", ""]);
    office.run_ok(&["group", "set", "1", "--handler", "政务处", "--published", "是", "--remark", "会商"]);
    let own = office.run_ok(&["export", "--format", "xlsx", "--handler", "政务处", "--out", "政务处.xlsx"]);
    assert!(own.stdout.contains("来信 3 件、意见 3 条、归为 1 类"), "{own:?}");
    let of = office.run_ok(&["group", "list", "--handler", "政务处", "--json"]).stdout;
    let of: serde_json::Value = serde_json::from_str(&of).unwrap();
    assert_eq!((of.as_array().unwrap().len(), &of[0]["published"]), (1, &serde_json::json!("是")));
    assert!(office.run_ok(&["group", "list", "--undecided"]).stdout.contains("退休审批"));

    for (arguments, code, words) in [
        (&["group", "show", "7"][..], 65, "没有第 7 类"),
        (&["group", "split", "1", "4"], 65, "没有改动"),
        (&["group", "split", "1", "1-3"], 65, "没有可拆分的"),
        (&["group", "decide", "1", "大致采纳"], 64, "采纳情况"),
        (&["group", "decide", "1", "非意见"], 64, "item drop"),
        (&["group", "set", "1", "--published", "对"], 64, "只能填"),
    ] {
        let finished = office.run(arguments);
        assert_eq!(finished.code, Some(code), "{arguments:?} {finished:?}");
        assert!(finished.stderr.contains(words), "{arguments:?} {finished:?}");
    }
    office.run_ok(&["verify"]);
    // An item that is joined to another leaves its group with its row.
    office.run_ok(&["item", "add", "4", "建议公布联系电话。"]);
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["item", "join", "4", "1", "2"]);
    office.run_ok(&["verify"]);
}

#[test]
fn a_group_that_was_changed_behind_the_programs_back_is_told() {
    let office = office();
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["group", "rename", "1", "延长窗口办理时间"]);
    for (sql, table) in [
        ("UPDATE opinion_group SET adoption = '采纳' WHERE number = 2", "opinion_group"),
        ("UPDATE opinion_group_member SET group_id = 2 WHERE opinion_id = 1", "opinion_group_member"),
        ("DELETE FROM opinion_group_member WHERE opinion_id = 2", "opinion_group_member"),
        ("UPDATE opinion_group_change SET new_value = NULL", "opinion_group_change"),
    ] {
        office.run_ok(&["verify"]);
        let path = office.store_path();
        let kept = std::fs::read(&path).unwrap();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let finished = office.run(&["verify"]);
        assert_eq!(finished.code, Some(1), "{sql}: {finished:?}");
        assert!(finished.stdout.contains(table), "{sql}: {finished:?}");
        std::fs::write(&path, kept).unwrap();
    }
}

/// Of those that say the same, who says nothing of himself stands for the class; who tells more keeps his words.
#[test]
fn a_plain_copy_stands_for_its_class() {
    let office = Office::at_maildir();
    let texts = [
        "我是一名快递员，网上传材料一张图限制200KB，请把上限调到5MB。",
        "网上传材料一张图限制200KB，请把上限调到5MB",
        "我家老人为了盖一个章跑了三趟。窗口中午应当安排轮岗，不要关门。",
        "窗口中午应当安排轮岗。",
    ];
    let letters = (1..).zip(texts);
    let letters =
        letters.map(|(n, text)| (format!("{n}.eml"), Letter { text: format!("{text}\r\n"), ..letter(n) }));
    import_all(&office, &letters.collect::<Vec<_>>(), IN_TIME);
    let book = export(&office, "a.xlsx");
    assert_eq!(book.column("意见归类", "条数"), ["2", "2"]);
    assert_eq!(book.column("意见归类", "代表意见"), [texts[1], texts[2]]);
}
