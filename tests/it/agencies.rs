//! Letters of offices, firms and associations: what kind of sender each is, and what becomes of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::review::{IN_TIME, import};
use crate::support::daemon::Office;
use crate::support::kinds::Kinds;
use crate::support::letter::{Letter, letter};
use crate::support::mailset::TITLE;
use crate::support::repository;

/// A letter of `tests/cases/agencies.json` as it came.
fn raw(case: &Value) -> String {
    let word = |text: &str| format!("=?utf-8?B?{}?=", BASE64.encode(text));
    let said = |key: &str| case[key].as_str().unwrap().replace("TITLE", TITLE);
    let mut raw = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n\
         From: <{}>\r\nTo: <zwfw@ln.gov.cn>\r\nDate: Tue, 12 Mar 2024 10:00:00 +0800\r\n\
         Message-ID: <{}@example.com>\r\nSubject: {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
        said("from"),
        said("id"),
        word(&said("subject")),
        said("body").replace('\n', "\r\n"),
    );
    for file in case["attachments"].as_array().into_iter().flatten().map(|name| word(name.as_str().unwrap()))
    {
        write!(
            raw,
            "--part\r\nContent-Type: application/msword; name=\"{file}\"\r\n\
             Content-Disposition: attachment; filename=\"{file}\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
        )
        .unwrap();
    }
    raw + "--part--\r\n"
}

/// What became of each letter, by its Message-ID.
fn filed(office: &Office) -> BTreeMap<String, Value> {
    let rows = office.rows().rows(
        "SELECT m.rfc822_message_id AS id, s.status, s.organization, s.sender_kind, s.flags, s.review_reasons,
            (SELECT count(*) FROM opinion AS o WHERE o.submission_id = s.id) AS items, a.state AS answer, a.reason
         FROM submission AS s JOIN message AS m ON m.id = s.message_id LEFT JOIN acknowledgement AS a ON a.message_id = m.id",
    );
    let value = |text: &str| serde_json::from_str::<Value>(text).ok().filter(|value| !value.is_string());
    let row = |row: &BTreeMap<String, String>| {
        let columns = row.iter().map(|(column, text)| (column.clone(), value(text).unwrap_or(json!(text))));
        columns.collect::<serde_json::Map<_, _>>().into()
    };
    rows.iter().map(|found| (found["id"].clone(), row(found))).collect()
}

/// What of a case is not as expected.
fn wrong(case: &Value, filed: &BTreeMap<String, Value>) -> Vec<String> {
    let id = case["id"].as_str().unwrap();
    let not_ours = json!({ "status": "not_ours" });
    let found = filed.get(&format!("{id}@example.com")).unwrap_or(&not_ours);
    let mut wrong = Vec::new();
    for (key, wanted) in case["expect"].as_object().unwrap() {
        let holds = match (&found[key], wanted) {
            (Value::Array(found), Value::Array(wanted)) => wanted.iter().all(|one| found.contains(one)),
            (found, Value::Null) => found.is_null() || found == "",
            (found, wanted) => found == wanted,
        };
        if !holds {
            wrong.push(format!("{id}: {key}: expected {wanted}, found {}", found[key]));
        }
    }
    wrong
}

#[test]
fn every_letter_of_an_office_and_every_one_that_is_none_is_filed_as_expected() {
    let office = Office::at_maildir();
    let cases = fs::read_to_string(repository().join("tests/cases/agencies.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    let folder = office.path().join("letters");
    fs::create_dir(&folder).unwrap();
    for (n, case) in cases.iter().enumerate() {
        fs::write(folder.join(format!("{n:03}.eml")), raw(case)).unwrap();
    }
    office.run_ok(&["import", "letters"]);
    let filed = filed(&office);
    let mut kinds = Kinds::new("senders");
    for case in &cases {
        kinds.case(case["kind"].as_str().unwrap(), wrong(case, &filed));
    }
    kinds.tell();
}

/// A letter of an office, a reply of its clerk from a private address, and what a person lets go.
#[test]
fn an_office_is_answered_by_a_person_only() {
    let office = Office::at_maildir();
    let text = "建议第二部分增加部门数据回流机制。\r\n某甲市数据局\r\n";
    import(&office, "1.eml", &Letter { text: text.to_owned(), ..letter(1) }, IN_TIME);
    let reply = Letter {
        subject: "补充：LNZX-2024-0001".to_owned(),
        message_id: "second@example.com".to_owned(),
        text: "再补充一条：建议统一证照目录。\r\n".to_owned(),
        ..letter(1)
    };
    import(&office, "2.eml", &reply, IN_TIME);
    let rows = office.rows();
    let states = "SELECT group_concat(kind || ' ' || state || ' ' || coalesce(reason, ''), ', ') AS all_of_them FROM acknowledgement";
    let states = || rows.rows(states)[0]["all_of_them"].clone();
    assert_eq!(states(), "accepted withheld agency, supplement withheld agency");
    for command in [&["show", "LNZX-2024-0001"][..], &["explain", "LNZX-2024-0001"], &["outbox", "list"]] {
        let said = office.run_ok(command).stdout;
        assert!(said.contains("机关单位来信，不自动答复"), "{command:?}: {said}");
    }
    assert!(
        office.run_ok(&["explain", "LNZX-2024-0001"]).stdout.contains("“局”，依据单位名称，归为“机关单位”")
    );
    assert!(office.run_ok(&["list"]).stdout.contains("机关单位"));
    for (kind, found) in [("agency", true), ("机关单位", true), ("citizen", false)] {
        let list = office.run_ok(&["list", "--sender-kind", kind]).stdout;
        assert_eq!(list.contains("LNZX-2024-0001"), found, "{kind}: {list}");
    }
    assert_eq!(office.run(&["list", "--sender-kind", "firm"]).code, Some(64));
    assert!(
        office
            .run_ok(&["stats"])
            .stdout
            .contains("来信人类别（计入件）：个人 0，企业 0，事业单位和社会组织 0，机关单位 1")
    );
    office.run_ok(&["outbox", "release", "LNZX-2024-0001"]);
    assert!(states().starts_with("accepted queued"), "{}", states());
    office.run_ok(&["verify"]);
}

#[test]
fn an_office_is_answered_where_the_configuration_says_so() {
    let mut office = Office::at_maildir();
    office.set("acknowledgement", "answer_agencies", true);
    let text = "建议第二部分增加部门数据回流机制。\r\n某甲市数据局\r\n";
    import(&office, "1.eml", &Letter { text: text.to_owned(), ..letter(1) }, IN_TIME);
    assert_eq!(office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'queued'"), 1);
}

/// A store of the version before senders had a kind.
#[test]
fn what_was_filed_without_a_kind_gets_one_from_reprocess_and_every_seal_holds() {
    let office = Office::at_maildir();
    let dump = fs::read_to_string(repository().join("tests/stores/store_6.sql")).unwrap();
    Connection::open(office.store_path()).unwrap().execute_batch(&dump).unwrap();
    office.run_ok(&["run", "--once"]);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE sender_kind IS NULL"), 20);
    assert_eq!(rows.count("SELECT count(*) FROM 意见汇总 WHERE 来信人类别 <> '未判定'"), 0);
    office.run_ok(&["verify"]);
    office.run_ok(&["reprocess", "--apply"]);
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE sender_kind = 'agency'"), 1);
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE sender_kind = 'citizen'"), 19);
    assert_eq!(rows.count("SELECT count(*) FROM 意见汇总 WHERE 来信人类别 = '机关单位'"), 1);
    office.run_ok(&["verify", "--replay"]);
    assert!(office.run_ok(&["show", "LNZX-2024-0013"]).stdout.contains("来信人类别：机关单位"));
    office.run_ok(&["correct", "LNZX-2024-0013", "sender_kind", "事业单位和社会组织"]);
    assert!(office.run_ok(&["list", "--json"]).stdout.contains("\"sender_kind\": \"association\""));
    office.run_ok(&["verify"]);
}

/// How many units are asked.
const INVITED: usize = 31;

/// A unit of the list: what it is called, what it signs as besides, the address that it writes from, and how its letter is signed;
/// `None`: it wrote none.
type Unit = (&'static str, &'static [&'static str], &'static str, Option<&'static str>);

/// Who is asked, in the list's order.
const UNITS: [Unit; INVITED] = [
    ("辽宁省发展和改革委员会", &["省发展改革委", "省发改委"], "fgw@163.com", Some("省发展改革委")),
    ("辽宁省教育厅", &[], "jyt@163.com", Some("辽宁省教育厅")),
    ("辽宁省科学技术厅", &["省科技厅"], "", None),
    ("辽宁省工业和信息化厅", &["省工信厅"], "gxt@163.com", Some("省工信厅")),
    ("辽宁省公安厅", &[], "gat@163.com", Some("辽宁省公安厅办公室")),
    ("辽宁省民政厅", &[], "mzt@163.com", Some("辽宁省民政厅（盖章）")),
    ("辽宁省司法厅", &[], "", None),
    ("辽宁省财政厅", &["省财政厅"], "czt@163.com", Some("辽宁省财政厅政策法规处")),
    ("辽宁省人力资源和社会保障厅", &["省人社厅"], "rst@163.com", Some("省人社厅")),
    ("辽宁省自然资源厅", &[], "zrzyt@163.com", Some("辽宁省自然资源厅")),
    ("辽宁省生态环境厅", &[], "", None),
    ("辽宁省住房和城乡建设厅", &["省住建厅", "省住房城乡建设厅"], "zjt@163.com", Some("省住房城乡建设厅")),
    ("辽宁省交通运输厅", &[], "jtt@163.com", Some("辽宁省交通运输厅")),
    ("辽宁省水利厅", &[], "slt@163.com", Some("辽 宁 省 水 利 厅")),
    ("辽宁省农业农村厅", &[], "", None),
    ("辽宁省商务厅", &[], "swt@163.com", Some("辽宁省商务厅")),
    ("辽宁省文化和旅游厅", &["省文旅厅"], "", None),
    ("辽宁省卫生健康委员会", &["省卫生健康委", "省卫健委"], "wjw@163.com", Some("省卫健委")),
    ("辽宁省应急管理厅", &[], "yjt@163.com", Some("辽宁省应急管理厅")),
    ("辽宁省市场监督管理局", &["省市场监管局"], "scj@163.com", Some("省市场监管局")),
    ("辽宁省医疗保障局", &[], "ybj@163.com", Some("辽宁省医疗保障局")),
    ("辽宁省数据局(辽宁省政务服务管理局)", &[], "sjj@163.com", Some("辽宁省数据局（辽宁省政务服务管理局）")),
    ("国家税务总局辽宁省税务局", &["省税务局"], "swj@163.com", Some("国家税务总局辽宁省税务局")),
    ("辽宁省残疾人联合会", &["省残联"], "cl@163.com", Some("省残联")),
    ("沈阳市人民政府", &["shenyang.gov.cn"], "zfb@yj.shenyang.gov.cn", Some("")),
    ("大连市人民政府", &["zfb@dl.gov.cn"], "", None),
    ("鞍山市人民政府", &[], "as@163.com", Some("鞍山市人民政府办公室")),
    ("抚顺市人民政府", &[], "", None),
    ("本溪市人民政府", &["bxzfb@163.com"], "bxzfb@163.com", Some("")),
    ("丹东市人民政府", &[], "", None),
    ("锦州市人民政府", &[], "", None),
];

/// What a unit writes: opinions, none, or a file.
fn answer_of(n: usize, signs: &str) -> (&'static str, String) {
    match n % 3 {
        0 => ("1 条", format!("建议明确第{n}项任务的牵头单位。\r\n{signs}\r\n")),
        1 => ("无意见", format!("经研究，无修改意见。\r\n{signs}\r\n")),
        _ => ("见附件", format!("意见见附件，请查收。\r\n{signs}\r\n")),
    }
}

fn asked(office: &Office) {
    let list: Vec<Value> = UNITS.iter().map(|(name, also, ..)| json!([&[*name], *also].concat())).collect();
    let path = office.path().join("consultations/liaoning.toml");
    let consultation = fs::read_to_string(&path).unwrap();
    let (keys, tables) = consultation
        .split_once("\n[")
        .map_or((consultation.as_str(), None), |(keys, tables)| (keys, Some(tables)));
    let tables = tables.map(|tables| format!("\n[{tables}")).unwrap_or_default();
    fs::write(&path, format!("{keys}\ninvited = {}\n{tables}", json!(list))).unwrap();
}

fn letter_of(n: usize, from: &str, signs: &str) -> Vec<u8> {
    let (_, text) = answer_of(n, signs);
    let letter = Letter { from: from.to_owned(), text, ..letter(n) };
    let raw = if n % 3 == 2 { letter.with_attachment(n, 900) } else { letter.raw() };
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; Tue, 12 Mar 2024 10:{n:02}:02 +0800\r\n"
    );
    [received.as_bytes(), &raw].concat()
}

#[test]
fn who_was_asked_and_has_answered_is_told_and_who_has_not() {
    let office = Office::at_maildir();
    asked(&office);
    let folder = office.path().join("letters");
    fs::create_dir(&folder).unwrap();
    let mut silent = Vec::new();
    for (n, (name, _, from, signs)) in UNITS.iter().enumerate() {
        match signs {
            Some(signs) => fs::write(folder.join(format!("{n:03}.eml")), letter_of(n, from, signs)).unwrap(),
            None => silent.push(*name),
        }
    }
    assert_eq!((INVITED - silent.len(), silent.len()), (22, 9));
    // Another city's bureau of the same name, a province's whose short form is on the list, a citizen who speaks of one.
    for (n, signs) in
        [(42, "沈阳市教育局"), (45, "吉林省人社厅"), (48, "建议抚顺市人民政府也参加。\r\n赵大海")]
    {
        fs::write(folder.join(format!("{n:03}.eml")), letter_of(n, &format!("o{n}@163.com"), signs)).unwrap();
    }
    office.run_ok(&["import", "letters"]);
    let text = office.run_ok(&["stats", "--agencies"]).stdout;
    assert!(text.contains(&format!("未反馈 9 家：{}\n", silent.join("、"))), "{text}");
    assert!(text.contains("书面征求 31 家，已反馈 22 家"), "{text}");
    let rows = office.rows().rows("SELECT number, from_address FROM submission");
    let number = |from: &str| {
        let row = rows.iter().find(|row| row["from_address"] == from);
        row.map(|row| row["number"].clone()).unwrap_or_default()
    };
    for (n, (name, _, from, signs)) in UNITS.iter().enumerate() {
        let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap_or_default();
        let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        match signs {
            None => assert_eq!(cells, [*name, "否"], "{line}"),
            Some(signs) => {
                let at = format!("2024-03-12 10:{n:02}:02");
                assert_eq!(cells, [*name, "是", &at, answer_of(n, signs).0, &number(from)], "{line}");
            }
        }
    }
    assert!(!text.contains("赵大海") && !text.contains(&number("o48@163.com")), "{text}");
    for other in ["沈阳市教育局", "吉林省人社厅"] {
        assert!(text.lines().any(|line| line.starts_with(other)), "{other} is on no list: {text}");
    }
    let json = office.json(&["stats", "--agencies", "--json"]);
    let one = &json["consultations"][0];
    assert_eq!((&one["invited"], &one["answered"]), (&json!(31), &json!(22)));
    assert_eq!(one["not_answered"], json!(silent));
    assert_eq!(one["units"][0]["name"], json!(UNITS[0].0));
    assert_eq!(one["units"][0]["items"], json!(1));
    assert_eq!(one["units"][1]["no_objection"], json!(true));
}

/// Two drafts at once: what the text says of one of them decides, and an office's answer is not lost where it says nothing.
#[test]
fn among_several_drafts_the_text_says_which_one_a_unit_answers() {
    let office = Office::at_maildir();
    fs::write(
        office.path().join("consultations/heating.toml"),
        "id = \"heating\"\ntitle = \"辽宁省城市供热条例(征求意见稿)\"\nissuer = \"辽宁\"\nopens = \"2024-02-28\"\n\
         deadline = \"2024-03-20\"\nnumber_prefix = \"GR-2024\"\nanchors = [\"供热\", \"供热条例\"]\n\
         clauses = [{ code = \"第八条\", name = \"供热设施\" }, { code = \"第十条\", name = \"室内温度\" }]\n",
    )
    .unwrap();
    let cases = [
        (
            "fgj@163.com",
            "某市房产局反馈意见",
            "建议明确供热设施的移交时限，室内温度由第三方测量。",
            "heating",
        ),
        ("zwj@163.com", "某市政务局反馈意见", "建议“跨域办”与“一窗通办”合并表述。", "liaoning-2024-gxbc"),
        ("tjj@sy.gov.cn", "某市统计局反馈意见", "无意见。", "any"),
        ("hq@163.com", "某市统计局反馈意见", "无意见。", ""),
        ("zz@163.com", "某市设备公司反馈意见", "供热设施报价见附件。", ""),
    ];
    for (n, (from, subject, text, _)) in cases.iter().enumerate() {
        let letter = Letter {
            from: (*from).to_owned(),
            subject: (*subject).to_owned(),
            text: format!("{text}\r\n"),
            ..letter(n)
        };
        import(&office, &format!("{n}.eml"), &letter, IN_TIME);
    }
    let rows = office.rows().rows("SELECT from_address, consultation, status FROM submission");
    for (from, subject, _, expected) in cases {
        let row = rows.iter().find(|row| row["from_address"] == from);
        let found = row.map_or("", |row| row["consultation"].as_str());
        match expected {
            "any" => assert!(!found.is_empty(), "{from} {subject} is lost"),
            expected => assert_eq!(found, expected, "{from} {subject}"),
        }
        assert!(row.is_none_or(|row| row["status"] == "review"), "{from} waits for a person");
    }
}
