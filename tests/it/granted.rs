//! What was granted to whoever asked for it: that it is done, and that it stays so whatever is erased; what he wants kept from the
//! public, and how a clerk sees it.

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::told::{of, reply, says, says_not};
use crate::workbook::page::Book;

use super::review::{IN_TIME, import, refused};

/// An erasure that was granted stands on a list until it is done, whoever was told of it.
#[test]
fn an_erasure_that_was_granted_stays_on_a_list_until_it_is_done() {
    let office = Office::at_maildir();
    for n in 1..=3 {
        import(&office, &format!("{n}.eml"), &letter(n), IN_TIME);
    }
    reply(&office, 1, "a", "请把我的电话删除。");
    reply(&office, 2, "b", "请把我的电话删除。");
    reply(&office, 3, "c", "你们登记了我的哪些个人信息？我要查阅。");
    office.run_ok(&["review", "confirm", "1-3"]);
    let owed = || office.run_ok(&["list", "--unanswered"]).stdout;
    says(&owed(), &["LNZX-2024-0001", "LNZX-2024-0002", "LNZX-2024-0003", "删除未办（电话）"]);
    office.run_ok(&["review", "answered", "1-3"]);
    says(
        &owed(),
        &[
            "删除未办（电话）",
            "LNZX-2024-0001 删除未办（电话）：erase LNZX-2024-0001 --only 电话 --note 原因；决定不办的，写明：review answered LNZX-2024-0001 --note 不删除，原因",
        ],
    );
    // Who only wanted to look has nothing to be erased.
    says_not(&owed(), &["LNZX-2024-0003"]);
    says(&office.run_ok(&["status"]).stdout, &["尚未答复", "2 件"]);
    let json = office.json(&["list", "--unanswered", "--json"]);
    assert_eq!(json[0]["owed"][0]["what"], "erase", "{json}");
    office.run_ok(&["erase", "1", "--only", "电话", "--note", "本人要求", "--yes", "1"]);
    says_not(&owed(), &["LNZX-2024-0001"]);
    office.run_ok(&["review", "answered", "2", "--note", "不删除，依法留存"]);
    says_not(&owed(), &["LNZX-2024-0002"]);
    office.run_ok(&["verify", "--replay"]);
}

/// A letter that was taken back and stands again is on a list, unless staff wrote down why.
#[test]
fn a_withdrawal_that_was_granted_and_is_not_done_stays_on_a_list() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    let from = letter(1).from;
    let text = "我要撤回编号LNZX-2024-0001的意见。";
    import(&office, "2.eml", &Letter { from, ..of(2, "w", "撤回意见", text) }, IN_TIME);
    let owed = || office.run_ok(&["list", "--unanswered"]).stdout;
    office.run_ok(&["review", "deny", "1", "--note", "来信人要求撤回"]);
    office.run_ok(&["review", "confirm", "2", "--answered"]);
    says_not(&owed(), &["LNZX-2024-0001"]);
    says(&office.run_ok(&["show", "1"]).stdout, &["已办理，该件不计入"]);
    office.run_ok(&["review", "reopen", "1"]);
    says(&owed(), &["撤回未办（LNZX-2024-0002 要求）", "review deny LNZX-2024-0001 --note 来信人要求撤回"]);
    let shown = office.run_ok(&["show", "1"]).stdout;
    says(&shown, &["已核对，该件没有改动"]);
    says_not(&shown, &["由工作人员决定"]);
    office.run_ok(&["review", "note", "1", "--note", "来信人电话说仍要计入"]);
    says_not(&owed(), &["LNZX-2024-0001"]);
    office.run_ok(&["correct", "--undo", "1", "说明"]);
    office.run_ok(&["review", "deny", "1", "--note", "来信人要求撤回"]);
    says_not(&owed(), &["LNZX-2024-0001"]);
}

/// What did not count does not count for being erased.
#[test]
fn what_did_not_count_does_not_count_for_being_erased() {
    let office = Office::at_maildir();
    let same = "建议在社区设置自助服务终端，方便老年人就近办理，并安排专人指导。\r\n";
    for n in 1..=4 {
        import(&office, &format!("{n}.eml"), &Letter { text: same.to_owned(), ..letter(n) }, IN_TIME);
    }
    office.run_ok(&["review", "deny", "2", "--note", "来信人要求撤回"]);
    let figures = || {
        let rows = office.rows();
        let mut found = rows.rows("SELECT 发件地址数 AS a, 不同内容数 AS b FROM 收件概况");
        found.extend(rows.rows("SELECT 件数 AS a, 发件地址数 AS b FROM 相同来信"));
        found
    };
    let before = figures();
    assert_eq!((before[0]["a"].as_str(), before[1]["a"].as_str()), ("3", "3"), "{before:?}");
    office.run_ok(&["erase", "2", "--note", "本人要求", "--yes", "2"]);
    assert_eq!(figures(), before);
    // What counted counts on, as ever: its number stays, and who wrote it is nobody any more.
    office.run_ok(&["erase", "3", "--note", "本人要求", "--yes", "3"]);
    assert_eq!(figures(), before);
    office.run_ok(&["reconcile"]);
}

/// Who wants his name kept from the public is heard on the rest, and the views say what staff decided.
#[test]
fn whoever_hides_his_name_alone_is_published_without_it() {
    let office = Office::at_maildir();
    let opinion = "建议在社区设置自助服务终端，方便老年人就近办理，并安排专人指导。";
    for (n, wish) in ["请勿公布本人姓名和联系方式。", "请不要公开我的意见。", ""].into_iter().enumerate()
    {
        let text = format!("姓名：王小明\r\n\r\n{opinion}\r\n\r\n{wish}\r\n");
        let n = n + 1;
        import(&office, &format!("{n}.eml"), &Letter { text, ..letter(n) }, IN_TIME);
    }
    reply(&office, 3, "c", "再提一点：建议周末也开放窗口。请不要公开我的姓名。");
    let remarks = || {
        let rows = office
            .rows()
            .rows("SELECT DISTINCT 编号, 备注 FROM 意见汇总 WHERE 来源 <> '补充来信' ORDER BY 编号");
        rows.into_iter().map(|row| row["备注"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(remarks(), ["不公开个人信息", "要求不公开", "不公开个人信息"]);
    says(&office.run_ok(&["show", "1"]).stdout, &["姓名：王", "标记：要求不公开；只不公开个人信息"]);
    office.run_ok(&["group", "propose"]);
    for class in ["1", "2"] {
        office.run_ok(&["group", "rename", class, "社区设自助终端"]);
        office.run_ok(&["group", "decide", class, "采纳"]);
    }
    let mut exports = 0..;
    let mut hidden = |due: usize| {
        let name = format!("{}.csv", exports.next().unwrap());
        says(&office.run_ok(&["export", "--public", "--out", &name]).stdout, &[&format!("要求不公开 {due}")]);
    };
    hidden(1);
    // The wish of the supplement is decided on as one of the letter's own.
    office.run_ok(&["correct", "3", "标记", "-要求不公开"]);
    office.run_ok(&["correct", "3", "标记", "+要求匿名"]);
    assert_eq!(remarks()[2], "要求匿名");
    office.run_ok(&["correct", "1", "标记", "+要求不公开"]);
    assert_eq!(remarks()[0], "要求不公开");
    hidden(2);
    office.run_ok(&["correct", "2", "标记", "+不公开姓名"]);
    assert_eq!(remarks()[1], "不公开个人信息");
    hidden(1);
    office.run_ok(&["verify", "--replay"]);
}

#[test]
fn what_is_named_is_erased_and_all_else_where_only_the_opinion_is_to_stay() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(&office, "2.eml", &letter(2), IN_TIME);
    reply(&office, 1, "a", "请删去我的姓名、电话，只留意见。");
    reply(&office, 2, "b", "请删去我的姓名、电话，意见保留。");
    import(&office, "3.eml", &letter(3), IN_TIME);
    import(&office, "4.eml", &letter(4), IN_TIME);
    reply(&office, 3, "c", "请删除我的信息，只留意见。");
    reply(&office, 4, "d", "请删去我的电话，其他的都删，只留意见。");
    let listed = office.run_ok(&["review", "list"]).stdout;
    says(
        &listed,
        &[
            "erase LNZX-2024-0001 --only 姓名,电话 --note",
            "指其余各项也要删的：erase LNZX-2024-0001 --only 姓名,电话,邮箱,职业 --note",
            "erase LNZX-2024-0002 --only 姓名,电话 --note",
            "erase LNZX-2024-0003 --only 姓名,电话,邮箱,职业 --note",
            "erase LNZX-2024-0004 --only 姓名,电话,邮箱,职业 --note",
        ],
    );
}

/// Whoever wants to stay unknown keeps his opinion among those that are published; one command is taken back by one.
#[test]
fn who_he_is_and_what_he_wrote_are_kept_from_the_public_each_by_its_own_mark() {
    let office = Office::at_maildir();
    for (n, said) in [(1, "希望对我的身份保密。"), (2, "请不要透露我的姓名。"), (3, "请不要公开我的意见。")]
    {
        import(&office, "letter.eml", &letter(n), IN_TIME);
        reply(&office, n, &format!("kept{n}"), said);
    }
    let listed = office.run_ok(&["review", "list"]).stdout;
    let of = |n: usize| format!("correct LNZX-2024-000{n} 标记 ");
    for (n, due) in [(1, "+要求匿名；"), (2, "+要求匿名；"), (3, "+要求不公开；")] {
        assert!(listed.contains(&format!("{}{due}", of(n))), "{n} {due} is not in:\n{listed}");
    }
    let flags = || office.json(&["show", "1", "--json"])["flags"].clone();
    let before = flags();
    let said = office.run_ok(&["correct", "1", "标记", "+要求不公开"]).stdout;
    assert_eq!(
        office.json(&["show", "1", "--json"])["corrections"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["field"] == "flags")
            .count(),
        1,
        "{said}"
    );
    office.run_ok(&["correct", "--undo", "1", "标记"]);
    assert_eq!(flags(), before);
    office.run_ok(&["verify"]);
}

#[test]
fn letters_of_one_unit_name_each_other() {
    let office = Office::at_maildir();
    let from = "clerk@dsj.moujia.gov.cn".to_owned();
    let unit = |n: usize, text: &str| Letter {
        from: from.clone(),
        text: format!("{text}\r\n某甲市数据局\r\n"),
        ..letter(n)
    };
    import(&office, "1.eml", &unit(1, "建议第二部分增加部门数据回流机制。"), IN_TIME);
    import(&office, "2.eml", &unit(2, "经再次研究，建议统一证照目录。"), IN_TIME);
    import(&office, "3.eml", &letter(3), IN_TIME);
    says(&office.run_ok(&["show", "1"]).stdout, &["同一单位的其他来信：LNZX-2024-0002（"]);
    says(&office.run_ok(&["show", "2"]).stdout, &["同一单位的其他来信：LNZX-2024-0001（"]);
    says_not(&office.run_ok(&["show", "3"]).stdout, &["同一单位"]);
    says(&office.run_ok(&["stats"]).stdout, &["同一单位再次来函"]);
}

/// The sheet of what waits is as good as the list of it.
#[test]
fn the_workbook_says_of_what_waits_what_the_list_says() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    reply(&office, 1, "a", "更正：前一封里“三份材料”应为“两份材料”，截图见附件。");
    office.run_ok(&["review", "note", "1", "--note", "已去信，等回复"]);
    office.run_ok(&["export", "--out", "book.xlsx"]);
    let book = Book::open(&office.path().join("book.xlsx"));
    let to_do = book.column("待核待办", "该核对什么").join("");
    let beside = book.column("待核待办", "请求、注意和办理情况").join("");
    says(&to_do, &["correct LNZX-2024-0001 内容"]);
    says(&beside, &["“三份材料”应为“两份材料”", "没有找到", "但没有收到", "说明：已去信，等回复"]);
    let listed = office.run_ok(&["review", "list", "--unmasked"]).stdout;
    for line in beside.lines() {
        says(&listed, &[line]);
    }
}

#[test]
fn small_things_that_stopped_a_clerk() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(
        &office,
        "2.eml",
        &Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(2) },
        IN_TIME,
    );
    import(&office, "n.eml", &of(9, "n", "午饭", "中午吃什么？"), IN_TIME);
    // Mail that is not ours is looked for by its day.
    says(&office.run_ok(&["list", "--not-ours", "--day", "3.12"]).stdout, &["n.eml"]);
    says(&office.run_ok(&["list", "--not-ours", "--day", "3.5"]).stdout, &["这几天没有与征集无关的邮件"]);
    // The kinds of what waits are counted.
    says(&office.run_ok(&["status"]).stdout, &["待核原因", "只列一种"]);
    office.run_ok(&["export", "--out", "book.xlsx"]);
    let again = office.run(&["export", "--out", "book.xlsx"]);
    says(&again.stderr, &["已有这个文件，没有覆盖；请另取文件名"]);
    says_not(&again.stderr, &["os error"]);
    office.run_ok(&["erase", "1", "--note", "本人要求", "--yes", "1"]);
    let shown = office.run_ok(&["show", "1"]).stdout;
    says(&shown, &["主题：已删除"]);
    refused(&office, &["erase", "2", "--note", "本人要求", "--yes", "1"], 64, "不一致");
}

/// Of two values written into an erased column the second is gone when it is taken back, and the first stands as it did; both are
/// gone when that is taken back too.
#[test]
fn what_was_written_last_into_an_erased_column_is_erased_with_its_undo() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    office.run_ok(&["erase", "1", "--only", "电话", "--note", "本人要求", "--yes", "1"]);
    office.run_ok(&["correct", "1", "电话", "13900001111", "--note", "本人来信同意"]);
    says(&office.run_ok(&["show", "1", "--corrections"]).stdout, &["原值：已删除"]);
    office.run_ok(&["correct", "1", "电话", "13900002222", "--note", "本人来信更正"]);
    office.run_ok(&["correct", "--undo", "1", "电话"]);
    let all = office.run_ok(&["show", "1", "--corrections", "--unmasked"]).stdout;
    says_not(&all, &["13900002222", "原值：（空）"]);
    says(&all, &["新值：[\"13900001111\"]"]);
    let phones = || office.rows().rows("SELECT phones FROM submission").remove(0)["phones"].clone();
    assert!(phones().contains("13900001111"), "{}", phones());
    office.run_ok(&["correct", "--undo", "1", "电话"]);
    says_not(&office.run_ok(&["show", "1", "--corrections", "--unmasked"]).stdout, &["1390000"]);
    assert_eq!(phones(), "[]");
    office.run_ok(&["verify"]);
}

/// Who is not followed is owed a reason where opinions are answered in public; with one, or followed, nothing is said.
#[test]
fn a_decision_against_an_opinion_says_that_its_reason_is_owed() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    let decide = |more: &[&str]| {
        let typed = [&["correct", "1", "--item", "1"], more].concat();
        office.run_ok(&typed).stdout
    };
    says_not(&decide(&["采纳情况", "采纳"]), &["没有写理由"]);
    says(&decide(&["采纳情况", "不采纳"]), &["没有写理由", "correct LNZX-2024-0001 --item 1 理由 理由"]);
    says_not(&decide(&["采纳情况", "采纳", "理由", "已写入"]), &["没有写理由"]);
    says_not(&decide(&["采纳情况", "不采纳"]), &["没有写理由"]);
}
