//! What a clerk sees: tables that fit the terminal, cases that are decided from the list, a letter in the order of his questions.

use serde_json::json;
use unicode_width::UnicodeWidthStr;

use crate::moves::consultation;
use crate::review::{IN_TIME, TOO_LATE, import};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

/// Runs the program as in `script`, on a terminal of so many columns.
fn on_a_terminal(office: &mut Office, columns: &str, arguments: &[&str]) -> String {
    office.under(&["sh", "-c", r#"exec script -qec "stty cols $0; $*" /dev/null"#, columns]);
    let said = office.run_ok(arguments).stdout.replace('\r', "");
    office.under(&[]);
    said
}

/// 1 greets, 2 is joint, 3 asks to withdraw, 4 came late, 5 came late and was sent in time, 6 is a near miss.
fn office() -> Office {
    let office = Office::at_maildir();
    let texts = [
        "各位领导好！\r\n我叫何春梅，是阜新的一名农民，电话15049341357。\r\n一、建议将退休审批所需的材料一次性告知。\r\n二、建议二手房过户时水电气一并过户。\r\n谢谢！\r\n",
        "我们几户商户联名建议：夜间服务窗口延长到八点。\r\n签名：\r\n张大海\r\n李小明\r\n王建国\r\n赵大伟\r\n孙文静\r\n",
        "我要撤回我的意见。\r\n",
        "建议政务大厅周末也开门。\r\n姓名：郑大迟\r\n",
        "建议增设老年人专窗。\r\n姓名：周小明\r\n",
        "建议告知承诺书写得明白些。\r\n姓名：叶知秋\r\n",
    ];
    for (n, text) in (1..).zip(texts) {
        let subject =
            if n == 6 { "关于高效办成一件事的建议".to_owned() } else { letter(n).subject };
        let letter = Letter { subject, text: text.to_owned(), ..letter(n) };
        match n {
            4 => {
                let raw =
                    String::from_utf8(letter.raw()).unwrap().replace("Tue, 12 Mar 2024", "Fri, 15 Mar 2024");
                let received = format!("Received: from a.example.com by mx.ln.gov.cn; {TOO_LATE}\r\n");
                std::fs::write(office.path().join("4.eml"), format!("{received}{raw}")).unwrap();
                office.run_ok(&["import", "4.eml"]);
            }
            5 => import(&office, "5.eml", &letter, TOO_LATE),
            n => import(&office, &format!("{n}.eml"), &letter, IN_TIME),
        }
    }
    office
}

/// Where a case rests on a quotation the quoted words are read in the list; and who really sent a mail.
#[test]
fn a_case_that_rests_on_a_quotation_shows_it_and_who_sent_it() {
    let office = Office::at_maildir();
    let text = "我同意下面这位的意见。\r\n\r\n----- 原始邮件 -----\r\n发件人：李晓梅 <li@example.org>\r\n日期：2024年3月11日\r\n主题：意见\r\n\r\n建议政务大厅周末也开放窗口。\r\n";
    let letter = Letter { text: text.to_owned(), ..letter(1) };
    let raw = String::from_utf8(letter.raw()).unwrap();
    let raw = raw.replacen("To: ", "Sender: <assistant@example.net>\r\nTo: ", 1);
    std::fs::write(office.path().join("1.eml"), raw).unwrap();
    office.run_ok(&["import", "1.eml"]);
    // A letter without a subject says so, and of several consultations it is called by its name.
    consultation(&office, "2024-03-01", "2024-03-31");
    let bare = Letter {
        subject: String::new(),
        text: "建议增设母婴室。\r\n".to_owned(),
        ..crate::support::letter::letter(2)
    };
    import(&office, "2.eml", &bare, IN_TIME);
    let listed = office.run_ok(&["review", "list"]).stdout;
    assert!(listed.contains("主题：（无主题）") && !listed.contains("征求意见：liaoning"), "{listed}");
    assert!(listed.contains("建议政务大厅周末也开放窗口。") && !listed.contains("李晓梅"), "{listed}");
    assert!(listed.contains("代发：邮件写明由 a***@example.net"), "{listed}");
    let open = office.run_ok(&["review", "list", "--unmasked"]).stdout;
    assert!(open.contains("assistant@example.net"), "{open}");
    office.run_ok(&["verify"]);
    office.run_ok(&["reprocess"]);
}

/// What waits and what is withheld stand apart, and no row wraps.
#[test]
fn answers_are_listed_by_state_within_the_terminal() {
    let mut office = office();
    for columns in [80, 100] {
        let said = on_a_terminal(&mut office, &columns.to_string(), &["outbox", "list"]);
        assert!(said.contains("待发（") && said.contains("不发（"), "{said}");
        for line in said.lines() {
            assert!(line.width() <= columns, "{columns}: {line}");
        }
    }
    let said = office.run_ok(&["correct", "6", "条款", "跨域办", "--item", "1"]).stdout;
    assert!(said.contains("（跨域办）"), "{said}");
    let refused = office.run(&["correct", "3", "标记", "联名"]);
    assert!(refused.stderr.contains("+联名") && !refused.stderr.contains("withdraw"), "{refused:?}");
}

#[test]
fn a_list_fits_its_terminal_and_begins_with_the_opinion() {
    let mut office = office();
    office.run_ok(&["review", "confirm", "5"]);
    office.run_ok(&["review", "deny", "3"]);
    for columns in [60, 80, 100, 160] {
        let said = on_a_terminal(&mut office, &columns.to_string(), &["list"]);
        assert_eq!(said.lines().count(), 7, "{said}");
        for line in said.lines() {
            assert!(line.width() <= columns, "{columns}: {line}");
        }
        let has = |number: usize, words: &[&str]| {
            let line = said.lines().nth(number).unwrap();
            for word in words {
                assert!(line.contains(word), "{columns} columns: {line} has no {word}");
            }
        };
        has(1, &["LNZX-2024-0001", "2024-03-1", "建"]);
        has(3, &["不计入（所提", "我"]);
        has(5, &["已登记"]);
        if columns >= 80 {
            has(1, &["2024-03-12 10:00 ", "建议将退休"]);
            has(2, &["等5人"]);
            has(5, &["已登记（计入", "建议增设"]);
            has(6, &["待核（主题未"]);
        }
        assert!(!said.contains("10:00:02") && !said.contains("领导好"), "{said}");
        assert!(said.contains("机") || !said.contains("按时  "), "{said}");
    }
    // Who reads it from a file gets every column.
    let said = office.run_ok(&["list"]).stdout;
    for word in
        ["相同来信组", "2024-03-12 10:00:02", "不计入（所提请求未予办理）", "待核（主题未按公告注明）"]
    {
        assert!(said.contains(word), "{word}: {said}");
    }
    let rows = office.json(&["list", "--json"]);
    assert_eq!(rows[0]["opinion"], json!("建议将退休审批所需的材料一次性告知。"));
    assert_eq!((&rows[1]["signatories"], &rows[2]["opinion"]), (&json!(5), &json!(null)));
    assert!(rows[0]["comment"].as_str().unwrap().starts_with("各位领导好"), "{rows:#}");
}

/// Characters beyond the basic plane and pictures take their cells too: no row wraps, and columns begin below each other.
#[test]
fn rare_characters_and_pictures_stand_in_their_columns() {
    let mut office = Office::at_maildir();
    let said = [
        ("𠮷野䶮", "𠮷䶮𡈽建议窗口延长办理时间👍🏽👨\u{200d}👩\u{200d}👧，周末也开。"),
        ("王小明", "建议窗口公开办事指南，并且周末也开。"),
        ("䶮春梅", "䶮䶮䶮䶮 😀😀 建议增设无障碍通道🇨🇳。"),
    ];
    for (n, (name, said)) in (1..).zip(said) {
        let text = format!("姓名：{name}\r\n职业：教师\r\n电话：1380013800{n}\r\n\r\n{said}\r\n");
        import(&office, &format!("{n}.eml"), &Letter { text, ..letter(n) }, IN_TIME);
    }
    for columns in [80, 100, 160] {
        for command in ["list", "search 建议"] {
            let words: Vec<&str> = command.split(' ').collect();
            let said = on_a_terminal(&mut office, &columns.to_string(), &words);
            let rows: Vec<&str> = said.lines().filter(|line| line.contains("LNZX-2024-000")).collect();
            assert_eq!(rows.len(), 3, "{said}");
            assert!(said.lines().all(|line| line.width() <= columns), "{columns} {command}: {said}");
            let places = rows.iter().map(|row| row.split_once("2024-03").map(|(before, _)| before.width()));
            let places: Vec<_> = places.collect();
            assert!(
                places[0].is_some() && places.iter().all(|place| *place == places[0]),
                "{columns}: {said}"
            );
        }
        let shown = on_a_terminal(&mut office, &columns.to_string(), &["show", "1", "--unmasked"]);
        assert!(shown.contains("𠮷野䶮") && shown.contains("𠮷䶮𡈽建议"), "{shown}");
    }
}

#[test]
fn a_list_is_read_page_by_page() {
    let office = office();
    let numbers = |arguments: &[&str]| -> Vec<String> {
        let rows = office.json(&[&["list", "--json"], arguments].concat());
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["number"].as_str().unwrap().trim_start_matches("LNZX-2024-").to_owned())
            .collect()
    };
    assert_eq!(numbers(&[]), ["0001", "0002", "0003", "0004", "0005", "0006"]);
    assert_eq!(numbers(&["--limit", "2"]), ["0005", "0006"]);
    assert_eq!(numbers(&["--limit", "2", "--after", "1"]), ["0002", "0003"]);
    assert_eq!(numbers(&["--after", "LNZX-2024-0004"]), ["0005", "0006"]);
    assert_eq!(numbers(&["--after", "6"]), [""; 0]);
    assert_eq!(office.run(&["list", "--after", "77"]).code, Some(65));
    // A page says that it is one, and how the next is found.
    let page = office.run_ok(&["list", "--limit", "4"]).stdout;
    assert!(!page.contains("0002") && page.contains("0003") && page.contains("只列出最新的 4 件"), "{page}");
    let page = office.run_ok(&["list", "--after", "1", "--limit", "4"]).stdout;
    assert!(page.contains("0005") && !page.contains("0006"), "{page}");
    assert!(page.contains("后面还有：list --after LNZX-2024-0005"), "{page}");
    for whole in [&["list", "--limit", "6"][..], &["list", "--after", "3", "--limit", "3"], &["list"]] {
        let whole = office.run_ok(whole).stdout;
        assert!(whole.contains("0006") && !whole.contains("还有"), "{whole}");
    }
}

#[test]
fn a_terminal_shows_the_newest_fifty() {
    let mut office = Office::at_maildir();
    for n in 1..=52 {
        import(&office, &format!("{n}.eml"), &letter(n), IN_TIME);
    }
    let said = on_a_terminal(&mut office, "100", &["list"]);
    assert!(said.contains("LNZX-2024-0003 ") && !said.contains("LNZX-2024-0002 "), "{said}");
    assert!(said.contains("只列出最新的 50 件，前面还有"), "{said}");
    assert_eq!(office.run_ok(&["list"]).stdout.lines().count(), 53);
}

#[test]
fn a_terminal_shows_the_twenty_that_wait_longest_and_a_reason_its_own() {
    let mut office = Office::at_maildir();
    for n in 1..=22 {
        let near =
            Letter { subject: "对高效办成一件事工作方案的建议".to_owned(), ..letter(n) };
        import(&office, &format!("{n}.eml"), &near, IN_TIME);
    }
    office.run_ok(&["review", "confirm", "4"]);
    let said = on_a_terminal(&mut office, "100", &["review", "list"]);
    assert!(said.contains("LNZX-2024-0001") && !said.contains("LNZX-2024-0022"), "{said}");
    assert!(said.contains("共 21 件待核，列出最早的 20 件（--limit N"), "{said}");
    let blocks = |arguments: &[&str]| {
        let said = office.run_ok(&[&["review", "list"], arguments].concat()).stdout;
        said.lines().filter(|line| line.starts_with("LNZX-2024-00")).count()
    };
    assert_eq!((blocks(&[]), blocks(&["--limit", "3"])), (21, 3));
    assert_eq!((blocks(&["--reason", "near_miss"]), blocks(&["--reason", "来信询问"])), (21, 0));
    let wrong = office.run(&["review", "list", "--reason", "无此"]);
    assert!(wrong.code == Some(64) && wrong.stderr.contains("可写"), "{wrong:?}");
}

#[test]
fn the_consultation_stands_first_where_there_are_several() {
    let office = office();
    let head = |office: &Office| office.run_ok(&["list"]).stdout.lines().next().unwrap().to_owned();
    assert!(head(&office).starts_with("编号"));
    consultation(&office, "2024-03-01", "2024-03-31");
    assert!(head(&office).starts_with("征求意见"), "{}", head(&office));
}

#[test]
fn a_case_is_decided_from_the_list_of_those_that_wait() {
    let office = office();
    import(
        &office,
        "7.eml",
        &Letter {
            text: "请问采纳结果什么时候公布？\r\n姓名：吴小问\r\n".to_owned(), ..letter(7)
        },
        IN_TIME,
    );
    let said = office.run_ok(&["review", "list"]).stdout;
    let block = |number: &str| {
        let begins = |block: &&str| block.starts_with(number);
        said.split("\n\n").find(begins).unwrap_or_else(|| panic!("{number} is not in\n{said}")).to_owned()
    };
    for (number, words) in [
        // Near in its subject: why, and what it says on which clause.
        (
            "LNZX-2024-0006",
            &[
                "叶**",
                "c***@example.com",
                "依据：不完全符合",
                "关键词",
                "意见1",
                "：建议告知承诺书写得明白些。",
            ][..],
        ),
        // Sent in time, by its own words: both times.
        (
            "LNZX-2024-0005",
            &["周**", "发件时间：2024-03-12", "收到时间：2024-03-15 10:00:02", "2024年3月13日24时", "意见1"],
        ),
        (
            "LNZX-2024-0003",
            &[
                "未留姓名",
                "依据：要求撤回：第 1 行“我要撤回我的意见。”",
                "内容：我要撤回我的意见。",
                "已办理，不另计件",
            ],
        ),
        (
            "LNZX-2024-0007",
            &["吴**", "依据：来信询问：第 1 行“请问采纳结果什么时候公布？”", "已办理，不另计件"],
        ),
    ] {
        let block = block(number);
        for word in words {
            assert!(block.contains(word), "{word} is not in\n{block}");
        }
        assert!(!block.contains("来信主题为"), "{block}");
        let todo = block.matches("不属于本次征集的否定").count();
        assert!(todo <= 1, "{block}");
    }
    let cases = office.json(&["review", "list", "--json"]);
    let near = cases.as_array().unwrap().iter().find(|case| case["number"] == "LNZX-2024-0006").unwrap();
    assert_eq!(near["opinions"][0]["text"], json!("建议告知承诺书写得明白些。"));
    assert!(near["found"][0].as_str().unwrap().contains("不完全符合"), "{near:#}");
}

#[test]
fn a_letter_is_shown_in_the_order_of_questions_and_nothing_twice() {
    let office = office();
    let reply = Letter {
        message_id: "more@example.com".to_owned(),
        subject: "补充 LNZX-2024-0001".to_owned(),
        text: "您好！\r\n另外建议窗口增设导办人员，引导老人使用自助机。\r\n".to_owned(),
        ..letter(1)
    };
    import(&office, "8.eml", &reply, IN_TIME);
    office.run_ok(&[
        "correct",
        "1",
        "来信内容",
        "领导好。\n建议将退休审批所需的材料一次性告知。\n盼复。",
        "--replace",
    ]);
    let said = office.run_ok(&["show", "1"]).stdout;
    for word in ["建议将退休", "二手房过户", "导办人员"] {
        let count = said.lines().filter(|line| line.contains(word) && !line.starts_with("更正")).count();
        assert_eq!(count, 1, "{word}:\n{said}");
    }
    let mut last = 0;
    for word in [
        "编号：LNZX-2024-0001\n",
        "\n征求意见：辽宁省关于进一步优化政务服务提升行政效能推动“高效办成一件事”的工作方案（征求意见稿）\n",
        "\n状态：已登记\n",
        "\n收到时间：2024-03-12 10:00:02",
        "\n发件时间：2024-03-12 10:00:00（",
        "\n姓名：何**",
        "\n职业：农民",
        "\n主题：",
        "\n意见1",
        "\n意见3",
        "（补充来信 2024-03-12 10:00:02）：另外建议",
        "\n回执：“意见建议已收到”，待发",
        "\n更正：",
        "\n来信内容：\n领导好。\n〔意见1〕\n盼复。",
        "\n补充（2024-03-12 10:00:02 收到，c***@example.com）：\n您好！\n〔意见3〕",
    ] {
        let at = said
            .get(last..)
            .unwrap()
            .find(word)
            .unwrap_or_else(|| panic!("{word:?} is not in its place in\n{said}"));
        last += at;
    }
    office.run_ok(&["run", "--once"]);
    let said = office.run_ok(&["show", "1"]).stdout;
    let sent = said.lines().find(|line| line.starts_with("回执：“意见建议已收到”")).unwrap();
    assert!(sent.ends_with(" 已发出"), "{sent}");
    // Whole where a program reads it.
    let shown = office.json(&["show", "1", "--json"]);
    assert!(shown["comment"].as_str().unwrap().contains("建议将退休"), "{shown:#}");
    assert_eq!(shown["opinions"][0]["supplement_received_at"], json!(null));
    assert!(shown["opinions"][2]["supplement_received_at"].is_string(), "{shown:#}");
}

#[test]
fn words_are_typed_as_the_lists_call_them() {
    let office = office();
    for (arguments, code, words) in [
        (&["list", "--status", "待核"][..], 0, &["LNZX-2024-0006"][..]),
        (&["list", "--status", "不对"], 64, &["待核（review）", "逾期（late）"]),
        (&["list", "--sender-kind", "个人"], 0, &["LNZX-2024-0001"]),
        (&["outbox", "list", "--state", "待发"], 0, &["待发（", "LNZX-2024-0001", "意见建议已收到"]),
        (&["outbox", "list", "--state", "寄出"], 64, &["待发（queued）"]),
        (&["outbox", "list", "--consultation", "no-such"], 64, &["liaoning-2024-gxbc"]),
        (&["correct", "１", "条款", "跨域办", "--item", "２"], 0, &["二(二)3"]),
        (
            &["correct", "1", "条款", "没有的", "--item", "第2条"],
            65,
            &["对应条款（clause）", "二(二)3 跨域办"],
        ),
        (&["correct", "1", "标记", "+没有"], 65, &["标记（flags）", "要求匿名（anonymous）"]),
        (&["correct", "1", "采纳情况", "采纳"], 64, &["采纳情况（adoption）是意见条目的项目"]),
        // What was typed is seen whole, what stood there is not.
        (&["correct", "1", "电话", "15049341358"], 0, &["150****1357 → 15049341358"]),
        (&["item", "drop", "1", "１，2"], 0, &["第 1 条", "第 2 条"]),
        (&["item", "drop", "1", "一"], 64, &["意见序号"]),
        // All that can be done is done, and of each number it is said what could not.
        (
            &["outbox", "hold", "1-3，9"],
            65,
            &[
                "LNZX-2024-0001（何**",
                "已扣下 1 封",
                "LNZX-2024-0003（",
                "没有待发的回执",
                "LNZX-2024-0009：没有这个编号",
            ],
        ),
    ] {
        let finished = office.run(arguments);
        let said = format!("{}{}", finished.stdout, finished.stderr);
        assert_eq!(finished.code, Some(code), "{arguments:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{arguments:?} does not say {word}:\n{said}");
        }
    }
    let held = "SELECT count(*) FROM acknowledgement WHERE state = 'withheld' AND reason = 'held'";
    assert_eq!(office.rows().count(held), 2);
}

#[test]
fn figures_have_every_day_the_hours_of_the_close_and_what_counts_as_in_time() {
    let office = office();
    office.run_ok(&["review", "confirm", "5"]);
    let said = office.run_ok(&["stats"]).stdout;
    for word in [
        "；其中逾期到达、经人工核对计入按时的 1\n",
        "\n  2024-02-28  0     0\n",
        "\n  2024-03-12  4     4\n  2024-03-13  0     4\n截止日之后收件：\n  日期        件数  累计\n  2024-03-15  2     6\n",
        "\n截止日 2024-03-13 分时：没有收件\n",
    ] {
        assert!(said.contains(word), "{word} is not in\n{said}");
    }
    let one = &office.json(&["stats", "--json"])["consultations"][0];
    assert_eq!((&one["counted_in_time"], &one["deadline_day_by_hour"]), (&json!(1), &json!({})));
    let shown = office.run_ok(&["show", "5"]).stdout;
    assert!(shown.contains("时限：截止前发出、截止后到达；经人工核对计入按时"), "{shown}");
    for (n, arrived) in [(7, "Wed, 13 Mar 2024 09:30:00 +0800"), (8, "Wed, 13 Mar 2024 11:05:00 +0800")] {
        let text = format!("建议第{n}条写得明白些。\r\n");
        import(&office, &format!("{n}.eml"), &Letter { text, ..letter(n) }, arrived);
    }
    let said = office.run_ok(&["stats"]).stdout;
    let hours = "\n截止日 2024-03-13 分时：\n  时     件数\n  09 时  1\n  10 时  0\n  11 时  1\n";
    assert!(said.contains(hours) && said.contains("\n  2024-03-13  2     6\n"), "{said}");
}

#[test]
fn what_is_typed_wrong_is_said_in_the_language_of_who_typed() {
    let mut office = office();
    for (language, rows) in [
        (
            "C.UTF-8",
            [
                ("Usage: zwfw-intake", "Commands:"),
                ("unexpected argument", "--stat"),
                ("invalid value", "--limit"),
                ("cannot be used with", "--status"),
                ("required arguments", "<NUMBER>"),
            ],
        ),
        (
            "zh_CN.UTF-8",
            [
                ("用法：zwfw-intake", "命令："),
                ("没有“--stat”这个选项", "是不是 --status"),
                ("“x”不能作为 --limit", "--help"),
                ("不能同时使用", "--status"),
                ("缺少 <编号>", "用法：zwfw-intake show"),
            ],
        ),
    ] {
        office.environment("LANG", language);
        let typed: [&[&str]; 5] = [
            &["--help"],
            &["list", "--stat", "review"],
            &["list", "--limit", "x"],
            &["list", "--not-ours", "--status", "review"],
            &["show"],
        ];
        for (arguments, (one, other)) in typed.into_iter().zip(rows) {
            let finished = office.run(arguments);
            let said = format!("{}{}", finished.stdout, finished.stderr);
            assert!(said.contains(one) && said.contains(other), "{language} {arguments:?}: {said}");
            assert_eq!(finished.code, Some(if arguments == ["--help"] { 0 } else { 64 }), "{arguments:?}");
        }
    }
    // What was imported is found by its file.
    import(
        &office,
        "9.eml",
        &Letter { subject: "周末去哪".to_owned(), text: "吃饭吗\r\n".to_owned(), ..letter(9) },
        IN_TIME,
    );
    let said = office.run_ok(&["list", "--not-ours"]).stdout;
    assert!(said.contains("UID 或文件名") && said.contains("9.eml"), "{said}");
    for columns in ["80", "100"] {
        let said = on_a_terminal(&mut office, columns, &["view", "每日收件"]);
        let columns: usize = columns.parse().unwrap();
        let rows = said.lines().filter(|line| line.contains("2024-") || line.contains("日期"));
        assert!(rows.map(UnicodeWidthStr::width).all(|width| width <= columns), "{said}");
        assert!(said.starts_with("征求意见：辽宁省"), "{said}");
    }
}
