//! Slips of the hand: numbers that are typed short, what a command says it did and to whom, what has to be said twice, what can be
//! taken back; and the items that a person drops, adds, splits and joins.

use std::fs;

use zwfw_intake::schedule::Next;
use zwfw_intake::store::{Arranged, Arrangement, Corrected, NewCorrection, Store, Undone, Writing};
use zwfw_intake::vocabulary::CorrectionField;

use crate::moves::consultation;
use crate::review::{IN_TIME, import};
use crate::support::Random;
use crate::support::daemon::{Finished, Office};
use crate::support::letter::{Letter, letter};
use crate::support::sql::Row;

const ONE: &str = "LNZX-2024-0001";
const ITEMS: &str = "姓名：王小明\r\n职业：教师\r\n电话：13800138000\r\n\r\n一、建议窗口延长办理时间。\r\n二、建议推行跨域办理。\r\n三、建议增加自助终端。\r\n";

/// Three letters that count, the third with three items.
fn office() -> Office {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(&office, "2.eml", &letter(2), IN_TIME);
    import(&office, "3.eml", &Letter { text: ITEMS.to_owned(), ..letter(3) }, IN_TIME);
    office
}

fn row(office: &Office, number: usize) -> Row {
    let number = format!("LNZX-2024-{number:04}");
    office.rows().rows(&format!("SELECT * FROM submission WHERE number = '{number}'")).remove(0)
}

fn items(office: &Office, number: usize) -> Vec<String> {
    office
        .rows()
        .rows(&format!(
            "SELECT o.ordinal, coalesce(o.clause, '') AS clause, o.text, coalesce(o.adoption, '') AS adoption
             FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id WHERE s.number = 'LNZX-2024-{number:04}' ORDER BY 1"
        ))
        .iter()
        .map(|row| format!("{} {} {} {}", row["ordinal"], row["clause"], row["text"], row["adoption"]).trim().to_owned())
        .collect()
}

#[track_caller]
fn refused(office: &Office, arguments: &[&str], code: i32, words: &[&str]) -> Finished {
    let before = office.rows().dump();
    let finished = office.run(arguments);
    assert_eq!(finished.code, Some(code), "{arguments:?}: {finished:?}");
    let said = format!("{}{}", finished.stdout, finished.stderr);
    for word in words {
        assert!(said.contains(word), "{arguments:?} does not say {word:?}: {finished:?}");
    }
    assert_eq!(office.rows().dump(), before, "{arguments:?} changed something");
    finished
}

#[track_caller]
fn says(office: &Office, arguments: &[&str], words: &[&str]) -> String {
    let said = office.run_ok(arguments).stdout;
    for word in words {
        assert!(said.contains(word), "{arguments:?} does not say {word:?}: {said}");
    }
    said
}

/// Nothing is unexplained, and the kept mail gives the same by today's rules.
#[track_caller]
fn holds(office: &Office) {
    office.run_ok(&["verify", "--replay"]);
    office.run_ok(&["reprocess"]);
}

#[test]
fn numbers_may_be_short_listed_in_ranges_and_from_a_pipe() {
    let mut office = office();
    says(&office, &["show", "2"], &["编号：LNZX-2024-0002"]);
    says(
        &office,
        &["show", "1-3"],
        &["编号：LNZX-2024-0001", "编号：LNZX-2024-0002", "编号：LNZX-2024-0003"],
    );
    assert_eq!(office.json(&["show", "0002", "--json"])["number"], "LNZX-2024-0002");
    assert_eq!(office.json(&["show", "1、3", "--json"]).as_array().map(Vec::len), Some(2));
    says(&office, &["explain", "2"], &["LNZX-2024-0002"]);
    says(
        &office,
        &["review", "deny", "1，2", "--yes", "2", "--note", "重复提交"],
        &["LNZX-2024-0001", "LNZX-2024-0002"],
    );
    says(&office, &["review", "reopen", "1-2"], &["LNZX-2024-0001", "LNZX-2024-0002"]);
    // A range is shown, and changed when so many are meant; whoever types each number means each.
    says(&office, &["correct", "1,2", "occupation", "教师"], &["LNZX-2024-0001", "LNZX-2024-0002"]);
    refused(
        &office,
        &["correct", "1,2", "occupation", "学生", "--yes", "3"],
        64,
        &["加 --yes 2；没有改动任何一件"],
    );
    let several = ["correct", "1-2", "occupation", "学生"];
    for typed in [&several[..], &[&several[..], &["--yes", "3"]].concat()] {
        let finished = office.run(typed);
        assert_eq!(finished.code, Some(64), "{finished:?}");
        assert!(finished.stderr.contains("加 --yes 2；没有改动任何一件"), "{finished:?}");
    }
    says(&office, &[&several[..], &["--yes", "2"]].concat(), &["LNZX-2024-0001", "LNZX-2024-0002"]);
    assert_eq!((&*row(&office, 1)["occupation"], &*row(&office, 2)["occupation"]), ("学生", "学生"));
    assert_eq!(office.run(&["reprocess", "1-3"]).code, Some(0));
    refused(&office, &["review", "deny", "1-9", "--note", "x"], 65, &["LNZX-2024-0004", "没有改动"]);
    refused(&office, &["review", "deny", "3-1", "--note", "x"], 64, &["颠倒"]);
    refused(&office, &["show", "9"], 65, &["LNZX-2024-0009"]);
    let piped = "printf '%s\\n' 1 '2、3' | \"$@\"";
    office.under(&["sh", "-c", piped, "sh"]);
    says(&office, &["show", "-"], &["LNZX-2024-0001", "LNZX-2024-0002", "LNZX-2024-0003"]);
    says(&office, &["outbox", "hold", "-"], &["LNZX-2024-0001", "LNZX-2024-0002", "LNZX-2024-0003"]);
    office.under(&[]);
    holds(&office);
}

#[test]
fn a_short_number_asks_for_its_consultation_where_there_are_several() {
    let office = office();
    consultation(&office, "2024-03-01", "2024-03-31");
    for command in [
        &["show", "1"][..],
        &["review", "deny", "1", "--note", "x"],
        &["correct", "1", "name", "王晓明"],
        &["outbox", "hold", "1"],
        &["outbox", "retry", "1"],
        &["outbox", "release", "1"],
        &["item", "drop", "1", "1"],
        &["move", "1", "county-dogs"],
        &["verify", "--accept", "1"],
        &["reprocess", "1"],
        &["explain", "1"],
    ] {
        refused(&office, command, 64, &["liaoning-2024-gxbc", "county-dogs", "--consultation"]);
    }
    let here = ["--consultation", "liaoning-2024-gxbc"];
    says(&office, &[&["show", "1"], &here[..]].concat(), &[ONE]);
    says(&office, &[&["correct", "1", "name", "王晓明"], &here[..]].concat(), &[ONE]);
    says(&office, &[&["explain", "1"], &here[..]].concat(), &[ONE]);
    // What a whole number begins with holds for those behind it.
    refused(&office, &["review", "reopen", "LNZX-2024-0001,2", "3"], 65, &[ONE, "不在待核之列"]);
    refused(&office, &["review", "reopen", "2,LNZX-2024-0001"], 64, &["--consultation"]);
    refused(&office, &["show", "1", "--consultation", "county-dogs"], 65, &["DOGS-2024-0001"]);
    refused(&office, &["show", "1", "--consultation", "nobody"], 64, &["liaoning-2024-gxbc"]);
}

#[test]
fn every_command_that_writes_says_to_whom_it_did_what() {
    let office = office();
    let whom = ["LNZX-2024-0001", "王*", "建议窗口延长办理时间，这是第1条意见。"];
    for command in [
        &["review", "deny", "1", "--note", "已撤回"][..],
        &["review", "reopen", "1"],
        &["correct", "1", "occupation", "学生"],
        &["correct", "--undo", "1", "occupation"],
        &["correct", "1", "adoption", "采纳", "--item", "1"],
        &["outbox", "hold", "1"],
        &["outbox", "release", "1"],
        &["verify", "--accept", "1"],
    ] {
        let said = says(&office, command, &whom);
        assert!(!said.contains("王小明"), "{command:?}: {said}");
    }
    // Of a long one the beginning.
    let long = Letter {
        text: "建议将退休审批所需的材料由八份减为三份，并且由人社部门在内部核验。\r\n张三\r\n".to_owned(),
        ..letter(7)
    };
    import(&office, "7.eml", &long, IN_TIME);
    let said = says(
        &office,
        &["correct", "4", "标记", "+no_publish"],
        &["张*", "建议将退休审批所需的材料由八份减为三份，…"],
    );
    assert!(!said.contains("并且"), "{said}");
    // Who has no name is called so.
    let nameless = Letter { text: "建议多设窗口，方便老人。\r\n".to_owned(), ..letter(8) };
    import(&office, "8.eml", &nameless, IN_TIME);
    says(
        &office,
        &["review", "deny", "5", "--note", "x"],
        &["未留姓名", "c***@example.com", "建议多设窗口，方便老人。"],
    );
    holds(&office);
}

#[test]
fn what_counts_is_denied_with_a_note_only() {
    let office = office();
    let near = Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(4) };
    import(&office, "4.eml", &near, IN_TIME);
    refused(
        &office,
        &["review", "deny", "1"],
        64,
        &["--note", "已登记", "王*", "LNZX-2024-0001", "建议窗口延长办理时间"],
    );
    refused(&office, &["review", "deny", "4", "1"], 64, &["--note", "没有改动任何一件"]);
    refused(&office, &["review", "deny", "1", "--note", " "], 64, &["--note"]);
    says(&office, &["review", "deny", "1", "--note", "来电撤回"], &["不计入"]);
    // What waits needs none; what was decided needs one to be decided otherwise.
    office.run_ok(&["review", "confirm", "4"]);
    refused(&office, &["review", "deny", "4"], 64, &["--note", "review reopen"]);
    says(&office, &["review", "reopen", "4"], &["待核"]);
    office.run_ok(&["review", "deny", "4"]);
    refused(&office, &["review", "confirm", "4"], 65, &["review reopen"]);
    holds(&office);
}

#[test]
fn a_decision_that_is_written_over_is_said() {
    let office = office();
    says(&office, &["correct", "1", "adoption", "采纳", "--item", "1"], &["（空） → 采纳"]);
    says(
        &office,
        &["correct", "1", "采纳情况", "未采纳", "--item", "1"],
        &["采纳 → 不采纳", "原值“采纳”已被覆盖", "--undo"],
    );
    says(&office, &["correct", "--undo", "1", "--item", "1", "采纳情况"], &["不采纳 → 采纳"]);
    assert_eq!(items(&office, 1)[0].split(' ').next_back(), Some("采纳"));
    holds(&office);
}

#[test]
fn an_answer_about_a_decided_case_is_let_go_only_on_demand() {
    let office = Office::at_maildir();
    let ask = Letter {
        text: "我申请公开2023年度的审批数据，请依法答复。\r\n张三\r\n".to_owned(),
        ..letter(1)
    };
    import(&office, "1.eml", &ask, IN_TIME);
    import(&office, "2.eml", &letter(2), IN_TIME);
    assert_eq!(row(&office, 1)["status"], "review");
    let waits = office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'withheld'");
    assert_eq!(waits, 1, "{:?}", office.rows().rows("SELECT state, reason, kind FROM acknowledgement"));
    office.run_ok(&["review", "deny", "1"]);
    refused(&office, &["outbox", "release", "1"], 65, &["--anyway", "不计入", "LNZX-2024-0001", "张*"]);
    says(&office, &["outbox", "release", "1", "--anyway"], &["已排入待发"]);
    says(&office, &["outbox", "hold", "1"], &["已扣下"]);
    holds(&office);
}

#[test]
fn a_queued_answer_is_taken_back_and_one_that_left_is_not() {
    let office = office();
    says(&office, &["outbox", "hold", "1", "2"], &["LNZX-2024-0001", "LNZX-2024-0002", "已扣下"]);
    let state = |number: usize| {
        let id = &row(&office, number)["id"];
        office.rows().rows(&format!("SELECT state, reason, octets IS NULL AS gone, next_attempt_at FROM acknowledgement WHERE submission_id = {id}")).remove(0)
    };
    assert_eq!((&*state(1)["state"], &*state(1)["reason"]), ("withheld", "held"));
    assert!(!state(1).contains_key("next_attempt_at"), "{:?}", state(1));
    says(&office, &["outbox", "list"], &["LNZX-2024-0001", "由工作人员扣下"]);
    office.run_ok(&["run", "--once"]);
    let answers = || fs::read_dir(office.path().join("acknowledgement/new")).unwrap().count();
    assert_eq!(answers(), 1, "only the third one left");
    refused(&office, &["outbox", "hold", "3"], 1, &["LNZX-2024-0003", "已发出"]);
    refused(&office, &["outbox", "hold", "1"], 65, &["没有待发的回执"]);
    says(&office, &["outbox", "release", "1"], &["已排入待发"]);
    office.run_ok(&["run", "--once"]);
    assert_eq!(answers(), 2);
    holds(&office);
}

/// The lane read what is due before a person took it back; and one was on its way already.
#[test]
fn what_is_taken_back_is_not_sent_and_what_was_on_its_way_is_not_called_held() {
    let office = office();
    let now = crate::support::now();
    let mut store = Store::open(&office.store_path(), now).unwrap();
    let due = store.due(now, 10).unwrap();
    assert_eq!(due.len(), 3);
    let writing = store.begin().unwrap();
    assert!(writing.count_attempt(due[1].id).unwrap());
    writing.commit().unwrap();
    drop(store);
    office.run_ok(&["outbox", "hold", "1-2"]);
    let mut store = Store::open(&office.store_path(), now).unwrap();
    let writing = store.begin().unwrap();
    assert!(!writing.count_attempt(due[0].id).unwrap());
    writing.settle(due[1].id, &Next::Sent, now).unwrap();
    writing.commit().unwrap();
    drop(store);
    let states = office.rows().rows("SELECT state FROM acknowledgement ORDER BY id");
    let states: Vec<&str> = states.iter().map(|row| row["state"].as_str()).collect();
    assert_eq!(states, ["withheld", "sent", "queued"]);
    office.run_ok(&["verify"]);
    refused(&office, &["outbox", "hold", "2"], 1, &["已发出"]);
}

#[test]
fn a_correction_is_taken_back_step_by_step() {
    let office = office();
    let name = || row(&office, 1).get("name").cloned().unwrap_or_default();
    refused(&office, &["correct", "--undo", "1", "name"], 65, &["没有可以撤销的更正"]);
    office.run_ok(&["correct", "1", "name", "王晓明"]);
    office.run_ok(&["correct", "1", "姓名", "王晓敏"]);
    says(&office, &["correct", "--undo", "1", "姓名"], &["已撤销", "LNZX-2024-0001"]);
    assert_eq!(name(), "王晓明");
    says(&office, &["correct", "--undo", "1", "name", "--note", "看错了"], &["已撤销"]);
    assert_eq!(name(), "王小明");
    refused(&office, &["correct", "--undo", "1", "name"], 65, &["没有可以撤销的更正"]);
    // It is a correction itself.
    assert_eq!(office.rows().count("SELECT count(*) FROM correction WHERE field = 'name'"), 4);
    assert_eq!(office.rows().count("SELECT count(*) FROM event WHERE action = 'corrected'"), 4);
    refused(&office, &["correct", "--undo", "1", "text"], 64, &["--item"]);
    refused(&office, &["correct", "--undo", "1", "text", "--item", "1"], 65, &["没有可以撤销的更正"]);
    refused(&office, &["correct", "--undo", "1", "name", "王晓明"], 64, &["--undo"]);
    refused(&office, &["correct", "1", "name"], 64, &["VALUE"]);
    // The citizen's text, whole.
    let long = "很长的意见，".repeat(40);
    let was = row(&office, 1)["comment"].clone();
    office.run_ok(&["correct", "1", "comment", &long]);
    office.run_ok(&["correct", "1", "comment", "短了", "--replace"]);
    let shown =
        says(&office, &["show", "1", "--corrections"], &["短了", "王**", "原值：很长的意见，", "新值：短了"]);
    assert!(shown.contains(&long), "{shown}");
    assert!(!office.run_ok(&["show", "1"]).stdout.contains(&long));
    office.run_ok(&["correct", "--undo", "1", "来信内容"]);
    office.run_ok(&["correct", "--undo", "1", "来信内容"]);
    assert_eq!(row(&office, 1)["comment"], was);
    // What was taken back is the rules' again, and what stands stays staff's.
    office.run_ok(&["correct", "2", "name", "王晓明"]);
    holds(&office);
    assert_eq!(row(&office, 2)["name"], "王晓明");
}

#[test]
fn flags_are_added_and_taken_away_and_never_replaced_unsaid() {
    let office = Office::at_maildir();
    import(
        &office,
        "1.eml",
        &Letter { text: "建议多设窗口，方便老人。\r\n".to_owned(), ..letter(1) },
        IN_TIME,
    );
    let flags = || row(&office, 1)["flags"].clone();
    assert_eq!(flags(), r#"["details_missing"]"#);
    says(&office, &["correct", "1", "flags", "+no_publish"], &["不公开"]);
    assert_eq!(flags(), r#"["no_publish","details_missing"]"#);
    refused(
        &office,
        &["correct", "1", "flags", "sensitive"],
        64,
        &["+含敏感个人信息", "要求不公开", "details_missing"],
    );
    refused(&office, &["correct", "1", "flags", ""], 64, &["-要求不公开"]);
    office.run_ok(&["correct", "1", "标记", "-details_missing、+sensitive"]);
    assert_eq!(flags(), r#"["no_publish","sensitive"]"#);
    office.run_ok(&["correct", "1", "标记", "－不公开"]);
    assert_eq!(flags(), r#"["sensitive"]"#);
    refused(&office, &["correct", "1", "flags", "+urgent"], 65, &["no_objection"]);
    says(&office, &["correct", "1", "flags", "-no_publish"], &["没有改动"]);
    office.run_ok(&["correct", "--undo", "1", "flags"]);
    assert_eq!(flags(), r#"["no_publish","sensitive"]"#);
    holds(&office);
}

#[test]
fn what_can_be_no_value_is_refused() {
    let office = office();
    for (field, value, word) in [
        ("comment", "", "不能清空"),
        ("comment", " \n ", "不能清空"),
        ("来信内容", "", "不能清空"),
        ("name", "13800000000", "不像姓名"),
        ("name", "１３８", "不像姓名"),
        ("姓名", "138-0000", "不像姓名"),
        ("signatories", "0", "正整数"),
        ("人次", "很多", "正整数"),
        ("人次", "-3", "正整数"),
        ("signatories", "", "正整数"),
    ] {
        refused(&office, &["correct", "1", field, value], 65, &[word]);
    }
    for (n, written, stored) in [(1, "27", "27"), (2, "２７人", "27"), (3, "12 人次", "12")] {
        office.run_ok(&["correct", &n.to_string(), "人次", written]);
        assert_eq!(row(&office, n)["signatories"], stored);
    }
    says(&office, &["show", "1"], &["人次：27"]);
    office.run_ok(&["correct", "--undo", "2", "signatories"]);
    assert_eq!(row(&office, 2)["signatories"], "1");
    holds(&office);
}

#[test]
fn fields_and_values_are_called_as_staff_call_them() {
    let office = office();
    for (field, value, column, stored) in [
        ("职业", "退休人员", "occupation", "退(离)休人员"),
        ("职业", "人民教师", "occupation", "教师"),
        ("occupation", "退休", "occupation", "退(离)休人员"),
        ("电话", "139 0013 9000", "phones", r#"["13900139000"]"#),
        ("联系电话", "13700137000", "phones", r#"["13700137000"]"#),
        ("单位", "某某社区居民委员会", "organization", "某某社区居民委员会"),
        ("邮箱", "other@example.com", "emails", r#"["other@example.com"]"#),
        ("姓 名", "王晓明", "name", "王晓明"),
    ] {
        office.run_ok(&["correct", "1", field, value]);
        assert_eq!(row(&office, 1)[column], stored, "{field} {value}");
    }
    for (value, stored) in [
        ("未采纳", "不采纳"),
        ("不予采纳", "不采纳"),
        ("未予采纳", "不采纳"),
        ("部分采纳", "部分采纳"),
        ("已体现", "已体现"),
        ("转有关部门研究", "转有关部门研究"),
        ("采纳", "采纳"),
    ] {
        for field in ["采纳情况", "adoption"] {
            office.run_ok(&["correct", "1", field, value, "--item", "1"]);
            assert!(
                items(&office, 1)[0].ends_with(&format!(" {stored}")),
                "{value}: {:?}",
                items(&office, 1)
            );
        }
    }
    office.run_ok(&["correct", "1", "条款", "二（一）1", "--item", "1"]);
    assert!(items(&office, 1)[0].starts_with("1 二(一)1 "), "{:?}", items(&office, 1));
    refused(&office, &["correct", "1", "绰号", "小王"], 64, &["name", "姓名", "人次"]);
    refused(&office, &["correct", "1", "职业", "宇航员"], 65, &["公务员"]);
    // Several at once, all or none.
    office.run_ok(&["correct", "2", "姓名", "李四", "职业", "退休", "标记", "+不公开"]);
    let second = row(&office, 2);
    assert_eq!((&*second["name"], &*second["occupation"]), ("李四", "退(离)休人员"));
    refused(&office, &["correct", "2", "姓名", "赵六", "职业", "宇航员"], 65, &["公务员"]);
    holds(&office);
}

#[test]
fn an_item_that_is_no_opinion_leaves_the_count_and_stays_to_be_seen() {
    let office = office();
    let counted = || office.json(&["stats", "--json"])["consultations"][0]["items"].as_i64();
    assert_eq!(counted(), Some(5));
    says(
        &office,
        &["item", "drop", "3", "2"],
        &["LNZX-2024-0003", "王*", "第 2 条", "建议推行跨域办理", "不计条"],
    );
    assert_eq!(counted(), Some(4));
    assert_eq!(items(&office, 3)[1], "2 二(二)3 建议推行跨域办理。 非意见");
    says(&office, &["show", "3"], &["意见2", "建议推行跨域办理", "非意见（不计条）"]);
    let in_view =
        |office: &Office| office.rows().count("SELECT count(*) FROM 意见汇总 WHERE 编号 = 'LNZX-2024-0003'");
    assert_eq!(in_view(&office), 2);
    refused(&office, &["item", "drop", "3", "9"], 65, &["3 条意见"]);
    says(&office, &["item", "drop", "3", "2"], &["没有改动"]);
    says(&office, &["correct", "--undo", "3", "--item", "2", "采纳情况"], &["已撤销"]);
    assert_eq!((counted(), in_view(&office)), (Some(5), 3));
    // Several at once, of which one was decided on and another was not.
    office.run_ok(&["correct", "3", "采纳情况", "采纳", "--item", "1"]);
    says(&office, &["item", "drop", "3", "1", "3"], &["第 1 条", "第 3 条", "原采纳情况“采纳”已被覆盖"]);
    assert_eq!(counted(), Some(3));
    office.run_ok(&["verify"]);
    office.run_ok(&["correct", "--undo", "3", "--item", "1", "采纳情况"]);
    office.run_ok(&["correct", "--undo", "3", "--item", "3", "采纳情况"]);
    // A letter of which nothing is left still stands in the table, as one without items does.
    office.run_ok(&["item", "drop", "1", "1"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM 意见汇总 WHERE 编号 = 'LNZX-2024-0001'"), 1);
    holds(&office);
}

#[test]
fn items_are_added_split_and_joined_and_all_of_it_is_taken_back() {
    let office = office();
    let first = items(&office, 3);
    assert_eq!(first.len(), 3);
    office.run_ok(&["correct", "3", "采纳情况", "采纳", "--item", "3"]);
    says(
        &office,
        &["item", "split", "3", "1", "建议窗口延长。", "窗口办理时间。"],
        &["LNZX-2024-0003", "3 条 → 4 条", "第 1 条", "第 4 条"],
    );
    let split = items(&office, 3);
    assert_eq!(split.len(), 4);
    assert!(split[0].contains("建议窗口延长。") && split[1].contains("窗口办理时间。"), "{split:?}");
    assert!(split[3].contains("建议增加自助终端") && split[3].ends_with("采纳"), "{split:?}");
    says(&office, &["item", "add", "3", "建议公布电话。", "--clause", "二（一）1"], &["4 条 → 5 条"]);
    assert_eq!(items(&office, 3)[4], "5 二(一)1 建议公布电话。");
    says(&office, &["item", "join", "3", "1", "2"], &["5 条 → 4 条"]);
    assert!(items(&office, 3)[0].contains("建议窗口延长。\n窗口办理时间。"), "{:?}", items(&office, 3));
    for (arguments, code, word) in [
        (&["item", "split", "3", "1", "只有一条"][..], 64, "两条"),
        (&["item", "split", "3", "1", "甲", " "], 65, "须有内容"),
        (&["item", "split", "3", "9", "甲", "乙"], 65, "条意见"),
        (&["item", "join", "3", "1", "1"], 64, "两条"),
        (&["item", "join", "3", "1", "9"], 65, "条意见"),
        (&["item", "add", "3", ""], 65, "须有内容"),
        (&["item", "add", "3", "甲", "--clause", "九(九)9"], 65, "二(一)1"),
        (&["item", "add", "9", "甲"], 65, "LNZX-2024-0009"),
    ] {
        refused(&office, arguments, code, &[word]);
    }
    // What is decided on two items otherwise is not made one.
    refused(&office, &["item", "join", "3", "2", "3"], 65, &["采纳情况"]);
    holds(&office);
    let shown = office.json(&["show", "3", "--json"]);
    assert_eq!(shown["opinions"].as_array().map(Vec::len), Some(4), "{shown}");
    says(&office, &["show", "3", "--corrections"], &["意见条目", "窗口办理时间。"]);
    // Rules that did not change leave it, and so does `--apply`.
    let stands = items(&office, 3);
    office.run_ok(&["reprocess", "--apply"]);
    assert_eq!(items(&office, 3), stands);
    // A later letter of the same number adds its items behind them, and they stay when what was before is taken back.
    let more = Letter {
        in_reply_to: None,
        subject: format!("Re: LNZX-2024-0003 《{}》意见建议", "补充"),
        text: "再补充一条：建议设立老年人专窗。\r\n".to_owned(),
        message_id: "more@example.com".to_owned(),
        ..letter(3)
    };
    import(&office, "more.eml", &more, IN_TIME);
    assert_eq!(items(&office, 3).len(), 5, "{:?}", items(&office, 3));
    for count in [6, 5, 4] {
        says(&office, &["correct", "--undo", "3", "条目"], &["已撤销", "LNZX-2024-0003"]);
        assert_eq!(items(&office, 3).len(), count);
    }
    let back = items(&office, 3);
    assert_eq!(back[..2], first[..2]);
    assert!(back[2].contains("建议增加自助终端") && back[3].contains("老年人专窗"), "{back:?}");
    refused(&office, &["correct", "--undo", "3", "条目"], 65, &["没有可以撤销的更正"]);
    says(&office, &["correct", "--undo", "3", "采纳情况", "--item", "3"], &["已撤销"]);
    holds(&office);
}

/// The halves are the writer's words, each with the clause that it names; what is in the item under neither is refused.
#[test]
fn a_half_of_an_item_gets_its_own_clause_and_nobody_elses_words() {
    let office = office();
    let two = "建议二（一）1 增加窗口；建议二（二）3 简化材料；谢谢。\r\n二、建议推行跨域办理。\r\n";
    import(&office, "4.eml", &Letter { text: format!("一、{two}"), ..letter(4) }, IN_TIME);
    let before = items(&office, 4);
    assert_eq!(before.len(), 2, "{before:?}");
    let stranger = "建议取消收费。";
    let said = refused(
        &office,
        &["item", "split", "4", "1", "增加窗口", stranger],
        65,
        &[stranger, "增加窗口；建议二（二）3"],
    );
    assert!(said.stderr.contains("原文"), "{said:?}");
    office.run_ok(&["item", "split", "4", "1", "建议二（一）1增加窗口", "建议二（二）3简化材料", "增加窗口"]);
    let split = items(&office, 4);
    let clause = |item: &String| item.split(' ').nth(1).unwrap_or_default().to_owned();
    assert_eq!(clause(&split[0]), "二(一)1", "{split:?}");
    assert_eq!(clause(&split[1]), "二(二)3", "{split:?}");
    assert_eq!(clause(&split[2]), clause(&before[0]), "it names none: {split:?}");
    office.run_ok(&["item", "join", "4", "4", "2"]);
    assert_eq!(clause(&items(&office, 4)[1]), "二(二)3");
    holds(&office);
}

#[test]
fn what_was_done_to_items_before_they_were_counted_anew_is_not_taken_back_alone() {
    let office = office();
    office.run_ok(&["correct", "3", "采纳情况", "采纳", "--item", "2"]);
    office.run_ok(&["item", "split", "3", "1", "建议窗口。", "延长办理时间。"]);
    // Item 2 is another one now.
    refused(&office, &["correct", "--undo", "3", "采纳情况", "--item", "2"], 65, &["条目"]);
    office.run_ok(&["correct", "3", "采纳情况", "不采纳", "--item", "1"]);
    refused(&office, &["correct", "--undo", "3", "条目"], 65, &["第 1 条", "采纳情况"]);
    office.run_ok(&["correct", "--undo", "3", "采纳情况", "--item", "1"]);
    office.run_ok(&["correct", "--undo", "3", "条目"]);
    office.run_ok(&["correct", "--undo", "3", "采纳情况", "--item", "2"]);
    holds(&office);
}

#[test]
fn arranged_items_go_with_a_letter_that_is_moved() {
    let office = office();
    consultation(&office, "2024-03-01", "2024-03-31");
    let number = "LNZX-2024-0003";
    office.run_ok(&["item", "split", number, "1", "建议窗口。", "延长办理时间。"]);
    office.run_ok(&["correct", number, "人次", "27"]);
    let arranged = items(&office, 3);
    office.run_ok(&["move", number, "county-dogs", "--note", "x"]);
    office.run_ok(&["verify", "--replay"]);
    office.run_ok(&["move", number, "--undo"]);
    assert_eq!((items(&office, 3), &*row(&office, 3)["signatories"]), (arranged, "27"));
    office.run_ok(&["correct", "--undo", number, "条目"]);
    assert_eq!(items(&office, 3).len(), 3);
    holds(&office);
}

#[test]
fn an_import_says_what_became_of_each_file_and_how_many_answers_leave() {
    let office = Office::at_maildir();
    let folder = office.path().join("letters");
    fs::create_dir(&folder).unwrap();
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n"
    );
    for (name, letter) in [
        ("a.eml", letter(1)),
        ("b.eml", Letter { subject: "周末聚会".to_owned(), text: "周六见。\r\n".to_owned(), ..letter(2) }),
        ("c.eml", letter(3)),
    ] {
        fs::write(folder.join(name), [received.as_bytes(), &letter.raw()].concat()).unwrap();
    }
    let said = says(
        &office,
        &["import", "letters"],
        &[
            "a.eml → LNZX-2024-0001",
            "b.eml → 与征集无关（",
            "c.eml → LNZX-2024-0002",
            "回执将发出 2 份（加 --no-answer 不发）",
        ],
    );
    assert_eq!(said.trim_end().lines().next_back(), Some("回执将发出 2 份（加 --no-answer 不发）"), "{said}");
    let more = Letter {
        subject: "LNZX-2024-0001 补充".to_owned(),
        text: "再补充一条：建议设立老年人专窗。\r\n".to_owned(),
        message_id: "more@example.com".to_owned(),
        ..letter(1)
    };
    fs::write(folder.join("d.eml"), [received.as_bytes(), &more.raw()].concat()).unwrap();
    fs::write(folder.join("e.eml"), [received.as_bytes(), &letter(5).raw()].concat()).unwrap();
    says(
        &office,
        &["import", "letters", "--no-answer"],
        &[
            "d.eml → 补充 LNZX-2024-0001",
            "e.eml → LNZX-2024-0003",
            "以前已导入：3 封",
            "回执不发出：2 份（--no-answer）",
        ],
    );
    assert_eq!(
        office
            .rows()
            .count("SELECT count(*) FROM acknowledgement WHERE state = 'withheld' AND reason = 'no_answer'"),
        2
    );
    says(&office, &["outbox", "list"], &["导入时选择不发"]);
    says(&office, &["outbox", "release", "3"], &["已排入待发"]);
    // What it says, it says once, and in Chinese.
    fs::write(folder.join("form.docx"), b"PK\x03\x04 no mail").unwrap();
    let forced = office.run_ok(&["import", "letters/form.docx"]);
    assert!(forced.stdout.contains("form.docx → 隔离待查（") && forced.stderr.is_empty(), "{forced:?}");
    holds(&office);
}

#[test]
fn mail_that_is_not_ours_can_be_found_in_the_mailbox() {
    let office = Office::at_maildir();
    let other =
        Letter { subject: "周末聚会".to_owned(), text: "周六见。\r\n".to_owned(), ..letter(2) };
    other.deliver(&office.path().join("mailbox"));
    letter(1).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    let said = says(&office, &["list", "--not-ours"], &["2024-03-12 10:00", "mailbox"]);
    assert!(!said.contains("聚会") && !said.contains("citizen2") && !said.contains("LNZX"), "{said}");
    let rows = office.json(&["list", "--not-ours", "--json"]);
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
    let row = &rows[0];
    assert_eq!(row["arrived_at"], "2024-03-12T02:00:02Z", "{row}");
    assert!(
        row["size_bytes"].as_i64() > Some(0) && row["reason"].is_string() && row["folder"].is_string(),
        "{row}"
    );
    refused(&office, &["list", "--not-ours", "--status", "review"], 64, &["--status"]);

    // A copy of a file is younger than the mail in it: what our own mail system wrote tells its arrival; of a file that tells nothing, its time.
    let office = Office::at_maildir();
    import(&office, "2.eml", &other, IN_TIME);
    assert_eq!(office.json(&["list", "--not-ours", "--json"])[0]["arrived_at"], "2024-03-12T02:00:02Z");
    let seen = office.rows().rows("SELECT 到达时间, 处理时间 FROM 其他邮件");
    assert!(
        seen[0]["到达时间"] == "2024-03-12 10:00:02" && seen[0]["处理时间"] > seen[0]["到达时间"],
        "{seen:?}"
    );
}

/// While no service runs, neither lane is called well.
#[test]
fn while_no_service_runs_status_says_so_of_both_lanes() {
    let office = office();
    let said = office.run_ok(&["status"]).stdout;
    assert!(!said.contains("正常"), "{said}");
    for lane in ["最近一次收信", "回执发送"] {
        let line = said.lines().find(|line| line.starts_with(lane)).unwrap();
        assert!(line.contains("服务未运行"), "{said}");
    }
}

/// Whatever a person does to items in whatever order: taking all of it back, the last first, leaves what the rules had cut; and at
/// each step the record explains itself.
#[test]
fn whatever_was_done_to_items_all_of_it_can_be_taken_back() {
    let office = office();
    let cut = items(&office, 3);
    let number = "LNZX-2024-0003";
    let fields = [CorrectionField::Text, CorrectionField::Clause, CorrectionField::Adoption];
    let now = crate::support::now();
    for seed in 1..=6 {
        let mut random = Random::new(seed);
        let mut store = Store::open(&office.store_path(), now).unwrap();
        let mut done = 0;
        for step in 0..30 {
            let count = items(&office, 3).len();
            let pieces = [format!("甲{step}"), format!("乙{step}")];
            let (one, other) = (random.index(count) + 1, random.index(count) + 1);
            let writing = store.begin().unwrap();
            match random.index(5) {
                0 => {
                    let add = Arrangement::Add { text: &pieces[0], clause: None, decided: (None, None) };
                    let arranged = writing.arrange(number, &add, None, "staff", now).unwrap();
                    assert_eq!(arranged, Arranged::Done(count, count + 1));
                    done += 1;
                }
                1 => {
                    let texts = pieces.clone().map(|piece| (piece, None));
                    let split = Arrangement::Split { item: one, texts: &texts };
                    let arranged = writing.arrange(number, &split, None, "staff", now).unwrap();
                    assert_eq!(arranged, Arranged::Done(count, count + 1));
                    done += 1;
                }
                2 if one != other => {
                    let join = Arrangement::Join { items: (one, other), clause: None };
                    let arranged = writing.arrange(number, &join, None, "staff", now).unwrap();
                    done += i32::from(matches!(arranged, Arranged::Done(..)));
                }
                3 => done -= i32::from(undo_one(&writing, &fields, now)),
                _ => {
                    let value = random.choose(&["采纳", "非意见", "研究中"]);
                    let field = random.choose(&fields);
                    let item = i64::try_from(one).ok();
                    let new = NewCorrection { number, item, field, value: Some(value), note: None };
                    let corrected = writing.correct(&new, "staff", now).unwrap();
                    done += i32::from(matches!(corrected, Corrected::Done(_)));
                }
            }
            writing.commit().unwrap();
        }
        let writing = store.begin().unwrap();
        let mut back = 0;
        while undo_one(&writing, &fields, now) {
            back += 1;
        }
        writing.commit().unwrap();
        drop(store);
        assert_eq!(items(&office, 3), cut, "seed {seed}: {done} done, {back} taken back");
    }
    holds(&office);
}

/// Takes back whatever can be taken back of the items; `false`: nothing.
fn undo_one(writing: &Writing<'_>, fields: &[CorrectionField], now: jiff::Timestamp) -> bool {
    let of_items = (1..=40).flat_map(|item| fields.iter().map(move |field| (*field, Some(item))));
    of_items.chain([(CorrectionField::Items, None)]).any(|what| {
        let undone = writing.undo("LNZX-2024-0003", what, None, "staff", now).unwrap();
        matches!(undone, Undone::Done(..))
    })
}

/// What the last answer says, its kind and where it stands.
fn answers(office: &Office, number: usize) -> Vec<(String, String)> {
    let sql = "SELECT a.kind, a.state FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id WHERE s.number = ";
    let rows = office.rows().rows(&format!("{sql} 'LNZX-2024-{number:04}' ORDER BY a.id"));
    rows.into_iter().map(|row| (row["kind"].clone(), row["state"].clone())).collect()
}

fn is(kind: &str, state: &str) -> (String, String) {
    (kind.to_owned(), state.to_owned())
}

/// A citizen was told that somebody looks: after the decision he can be told what is true, once, and nothing else.
#[test]
fn what_was_promised_is_followed_by_what_is_true_once_a_person_decided() {
    let office = Office::at_maildir();
    let near = |n| Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(n) };
    for n in 1..=3 {
        import(&office, &format!("{n}.eml"), &near(n), IN_TIME);
    }
    assert_eq!(answers(&office, 1), [is("near_miss", "queued")]);
    // Not yet decided: there is nothing else to be told; and one that waits is named.
    refused(&office, &["outbox", "release", "1"], 65, &["已在待发"]);
    // Decided before it left: what waits is taken back and let go as what is true.
    says(&office, &["review", "confirm", "1"], &["尚在待发", "outbox hold"]);
    office.run_ok(&["outbox", "hold", "1"]);
    says(&office, &["outbox", "release", "1"], &["意见建议已收到", "已排入待发"]);
    assert_eq!(answers(&office, 1), [is("accepted", "queued")]);
    office.run_ok(&["run", "--once"]);
    refused(&office, &["outbox", "release", "2"], 65, &["已发出", "与现在的状态相符"]);
    // Decided after it left.
    says(
        &office,
        &["review", "confirm", "2"],
        &["写的是正在核对", "outbox release LNZX-2024-0002，内容为“意见建议已收到”"],
    );
    assert_eq!(answers(&office, 2), [is("near_miss", "sent")], "nothing is mailed by itself");
    says(&office, &["outbox", "release", "2"], &["意见建议已收到", "已排入待发", "LNZX-2024-0002"]);
    assert_eq!(answers(&office, 2), [is("near_miss", "sent"), is("accepted", "queued")]);
    refused(&office, &["outbox", "release", "2"], 65, &["已在待发"]);
    office.run_ok(&["run", "--once"]);
    assert_eq!(answers(&office, 2), [is("near_miss", "sent"), is("accepted", "sent")]);
    assert_eq!(
        office.rows().count("SELECT count(*) FROM 来信一览"),
        3,
        "a letter is one row, however often it was answered"
    );
    refused(&office, &["outbox", "release", "2"], 65, &["与现在的状态相符"]);
    let why = says(&office, &["explain", "2"], &["正在核对", "意见建议已收到"]);
    assert!(!why.contains("没有发出"), "{why}");
    // What does not count is told of nothing by a robot.
    office.run_ok(&["review", "deny", "3"]);
    refused(&office, &["outbox", "release", "3"], 65, &["不计入", "另行写信"]);
    assert_eq!(answers(&office, 3), [is("near_miss", "sent")]);
    holds(&office);
}

/// Thanks are filed and end there: nobody is told later that they were added.
#[test]
fn what_can_still_be_told_is_not_that_thanks_were_received() {
    let office = Office::at_maildir();
    let near = Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(1) };
    import(&office, "1.eml", &near, IN_TIME);
    office.run_ok(&["run", "--once"]);
    let thanks = Letter {
        subject: "回复：自动回复〔LNZX-2024-0001〕您的意见建议已收到".to_owned(),
        text: "收到，谢谢！\r\n".to_owned(),
        message_id: "thanks@example.com".to_owned(),
        ..letter(1)
    };
    import(&office, "2.eml", &thanks, IN_TIME);
    assert_eq!(answers(&office, 1), [is("near_miss", "sent"), is("supplement", "withheld")]);
    says(&office, &["review", "confirm", "1"], &["写的是正在核对", "内容为“意见建议已收到”"]);
    says(&office, &["outbox", "release", "1"], &["意见建议已收到"]);
    assert_eq!(answers(&office, 1)[2], is("accepted", "queued"));
    holds(&office);
}

/// A withheld answer says what is true when it is let go, or stays.
#[test]
fn a_withheld_answer_is_let_go_as_what_is_true() {
    let office = Office::at_maildir();
    let asks = Letter {
        text: "我申请公开2023年度的审批数据，请依法答复。\r\n".to_owned(), ..letter(1)
    };
    import(&office, "1.eml", &asks, IN_TIME);
    import(
        &office,
        "2.eml",
        &Letter { from: letter(2).from, message_id: "b@example.com".to_owned(), ..asks },
        IN_TIME,
    );
    assert_eq!(answers(&office, 1), [is("review", "withheld")]);
    office.run_ok(&["item", "add", "1", "建议公开审批数据"]);
    says(
        &office,
        &["review", "confirm", "1"],
        &["回执尚未发出", "outbox release LNZX-2024-0001，内容为“意见建议已收到”"],
    );
    says(&office, &["outbox", "release", "1"], &["意见建议已收到"]);
    assert_eq!(answers(&office, 1), [is("accepted", "queued")]);
    for item in items(&office, 2).iter().enumerate().map(|(at, _)| (at + 1).to_string()) {
        office.run_ok(&["item", "drop", "2", &item]);
    }
    office.run_ok(&["review", "confirm", "2"]);
    assert_eq!(row(&office, 2)["status"], "handled");
    refused(&office, &["outbox", "release", "2"], 65, &["已办理", "--anyway"]);
    holds(&office);
}

/// Who types the old value again says so himself: only what `--undo` wrote is taken for taking back.
#[test]
fn a_value_that_was_typed_back_by_hand_can_be_taken_back_too() {
    let office = office();
    office.run_ok(&["correct", "1", "姓名", "王小红"]);
    office.run_ok(&["correct", "1", "姓名", "王小明"]);
    says(&office, &["correct", "--undo", "1", "姓名"], &["已撤销最近一次更正"]);
    assert_eq!(row(&office, 1)["name"], "王小红");
    office.run_ok(&["correct", "--undo", "1", "姓名"]);
    assert_eq!(row(&office, 1)["name"], "王小明");
    refused(&office, &["correct", "--undo", "1", "姓名"], 65, &["没有可以撤销的更正"]);
    let told = says(
        &office,
        &["show", "1", "--corrections"],
        &["更正 3：撤销更正：姓名", "撤销的是：更正 2", "撤销的是：更正 1"],
    );
    assert!(!told.contains("更正 2：撤销"), "{told}");
    let rows = office.json(&["show", "1", "--json"])["corrections"].clone();
    let back: Vec<bool> = rows.as_array().unwrap().iter().map(|row| !row["undoes"].is_null()).collect();
    assert_eq!(back, [false, false, true, true], "{rows}");
    holds(&office);

    office.run_ok(&["item", "drop", "2", "1"]);
    says(&office, &["correct", "--undo", "2", "采纳情况", "--item", "1"], &["恢复为意见条目，重新计条"]);
    says(
        &office,
        &["show", "2", "--corrections"],
        &["更正 2：恢复为意见：意见1采纳情况", "撤销的是：更正 1"],
    );
    holds(&office);
}

#[test]
fn marks_that_are_typed_one_by_one_all_count_and_another_field_is_typed_once() {
    let office = office();
    says(&office, &["correct", "2", "标记", "+要求不公开", "标记", "+要求匿名"], &["要求不公开", "要求匿名"]);
    let flags = row(&office, 2)["flags"].clone();
    assert!(flags.contains("no_publish") && flags.contains("anonymous"), "{flags}");
    refused(
        &office,
        &["correct", "2", "姓名", "李四", "职业", "教师", "姓名", "王五"],
        64,
        &["姓名", "两次"],
    );
}
