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
        has(3, &["不计入（已撤", "我"]);
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
    for word in ["相同来信组", "2024-03-12 10:00:02", "不计入（已撤回）", "待核（主题未按公告注明）"]
    {
        assert!(said.contains(word), "{word}: {said}");
    }
    let rows = office.json(&["list", "--json"]);
    assert_eq!(rows[0]["opinion"], json!("建议将退休审批所需的材料一次性告知。"));
    assert_eq!((&rows[1]["signatories"], &rows[2]["opinion"]), (&json!(5), &json!(null)));
    assert!(rows[0]["comment"].as_str().unwrap().starts_with("各位领导好"), "{rows:#}");
}

#[test]
fn the_consultation_stands_first_where_there_are_several() {
    let office = office();
    let head = |office: &Office| office.run_ok(&["list"]).stdout.lines().next().unwrap().to_owned();
    assert!(head(&office).starts_with("编号"));
    consultation(&office, "2024-03-01", "2024-03-31");
    assert!(head(&office).starts_with("征求意见"), "{}", head(&office));
}
