//! What a clerk is told who types a thing otherwise, looks for a letter that is not where he looks, or sees what is left of one.

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

use super::review::{IN_TIME, TOO_LATE, import, refused};

pub(crate) fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word} is not in\n{text}");
    }
}

pub(crate) fn says_not(text: &str, words: &[&str]) {
    for word in words {
        assert!(!text.contains(word), "{word} is in\n{text}");
    }
}

pub(crate) fn of(n: usize, id: &str, subject: &str, text: &str) -> Letter {
    let subject = if subject.is_empty() { letter(n).subject } else { subject.to_owned() };
    Letter { message_id: format!("{id}@example.com"), subject, text: format!("{text}\r\n"), ..letter(n) }
}

/// An answer to the receipt of letter `n`.
pub(crate) fn reply(office: &Office, n: usize, id: &str, text: &str) {
    let sql =
        format!("SELECT rfc822_message_id AS id FROM acknowledgement WHERE submission_id = {n} LIMIT 1");
    let in_reply_to = Some(office.rows().rows(&sql)[0]["id"].clone());
    let reply = Letter { in_reply_to, ..of(n, id, "Re: 自动回执", text) };
    import(office, &format!("{id}.eml"), &reply, IN_TIME);
}

#[test]
fn a_whole_text_is_not_replaced_by_a_word_unasked() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    for field in [&["来信内容"][..], &["内容", "--item", "1"]] {
        let typed = [&["correct", "1", field[0], "供热"], &field[1..]].concat();
        refused(&office, &typed, 64, "没有更正");
        let said = office.run(&typed).stderr;
        says(&said, &["会失去", "建议窗口延长办理时间", "--replace", "correct --undo LNZX-2024-0001"]);
        says_not(&said, &["王小明", "13800138000"]);
    }
    // A word that is put right is no replacement, and how to go back is said.
    let said = office
        .run_ok(&["correct", "1", "内容", "建议窗口缩短办理时间，这是第1条意见。", "--item", "1"])
        .stdout;
    says(&said, &["撤销：correct --undo LNZX-2024-0001 --item 1 意见内容"]);
    office.run_ok(&["correct", "1", "内容", "全部作废", "--item", "1", "--replace"]);
    office.run_ok(&["correct", "--undo", "1", "--item", "1", "意见内容"]);
    let text = office.rows().rows("SELECT text FROM opinion").remove(0)["text"].clone();
    assert_eq!(text, "建议窗口缩短办理时间，这是第1条意见。");
}

#[test]
fn what_is_printed_is_read_and_what_is_nested_wrongly_is_spelt() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    reply(&office, 1, "a", "请问什么时候公布结果？");
    for arguments in [
        &["list", "--sender-kind", "公民"][..],
        &["list", "--status", "待核（来信询问）"],
        &["list", "--status", "待核（来信询问等）"],
        &["review", "list", "--reason", "来信询问征求意见的有关事项，须答复"],
        &["review", "list", "--reason", "来信询问征求意见的有关事项"],
        &["review", "list", "--reason", "来信询问等"],
    ] {
        says(&office.run_ok(arguments).stdout, &["LNZX-2024-0001"]);
    }
    office.run_ok(&["correct", "1", "来信人类别", "公民"]);
    office.run_ok(&["correct", "1", "标记", "+联系信息不全（缺姓名、职业、电话）"]);
    for (arguments, right) in [
        (&["review", "correct", "1", "姓名", "某某"][..], "zwfw-intake correct 1 姓名 某某"),
        (&["review", "undo", "1"], "zwfw-intake review reopen 1"),
        (&["review", "split", "1", "1", "甲 乙", "丙"], "zwfw-intake item split 1 1 '甲 乙' 丙"),
        (&["review", "erase", "1"], "zwfw-intake erase 1"),
        (&["item", "correct", "1", "内容"], "zwfw-intake correct 1 内容"),
        (&["list", "review"], "zwfw-intake review list"),
        (&["show", "explain", "1"], "zwfw-intake explain 1"),
        (&["answered", "1"], "zwfw-intake review answered 1"),
    ] {
        let finished = office.run(arguments);
        assert!(finished.code == Some(64) || finished.code == Some(65), "{arguments:?}: {finished:?}");
        says(&finished.stderr, &[right]);
    }
    // What is only unknown is not explained.
    says_not(&office.run(&["list", "--nonsense"]).stderr, &["write: "]);
}

#[test]
fn a_name_that_was_erased_was_not_left_out_by_its_writer() {
    let office = Office::at_maildir();
    let signed = |n: usize, name: &str| {
        let text = format!(
            "各位领导：\r\n我是{name}，住在沈阳。\r\n建议窗口延长办理时间。\r\n\r\n姓名：{name}\r\n{name} 敬上"
        );
        of(n, &format!("s{n}"), "", &text)
    };
    import(&office, "1.eml", &signed(1, "罗文博"), IN_TIME);
    import(&office, "2.eml", &signed(2, "沈青禾"), IN_TIME);
    import(&office, "3.eml", &of(3, "s3", "", "建议公布进度。"), IN_TIME);
    office.run_ok(&["erase", "1", "--only", "姓名,邮箱", "--note", "本人要求", "--yes", "1"]);
    office.run_ok(&["erase", "2", "--note", "本人要求", "--yes", "2"]);
    let listed = office.run_ok(&["list"]).stdout;
    let of_number = |number: &str| listed.lines().find(|line| line.starts_with(number)).unwrap().to_owned();
    for number in ["LNZX-2024-0001", "LNZX-2024-0002"] {
        says(&of_number(number), &["已按要求删除"]);
        let shown = office.run_ok(&["show", number]).stdout;
        says(&shown, &["姓名：已按要求删除"]);
        says_not(&shown, &["未留姓名", "已**", "*]"]);
    }
    says(&of_number("LNZX-2024-0003"), &["未留姓名"]);
    let shown = office.run_ok(&["show", "1"]).stdout;
    says(&shown, &["我是[已删除]，住在沈阳。", "姓名：[已删除]\n", "[已删除] 敬上"]);
    let said = office.run_ok(&["correct", "1", "职业", "教师"]).stdout;
    says(&said, &["LNZX-2024-0001（已按要求删除，“"]);
    for view in ["来信一览", "意见汇总"] {
        says_not(&office.run_ok(&["view", view]).stdout, &["已**", "*]"]);
    }
    let table = office.run_ok(&["view", "意见汇总"]).stdout;
    let row = |number: &str| table.lines().find(|line| line.contains(number)).unwrap().to_owned();
    says(&row("LNZX-2024-0001"), &["已按要求删除"]);
    says(&row("LNZX-2024-0003"), &["未留姓名"]);
    office.run_ok(&["verify"]);
}

#[test]
fn what_was_said_when_a_detail_was_erased_is_not_said_again() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    reply(&office, 1, "a", "请把我的姓名、电话和邮箱删掉，其他保留。");
    let erased =
        office.run_ok(&["erase", "1", "--only", "姓名,电话,邮箱", "--note", "本人要求", "--yes", "1"]).stdout;
    says(&erased, &["先在邮箱中回信"]);
    let said = office.run_ok(&["review", "confirm", "1"]).stdout;
    says(&said, &["在邮箱中的原件上回信，然后执行 review answered LNZX-2024-0001"]);
    says_not(&said, &["再删除", "仍在登记中", "outbox release"]);
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn who_takes_his_opinion_back_may_want_his_data_gone_and_a_group_is_not_split_with_one_of_it() {
    let office = Office::at_maildir();
    let text = "建议窗口延长办理时间到晚上七点。另外建议大厅增设自助机和导办人员，引导老人使用。";
    for n in 1..=3 {
        import(&office, &format!("{n}.eml"), &of(n, &format!("g{n}"), "", text), IN_TIME);
    }
    let items = office.rows().rows("SELECT text FROM opinion WHERE submission_id = 1");
    let parts: Vec<&str> = items[0]["text"].split_inclusive('。').collect();
    if let [one, other] = parts[..] {
        let said = office.run_ok(&["item", "split", "1", "1", one, other]).stdout;
        says(&said, &["相同来信第 1 组共 3 件", "本件是代表件，仍是代表件", "其余 2 件的意见没有随之拆分"]);
        let said = office.run_ok(&["item", "split", "2", "1", one, other]).stdout;
        says(&said, &["本件仍在组中"]);
    } else {
        panic!("{items:?}");
    }
    import(&office, "4.eml", &letter(4), IN_TIME);
    says_not(
        &office.run_ok(&["item", "split", "4", "1", "建议窗口延长办理时间", "这是第4条意见"]).stdout,
        &["相同来信"],
    );
    reply(&office, 4, "w", "请删除我提的意见。");
    says(&office.run_ok(&["review", "list"]).stdout, &["erase LNZX-2024-0004 --note 原因"]);
}

/// "Why is my letter not in the table?" is answered by `explain` alone, whatever became of it.
#[test]
fn explain_says_of_every_letter_whether_it_is_in_the_table() {
    let office = Office::at_maildir();
    let near = "高效办成一件事的建议";
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(&office, "2.eml", &Letter { message_id: "again@example.com".to_owned(), ..letter(1) }, IN_TIME);
    import(&office, "3.eml", &of(3, "n3", near, "建议延长办理时间。"), IN_TIME);
    import(&office, "4.eml", &of(4, "n4", near, "建议延长午间时间。"), IN_TIME);
    let late =
        String::from_utf8(letter(5).raw()).unwrap().replace("Tue, 12 Mar 2024 10", "Fri, 15 Mar 2024 09");
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {TOO_LATE}\r\n"
    );
    std::fs::write(office.path().join("5.eml"), received + &late).unwrap();
    office.run_ok(&["import", "5.eml"]);
    import(&office, "6.eml", &of(6, "n6", "", "某某市人力资源和社会保障局无意见。"), IN_TIME);
    import(&office, "7.eml", &letter(7), IN_TIME);
    import(&office, "8.eml", &letter(8), IN_TIME);
    import(&office, "9.eml", &letter(9), IN_TIME);
    reply(&office, 7, "w7", "我想撤回意见。");
    import(&office, "10.eml", &of(10, "q", near, "请问什么时候公布结果？"), IN_TIME);
    let machine = String::from_utf8(of(11, "m", "自动回复", "我正在休假。").raw()).unwrap();
    std::fs::write(office.path().join("m.eml"), format!("Auto-Submitted: auto-replied\r\n{machine}"))
        .unwrap();
    office.run_ok(&["import", "m.eml"]);
    import(&office, "12.eml", &of(12, "o", "端午节团购", "粽子到了。"), IN_TIME);
    office.run_ok(&["review", "deny", "3"]);
    office.run_ok(&["review", "deny", "7", "--note", "同意撤回"]);
    office.run_ok(&["erase", "8", "--note", "本人要求", "--yes", "8"]);
    office.run_ok(&["item", "drop", "9", "1"]);
    office.run_ok(&["review", "confirm", "10"]);
    for (which, words) in [
        ("LNZX-2024-0001", &["意见汇总列有其 1 条"][..]),
        ("LNZX-2024-0002", &["列为重复", "意见汇总不列本件，意见列在 LNZX-2024-0001 之下，只计一次"]),
        ("LNZX-2024-0003", &["不属于本次征集", "意见汇总不列"]),
        ("LNZX-2024-0004", &["等待人工核对", "意见汇总现在不列"]),
        ("LNZX-2024-0005", &["列为逾期", "意见汇总仍列，注明逾期"]),
        ("LNZX-2024-0006", &["意见汇总只有一行“（无意见）”"]),
        ("LNZX-2024-0007", &["撤回", "意见汇总不列", "该件现为“不计入（已撤回）”"]),
        ("LNZX-2024-0008", &["整件已按要求删除", "意见汇总不列"]),
        ("LNZX-2024-0009", &["条目都列为非意见", "没有内容"]),
        ("LNZX-2024-0010", &["已办理", "意见汇总不列"]),
        ("m.eml", &["机器自动发出的邮件", "不在意见汇总中"]),
        ("12.eml", &["与征集无关", "不在意见汇总中"]),
    ] {
        let said = office.run_ok(&["explain", which]).stdout;
        let conclusion: String = said.lines().filter(|line| line.starts_with("结论")).collect();
        says(&conclusion, words);
    }
}

/// A wish beside an opinion that comes later is a mark of the letter, as if it had stood in the letter; one that comes alone waits.
#[test]
fn a_wish_in_a_supplement_marks_the_letter() {
    let office = Office::at_maildir();
    for n in 1..=4 {
        import(&office, &format!("{n}.eml"), &letter(n), IN_TIME);
    }
    reply(&office, 1, "a", "再提一点：建议周末也开放窗口。请不要公开我的姓名。");
    reply(&office, 2, "b", "再提一点：建议周末也开放窗口。另外我要求匿名。");
    reply(&office, 3, "c", "请不要公开我的姓名。");
    reply(&office, 4, "d", "再提一点：建议周末也开放窗口。");
    let flagged = |flag: &str| {
        let listed = office.run_ok(&["list", "--flag", flag]).stdout;
        listed
            .lines()
            .filter_map(|line| line.strip_prefix("LNZX-2024-000")?.chars().next())
            .collect::<String>()
    };
    assert_eq!((flagged("要求不公开").as_str(), flagged("要求匿名").as_str()), ("1", "2"));
    assert_eq!(office.rows().count("SELECT count(*) FROM submission WHERE status = 'review'"), 1);
    says(
        &office.run_ok(&["show", "1"]).stdout,
        &["标记：要求不公开；只不公开个人信息\n", "更正：标记 （空） → 要求不公开、只不公开个人信息"],
    );
    says(&office.run_ok(&["view", "意见汇总"]).stdout, &["补充来信；不公开个人信息", "补充来信；要求匿名"]);
    let marked = office.run_ok(&["view", "来信一览"]).stdout;
    says(&marked, &["要求不公开", "要求匿名"]);
    // The one that waits is marked by whoever decides; a mark can be taken off again.
    office.run_ok(&["correct", "3", "标记", "+要求不公开"]);
    office.run_ok(&["correct", "--undo", "2", "标记"]);
    assert_eq!((flagged("要求不公开").as_str(), flagged("要求匿名").as_str()), ("13", ""));
    office.run_ok(&["verify"]);
    let judged_again = office.run(&["reprocess"]);
    assert_eq!(judged_again.code, Some(0), "{judged_again:?}");
}

/// Whatever a later mail gives otherwise is taken from there, and the block says so of each.
#[test]
fn every_detail_that_a_reply_gives_otherwise_is_taken_from_it() {
    let office = Office::at_maildir();
    let mine = "建议窗口延长办理时间。\r\n姓名：贺知秋\r\n职业：教师\r\n电话：13900001122";
    import(&office, "1.eml", &of(1, "one", "", mine), IN_TIME);
    reply(&office, 1, "a", "姓名：贺知春\r\n职业：医生\r\n电话：13900001129\r\n邮箱：hzc@example.org");
    let block = office.run_ok(&["review", "list"]).stdout;
    says(&block, &["补充来信中的姓名、职业或电话与原登记不一致"]);
    for field in ["姓名", "职业", "电话", "邮箱"] {
        says(&block, &[&format!("correct LNZX-2024-0001 {field} --from-reply")]);
        office.run_ok(&["correct", "1", field, "--from-reply"]);
    }
    let row = office.rows().rows("SELECT name, occupation, phones, emails FROM submission").remove(0);
    assert_eq!((row["name"].as_str(), row["phones"].as_str()), ("贺知春", "[\"13900001129\"]"));
    assert_eq!(row["emails"], "[\"hzc@example.org\"]");
}

/// A hyphen makes a range of what was meant for one number: letters that count go together only by their count.
#[test]
fn several_letters_that_count_are_not_denied_by_one_slip() {
    let office = Office::at_maildir();
    for n in 1..=3 {
        import(&office, &format!("{n}.eml"), &letter(n), IN_TIME);
    }
    for n in 4..=5 {
        let near = Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(n) };
        import(&office, &format!("{n}.eml"), &near, IN_TIME);
    }
    let slip = ["review", "deny", "LNZX-2024-0001-0003", "--note", "手误"];
    refused(&office, &slip, 64, "--yes 3");
    says(
        &office.run(&slip).stderr,
        &["没有改动任何一件", "LNZX-2024-0001", "LNZX-2024-0003", "经核对不计入"],
    );
    refused(&office, &[&slip[..], &["--yes", "2"]].concat(), 64, "--yes 3");
    // What waits is decided in ranges as before, and one that counts beside it by its note.
    office.run_ok(&["review", "deny", "4-5"]);
    office.run_ok(&["review", "reopen", "4-5"]);
    let said = office.run_ok(&["review", "deny", "3-5", "--note", "来信人撤回"]).stdout;
    says(&said, &["撤销：review reopen LNZX-2024-0003\n"]);
    office.run_ok(&["review", "reopen", "3"]);
    let said = office.run_ok(&[&slip[..], &["--yes", "3"]].concat()).stdout;
    says(&said, &["撤销：review reopen LNZX-2024-0001,LNZX-2024-0002,LNZX-2024-0003\n"]);
    office.run_ok(&["review", "reopen", "LNZX-2024-0001,LNZX-2024-0002,LNZX-2024-0003"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM submission WHERE status = 'accepted'"), 3);
}

#[test]
fn a_letter_does_not_count_for_many_people_unsaid() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    let said = office.run_ok(&["correct", "1", "人次", "300"]).stdout;
    says(&said, &["注意：本件原登记 1 人次", "联名", "撤销：correct --undo LNZX-2024-0001 人次"]);
    office.run_ok(&["correct", "--undo", "1", "人次"]);
    refused(&office, &["correct", "1", "人次", "30000"], 64, "--note");
    office.run_ok(&["correct", "1", "人次", "30000", "--note", "签名册共三万人"]);
    says_not(&office.run_ok(&["correct", "1", "人次", "1"]).stdout, &["注意"]);
    says_not(&office.run_ok(&["correct", "1", "人次", "27", "标记", "+联名"]).stdout, &["注意"]);
    says_not(&office.run_ok(&["correct", "1", "人次", "31"]).stdout, &["注意"]);
    says(&office.run_ok(&["correct", "1", "人次", "310"]).stdout, &["注意：本件原登记 31 人次"]);
}

#[test]
fn what_is_typed_otherwise_is_told_in_the_right_form() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    for marks in [&["+要求匿名", "+要求不公开"][..], &["+要求匿名", "+要求不公开", "+联名"]]
    {
        let typed = [&["correct", "1", "标记"], marks].concat();
        refused(&office, &typed, 64, "correct 1 标记 +要求匿名、+要求不公开");
        refused(&office, &typed, 64, "correct 1 标记 +要求匿名 标记 +要求不公开");
    }
    refused(&office, &["correct", "1", "姓名", "王某", "职业"], 64, "correct 编号 项目 新值");
    // What `item drop` did is no arrangement: the command that takes it back is said.
    office.run_ok(&["item", "drop", "1", "1"]);
    let undo = "correct --undo LNZX-2024-0001 --item 1 采纳情况";
    refused(&office, &["correct", "--undo", "1", "条目"], 65, undo);
    office.run_ok(&undo.split(' ').collect::<Vec<_>>());
    says_not(&office.run(&["correct", "--undo", "1", "条目"]).stderr, &["非意见"]);
}

#[test]
fn what_was_erased_is_not_asked_for_again() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    let erase = |only: &'static str| ["erase", "1", "--only", only, "--note", "本人要求", "--yes", "1"];
    office.run_ok(&erase("电话"));
    says(&office.run_ok(&erase("电话")).stdout, &["此前都已删除"]);
    refused(&office, &erase("电话,姓名"), 65, "电话此前已删除，不必再删；其余的另执行：--only 姓名");
    refused(&office, &erase("单位"), 65, "没有登记单位");
    // One that is registered anew is erased anew.
    office.run_ok(&["correct", "1", "电话", "13900001122", "--note", "本人来信同意"]);
    says_not(&office.run_ok(&erase("电话,姓名")).stdout, &["此前都已删除"]);
}

/// Who wants his name kept from the public need not lose his opinion there, and what a person decided on the marks stands, whatever a
/// supplement says.
#[test]
fn what_staff_decide_on_a_wish_is_what_is_published() {
    let office = Office::at_maildir();
    let mine = "姓名：王小明\r\n\r\n建议在社区设置自助服务终端，方便老年人就近办理，并安排专人指导。\r\n";
    for n in 1..=4 {
        import(&office, &format!("{n}.eml"), &Letter { text: mine.to_owned(), ..letter(n) }, IN_TIME);
    }
    reply(&office, 1, "a", "我的名字请勿公示。");
    reply(&office, 2, "b", "意见可以公开，请不要公开我的姓名。");
    reply(&office, 3, "c", "请不要公开我的意见。");
    reply(&office, 4, "d", "再提一点：建议周末也开放窗口。请不要公开我的意见。");
    let block = |n: usize| {
        let listed = office.run_ok(&["review", "list"]).stdout;
        let found = listed.split("\n\n").find(|block| block.contains(&format!("LNZX-2024-000{n}　")));
        found.unwrap_or_else(|| panic!("{n}: {listed}")).to_owned()
    };
    says(&block(1), &["加上标记“要求匿名”（correct LNZX-2024-0001 标记 +要求匿名；"]);
    says(&block(2), &["加上标记“要求匿名”（correct LNZX-2024-0002 标记 +要求匿名；"]);
    says(&block(3), &["加上标记“要求不公开”（correct LNZX-2024-0003 标记 +要求不公开；"]);
    for (number, mark) in [("1", "+要求匿名"), ("2", "-要求不公开"), ("3", "+要求不公开")] {
        office.run_ok(&["correct", number, "标记", mark]);
    }
    says(&office.run_ok(&["correct", "2", "标记", "-要求不公开"]).stdout, &["没有改动"]);
    office.run_ok(&["review", "confirm", "1-3"]);
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["group", "rename", "1", "社区设自助终端"]);
    office.run_ok(&["group", "decide", "1", "采纳"]);
    let mut exports = 0..;
    let mut hidden = |due: usize| {
        let name = format!("{}.csv", exports.next().unwrap());
        says(&office.run_ok(&["export", "--public", "--out", &name]).stdout, &[&format!("要求不公开 {due}")]);
    };
    hidden(2);
    office.run_ok(&["correct", "4", "标记", "-要求不公开"]);
    hidden(1);
    // What is taken back was not decided.
    office.run_ok(&["correct", "--undo", "4", "标记"]);
    hidden(2);
    // What a supplement says stands once more, and these two speak of a name alone.
    office.run_ok(&["correct", "--undo", "1", "标记"]);
    office.run_ok(&["correct", "--undo", "2", "标记"]);
    hidden(2);
    office.run_ok(&["correct", "--undo", "3", "标记"]);
    hidden(2);
    // Where both are named, a person settles which is meant.
    import(&office, "5.eml", &Letter { text: mine.to_owned(), ..letter(5) }, IN_TIME);
    reply(&office, 5, "e", "请不要公开我的姓名，也不要公开我的意见。");
    let of = |mark: &str| format!("correct LNZX-2024-0005 标记 +{mark}：");
    says(&block(5), &[&of("要求匿名"), &of("要求不公开")]);
    office.run_ok(&["verify", "--replay"]);
}
