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
    let waiting = office.rows().rows("SELECT 该核对什么 AS said FROM 待核邮件 WHERE 编号 = 'LNZX-2024-0003'");
    assert!(!waiting[0]["said"].contains("属于本次征集的确认，"), "{waiting:?}");
}

/// What nobody answers by itself is said when it is decided, once for all, and not to whoever wrote down that he answered.
#[test]
fn whoever_decides_is_told_what_is_owed_and_once() {
    let office = Office::at_maildir();
    for n in 1..=4 {
        import(&office, &format!("{n}.eml"), &letter(n), IN_TIME);
        let text = if n == 4 { "我想撤回意见。" } else { "请问什么时候公布结果？" };
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
    let done = office.run_ok(&["review", "confirm", "3", "--note", "已电话答复"]).stdout;
    assert!(!done.contains("程序没有答复"), "{done}");
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
    says(&done, &["LNZX-2024-0007：此前发出的回执写的是正在核对，程序不再告知结果"]);
    // A reason that comes too late is not kept, and that is said.
    let done = office.run_ok(&["review", "deny", "7", "--note", "吉林省的方案"]).stdout;
    says(&done, &["没有改动", "--note 没有记下", "review reopen LNZX-2024-0007"]);
    assert!(!office.run_ok(&["review", "deny", "7"]).stdout.contains("--note"));
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
    assert!(!said.contains("打开附件"), "{said}");

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
