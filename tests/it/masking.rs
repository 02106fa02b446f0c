//! Names, telephones and addresses are masked in whatever staff look at, wherever they stand.

use rusqlite::Connection;

use crate::review::{IN_TIME, import, import_all};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::mailset::TITLE;

const NUMBER: &str = "LNZX-2024-0001";

/// Every command that shows a submission, as text and as JSON.
fn shown(office: &Office) -> Vec<(String, String)> {
    let commands: [&[&str]; 6] = [
        &["list"],
        &["show", NUMBER],
        &["explain", NUMBER],
        &["review", "list"],
        &["outbox", "list", "--state", "failed"],
        &["stats"],
    ];
    let mut all = Vec::new();
    for command in commands {
        for json in [&[][..], &["--json"]] {
            let arguments = [command, json].concat();
            all.push((arguments.join(" "), office.run_ok(&arguments).stdout));
        }
    }
    all
}

#[track_caller]
fn assert_hidden(office: &Office, secrets: &[&str]) {
    for (command, said) in shown(office) {
        for secret in secrets {
            assert!(!said.contains(secret), "`{command}` shows {secret}:\n{said}");
        }
    }
}

/// A near miss, so that `review list` shows it too; with an attachment.
fn letter_with_attachment(from: &str, id: &str, text: &str, file: &str) -> Letter {
    let text = format!(
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b\r\n\
         Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"{file}\"\r\n\r\n{from}\r\n--b--\r\n"
    );
    Letter {
        from: from.to_owned(),
        message_id: id.to_owned(),
        subject: "关于高效办成一件事的建议 欧阳娜娜 13812345678".to_owned(),
        text,
        ..letter(1)
    }
}

const TEXT: &str = "本人欧阳娜娜，退休教师。\r\n\
    一、建议窗口延长办理时间，方便上班的人来办事。\r\n\
    二、建议增设老年人窗口，我叫欧阳娜娜，愿意参加座谈。\r\n\
    联名人：钱大海、冯涛、褚亮\r\n\
    家庭住址：沈阳市和平区幸福路12号3栋\r\n\
    微信：ouyang_nana88\r\n\
    QQ：123456789\r\n\
    姓名：欧阳娜娜\r\n\
    电话：13812345678\r\n";

#[test]
fn a_name_is_masked_wherever_it_stands_and_when_it_is_a_former_one() {
    let office = Office::at_maildir();
    for (file, from, id) in
        [("1.eml", "one@example.com", "one@example.com"), ("2.eml", "two@example.com", "two@example.com")]
    {
        let attached = letter_with_attachment(from, id, TEXT, "欧阳娜娜13812345678.pdf");
        let raw = String::from_utf8(attached.raw()).unwrap().replace(
            "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n--b",
            "multipart/mixed; boundary=b\r\n\r\n--b",
        );
        let received = format!(
            "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n"
        );
        std::fs::write(office.path().join(file), received + &raw).unwrap();
        office.run_ok(&["import", file]);
    }
    // A server quotes whom it refused.
    Connection::open(office.store_path())
        .unwrap()
        .execute(
            "UPDATE acknowledgement SET state = 'failed', reason = 'refused',
             reason_detail = json_object('code', 550, 'reply', '<typo@example.org> user 欧阳娜娜 unknown 13812345678')",
            [],
        )
        .unwrap();
    let secrets = [
        "欧阳娜娜",
        "钱大海",
        "冯涛",
        "褚亮",
        "幸福路",
        "ouyang_nana88",
        "123456789",
        "13812345678",
        "typo@example.org",
    ];
    let whole = office.run_ok(&["show", NUMBER, "--unmasked"]).stdout;
    for secret in secrets {
        assert!(whole.contains(secret), "{secret} is not there to be hidden:\n{whole}");
    }
    assert_hidden(&office, &secrets);
    for name in ["王晓明", ""] {
        office.run_ok(&["correct", NUMBER, "name", name, "--note", "来电自称王晓明，不是欧阳娜娜"]);
        assert_hidden(&office, &[&secrets[..], &["王晓明"]].concat());
    }
    // What is no name stays readable.
    let text = office.run_ok(&["show", NUMBER]).stdout;
    for words in ["欧阳**", "钱**", "建议窗口延长办理时间", "138****5678", "教师"] {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
}

#[test]
fn a_name_that_is_not_certain_is_masked_behind_its_label_and_one_in_a_list_of_signers() {
    let office = Office::at_maildir();
    let near = |n, text: &str| Letter {
        subject: "关于高效办成一件事的建议".to_owned(),
        text: text.replace('\n', "\r\n"),
        ..letter(n)
    };
    import(
        &office,
        "1.eml",
        &near(1, "姓名：顾某某\n联系人：阿依古丽 电话：13800138000\n\n建议窗口延长办理时间。\n"),
        IN_TIME,
    );
    import(
        &office,
        "2.eml",
        &near(2, "我们联名建议窗口延长办理时间。\n\n以下签名：\n孙建国\n周小红\n郑卫东\n"),
        IN_TIME,
    );
    for number in [NUMBER, "LNZX-2024-0002"] {
        for command in ["show", "explain"] {
            let said = office.run_ok(&[command, number]).stdout;
            for secret in ["顾某某", "阿依古丽", "孙建国", "周小红", "郑卫东"] {
                assert!(!said.contains(secret), "`{command} {number}` shows {secret}:\n{said}");
            }
            assert!(said.contains("延长办理时间"), "{said}");
        }
    }
    // The subject holds the title of the consultation, and that is nobody's name.
    import(&office, "3.eml", &letter(3), IN_TIME);
    assert!(office.run_ok(&["explain", "LNZX-2024-0003"]).stdout.contains(TITLE));
    // Below another heading, numbered; an item that an earlier version read, or that staff wrote, may hold the list.
    let list = "建议窗口延长办理时间。\n\n共同署名：\n1. 程静\n2. 傅雅琴\n3. 何少华\n";
    import(&office, "4.eml", &near(4, list), IN_TIME);
    let number = "LNZX-2024-0004";
    office.run_ok(&["correct", number, "内容", list, "--item", "1"]);
    for command in [
        vec!["show", number],
        vec!["explain", number],
        vec!["list"],
        vec!["search", "共同署名"],
        vec!["view", "来信一览"],
        vec!["view", "意见汇总"],
        vec!["stats"],
    ] {
        let said = office.run_ok(&command).stdout;
        for secret in ["程静", "傅雅琴", "何少华"] {
            assert!(!said.contains(secret), "{command:?} shows {secret}:\n{said}");
        }
    }
}

/// What a person writes so that people can reach him, in the spellings that people use; and what of it nobody may read.
const REACHED: [(&str, &str); 16] = [
    ("手机一三八一二三四五六八三", "一三八一二三四五六八三"),
    ("138\u{200b}1234\u{200b}5688", "138\u{200b}1234"),
    ("①③⑧①②③④⑤⑥⑨⓪", "①③⑧①②③"),
    ("138/1234/5691", "138/1234"),
    ("1381234\r\n5692", "1381234"),
    ("tel13812345693end", "13812345693"),
    ("电话23456781", "23456781"),
    ("微信zhangwei_wx2", "zhangwei_wx2"),
    ("V信 zhangwei_wx3", "zhangwei_wx3"),
    ("WeChat ID: zhangwei_wx7", "zhangwei_wx7"),
    ("我的QQ号是123456782", "123456782"),
    ("微博@张伟微博1", "张伟微博1"),
    ("抖音号 zhangweidy1", "zhangweidy1"),
    ("家住皇姑区崇山东路66号", "崇山东路66号"),
    ("出生日期1990年1月1日", "1990年1月1日"),
    ("我的邻居王小二可以作证", "王小二"),
];

#[test]
fn who_can_be_reached_is_masked_however_he_spells_it() {
    let office = Office::at_maildir();
    let mut letters = Vec::new();
    for (n, (written, _)) in (1..).zip(REACHED) {
        let letter = Letter {
            subject: format!("高效办成一件事 {}", written.replace("\r\n", "")),
            text: format!("建议第{n}项延长办理时间。\r\n{written}\r\n希望采纳。\r\n"),
            ..letter(n)
        };
        letters.push((format!("{n:02}.eml"), letter));
    }
    import_all(&office, &letters, IN_TIME);
    let all = |json: &[&str]| {
        let mut said = String::new();
        for n in 1..=REACHED.len() {
            let number = format!("LNZX-2024-{n:04}");
            // `explain --json` holds what `show --json` does.
            let command = if json.is_empty() && n % 2 == 0 { "show" } else { "explain" };
            said += &office.run_ok(&[&[command, &number], json].concat()).stdout;
        }
        for command in [&["list"][..], &["review", "list"], &["view", "待核邮件"], &["view", "意见汇总"]]
        {
            said += &office.run_ok(&[command, json].concat()).stdout;
        }
        said
    };
    let (text, json) = (all(&[]), all(&["--json"]));
    for (written, secret) in REACHED {
        // JSON writes what nobody sees in ASCII.
        for secret in [secret.to_owned(), secret.replace('\u{200b}', "\\u200b")] {
            assert!(!text.contains(&secret), "{written}: {secret} is shown");
            assert!(!json.contains(&secret), "{written}: {secret} is in the JSON");
        }
    }
    // The letter itself is readable.
    assert!(text.matches("延长办理时间").count() >= REACHED.len(), "{text}");
}
