//! `stats`, and what `list`, `show`, `explain` and the views say of same letters and of letters about letters.

use std::fs;
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::daemon::Office;
use crate::support::letter::{ARRIVAL, Letter, letter};
use crate::support::mailhost::set_modified;

const CAMPAIGN: &str = "建议全省政务服务大厅在工作日午间和周六上午开放综合窗口，避免上班族为办一件事反复请假，同时保留人工窗口照顾老年人。";

/// Imports letters in this order: sender, subject, text, hours after the first.
fn office(letters: &[(&str, &str, &str, u64)]) -> Office {
    let office = Office::at_maildir();
    fs::create_dir(office.path().join("mails")).unwrap();
    for (index, (from, subject, text, hours)) in letters.iter().enumerate() {
        let plain = letter(index);
        let subject = if subject.is_empty() { plain.subject.clone() } else { (*subject).to_owned() };
        let mail = Letter { from: (*from).to_owned(), subject, text: text.replace('\n', "\r\n"), ..plain };
        let path = office.path().join(format!("mails/{index:02}.eml"));
        fs::write(&path, mail.raw()).unwrap();
        set_modified(&path, UNIX_EPOCH + Duration::from_secs(ARRIVAL + hours * 3600));
    }
    office.run_ok(&["import", "mails"]);
    office
}

fn filled() -> Office {
    let near = format!("我是一名普通上班族，每次办事都要请假。{CAMPAIGN}");
    office(&[
        ("zhang@example.com", "", &format!("姓名：张建国\n职业：教师\n{CAMPAIGN}"), 0),
        ("li@example.com", "", &format!("您好！\n{CAMPAIGN}\n姓名：李丽\n职业：医生"), 1),
        ("wang@example.com", "", &near, 20),
        ("li@example.com", "", &format!("{CAMPAIGN}\n李丽"), 21),
        ("zhao@example.com", "意见建议", "1、“跨域办”应当扩大范围。\n2、窗口延长办理时间。", 22),
        (
            "qian@example.com",
            "",
            "1、“跨域办”应当扩大范围，方便外省企业。\n2、窗口延长办理时间，方便群众。",
            23,
        ),
        ("zhang@example.com", "", "请撤回我昨天的意见。", 24),
        ("sun@example.com", "自动回复：意见", "我在休假", 24),
        ("zhou@example.com", "本周菜单", "土豆", 24),
    ])
}

#[test]
fn the_figures_agree_with_the_rows() {
    let office = filled();
    let stats = office.json(&["stats", "--json"]);
    let one = &stats["consultations"][0];
    for (pointer, due) in [
        ("/received", json!(7)),
        ("/distinct_texts", json!({ "exact": 5, "grouped": 4 })),
        ("/without_text", json!(0)),
        ("/distinct_senders", json!(5)),
        ("/counted", json!(4)),
        ("/persons", json!(4)),
        ("/items", json!(5)),
        (
            "/by_status",
            json!({ "accepted": 4, "review": 2, "late": 0, "duplicate": 1, "handled": 0, "denied": 0, "erased": 0 }),
        ),
        ("/by_timeliness/on_time", json!(7)),
        ("/by_day/0", json!({ "day": "2024-02-28", "received": 0, "cumulative": 0, "late": false })),
        ("/by_day/13", json!({ "day": "2024-03-12", "received": 2, "cumulative": 2, "late": false })),
        ("/by_day/14", json!({ "day": "2024-03-13", "received": 5, "cumulative": 7, "late": false })),
        ("/deadline_day_by_hour", json!({ "06": 1, "07": 1, "08": 1, "09": 1, "10": 1 })),
        ("/today_by_hour", json!(null)),
        ("/counted_in_time", json!(0)),
        ("/last_day_by_hour", json!({ "06": 1, "07": 1, "08": 1, "09": 1, "10": 1 })),
        ("/by_occupation/教师", json!(1)),
        ("/by_occupation/未填写", json!(2)),
        ("/by_occupation/农民", json!(0)),
        ("/by_proposer", json!({ "个人": 2, "未留姓名": 2, "单位": 0, "联名": 0, "匿名": 0 })),
        ("/by_sender_kind", json!({ "个人": 4, "企业": 0, "事业单位和社会组织": 0, "机关单位": 0 })),
        ("/by_clause/1", json!({ "clause": "二(二)3", "items": 1, "submissions": 1 })),
        ("/groups/0/representative", json!("LNZX-2024-0001")),
        // What is proposed, not who proposes it.
        ("/groups/0/comment", json!(CAMPAIGN)),
        ("/groups/0/submissions", json!(3)),
        ("/groups/0/senders", json!(3)),
        ("/groups/0/exact", json!(2)),
        ("/groups/0/repeated_by_same_sender", json!(1)),
        ("/groups/0/first_received_at", json!("2024-03-12T02:00:02Z")),
    ] {
        assert_eq!(one.pointer(pointer), Some(&due), "{pointer} in {stats:#}");
    }
    assert_eq!(one["by_occupation"].as_object().unwrap().len(), 18, "17 and 未填写");
    let sum = &stats["completeness"];
    assert_eq!(
        sum["equation"],
        "收到 9 封 = 登记 6 + 补充 0 + 重复 1 + 与征集无关 1 + 自动邮件 1 + 隔离待查 0"
    );
    assert_eq!((&sum["holds"], &sum["owed"]), (&Value::Bool(true), &json!(0)));
    assert!(!stats.to_string().contains("张建国"), "names are masked");

    let text = office.run_ok(&["stats"]).stdout;
    for said in [
        "统计截止：",
        "收到 7 件；不同内容 5 种（归并相同来信后 4 种），没有文字和附件的 0 件；发件地址 5 个",
        "计入 4 件（已登记 4，逾期 0），4 人次，意见 5 条",
        "核对相符。",
        "人次：计入件的提出人数",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
    assert_ne!(office.run(&["stats", "--consultation", "nobody"]).code, Some(0));
}

#[test]
fn a_row_that_is_missing_breaks_the_sum() {
    let office = filled();
    let store = Connection::open(office.store_path()).unwrap();
    store
        .execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM submission WHERE number = 'LNZX-2024-0002'")
        .unwrap();
    let finished = office.run(&["stats"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("核对不符"), "{finished:?}");
}

#[test]
fn an_empty_consultation_is_a_finished_report() {
    let office = Office::at_maildir();
    office.run_ok(&["run", "--once"]);
    let text = office.run_ok(&["stats"]).stdout;
    for said in
        ["未收到社会公众的意见反馈", "收到 0 件", "收到 0 封 = 登记 0", "核对相符", "截止：2024年3月13日24时"]
    {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
    let one = &office.json(&["stats", "--json"])["consultations"][0];
    assert_eq!((&one["received"], &one["persons"], &one["groups"]), (&json!(0), &json!(0), &json!([])));
}

#[test]
fn staff_see_the_group_and_what_a_letter_speaks_of() {
    let office = filled();
    for (arguments, said) in [
        (&["show", "LNZX-2024-0001"][..], "相同来信第 1 组，共 3 件、3 个发件地址，本件为代表件"),
        (&["show", "LNZX-2024-0001"], "来信 LNZX-2024-0007 请求撤回 本件（同一发件人最近一件"),
        (&["show", "LNZX-2024-0002"], "本件与代表件 LNZX-2024-0001 完全相同"),
        (&["explain", "LNZX-2024-0003"], "本件与代表件 LNZX-2024-0001 近似 0."),
        (&["show", "LNZX-2024-0007"], "本件请求撤回 LNZX-2024-0001"),
        (&["explain", "LNZX-2024-0007"], "本件请求撤回 LNZX-2024-0001"),
        (&["list"], "相同来信组"),
    ] {
        let text = office.run_ok(arguments).stdout;
        assert!(text.contains(said), "{arguments:?} does not say {said}:\n{text}");
    }
    let shown = office.json(&["show", "LNZX-2024-0003", "--json"]);
    assert_eq!(shown["same_letter"]["exact"], false);
    assert!(shown["same_letter"]["similarity"].as_f64().unwrap() < 1.0, "{shown:#}");
    let list = office.json(&["list", "--json"]);
    let groups: Vec<&Value> = list.as_array().unwrap().iter().map(|row| &row["group"]).collect();
    assert_eq!(
        groups,
        [&json!(1), &json!(1), &json!(1), &json!(1), &Value::Null, &Value::Null, &Value::Null]
    );
}

#[test]
fn the_stock_tool_reads_the_views() {
    let office = filled();
    for (sql, due) in [
        (
            "SELECT 组号, 代表编号, 件数, 发件地址数, 完全相同件数, 同一发件人重复件数, 首封时间 FROM 相同来信",
            "1|LNZX-2024-0001|3|3|2|1|2024-03-12 10:00:02",
        ),
        ("SELECT count(*), sum(与代表件 LIKE '近似 0.%') FROM 相同来信明细", "4|1"),
        (
            "SELECT 涉及编号, 涉及件状态, 事项, 依据, 提出于 FROM 撤回与替换",
            "LNZX-2024-0001|已登记|请求撤回|同一发件人最近一件|LNZX-2024-0007",
        ),
        (
            "SELECT 待核原因, 涉及来信 FROM 待核邮件 WHERE 编号 = 'LNZX-2024-0007'",
            "要求撤回或替换|请求撤回 LNZX-2024-0001",
        ),
        ("SELECT 收到件数, 不同内容数, 同文归并后内容数, 发件地址数 FROM 收件概况", "7|5|4|5"),
    ] {
        let output =
            Command::new("sqlite3").arg("-readonly").arg(office.store_path()).arg(sql).output().unwrap();
        assert!(output.status.success(), "{sql}: {output:?}");
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), due, "{sql}");
    }
}

#[test]
fn erasure_takes_address_and_words_and_leaves_the_counts() {
    let office = filled();
    let before = office.json(&["stats", "--json"])["consultations"][0].clone();
    let store = Connection::open(office.store_path()).unwrap();
    let erased = "UPDATE submission SET status = 'erased' WHERE number = 'LNZX-2024-0001'";
    assert_eq!(store.execute(erased, []).unwrap(), 1);
    let rows = office.rows();
    assert_eq!(
        rows.count("SELECT count(*) FROM likeness WHERE sender = 'zhang@example.com' AND submission_id = 1"),
        0
    );
    assert_eq!(
        rows.count("SELECT count(*) FROM wording WHERE submission_id = 1 AND compared IS NOT NULL"),
        0
    );
    assert_eq!(rows.count("SELECT count(*) FROM wording_band WHERE wording_id = 1"), 0);
    let after = office.json(&["stats", "--json"])["consultations"][0].clone();
    for figure in ["received", "distinct_texts", "by_day"] {
        assert_eq!(before[figure], after[figure], "{figure}");
    }
    assert_eq!(after["groups"][0]["submissions"], json!(3));
}

#[test]
fn a_group_counts_letters_and_senders_of_those_that_count() {
    let office = filled();
    let counted = "SELECT 件数 || ' ' || 发件地址数 AS found FROM 相同来信";
    let found = || {
        let group = office.json(&["stats", "--json"])["consultations"][0]["groups"][0].clone();
        let counted = office.rows().rows(counted)[0]["found"].clone();
        assert_eq!(counted, format!("{} {}", group["submissions"], group["senders"]), "view and command");
        let shown = office.json(&["show", "LNZX-2024-0001", "--json"])["same_letter"].clone();
        assert_eq!(counted, format!("{} {}", shown["submissions"], shown["senders"]), "and letter");
        counted
    };
    assert_eq!(found(), "3 3");
    office.run_ok(&["review", "deny", "LNZX-2024-0003", "--note", "与征集无关"]);
    assert_eq!(found(), "2 2");
    // What does not count leads none: who copies the number finds a letter of the table.
    office.run_ok(&["review", "deny", "LNZX-2024-0001", "--note", "本人撤回"]);
    found();
    let group = office.json(&["stats", "--json"])["consultations"][0]["groups"][0].clone();
    assert_eq!((&group["submissions"], &group["exact"]), (&json!(1), &json!(1)));
    let leads = group["representative"].as_str().unwrap();
    assert_ne!(leads, "LNZX-2024-0001");
    let seen =
        office.rows().rows("SELECT 代表编号 || 完全相同件数 AS found FROM 相同来信")[0]["found"].clone();
    assert_eq!(seen, format!("{leads}1"));
    let detail = office.rows().rows("SELECT 编号 FROM 相同来信明细 WHERE 与代表件 = '代表件'");
    assert_eq!((detail.len(), detail[0]["编号"].as_str()), (1, leads));
}

/// One of each status: what 收到, 计入, 不计入 and 已办理 count is the same wherever it stands.
#[test]
fn figures_status_and_views_say_the_same_of_every_status() {
    let office = filled();
    let store = Connection::open(office.store_path()).unwrap();
    let all = ["accepted", "review", "late", "duplicate", "handled", "denied", "erased"];
    for (at, status) in (1..).zip(all) {
        let sql = "UPDATE submission SET status = ?1 WHERE id = ?2";
        assert_eq!(store.execute(sql, (status, at)).unwrap(), 1, "{status}");
    }
    let one = office.json(&["stats", "--json"])["consultations"][0].clone();
    let (rows, status) = (office.rows(), office.json(&["status", "--json"]));
    let count = |sql: &str| json!(rows.count(sql));
    assert_eq!(one["received"], json!(7));
    assert_eq!(one["received"], count("SELECT 收到件数 FROM 收件概况"));
    assert_eq!(one["received"], count("SELECT count(*) FROM 来信一览"));
    assert_eq!(one["received"], count("SELECT max(累计) FROM 每日收件"));
    assert_eq!(one["received"], count("SELECT sum(件数) FROM 分时收件"));
    assert_eq!(one["counted"], count("SELECT 计入 FROM 收件概况"));
    assert_eq!(one["counted"], count("SELECT sum(件数) FROM 职业分布"));
    for word in all {
        assert_eq!((&one["by_status"][word], &status["submissions"][word]), (&json!(1), &json!(1)), "{word}");
    }
    for column in ["已登记", "待核", "逾期", "重复", "不计入", "已办理", "已删除"] {
        for view in ["收件概况", "每日收件"] {
            assert_eq!(count(&format!("SELECT sum({column}) FROM {view}")), json!(1), "{view}.{column}");
        }
        assert_eq!(
            count(&format!("SELECT count(*) FROM 来信一览 WHERE 状态 = '{column}'")),
            json!(1),
            "{column}"
        );
    }
    for day in one["by_day"].as_array().unwrap() {
        let sql = format!("SELECT 件数 FROM 每日收件 WHERE 日期 = '{}'", day["day"].as_str().unwrap());
        assert_eq!(day["received"], count(&sql), "{day}");
    }
}
