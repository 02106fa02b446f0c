//! What made a clerk hesitate who decided a whole queue with the manual beside it: each place says now what to type, what is missing,
//! and what is still owed.

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

use super::review::{IN_TIME, import, refused};

const FIRST: &str = "LNZX-2024-0001";

/// What comes later from the sender of letter `n`.
fn later(n: usize, id: &str, subject: &str, text: &str) -> Letter {
    Letter {
        message_id: format!("{id}@example.com"),
        subject: subject.to_owned(),
        text: format!("{text}\r\n"),
        ..letter(n)
    }
}

/// An answer to the receipt of letter `n`.
fn reply(office: &Office, n: usize, id: &str, text: &str) {
    let sql =
        format!("SELECT rfc822_message_id AS id FROM acknowledgement WHERE submission_id = {n} LIMIT 1");
    let receipt = office.rows().rows(&sql)[0]["id"].clone();
    let reply = Letter { in_reply_to: Some(receipt), ..later(n, id, "Re: 自动回执", text) };
    import(office, &format!("{id}.eml"), &reply, IN_TIME);
}

/// What came after the close, and was sent then by its writer's own date.
fn late(office: &Office, name: &str, letter: &Letter) {
    let raw = String::from_utf8(letter.raw()).unwrap().replace("Tue, 12 Mar 2024 10", "Fri, 15 Mar 2024 09");
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {}\r\n",
        super::review::TOO_LATE
    );
    std::fs::write(office.path().join(name), received + &raw).unwrap();
    office.run_ok(&["import", name]);
}

fn block(office: &Office, number: &str) -> String {
    let said = office.run_ok(&["review", "list"]).stdout;
    let found = said.split("\n\n").find(|block| block.starts_with(number));
    found.unwrap_or_else(|| panic!("{number} is not in\n{said}")).to_owned()
}

fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word} is not in\n{text}");
    }
}

/// The advice names the number, and what it names can be typed.
#[test]
fn advice_can_be_typed_as_it_stands() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    reply(&office, 1, "a", "更正：上封信中的“第1条意见”应为“第一条意见”。");
    let said = block(&office, FIRST);
    says(&said, &[&format!("correct {FIRST} 内容 新文字 --item N")]);
    assert!(!said.contains("没有找到"), "one of the words stands there: {said}");
    let done =
        office.run_ok(&["correct", FIRST, "内容", "建议窗口延长办理时间，这是第一条意见。", "--item", "1"]);
    says(&done.stdout, &["第 1 条意见内容 建议窗口"]);
    // Said of the letter it means the whole of it, as ever; and it is taken back as it was typed.
    office.run_ok(&["correct", "--undo", FIRST, "内容", "--item", "1"]);
    refused(&office, &["correct", FIRST, "内容", ""], 65, "不能清空");
    // What is hidden of both is not what differs.
    office.run_ok(&["correct", FIRST, "姓名", "王大可"]);
    let hidden = "（隐去或略去的部分不同）";
    says(&office.run_ok(&["correct", "--undo", FIRST, "姓名"]).stdout, &[hidden, "已撤销"]);
    says(&office.run_ok(&["show", FIRST]).stdout, &[hidden]);
    says(&office.run_ok(&["show", FIRST, "--corrections"]).stdout, &["（隐去的部分不同：加 --unmasked）"]);
    assert!(!office.run_ok(&["show", FIRST, "--corrections", "--unmasked"]).stdout.contains("隐去的部分"));

    import(&office, "2.eml", &letter(2), IN_TIME);
    reply(&office, 2, "b", "勘误：上封信中的“十日”改成“十个工作日”。");
    says(
        &block(&office, "LNZX-2024-0002"),
        &["注意：来信要更正的“十日”“十个工作日”在登记的来信中没有找到", "核实"],
    );

    // By a letter of its own: what to type names the earlier letter, of which enough is said to decide.
    import(&office, "3.eml", &later(1, "c", "更正", "请把我意见中的“三天”改成“五天”。"), IN_TIME);
    let said = block(&office, "LNZX-2024-0003");
    says(
        &said,
        &[
            "先看是不是本次征集的来信",
            &format!("correct {FIRST} 内容"),
            &format!("所涉来信：{FIRST}　王**（教师）"),
            "所涉意见1：建议窗口延长办理时间",
            "来信要更正的“三天”“五天”在登记的来信中没有找到",
        ],
    );
    assert!(said.find("主题与公告要求") < said.find("要求更正"), "what is asked first stands first: {said}");
    let own = later(2, "d", "更正", "我上封来信的电话写错了，请更正，联系电话：13900002222");
    import(&office, "4.eml", &own, IN_TIME);
    let said = block(&office, "LNZX-2024-0004");
    says(&said, &["照来信所写：correct LNZX-2024-0002 电话 --from-reply"]);
    says(&office.run_ok(&["correct", "2", "电话", "--from-reply"]).stdout, &["138****8000 → 139****2222"]);
    let waiting = office.rows().rows("SELECT 该核对什么 AS said FROM 待核邮件 WHERE 编号 = 'LNZX-2024-0003'");
    assert!(!waiting[0]["said"].contains("属于本次征集的确认，"), "{waiting:?}");
}

/// Whoever confirms is told what stands as it stood, and not once it was done.
#[test]
fn what_a_letter_asks_for_and_nobody_did_is_said_when_it_is_confirmed() {
    let office = Office::at_maildir();
    for (n, text) in [(1, "把我的手机号码从你们系统里删除吧。"), (2, "我的电话写错了，应为13900001111。")]
    {
        import(&office, &format!("{n}.eml"), &letter(n), IN_TIME);
        reply(&office, n, &format!("reply{n}"), text);
    }
    let erased = "注意：来信要求删除或查阅电话，LNZX-2024-0001 的电话仍在登记中；要删除的，执行 erase LNZX-2024-0001 --only 电话 --note 原因";
    let corrected =
        "注意：来信要求更正，LNZX-2024-0002 登记以后没有更正过；要更正的，执行 correct LNZX-2024-0002";
    let done = office.run_ok(&["review", "confirm", "1-2"]).stdout;
    says(&done, &["已确认", erased, corrected]);
    office.run_ok(&["review", "reopen", "1-2"]);
    // Nobody writes down that he told of an erasure that was not made.
    refused(&office, &["review", "confirm", "2,1", "--answered"], 65, "仍在登记中");
    office.run_ok(&["erase", FIRST, "--only", "phones", "--note", "本人要求", "--yes", FIRST]);
    office.run_ok(&["correct", "2", "phones", "13900001111", "--note", "本人来信"]);
    let done = office.run_ok(&["review", "confirm", "1-2"]).stdout;
    assert!(
        done.contains("已确认") && !done.contains("仍在登记中") && !done.contains("没有更正过"),
        "{done}"
    );
}

/// What nobody answers by itself is said when it is decided, once for all, and not to whoever wrote down that he answered.
#[test]
fn whoever_decides_is_told_what_is_owed_and_once() {
    let office = Office::at_maildir();
    for n in 1..=4 {
        import(&office, &format!("{n}.eml"), &letter(n), IN_TIME);
        // The third says something besides, and is told that it came: that answers no question.
        let text = match n {
            3 => "再提一点：建议周末也开放窗口。\r\n请问什么时候公布结果？",
            4 => "我想撤回意见。",
            _ => "请问什么时候公布结果？",
        };
        reply(&office, n, &format!("reply{n}"), text);
    }
    let done = office.run_ok(&["review", "confirm", "1", "2"]).stdout;
    says(
        &done,
        &[
            "LNZX-2024-0001、LNZX-2024-0002：来信询问，程序没有答复",
            "show LNZX-2024-0001 LNZX-2024-0002 --unmasked",
        ],
    );
    assert_eq!(done.matches("程序没有答复").count(), 1, "{done}");
    for answered in [&["--answered", "--note", "电话"][..], &["--note", "已答复，电话"]] {
        let done = office.run_ok(&[&["review", "confirm", "3"], answered].concat()).stdout;
        assert!(!done.contains("程序没有答复"), "{answered:?}: {done}");
        office.run_ok(&["review", "reopen", "3"]);
        office.run(&["correct", "--undo", "3", "说明"]);
    }
    // What a note says otherwise is not guessed at: a question to its writer is no answer.
    for note in ["待答复来信人", "已回信核实"] {
        let done = office.run_ok(&["review", "confirm", "3", "--note", note]).stdout;
        says(&done, &["LNZX-2024-0003：来信询问，程序没有答复", "以“已答复”开头的说明算已答复"]);
        office.run_ok(&["review", "reopen", "3"]);
    }
    let done = office.run_ok(&["review", "deny", "4", "--note", "同意撤回"]).stdout;
    says(&done, &["要求撤回或替换，程序没有答复"]);
    assert!(!office.run_ok(&["review", "reopen", "4"]).stdout.contains("程序没有答复"));

    // What can be told of several letters is one command.
    for n in 5..=7 {
        let near = Letter { subject: "高效办成一件事的建议".to_owned(), ..letter(n) };
        import(&office, &format!("{n}.eml"), &near, IN_TIME);
    }
    office.run_ok(&["run", "--once"]);
    let done = office.run_ok(&["review", "confirm", "5,6"]).stdout;
    says(&done, &["outbox release LNZX-2024-0005 LNZX-2024-0006，"]);
    assert_eq!(done.matches("outbox release").count(), 1, "{done}");
    // Who was told that his letter is looked at is told no more by the program when it is denied.
    let done = office.run_ok(&["review", "deny", "7"]).stdout;
    says(&done, &["LNZX-2024-0007：此前发出的回执写的是正在核对或者已收到，程序不再告知结果"]);
    // A reason that comes too late is not kept, and that is said.
    let done = office.run_ok(&["review", "deny", "7", "--note", "吉林省的方案"]).stdout;
    says(&done, &["没有改动", "--note 没有记下", "review reopen LNZX-2024-0007"]);
    assert!(!office.run_ok(&["review", "deny", "7"]).stdout.contains("--note"));
}

/// What was decided on and not answered is listed until somebody says that it was, and a note keeps a case waiting behind the others.
#[test]
fn what_is_not_answered_is_listed_and_what_is_noted_waits_behind_the_others() {
    let office = Office::at_maildir();
    for n in 1..=4 {
        import(&office, &format!("{n}.eml"), &letter(n), IN_TIME);
        reply(&office, n, &format!("reply{n}"), "请问什么时候公布结果？");
    }
    let listed = || office.run_ok(&["list", "--unanswered", "--json"]).stdout;
    let numbers = || listed().matches("\"number\"").count();
    let waits = || {
        let said = office.run_ok(&["review", "list"]).stdout;
        said.lines().filter_map(|line| line.strip_prefix("LNZX-2024-000")?.chars().next()).collect::<String>()
    };
    assert_eq!((numbers(), waits().as_str()), (0, "1234"));

    // A note keeps it waiting, behind the others, and is seen there.
    let said = office.run_ok(&["review", "note", "1", "--note", "已去信，等回复"]).stdout;
    says(&said, &["已记下办理说明“已去信，等回复”，仍待核", "correct --undo LNZX-2024-0001 说明"]);
    says(&office.run_ok(&["review", "note", "1", "--note", "已去信，等回复"]).stdout, &["没有改动"]);
    assert_eq!(waits(), "2341");
    says(&block(&office, FIRST), &["办理说明：已去信，等回复（"]);
    says(&office.run_ok(&["show", FIRST]).stdout, &["办理说明 （空） → 已去信，等回复"]);
    says(&office.run_ok(&["review", "list"]).stdout, &["其中 1 件写有办理说明"]);
    let limited = office.run_ok(&["review", "list", "--limit", "1"]).stdout;
    assert!(limited.starts_with("LNZX-2024-0002"), "{limited}");
    // Its sender writes again: it is looked at in its turn.
    reply(&office, 1, "again", "请问收到我的意见了吗？");
    assert_eq!(waits(), "1234");
    office.run_ok(&["review", "note", "2", "--note", "等处室回话"]);
    office.run_ok(&["correct", "--undo", "2", "说明"]);
    assert_eq!(waits(), "1234");
    refused(&office, &["review", "note", "1", "--note", " "], 64, "请写明办理说明");
    refused(&office, &["review", "note", "9", "--note", "x"], 65, "LNZX-2024-0009");

    // What is decided and not answered.
    let said = office.run_ok(&["review", "confirm", "1-3"]).stdout;
    says(&said, &["答复后执行 review answered LNZX-2024-0001 LNZX-2024-0002 LNZX-2024-0003"]);
    assert_eq!(numbers(), 3);
    let left = "已决定而尚未答复来信人的 3 件";
    says(&office.run_ok(&["status"]).stdout, &[&format!("尚未答复：{left}")]);
    says(&office.run_ok(&["review", "list"]).stdout, &[left]);
    says(&office.run_ok(&["status", "--json"]).stdout, &["\"unanswered\": 3"]);
    let said = office.run_ok(&["review", "answered", "1,2", "--note", "电话"]).stdout;
    says(&said, &["已记下办理说明“已答复：电话”；撤销"]);
    says(&office.run_ok(&["review", "answered", "1"]).stdout, &["此前已记下“已答复：电话”，没有改动"]);
    says(&office.run_ok(&["list", "--unanswered"]).stdout, &["来信询问：请问什么时候公布结果？"]);
    assert_eq!(numbers(), 1);
    says(&office.run_ok(&["review", "note", "3", "--note", "已转办公室答复"]).stdout, &["仍在尚未答复之列"]);
    office.run_ok(&["correct", "--undo", "1", "办理说明"]);
    assert_eq!(numbers(), 2);
    // Whoever asks once more is owed once more.
    reply(&office, 2, "more", "请问什么时候能出结果？");
    office.run_ok(&["review", "confirm", "2"]);
    assert!(listed().contains("LNZX-2024-0002"), "{}", listed());
    office.run_ok(&["review", "reopen", "2"]);
    assert!(!listed().contains("LNZX-2024-0002"), "it waits: {}", listed());
    office.run_ok(&["verify"]);
    let judged_again = office.run(&["reprocess"]);
    assert_eq!(judged_again.code, Some(0), "{judged_again:?}");

    // What was not marked while a trigger was missing is found again once it is mended.
    let kept = || office.rows().rows("SELECT * FROM awaiting ORDER BY submission_id");
    let before = kept();
    assert_eq!(before.len(), 2);
    let store = rusqlite::Connection::open(office.store_path()).unwrap();
    store.execute_batch("DROP TRIGGER submission_awaits; DELETE FROM awaiting").unwrap();
    drop(store);
    office.run_ok(&["run", "--once"]);
    assert_eq!(kept(), before);
}

/// Whoever was told that his letter is looked at, and whose letter does not count, is on the list of those who are owed a word, with the
/// command that settles it; so are all of whom the program can tell it, and none of whom it was told or who took his letter back.
#[test]
fn who_was_told_that_his_letter_is_looked_at_is_owed_what_came_of_it() {
    let office = Office::at_maildir();
    let near = |n| Letter { subject: "高效办成一件事的建议".to_owned(), ..letter(n) };
    for n in 1..=6 {
        import(&office, &format!("{n}.eml"), &near(n), IN_TIME);
    }
    late(&office, "7.eml", &near(7));
    let machine = Letter { message_id: "m8@example.com".to_owned(), ..near(8) };
    let machine = String::from_utf8(machine.raw()).unwrap();
    std::fs::write(office.path().join("8.eml"), format!("Precedence: bulk\r\n{machine}")).unwrap();
    office.run_ok(&["import", "8.eml"]);
    office.run_ok(&["run", "--once"]);
    let listed = || {
        let text = office.run_ok(&["list", "--unanswered", "--json"]).stdout;
        let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let of = |row: &serde_json::Value| {
            let number = row["number"].as_str().unwrap().trim_start_matches("LNZX-2024-000").to_owned();
            let owed = row["owed"].as_array().unwrap().iter();
            (number, owed.map(|owed| owed["command"].as_str().unwrap().to_owned()).collect::<Vec<_>>())
        };
        rows.iter().map(of).collect::<Vec<_>>()
    };
    assert!(listed().is_empty());
    // The third takes it back in another letter: that one is what he is answered.
    import(&office, "w3.eml", &later(3, "w3", "撤回意见", "我想撤回LNZX-2024-0003的意见。"), IN_TIME);

    let done = office.run_ok(&["review", "deny", "1,2"]).stdout;
    says(&done, &["告知后执行 review answered LNZX-2024-0001 LNZX-2024-0002"]);
    office.run_ok(&["review", "deny", "3", "--note", "来信人撤回"]);
    office.run_ok(&["review", "confirm", "4", "5"]);
    let done = office.run_ok(&["review", "deny", "6", "--answered", "--note", "电话"]).stdout;
    assert!(!done.contains("review answered"), "{done}");
    let done = office.run_ok(&["review", "confirm", "7"]).stdout;
    says(&done, &["尚未告知结果", "outbox release LNZX-2024-0007"]);
    office.run_ok(&["review", "deny", "8"]);
    let by_hand = |n: u8| (n.to_string(), vec![format!("review answered LNZX-2024-000{n}")]);
    let late = ("7".to_owned(), vec!["outbox release LNZX-2024-0007".to_owned()]);
    assert_eq!(listed(), [by_hand(1), by_hand(2), late]);

    says(&office.run_ok(&["status"]).stdout, &["尚未答复来信人的 3 件"]);
    says(&office.run_ok(&["review", "list"]).stdout, &["尚未答复来信人的 3 件"]);
    let list = office.run_ok(&["list", "--unanswered"]).stdout;
    says(
        &list,
        &[
            "告知不计入：",
            "告知列为逾期：",
            "review answered LNZX-2024-0001 LNZX-2024-0002\n",
            "outbox release LNZX-2024-0007\n",
            "另有 2 件已计入，回执写的是正在核对、无需重新发送，不另告知也可；要告知的：outbox release LNZX-2024-0004 LNZX-2024-0005\n",
        ],
    );
    office.run_ok(&["outbox", "release", "7", "4"]);
    office.run_ok(&["review", "answered", "1"]);
    assert_eq!(listed(), [by_hand(2)]);
    says(&office.run_ok(&["list", "--unanswered"]).stdout, &["另有 1 件已计入"]);
    office.run_ok(&["correct", "--undo", "1", "说明"]);
    assert_eq!(listed(), [by_hand(1), by_hand(2)]);
    office.run_ok(&["review", "reopen", "1", "2"]);
    assert!(listed().is_empty());
    // An answer that was held back before it left told nobody anything.
    import(&office, "9.eml", &near(9), IN_TIME);
    let number = office.rows().rows("SELECT max(number) AS n FROM submission").remove(0)["n"].clone();
    office.run_ok(&["review", "deny", &number]);
    assert_eq!(listed().len(), 1);
    office.run_ok(&["outbox", "hold", &number]);
    assert!(listed().is_empty());
    // Nor did the notice that a letter is late, held before it left; let go once more, it will.
    let late = ("7".to_owned(), vec!["outbox release LNZX-2024-0007".to_owned()]);
    office.run_ok(&["outbox", "hold", "7"]);
    assert_eq!(listed(), [late]);
    office.run_ok(&["outbox", "release", "7"]);
    assert!(listed().is_empty());
    office.run_ok(&["verify"]);
}

/// Whoever was told that his letter is registered is owed a word when it does not count any more, and what was held back is owed still.
#[test]
fn who_was_told_that_his_letter_is_registered_is_owed_that_it_does_not_count() {
    let office = Office::at_maildir();
    for n in 1..=4 {
        import(&office, &format!("{n}.eml"), &letter(n), IN_TIME);
    }
    let again = Letter { message_id: "again@example.com".to_owned(), ..letter(1) };
    import(&office, "again.eml", &again, IN_TIME);
    office.run_ok(&["run", "--once"]);
    let listed = || {
        let text = office.run_ok(&["list", "--unanswered", "--json"]).stdout;
        let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        rows.iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // What repeats another, and what its writer took back in another letter, is told of there.
    import(&office, "w3.eml", &later(3, "w3", "撤回意见", "我想撤回LNZX-2024-0003的意见。"), IN_TIME);
    office.run_ok(&["review", "deny", "3", "--note", "来信人撤回"]);
    assert!(listed().is_empty());
    let done = office.run_ok(&["review", "deny", "2", "--note", "与本次征集无关"]).stdout;
    says(&done, &["已收到", "告知后执行 review answered LNZX-2024-0002"]);
    office.run_ok(&["review", "deny", "4", "--note", "与本次征集无关", "--answered"]);
    assert_eq!(listed(), ["LNZX-2024-0002"]);
    says(
        &office.run_ok(&["list", "--unanswered"]).stdout,
        &["告知不计入：", "review answered LNZX-2024-0002"],
    );
    says(&office.run_ok(&["status"]).stdout, &["尚未答复来信人的 1 件"]);
    office.run_ok(&["review", "reopen", "2"]);
    assert!(listed().is_empty());
    office.run_ok(&["review", "deny", "2", "--note", "与本次征集无关"]);
    office.run_ok(&["review", "answered", "2", "--note", "电话"]);
    assert!(listed().is_empty());
    says(&office.run_ok(&["review", "answered", "2"]).stdout, &["此前已记下"]);

    // Who asked nothing is not answered, and what was noted of a case that waits is not lost.
    refused(&office, &["review", "answered", "1"], 65, "没有待答复、待告知的");
    reply(&office, 1, "q", "请问什么时候公布结果？");
    office.run_ok(&["review", "note", "1", "--note", "已去信，等回复"]);
    refused(&office, &["review", "answered", "1"], 65, "没有覆盖");
    office.run_ok(&["review", "confirm", "1", "--answered"]);
    assert!(listed().is_empty());

    // Nobody else's words become the writer's, and what is denied has no new ones.
    refused(&office, &["item", "add", "2", "建议窗口延长办理时间"], 65, "review reopen LNZX-2024-0002");
    let own = office.run_ok(&["item", "add", "1", "建议窗口延长办理时间"]).stdout;
    let strange = office.run_ok(&["item", "add", "1", "从未写过的话"]).stdout;
    assert!(!own.contains("注意") && strange.contains("注意：来信中没有这句话"), "{own}{strange}");

    // What is not found is looked for elsewhere.
    refused(&office, &["explain", "LNZX-2024-9999"], 65, "list --not-ours");
    says(&office.run_ok(&["search", "李晓红"]).stdout, &["list --not-ours", "reconcile"]);
    office.run_ok(&["verify"]);
}

/// What is masked need not be typed, what is meant is said, and what is told once is not told each time.
#[test]
fn small_places_that_made_a_clerk_look_elsewhere_say_what_they_mean() {
    let office = Office::at_maildir();
    for n in 1..=4 {
        import(&office, &format!("{n}.eml"), &letter(n), IN_TIME);
    }
    reply(&office, 1, "a", "姓名有误，应该是沈青禾");
    says(&block(&office, FIRST), &["照来信所写：correct LNZX-2024-0001 姓名 --from-reply"]);
    says(&office.run_ok(&["correct", "1", "姓名", "--from-reply"]).stdout, &["姓名 王** → 沈**，已更正"]);
    assert_eq!(office.json(&["show", "1", "--json", "--unmasked"])["name"], "沈青禾");
    reply(&office, 2, "b", "这个电话打不通，还有别的联系方式吗？");
    says(&block(&office, "LNZX-2024-0002"), &["注意：公告和回执中的电话："]);
    reply(&office, 3, "c", "不要把我的信息登到网上");
    says(
        &block(&office, "LNZX-2024-0003"),
        &["不愿公开姓名的，correct LNZX-2024-0003 标记 +要求匿名", "备注注明"],
    );

    // Of two long texts with one beginning the part is shown that differs.
    let long = "请明确委托办理时公证不是必须，简单的事项由本人写一纸授权即可，不必再去公证处排队，也不必";
    office.run_ok(&["correct", "4", "内容", &format!("{long}交费。"), "--item", "1"]);
    let said = office.run_ok(&["correct", "4", "内容", &format!("{long}等候。"), "--item", "1"]).stdout;
    says(&said, &["也不必交费。 → …", "也不必等候。，已更正"]);
    says(&office.run_ok(&["show", "4"]).stdout, &["更正：意见1内容 "]);

    // An old copy beside the store is told of once in full.
    let old = office.path().join("store.sqlite3.schema-22");
    std::fs::copy(office.store_path(), &old).unwrap();
    let erase =
        |n: &str| office.run_ok(&["erase", n, "--only", "电话", "--note", "本人要求", "--yes", n]).stdout;
    says(&erase("1"), &["请管理员核对后删去（办事员不必处理）：", "schema-22"]);
    let again = erase("2");
    assert!(again.contains("旧副本 1 个仍在") && !again.contains("schema-22"), "{again}");
    office.run_ok(&["correct", "3", "单位", "某某公司"]);
    let apart = ["erase", "3,4", "--only", "单位", "--note", "本人要求", "--yes", "3,4"];
    refused(&office, &apart, 65, "各件要删的项目不同的，分几次执行");
}

/// After an erasure nobody is sent to look for an address that is gone.
#[test]
fn what_was_erased_is_called_so() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    reply(&office, 1, "a", "请删除我的电话和邮箱。");
    let shown = office.run_ok(&["show", FIRST]).stdout;
    assert!(!shown.contains("已删除"), "{shown}");
    office.run_ok(&["erase", FIRST, "--only", "phones,emails", "--note", "应本人要求", "--yes", FIRST]);
    says(
        &office.run_ok(&["show", FIRST]).stdout,
        &["电话：已删除", "发件地址：已删除", " 收到，地址已删除；"],
    );
    says(&office.run_ok(&["explain", FIRST]).stdout, &["边界记录：已删除"]);
    says(&block(&office, FIRST), &[" 收到，地址已删除）："]);
    let done = office.run_ok(&["review", "confirm", FIRST]).stdout;
    says(&done, &["登记的地址、电话已删除", "只能在邮箱中的原件上回信"]);
    assert!(!done.contains("--unmasked"), "{done}");
}

/// What is the same as registered is nothing to decide on; files are named with how to open them.
#[test]
fn a_block_has_what_differs_and_how_to_open_a_file() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    reply(&office, 1, "a", "姓名：王小明\r\n职业：医生\r\n电话：13800138000");
    let said = block(&office, FIRST);
    says(&said, &["登记的姓名：王**，职业：教师", "补充来信写的职业：第 2 行“医生”"]);
    assert!(!said.contains("补充来信写的姓名") && !said.contains("补充来信写的电话"), "{said}");
    assert!(!said.contains("打开附件") && !said.contains("由补充来信补入"), "{said}");
    assert!(!said.contains("姓名也与登记的不同"), "{said}");
    // Masked, 王** and 王** may be two people.
    reply(&office, 1, "other", "姓名：王大力\r\n职业：医生");
    says(&block(&office, FIRST), &["补充来信写的姓名也与登记的不同，先核实是不是同一人"]);

    // The proof that somebody speaks of, and that did not come, is missed before one looks for it.
    reply(&office, 1, "b", "我13日22:10就发了，不是逾期，截图见附件，请核对。");
    says(&block(&office, FIRST), &["补充来信提到附件，但没有收到"]);

    let near = Letter { subject: "高效办成一件事的建议".to_owned(), ..letter(2) };
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n"
    );
    let raw = [received.into_bytes(), near.with_attachment(1, 300)].concat();
    std::fs::write(office.path().join("2.eml"), raw).unwrap();
    office.run_ok(&["import", "2.eml"]);
    says(
        &block(&office, "LNZX-2024-0002"),
        &["附件：a.zip", "打开附件：show LNZX-2024-0002 --save-attachments"],
    );
}

/// An erasure is called so where it is shown; what cannot be erased says what can.
#[test]
fn an_erasure_is_called_so_and_says_what_there_is() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    let erase = |only| ["erase", FIRST, "--only", only, "--note", "本人要求", "--yes", FIRST];
    refused(
        &office,
        &erase("单位,电话"),
        65,
        "已登记的有：姓名、电话、邮箱、职业（--only 姓名,电话,邮箱,职业）",
    );
    let done = office.run_ok(&erase("电话,邮箱")).stdout;
    says(&done, &["删除后没有地址可以答复来信人", &format!("已删除 {FIRST} 的电话、邮箱")]);
    let shown = office.run_ok(&["show", FIRST]).stdout;
    says(&shown, &["更正：电话 已删除（", "更正：邮箱 已删除（"]);
    let all = office.run_ok(&["show", "--corrections", FIRST]).stdout;
    assert!(
        all.contains("已删除\n") && ![&shown, &all].iter().any(|text| text.contains("（空）")),
        "{shown}{all}"
    );
}

/// Titles are printed with the brackets of print, whatever the configuration has.
#[test]
fn titles_have_the_brackets_of_print() {
    let office = Office::at_maildir();
    let path = office.path().join("consultations/liaoning.toml");
    let shipped =
        std::fs::read_to_string(crate::support::repository().join("config/consultations/liaoning-2024.toml"));
    std::fs::write(&path, shipped.unwrap()).unwrap();
    let house = Letter {
        text: "新建商品房办证卡在开发商欠税，不应让买房人承担后果。\r\n".to_owned(),
        ..letter(1)
    };
    import(&office, "1.eml", &house, IN_TIME);
    let check = office.run_ok(&["check"]).stdout;
    says(&check, &["的工作方案（征求意见稿）》截止", "（征求意见稿）》意见建议"]);
    for text in [check, office.run_ok(&["show", FIRST]).stdout, office.run_ok(&["explain", FIRST]).stdout] {
        assert!(!text.contains("(征求意见稿)") && !text.contains("(新建商品房)"), "{text}");
    }
    says(&office.run_ok(&["show", FIRST]).stdout, &["商品房不动产转移登记（新建商品房）〕"]);
}

/// Whoever decides need not search: the other letters of the sender, by his address or his telephone, stand in the block with what
/// became of them; and it is said if there are none.
#[test]
fn a_block_names_the_other_letters_of_its_sender() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    reply(&office, 1, "a", "我上周发的那封你们收到了吗");
    says(&block(&office, FIRST), &["同一发件人的其他来信：无（按发件地址和登记的电话查找）"]);
    // From the same address, the same again, and from another address with the same telephone.
    let other = "另外建议公开排队人数。";
    import(&office, "2.eml", &later(1, "2", &letter(1).subject, other), IN_TIME);
    import(&office, "3.eml", &later(1, "3", &letter(1).subject, other), IN_TIME);
    import(&office, "4.eml", &letter(4), IN_TIME);
    let strangers = Letter { text: "建议窗口增加座椅。\r\n".to_owned(), ..letter(5) };
    import(&office, "5.eml", &strangers, IN_TIME);
    let said = block(&office, FIRST);
    says(
        &said,
        &[
            "LNZX-2024-0002（2024-03-12 10:00:02 收到，已登记）",
            "LNZX-2024-0003（",
            "，重复）",
            "LNZX-2024-0004（",
        ],
    );
    assert!(!said.contains("LNZX-2024-0005") && !said.contains("citizen4"), "{said}");
    office.run_ok(&["review", "deny", "2", "--note", "本人来电"]);
    says(&block(&office, FIRST), &["LNZX-2024-0002（2024-03-12 10:00:02 收到，不计入"]);
}

/// What is wrong with a file, or that none came, is said before anybody looks for it; and from where an office writes.
#[test]
fn a_block_says_what_is_wrong_with_a_file_and_with_a_sender() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    reply(&office, 1, "a", "我发的附件你们能打开吗？");
    says(&block(&office, FIRST), &["来信人问到附件，但本件和补充来信都没有收到附件"]);

    let near = |n| Letter { subject: "高效办成一件事的建议".to_owned(), ..letter(n) };
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n"
    );
    let raw = [received.into_bytes(), near(2).with_attachment(1, 300)].concat();
    std::fs::write(office.path().join("2.eml"), raw).unwrap();
    office.run_ok(&["import", "2.eml"]);
    let fault = "打不开：内容不是 zip 文件";
    says(&block(&office, "LNZX-2024-0002"), &[&format!("注意：附件“a.zip”{fault}；请来信人重发")]);
    says(&office.run_ok(&["show", "2", "--save-attachments", "files"]).stdout, &[fault]);

    let text = "云岭市医疗保障局：建议窗口延长办理时间。\r\n\r\n云岭市医疗保障局\r\n2024年3月12日\r\n";
    for (n, host) in [(3, "163.com"), (4, "yunling.gov.cn")] {
        let agency = Letter { from: format!("ylyb{n}@{host}"), text: text.to_owned(), ..near(n) };
        import(&office, &format!("{n}.eml"), &agency, IN_TIME);
        let said = block(&office, &format!("LNZX-2024-000{n}"));
        assert_eq!(said.contains("发件地址是公众邮箱"), n == 3, "{said}");
    }
    // A subject that is in question is read to its end.
    let subject = format!("关于公开征求《{}》意见的公告末尾", crate::support::mailset::TITLE);
    import(&office, "6.eml", &Letter { subject, ..letter(6) }, IN_TIME);
    says(&block(&office, "LNZX-2024-0005"), &["公告末尾"]);
}

/// A dispute of lateness that was not granted is called so, whether it came as an answer or as a letter of its own.
#[test]
fn a_dispute_that_is_not_granted_ends_under_one_word() {
    let office = Office::at_maildir();
    for n in 1..=2 {
        late(&office, &format!("{n}.eml"), &letter(n));
    }
    let words = "我是13日晚上11点发的，不应算逾期，请核实";
    reply(&office, 1, "a", words);
    late(&office, "3.eml", &later(2, "b", "Re: 逾期", words));
    let (word, number) = ("逾期异议未予认可", "LNZX-2024-0003");
    says(&block(&office, FIRST), &[&format!("否定后：{word}，仍为逾期（意见汇总仍列，注明逾期）")]);
    says(&block(&office, number), &[&format!("否定后：{word}，LNZX-2024-0002 仍为逾期"), "本件不另计件"]);
    says(&office.run_ok(&["review", "deny", "1"]).stdout, &[&format!("{word}，仍为“逾期”")]);
    says(&office.run_ok(&["review", "deny", "3"]).stdout, &[&format!("{word}，本件不计入、不另计件")]);
    says(
        &office.run_ok(&["explain", FIRST]).stdout,
        &[&format!("经人工核对，{word}，列为逾期"), "意见汇总仍列"],
    );
    let list = office.run_ok(&["list"]).stdout;
    says(&list, &[&format!("逾期（{word}）"), &format!("不计入（{word}）")]);
    assert_eq!(list.matches(word).count(), 2, "{list}");
}

/// What is typed for a class stays, and a joint letter that counts for one says what to type.
#[test]
fn a_correction_says_what_it_keeps_and_what_comes_next() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    says(
        &office.run_ok(&["correct", FIRST, "职业", "社区保安"]).stdout,
        &["记为“工人”", "所写的“社区保安”留在更正说明中"],
    );
    says(&office.run_ok(&["show", FIRST, "--corrections"]).stdout, &["原写“社区保安”"]);
    says(&office.run_ok(&["show", FIRST]).stdout, &["职业原文：教师（来信所写；职业经人工更正）"]);
    office.run_ok(&["correct", "--undo", FIRST, "职业"]);
    assert!(!office.run_ok(&["show", FIRST]).stdout.contains("职业经人工更正"));
    let said = office.run_ok(&["correct", FIRST, "标记", "+联名"]).stdout;
    says(&said, &[&format!("人次仍为 1；联名的人数另行写明：correct {FIRST} 人次 人数")]);
    office.run_ok(&["correct", FIRST, "联名人数", "5"]);
    says(&office.run_ok(&["show", FIRST]).stdout, &["人次：5"]);
    let said = office.run_ok(&["correct", FIRST, "标记", "-联名", "人次", "1"]).stdout;
    assert!(!said.contains("人次仍为"), "{said}");
}

/// Of a group whose first letter does not count it is said which leads; which flags a wish means stands where it is advised.
#[test]
fn a_block_says_who_leads_a_group_and_which_flag_a_wish_is() {
    let office = Office::at_maildir();
    let text = "姓名：王小明\r\n\r\n建议在社区设置自助服务终端，方便老年人就近办理，并安排专人指导，减少往返大厅的次数。\r\n";
    for n in 1..=3 {
        import(&office, &format!("{n}.eml"), &Letter { text: text.to_owned(), ..letter(n) }, IN_TIME);
    }
    let show = |number: &str| office.run_ok(&["show", number]).stdout;
    says(&show(FIRST), &["本件为代表件（最先到的一件，其余与它比对）"]);
    let group = &office.rows().rows("SELECT 代表内容 AS said FROM 相同来信")[0];
    assert!(group["said"].starts_with("建议在社区"), "a group is shown by its first item: {group:?}");
    office.run_ok(&["review", "deny", "1", "--note", "本人撤回"]);
    says(&show(FIRST), &["本件为代表件（已不计入，只作比对；计入的以 LNZX-2024-0002 为首）"]);
    says(&show("2"), &["（已不计入，只作比对；计入的以本件为首）"]);
    says(
        &show("3"),
        &["与代表件 LNZX-2024-0001（已不计入，只作比对；计入的以 LNZX-2024-0002 为首）完全相同"],
    );
    reply(&office, 2, "a", "请以匿名方式公布我的意见");
    says(&block(&office, "LNZX-2024-0002"), &["加上标记“要求匿名”（correct LNZX-2024-0002 标记 +要求匿名；"]);
    reply(&office, 3, "b", "请不要公开我的意见");
    says(
        &block(&office, "LNZX-2024-0003"),
        &["加上标记“要求不公开”（correct LNZX-2024-0003 标记 +要求不公开；"],
    );
}

/// What a letter without items counts for, how a withdrawal is granted and what else holds an address stand once, where it is decided.
#[test]
fn a_block_says_what_counts_and_says_it_once() {
    let office = Office::at_maildir();
    let none = Letter { subject: "复函".to_owned(), from: "mzj@yunling.gov.cn".to_owned(), ..letter(1) };
    let text = format!("《{}》收悉，我局无意见。\r\n\r\n云岭市民政局\r\n", crate::support::mailset::TITLE);
    import(&office, "1.eml", &Letter { text, ..none }, IN_TIME);
    says(&block(&office, FIRST), &["确认后：已登记（无意见，计件不计条）"]);
    import(&office, "2.eml", &letter(2), IN_TIME);
    import(&office, "3.eml", &later(2, "c", "撤回", "我之前提交的意见请作废。"), IN_TIME);
    let said = block(&office, "LNZX-2024-0003");
    assert_eq!(said.matches("review deny LNZX-2024-0002").count(), 1, "{said}");
    import(&office, "4.eml", &later(2, "d", "信息", "请注销我登记的个人信息"), IN_TIME);
    says(
        &block(&office, "LNZX-2024-0004"),
        &["提出请求的本件也有发件地址，确认以后另行删除：erase LNZX-2024-0004 --only 邮箱"],
    );
    import(&office, "5.eml", &letter(5), IN_TIME);
    import(&office, "6.eml", &later(5, "f", &letter(5).subject, &letter(5).text), IN_TIME);
    says(&office.run_ok(&["search", "第5条意见"]).stdout, &["重复（与 LNZX-2024-0005 相同）"]);
}
