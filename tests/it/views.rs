//! The views for staff: every letter in one, in words that an office uses, with figures that agree with the tables behind them.

use std::collections::BTreeMap;
use std::fs;

use regex::Regex;
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::moves::{THERE, consultation};
use crate::review::{IN_TIME, TOO_LATE, import};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

/// Names and columns; `°` stands behind what may be NULL, `*` behind what others wrote or named: text, addresses, files, ids.
pub(crate) const VIEWS: [(&str, &str); 19] = [
    (
        "来信一览",
        "征求意见 编号* 收到时间 收到日期 收到时点 状态 时限 类别 单位*° 姓名*° 职业 职业原文*° 电话 电话数字 发件地址* 人次 意见条数 涉及条款 \
         首条意见* 附件数 附件名称* 补充次数 末次补充时间° 相同来信组号° 重复于*° 标记 待核原因 回执 主题* 字数 内容*",
    ),
    (
        "意见汇总",
        "征求意见 编号* 条号 来源 收到时间 时限 状态 提出单位或个人* 类别 职业 对应条款 条款标题 条款顺序° 意见建议内容* 采纳情况 理由* \
         相同来信组号° 备注 来信人类别",
    ),
    (
        "待核邮件",
        "征求意见 编号* 收到时间 已等天数 待核原因 该核对什么 提出单位或个人* 主题* 发件地址* 涉及来信* 首条意见* 附件* 来信人类别 内容*",
    ),
    ("每日收件", "征求意见 日期 星期 件数 累计 已登记 待核 逾期 重复 不计入 补充来信 人次 已办理 已删除"),
    ("分时收件", "征求意见 日期 时点 件数"),
    ("职业分布", "征求意见 职业 件数 人次 占比"),
    ("条款分布", "征求意见 条款 条款标题 条款顺序° 条数 件数 占比 采纳 部分采纳 不采纳 其他处理 未办"),
    ("来信单位", "征求意见 单位* 件数 首次收到 末次收到 状态 意见条数 无意见"),
    ("附件一览", "征求意见 编号* 来源 提出单位或个人* 序号 附件名称* 类型 大小KB"),
    ("补充来信", "征求意见 编号* 收到时间 时限 提出单位或个人* 首次来信时间 内容* 补充的信息 意见条数"),
    ("回执情况", "征求意见 编号* 类型 状态 原因 收件地址* 次数 发出时间° 下次尝试°"),
    (
        "相同来信",
        "征求意见 组号 代表编号* 件数 发件地址数 完全相同件数 同一发件人重复件数 首封时间 末封时间 代表内容* 代表全文*",
    ),
    ("相同来信明细", "征求意见 组号 编号* 收到时间 发件地址* 提出单位或个人* 状态 与代表件"),
    ("撤回与替换", "征求意见 涉及编号* 涉及件状态 事项 依据 提出于* 登记时间 处理情况"),
    ("其他邮件", "征求意见 到达时间° 处理时间 类别 理由 文件夹* 标识* 大小KB"),
    ("更正记录", "征求意见 时间 编号* 条号° 项目 原值* 新值* 操作人* 说明*"),
    ("改列来信", "征求意见 编号* 原编号* 原征求意见 改列编号* 改列征求意见 改列时间 经办人* 备注*"),
    (
        "收件概况",
        "征求意见 标题 开始 截止 收到件数 已登记 待核 逾期 重复 不计入 补充 意见条数 人次 不同内容数 同文归并后内容数 发件地址数 \
         已办理 已删除 计入",
    ),
    ("数据字典", "表 列* 含义* 取值* 口径*"),
];

/// One view as it is: its columns and its rows.
pub(crate) fn sheet(store: &Connection, view: &str) -> (Vec<String>, Vec<Vec<Value>>) {
    let mut statement = store.prepare(&format!("SELECT * FROM {view}")).unwrap();
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let count = columns.len();
    let rows = statement.query_map([], |row| (0..count).map(|at| row.get(at)).collect()).unwrap();
    (columns, rows.map(Result::unwrap).collect())
}

/// A letter of its own: `id` keeps it apart, the rest is what the test is about.
fn from(id: &str, text: &str) -> Letter {
    Letter {
        message_id: format!("{id}@example.com"),
        from: format!("{id}@example.com"),
        text: format!("{text}\r\n"),
        ..letter(1)
    }
}

/// A letter with a file, as it is read from the disk.
fn with_file(of: &Letter, name: &str) -> Vec<u8> {
    let file = name.bytes().fold(String::new(), |file, byte| format!("{file}%{byte:02X}"));
    format!(
        "From: <{}>\r\nTo: <zwfw@ln.gov.cn>\r\nSubject: {}\r\nMessage-ID: <{}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n\
         --q\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''{file}\r\n\r\nx\r\n--q--\r\n",
        of.from, of.subject, of.message_id, of.text,
    )
    .into_bytes()
}

/// The letter as if it had been written after the deadline.
fn written_late(raw: Vec<u8>) -> Vec<u8> {
    let raw = String::from_utf8(raw).unwrap();
    let late = raw.replace("Date: Tue, 12 Mar 2024", "Date: Fri, 15 Mar 2024");
    assert_ne!(raw, late);
    late.into_bytes()
}

/// A store with letters of all kinds, and what staff do with them.
pub(crate) fn office_with_all_kinds() -> Office {
    let office = Office::at_maildir();
    let tag = letter(1).subject;
    let titled =
        |id: &str, subject: &str, text: &str| Letter { subject: subject.to_owned(), ..from(id, text) };
    let again = |id: &str, of: Letter| Letter { message_id: format!("{id}@example.com"), ..of };
    let reply = |id: &str, to: &str, text: &str| {
        again(&format!("{id}-{to}"), titled(id, &format!("回复：{to}"), text))
    };
    let signed = |words: &str| {
        from(
            "a1",
            &format!("{words}\r\n\r\n姓名：欧阳娜娜\r\n职业：教师\r\n电话：13812345678、024-25550101-8012"),
        )
    };
    let helpers = "建议在每个社区设立帮办代办点，由专人为老年人代办事项，并公布联系电话。";
    let longer = "建议延长窗口的服务时间，周末也开放。";
    let points = signed("1. 建议增加线上办理入口。\r\n2. 建议缩短办理时间。\r\n3. 建议保留现金窗口。");
    let raw = |letter: Letter| letter.raw();
    let mails = [
        (raw(points.clone()), IN_TIME),
        (raw(from("a2", longer)), "Wed, 13 Mar 2024 22:10:02 +0800"),
        (raw(from("b1", helpers)), IN_TIME),
        (raw(from("b2", helpers)), IN_TIME),
        (raw(from("b3", helpers)), IN_TIME),
        // The same again, late, near the subject, a unit, a joint letter, one that asks for silence, a formula, files.
        (raw(again("a3", from("a2", longer))), IN_TIME),
        (raw(from("c1", "建议公开办事指南的电子版。")), TOO_LATE),
        (written_late(raw(from("c7", "建议公开办事流程图。"))), TOO_LATE),
        (raw(titled("c2", "关于高效办成一件事的建议", "建议增加自助设备。")), IN_TIME),
        (raw(from("c3", "经研究，我单位无意见。\r\n\r\n沈阳市某某商业协会\r\n2024年3月11日")), IN_TIME),
        (raw(from("c4", "我们建议增设夜间窗口。\r\n\r\n联名人：张一鸣、李秀英、王建国")), IN_TIME),
        (raw(from("c5", "建议取消重复提交的材料。请不要公开我的姓名，我要求匿名。")), IN_TIME),
        (raw(from("c6", "=1+1")), IN_TIME),
        (with_file(&from("d1", "意见见附件。"), "意见.docx"), IN_TIME),
        (with_file(&from("d2", "建议见附件和图。\r\n\r\n建议增设导办员。"), "现场照片.JPG"), IN_TIME),
        // Replies: an opinion, one that comes late, details, a request; a letter that only asks.
        (raw(reply("a2", "LNZX-2024-0002", "补充一条：建议开通短信提醒。")), IN_TIME),
        (written_late(raw(reply("b1", "LNZX-2024-0003", "再补充：建议公布监督电话。"))), TOO_LATE),
        (raw(reply("b2", "LNZX-2024-0004", "姓名：周晓光\r\n职业：律师\r\n电话：13900001111")), IN_TIME),
        (raw(reply("b3", "LNZX-2024-0005", "我想撤回我的意见。")), IN_TIME),
        (raw(from("e5", "请问什么时候公布采纳结果？")), IN_TIME),
        // What is not ours, from a machine, and the same bytes again.
        (raw(titled("f1", "发票开具通知", "请查收发票。")), IN_TIME),
        (raw(titled("f2", &format!("自动回复：{tag}"), "我正在休假。")), IN_TIME),
        (raw(points), IN_TIME),
    ];
    let folder = office.path().join("letters");
    fs::create_dir(&folder).unwrap();
    for (at, (raw, arrived)) in mails.into_iter().enumerate() {
        let received =
            format!("Received: from a.example (a.example [192.0.2.7]) by mx.ln.gov.cn; {arrived}\r\n");
        fs::write(folder.join(format!("{at:02}.eml")), [received.into_bytes(), raw].concat()).unwrap();
    }
    office.run_ok(&["import", "letters"]);
    for command in [
        &["correct", "1", "adoption", "采纳", "--item", "1", "--note", "合理"][..],
        &["correct", "1", "adoption", "研究中", "--item", "2"],
        &["correct", "1", "clause", "二(二)3", "--item", "1"],
        &["correct", "1", "clause", "二(一)1", "--item", "2"],
        &["correct", "1", "phones", "13900002222"],
        &["correct", "1", "flags", "+no_publish"],
        &["item", "drop", "1", "3"],
        &["review", "deny", "2", "--note", "=重复"],
        &["review", "reopen", "2"],
        &["correct", "3", "name", "王小明"],
        &["correct", "3", "phones", "13900003333"],
        &["correct", "7", "occupation", "农民"],
    ] {
        office.run_ok(command);
    }
    office
}

#[test]
fn a_store_with_letters_of_all_kinds_is_told_right() {
    let office = office_with_all_kinds();
    in_order(&office);
    crate::questions::asked_as_the_page_does(&office);
    crate::counts::are_as_the_items(&office);
    with_every_status(&office);
    crate::counts::are_as_the_items(&office);
    named_and_in_words(&office);
    every_mail_is_in_one_view(&office);
    // A number that stands in two columns is masked in one way.
    for row in office.json(&["view", "来信一览", "--json"]).as_array().unwrap() {
        let phones = row["电话"].as_str().unwrap();
        assert_eq!(row["电话数字"], phones.replace('-', ""), "{row}");
        assert_eq!(phones.contains('*'), !phones.is_empty(), "{row}");
    }
}

/// What is still missing: letters that came too early, were seen to, denied, moved or erased.
pub(crate) fn with_every_status(office: &Office) {
    consultation(office, "2024-03-01", "2024-03-31");
    import(office, "early.eml", &from("g1", "建议早些公布名单。"), "Mon, 26 Feb 2024 09:00:00 +0800");
    let number = |sender: &str| {
        let sql = format!("SELECT number FROM submission WHERE from_address = '{sender}@example.com'");
        office.rows().rows(&sql).remove(0)["number"].clone()
    };
    office.run_ok(&["review", "confirm", &number("e5"), "--note", "已答复：电话"]);
    office.run_ok(&["review", "deny", &number("c2"), "--note", "与本次征集无关"]);
    office.run_ok(&["move", &number("d2"), THERE]);
    let fields = [
        "单位",
        "某某协会",
        "来信人类别",
        "企业",
        "邮箱",
        "a@example.com",
        "来信内容",
        "建议。",
        "人次",
        "2",
        "--replace",
    ];
    office.run_ok(&[&["correct", &number("b1")], &fields[..]].concat());
    for item in [["text", "建议公开。"], ["adoption_reason", "已有规定"]] {
        office.run_ok(&[&["correct", &number("b1")], &item[..], &["--item", "1", "--replace"]].concat());
    }
    office.run_ok(&["item", "add", &number("b1"), "建议另设窗口。"]);
    office.run_ok(&["review", "note", &number("b1"), "--note", "已去信"]);
    // What else may stand in the tables, as others leave it there.
    let store = Connection::open(office.store_path()).unwrap();
    let left = "UPDATE submission SET status = 'erased', name = NULL, organization = NULL, occupation_as_written = NULL,
            phones = '[]', emails = '[]', from_address = '', comment = '', full_text = '' WHERE from_address = 'b3@example.com';
        UPDATE submission SET sender_kind = 'agency' WHERE from_address = 'a2@example.com';
        INSERT INTO mailbox_entry (folder, uid_validity, uid, size_bytes, disposition, reason, seen_at)
            VALUES ('INBOX', 7, 8, 9, 'quarantined', 'panicked', '2024-03-12T01:02:03Z');
        UPDATE acknowledgement SET state = 'sent' WHERE id = 1;
        UPDATE acknowledgement SET state = 'deferred', reason = 'refused', next_attempt_at = queued_at WHERE id = 2;
        UPDATE acknowledgement SET state = 'failed', reason = 'refused' WHERE id = 3;
        INSERT OR IGNORE INTO relation (kind, earlier_id, submission_id, message_id, basis, created_at)
            SELECT word, earlier_id, submission_id, message_id, basis, created_at FROM word, (SELECT * FROM relation LIMIT 1)
            WHERE word.kind = 'relation_kind'";
    store.execute_batch(left).unwrap();
    let rows = office.rows();
    for (kind, view, column) in [
        ("status", "来信一览", "状态"),
        ("timeliness", "来信一览", "时限"),
        ("proposer", "来信一览", "类别"),
        ("acknowledgement_state", "来信一览", "回执"),
        ("sender_kind", "意见汇总", "来信人类别"),
        ("relation_kind", "撤回与替换", "事项"),
        ("correction_field", "更正记录", "项目"),
    ] {
        let shown = format!(
            "SELECT short FROM word WHERE kind = '{kind}' AND short NOT IN (SELECT {column} FROM {view})"
        );
        assert_eq!(rows.rows(&shown).len(), 0, "{view}.{column} does not show {:?}", rows.rows(&shown));
    }
}

/// The views have these names and columns, and say what they hold in words.
fn named_and_in_words(office: &Office) {
    let store = Connection::open(office.store_path()).unwrap();
    let names = office.run_ok(&["view"]).stdout;
    assert_eq!(names.lines().collect::<Vec<_>>(), VIEWS.map(|(name, _)| name), "in this order");
    in_words(office, |view| sheet(&store, view));
}

/// Each cell is a word, a number, or what somebody wrote; what is empty is explained.
pub(crate) fn in_words(office: &Office, sheet: impl Fn(&str) -> (Vec<String>, Vec<Vec<Value>>)) {
    let latin = Regex::new("[A-Za-z_]").unwrap();
    let may_be_empty = "SELECT 表 || '.' || 列 AS 名 FROM 数据字典 WHERE 取值 || 含义 LIKE '%空%'";
    let may_be_empty: Vec<String> =
        office.rows().rows(may_be_empty).into_iter().map(|row| row["名"].clone()).collect();
    let mut wrong = Vec::new();
    for (view, listed) in VIEWS {
        let (columns, rows) = sheet(view);
        let wanted: Vec<&str> = listed.split_whitespace().collect();
        let plain: Vec<&str> = wanted.iter().map(|name| name.trim_end_matches(['*', '°'])).collect();
        assert_eq!(columns, plain, "{view}");
        assert!(!rows.is_empty(), "{view} is empty: the test shows nothing of it");
        for row in &rows {
            for (cell, column) in row.iter().zip(&wanted) {
                let name = format!("{view}.{}", column.trim_end_matches(['*', '°']));
                let is_empty = *cell == Value::Null || *cell == Value::Text(String::new());
                if is_empty && !may_be_empty.contains(&name) {
                    wrong.push(format!("{name}: empty, and the dictionary does not say what that means"));
                }
                let told = match cell {
                    Value::Null if !column.ends_with('°') => "NULL".to_owned(),
                    Value::Text(text) if !column.contains('*') && latin.is_match(text) => text.clone(),
                    Value::Text(text) if text.contains(['{', '⟨', '⟪']) => text.clone(),
                    _ => continue,
                };
                wrong.push(format!("{view}.{column}: {told}"));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_column_of_every_view_stands_in_the_dictionary() {
    let office = Office::at_maildir();
    office.run_ok(&["init"]);
    let rows = office.rows().rows("SELECT 表 || '.' || 列 AS 名, 含义 FROM 数据字典");
    let told: BTreeMap<String, String> =
        rows.into_iter().map(|row| (row["名"].clone(), row["含义"].clone())).collect();
    let columns: Vec<String> = VIEWS
        .iter()
        .flat_map(|(view, columns)| {
            columns
                .split_whitespace()
                .map(move |name| format!("{view}.{}", name.trim_end_matches(['*', '°'])))
        })
        .collect();
    assert_eq!(told.len(), columns.len());
    for column in columns {
        assert!(told.get(&column).is_some_and(|says| !says.is_empty()), "{column}");
    }
    // What a column may hold is what the words are called.
    let rows = office.rows();
    for (column, kind) in [("状态", "status"), ("时限", "timeliness"), ("事项", "relation_kind")] {
        let said = rows.rows(&format!(
            "SELECT DISTINCT 取值 FROM 数据字典 WHERE 列 = '{column}' AND 表 NOT IN ('来信单位', '回执情况')"
        ));
        for word in rows.rows(&format!("SELECT short FROM word WHERE kind = '{kind}'")) {
            for said in &said {
                assert!(said["取值"].contains(&word["short"]), "{column}: {said:?} {word:?}");
            }
        }
    }
    assert_eq!(rows.count("SELECT count(*) FROM 数据字典 WHERE 取值 || 含义 || 口径 LIKE '%⟦%'"), 0);
}

/// Every mail is in one view, and nothing late came before the deadline.
fn every_mail_is_in_one_view(office: &Office) {
    let rows = office.rows();
    let count = |sql: &str| rows.count(sql);
    let by_status: i64 = rows
        .rows("SELECT 状态, count(*) AS n FROM 来信一览 GROUP BY 1")
        .iter()
        .map(|row| row["n"].parse::<i64>().unwrap())
        .sum();
    let others = count("SELECT count(*) FROM 补充来信") + count("SELECT count(*) FROM 其他邮件");
    assert_eq!(by_status + others, count("SELECT count(*) FROM mailbox_entry"));
    assert_eq!(count("SELECT sum(件数) FROM 每日收件"), by_status);
    assert_eq!(count("SELECT sum(件数) FROM 分时收件"), by_status);
    assert_eq!(
        count("SELECT sum(件数 = 已登记 + 待核 + 逾期 + 重复 + 不计入 + 已办理 + 已删除) FROM 每日收件"),
        count("SELECT count(*) FROM 每日收件")
    );
    for sql in [
        "SELECT count(*) FROM 意见汇总 WHERE (备注 LIKE '%逾期%' OR 时限 = '逾期') AND 收到时间 < '2024-03-14'",
        "SELECT count(*) FROM 补充来信 WHERE 时限 = '逾期' AND 收到时间 < '2024-03-14'",
        "SELECT count(*) FROM 来信一览 WHERE 时限 = '逾期' AND 收到时间 < '2024-03-14'",
        "SELECT count(*) FROM 意见汇总 WHERE 时限 = '按时' AND 收到时间 >= '2024-03-14'",
    ] {
        assert_eq!(count(sql), 0, "{sql}");
    }
    assert!(count("SELECT count(*) FROM 意见汇总 WHERE 备注 = '补充来信（逾期）'") > 0);
    // Who wants no name, or nothing published, is seen beside each opinion.
    let wishes = |wish: &str| count(&format!("SELECT count(*) FROM 意见汇总 WHERE 备注 LIKE '%{wish}%'"));
    assert!(wishes("要求匿名") > 0 && wishes("要求不公开") > 0);
    assert_eq!(
        wishes("公开")
            - count(
                "SELECT count(*) FROM 意见汇总 AS o JOIN 来信一览 USING (编号) WHERE 标记 LIKE '%不公开%'"
            ),
        0
    );
}

/// Days without mail are there, and clauses stand in the order of the notice.
fn in_order(office: &Office) {
    let rows = office.rows();
    let days = rows.rows("SELECT 日期, 星期, 件数, 累计 FROM 每日收件");
    let day = |at: &str| days.iter().find(|row| row["日期"] == at).unwrap_or_else(|| panic!("no {at}"));
    assert_eq!((days[0]["日期"].as_str(), days[0]["件数"].as_str()), ("2024-02-28", "0"));
    assert_eq!((day("2024-03-10")["件数"].as_str(), day("2024-03-10")["星期"].as_str()), ("0", "周日"));
    assert_eq!(day("2024-03-13")["件数"], "1");
    assert_eq!(days.last().unwrap()["日期"], "2024-03-15", "later days only with mail: 14 March has none");
    assert_eq!(days.len(), 16);
    let all = rows.count("SELECT count(*) FROM submission").to_string();
    assert_eq!(days.last().unwrap()["累计"], all);
    let clauses = rows.rows("SELECT 条款, 条款标题, 条款顺序 FROM 条款分布");
    let order: Vec<&str> = clauses.iter().map(|row| row["条款"].as_str()).collect();
    let at =
        |clause: &str| order.iter().position(|found| *found == clause).unwrap_or_else(|| panic!("{order:?}"));
    assert!(at("二(一)1") < at("二(二)3"), "{order:?}");
    assert_eq!(order.last(), Some(&"未标注"));
    assert_eq!(clauses[at("二(一)1")]["条款标题"], "只进一门");
}

/// What was not there is told in our words, and those are never masked.
#[test]
fn what_a_correction_found_empty_is_said_and_not_masked() {
    let office = office_with_all_kinds();
    let told = office.json(&["view", "更正记录", "--json"]);
    let of = |row: &&serde_json::Value| row["编号"] == "LNZX-2024-0003";
    let old: Vec<&str> =
        told.as_array().unwrap().iter().filter(of).map(|row| row["原值"].as_str().unwrap()).collect();
    // The name that was typed takes away what said that none was given.
    assert_eq!(old, ["（空）", "联系信息不全（缺姓名、职业、电话）", "（空）"], "{told:#}");
    assert!(!told.to_string().contains("王小明"), "{told:#}");
}
