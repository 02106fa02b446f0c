//! Many replies to one submission: a day's worth becomes part of it, further ones wait for a person, and none is lost.

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use crate::support::daemon::Office;
use crate::support::letter::{ARRIVAL, Letter, letter};
use crate::support::mailhost::set_modified;

const DAY: u64 = 86_400;

/// The first letter and `count` replies that name its number, all on one day but for the last.
fn office(count: usize, most: u32) -> Office {
    let mut office = Office::at_maildir();
    office.set("acknowledgement.caps", "per_submission", most);
    fs::create_dir(office.path().join("mails")).unwrap();
    for n in 0..=count {
        let reply = Letter {
            subject: "回复：LNZX-2024-0001".to_owned(),
            message_id: format!("reply{n}@example.com"),
            text: format!("1. 建议增设第{n}个窗口，{}。\r\n", "再多设几个".repeat(n + 1)),
            ..letter(1)
        };
        let path = office.path().join(format!("mails/{n:04}.eml"));
        fs::write(&path, if n == 0 { letter(1) } else { reply }.raw()).unwrap();
        let at = ARRIVAL + if n == count { DAY } else { 0 };
        set_modified(&path, UNIX_EPOCH + Duration::from_secs(at));
    }
    office.run_ok(&["import", "mails"]);
    office
}

#[test]
fn replies_beyond_a_days_worth_wait_for_a_person_unanswered_and_count_when_confirmed() {
    let office = office(7, 3);
    let rows = office.rows();
    let count = |sql: &str| rows.count(sql);
    assert_eq!(count("SELECT count(*) FROM message"), 8, "all are kept");
    // Three of that day, and the one of the next.
    assert_eq!(count("SELECT count(*) FROM supplement WHERE submission_id = 1"), 4);
    let waiting =
        "SELECT count(*) FROM submission WHERE status = 'review' AND review_reasons LIKE '%replies_capped%'";
    assert_eq!(count(waiting), 3);
    let unanswered = "SELECT count(*) FROM acknowledgement AS a JOIN submission AS s ON s.message_id = a.message_id
        WHERE s.review_reasons LIKE '%replies_capped%' AND a.state = 'withheld' AND a.reason = 'replies_capped'";
    assert_eq!(count(unanswered), 3);
    assert_eq!(count("SELECT count(*) FROM submission WHERE id = 1 AND status = 'accepted'"), 1);
    let list = office.run_ok(&["review", "list"]).stdout;
    for number in ["LNZX-2024-0002", "LNZX-2024-0003", "LNZX-2024-0004"] {
        assert!(list.contains(number), "{list}");
    }
    let explained = office.run_ok(&["explain", "LNZX-2024-0002"]).stdout;
    assert!(explained.contains("LNZX-2024-0001") && explained.contains("当日的补充已多"), "{explained}");

    let items = || rows.count("SELECT count(*) FROM 意见汇总 WHERE 编号 = 'LNZX-2024-0002'");
    let before = items();
    office.run_ok(&["review", "confirm", "LNZX-2024-0002"]);
    office.run_ok(&["review", "deny", "LNZX-2024-0003", "--note", "来信人要求"]);
    assert_eq!((before, items()), (0, 1));
    assert_eq!(count(waiting), 1);
    office.run_ok(&["verify"]);
    let found = office.json(&["reprocess", "--json"]);
    assert_eq!((&found["changed"], &found["left_to_a_person"]), (&0.into(), &0.into()), "{found}");
}

#[test]
fn who_adds_a_few_times_is_filed_and_answered_as_ever() {
    let office = office(7, 20);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM supplement"), 7);
    assert_eq!(rows.count("SELECT count(*) FROM submission"), 1);
    assert_eq!(
        rows.count("SELECT count(*) FROM acknowledgement WHERE kind = 'supplement' AND state <> 'withheld'"),
        1
    );
}

/// One number by itself is ruled on as with all others, whatever its sender sent besides.
#[test]
fn one_number_of_a_diligent_writer_is_ruled_on_as_with_all() {
    let office = office(7, 3);
    for number in ["LNZX-2024-0001", "LNZX-2024-0003"] {
        let found = office.json(&["reprocess", "--json", number]);
        assert_eq!(
            (&found["changed"], &found["left_to_a_person"]),
            (&0.into(), &0.into()),
            "{number}: {found}"
        );
    }
    let store = rusqlite::Connection::open(office.store_path()).unwrap();
    store.execute("UPDATE supplement SET comment = 'older'", []).unwrap();
    let trial = office.run(&["reprocess", "--json", "LNZX-2024-0001"]);
    let found: serde_json::Value = serde_json::from_str(&trial.stdout).unwrap();
    assert_eq!((trial.code, &found["changed"]), (Some(1), &4.into()), "{found}");
    office.run(&["reprocess", "--apply", "LNZX-2024-0001"]);
    office.run_ok(&["reprocess"]);
}

/// A letter that says nothing of its writer, and then its writer's answers, in one import: one transaction.
fn answered_with(texts: &[(&str, &str)]) -> Office {
    letter_and_answers("建议延长办理时间。", texts)
}

fn letter_and_answers(first: &str, texts: &[(&str, &str)]) -> Office {
    let office = Office::at_maildir();
    fs::create_dir(office.path().join("mails")).unwrap();
    let first = Letter { text: format!("{first}\r\n"), ..letter(1) };
    let mut written = vec![first];
    for (n, (from, text)) in (1..).zip(texts) {
        written.push(Letter {
            from: (*from).to_owned(),
            subject: "补充".to_owned(),
            message_id: format!("later{n}@example.com"),
            text: format!("编号LNZX-2024-0001的补充。\r\n{text}\r\n"),
            ..letter(1)
        });
    }
    for (n, letter) in (0..).zip(written) {
        let path = office.path().join(format!("mails/{n:04}.eml"));
        fs::write(&path, letter.raw()).unwrap();
        set_modified(&path, UNIX_EPOCH + Duration::from_secs(ARRIVAL + n));
    }
    office.run_ok(&["import", "mails"]);
    office
}

fn holds(office: &Office) {
    office.run_ok(&["verify"]);
    let found = office.json(&["reprocess", "--json"]);
    assert_eq!((&found["changed"], &found["left_to_a_person"]), (&0.into(), &0.into()), "{found}");
}

/// Who said his surname and not his name may still be another person than the one whose details come later.
#[test]
fn another_surname_than_the_letter_said_is_for_a_person() {
    let own = letter(1).from;
    for (said, name, filled) in [
        ("我姓董，本溪人。建议延长办理时间。", "罗文博", false),
        ("我姓董，本溪人。建议延长办理时间。", "董文博", true),
        ("免贵姓欧阳，建议延长办理时间。", "欧阳文博", true),
        ("我姓啥不重要，建议延长办理时间。", "罗文博", true),
    ] {
        let answer = format!("姓名：{name}\r\n职业：教师\r\n联系电话：13900139000");
        let office = letter_and_answers(said, &[(&own, &answer)]);
        let shown = office.json(&["show", "LNZX-2024-0001", "--json", "--unmasked"]);
        assert_eq!(shown["name"] == name, filled, "{said} {name}: {shown}");
        let waits = shown["review_reasons"] == serde_json::json!(["details_differ"]);
        assert!(waits != filled && shown["phones"].to_string().contains("139") == filled, "{said}: {shown}");
        holds(&office);
    }
}

#[test]
fn what_was_missing_of_the_writer_is_filled_in_from_his_answer_and_nothing_is_written_over() {
    let own = letter(1).from;
    let office = answered_with(&[
        (&own, "姓名：谷雨轩\r\n职业：教师\r\n联系电话：13900139000"),
        (&own, "建议增设夜间窗口。"),
    ]);
    let shown = office.json(&["show", "LNZX-2024-0001", "--json", "--unmasked"]);
    let at = |key: &str| shown[key].clone();
    assert_eq!((at("name"), at("occupation")), ("谷雨轩".into(), "教师".into()), "{shown}");
    assert_eq!(at("phones"), serde_json::json!(["13900139000"]));
    assert!(!at("flags").to_string().contains("details_missing"), "{shown}");
    assert_eq!(
        at("opinions").as_array().unwrap().len(),
        2,
        "the number and what it is about are no opinion: {shown}"
    );
    assert_eq!(at("status"), "accepted");
    let said = office.run_ok(&["explain", "LNZX-2024-0001", "--unmasked"]).stdout;
    assert!(said.contains("补全：姓名、职业、电话"), "{said}");
    holds(&office);
    let again = office.run_ok(&["reprocess", "--details"]).stdout;
    assert!(again.contains("有人工更正保留 0，"), "no person filled it in: {again}");

    // Another occupation and another number are shown to a person; what is there stays.
    let again = Letter {
        from: own.clone(),
        subject: "补充".to_owned(),
        message_id: "other@example.com".to_owned(),
        text: "编号LNZX-2024-0001的补充。\r\n建议公布时限。\r\n姓名：谷雨轩\r\n职业：农民\r\n联系电话：13700137000\r\n".to_owned(),
        ..letter(1)
    };
    let path = office.path().join("other.eml");
    fs::write(&path, again.raw()).unwrap();
    set_modified(&path, UNIX_EPOCH + Duration::from_secs(ARRIVAL + 60));
    office.run_ok(&["import", "other.eml"]);
    let shown = office.json(&["show", "LNZX-2024-0001", "--json", "--unmasked"]);
    assert_eq!(
        (&shown["occupation"], &shown["phones"][0]),
        (&"教师".into(), &"13900139000".into()),
        "{shown}"
    );
    assert_eq!(shown["review_reasons"], serde_json::json!(["details_differ"]), "{shown}");
    let items = shown["opinions"].to_string();
    assert!(items.contains("公布时限"), "what he proposes besides counts: {items}");
    // Whoever decides sees both, and nothing else: a supplement's subject is in nobody's way.
    let listed = office.run_ok(&["review", "list", "--unmasked"]).stdout;
    for said in [
        "依据：登记的姓名：谷雨轩（原信没有，由补充来信补入），职业：教师（原信没有，由补充来信补入），电话：13900139000（原信没有，由补充来信补入）",
        "依据：补充来信写的职业：第 4 行“农民”",
        "依据：补充来信写的电话：第 5 行“13700137000”",
    ] {
        assert!(listed.contains(said), "{said} is not in\n{listed}");
    }
    assert!(!listed.contains("主题不另作要求") && !listed.contains("归入"), "{listed}");
    // What is masked is taken over as he wrote it, and nobody types it.
    let listed = office.run_ok(&["review", "list"]).stdout;
    let command = |field: &str| format!("correct LNZX-2024-0001 {field} --from-reply");
    assert!(listed.contains(&format!("{}；{}", command("职业"), command("电话"))), "{listed}");
    let done = office.run_ok(&["correct", "1", "电话", "--from-reply", "--note", "来电核实"]).stdout;
    assert!(done.contains("电话 139****9000 → 137****7000，已更正"), "{done}");
    assert_eq!(office.json(&["show", "1", "--json", "--unmasked"])["phones"][0], "13700137000");
    let again = office.run(&["correct", "1", "电话", "--from-reply"]);
    assert!(again.code == Some(65) && again.stderr.contains("没有写另外的电话"), "{again:?}");
    assert_eq!(office.run(&["correct", "1", "标记", "--from-reply"]).code, Some(64));
    office.run_ok(&["correct", "--undo", "1", "电话"]);
    holds(&office);
}

#[test]
fn nobody_fills_in_for_another_and_who_asks_for_a_correction_is_left_to_a_person() {
    let own = letter(1).from;
    // Filled in and put in question by one import, which is one transaction.
    let office = answered_with(&[(&own, "姓名：谷雨轩\r\n职业：教师"), (&own, "姓名：谷雨轩\r\n职业：农民")]);
    let shown = office.json(&["show", "LNZX-2024-0001", "--json", "--unmasked"]);
    assert_eq!((&shown["occupation"], &shown["status"]), (&"教师".into(), &"review".into()), "{shown}");
    // What he gave himself a day later is no proof that it is he.
    let listed = office.run_ok(&["review", "list", "--unmasked"]).stdout;
    let due = "登记的姓名：谷雨轩（原信没有，由补充来信补入），职业：教师（原信没有，由补充来信补入），电话：（空）";
    assert!(listed.contains(due) && !listed.contains("姓名也与登记的不同"), "{listed}");
    holds(&office);

    let office = answered_with(&[
        (&own, "我的电话写错了，应为13900139000。"),
        ("somebody@example.org", "姓名：谷雨轩\r\n联系电话：13900139000"),
    ]);
    let shown = office.json(&["show", "LNZX-2024-0001", "--json", "--unmasked"]);
    assert_eq!(
        (&shown["name"], &shown["phones"]),
        (&serde_json::Value::Null, &serde_json::json!([])),
        "{shown}"
    );
    holds(&office);
}

/// The first letter with this arrival, and what its writer answers to its receipt.
fn answered_at(arrival: u64, text: &str) -> Office {
    let office = Office::at_maildir();
    exchange(&office, ("建议延长办理时间。", text), arrival);
    office
}

fn exchange(office: &Office, (first, reply): (&str, &str), arrival: u64) {
    let import = |letter: &Letter, at: u64| {
        let path = office.path().join("one.eml");
        // Dated as it came: a date before the close would be a question of its own.
        let raw = String::from_utf8(letter.raw()).unwrap();
        let at = i64::try_from(at).unwrap();
        let date =
            jiff::Timestamp::from_second(at).unwrap().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        fs::write(&path, raw.replace("Tue, 12 Mar 2024 10:00:00 +0800", &date)).unwrap();
        set_modified(&path, UNIX_EPOCH + Duration::from_secs(at.unsigned_abs()));
        office.run_ok(&["import", "one.eml"]);
    };
    import(&Letter { text: format!("{}\r\n", first.replace('\n', "\r\n")), ..letter(1) }, arrival);
    let id = office.rows().rows("SELECT rfc822_message_id AS id FROM acknowledgement")[0]["id"].clone();
    let answer = Letter {
        subject: "Re: 自动回执".to_owned(),
        message_id: "answer@example.com".to_owned(),
        in_reply_to: Some(id.trim_matches(['<', '>']).to_owned()),
        text: format!("{}\r\n", reply.replace("\r\n", "\n").replace('\n', "\r\n")),
        ..letter(1)
    };
    import(&answer, arrival + DAY);
}

#[test]
fn who_says_that_a_late_letter_was_sent_in_time_is_heard_by_a_person() {
    const LATE: u64 = ARRIVAL + 30 * DAY;
    for (decision, becomes) in [("confirm", "accepted"), ("deny", "late")] {
        let office = answered_at(LATE, "我是13日晚11点发的，附截图，请核实");
        let number = "LNZX-2024-0001";
        let before = office.json(&["show", number, "--json"]);
        assert_eq!(before["review_reasons"], serde_json::json!(["late_disputed"]), "{before}");
        assert_eq!(before["opinions"].as_array().unwrap().len(), 1, "{before}");
        let withheld =
            "SELECT count(*) FROM acknowledgement WHERE state = 'withheld' AND reason = 'late_disputed'";
        assert_eq!(office.rows().count(withheld), 1);
        // What he says is compared with the date that he wrote himself, without a look into the letter.
        let shown = office.run_ok(&["show", number]).stdout;
        let of = |label: &str| {
            let line = shown.lines().find_map(|line| line.strip_prefix(label));
            line.unwrap_or_else(|| panic!("no {label} in {shown}")).split('（').next().unwrap().to_owned()
        };
        let listed = office.run_ok(&["review", "list"]).stdout;
        let due = format!(
            "  发件时间：{}（发件人所写）；收到时间：{}；2024年3月13日24时 截止",
            of("发件时间："),
            of("收到时间：")
        );
        assert!(listed.contains(&due), "no {due:?} in:\n{listed}");
        office.run_ok(&["review", decision, number, "--note", "已核实"]);
        let after = office.json(&["show", number, "--json"]);
        assert_eq!(after["status"], becomes, "{after}");
        assert_eq!(after["received_at"], before["received_at"]);
        holds(&office);
        if decision == "deny" {
            // What was found out afterwards is believed as of a letter that nobody disputed.
            let stands = || office.json(&["show", number, "--json"])["status"].clone();
            assert_eq!(office.run(&["review", "confirm", number]).code, Some(65));
            office.run_ok(&["review", "confirm", number, "--note", "来信人补发了截图"]);
            assert_eq!(stands(), "accepted");
            office.run(&["review", "confirm", number, "--note", "来信人补发了截图"]);
            assert_eq!(stands(), "accepted");
            office.run_ok(&["review", "reopen", number]);
            assert_eq!(stands(), "late");
            holds(&office);
        }
    }
    // Nobody called this one late: its writer is told so.
    let office = answered_at(ARRIVAL, "我是13日晚11点发的，请核实");
    let shown = office.json(&["show", "LNZX-2024-0001", "--json"]);
    assert_eq!(shown["review_reasons"], serde_json::json!(["not_late"]), "{shown}");
    // And this one proposes something more.
    let office = answered_at(LATE, "我的邮件13日就发了，请核实。\r\n另外建议逾期未办结的要问责。");
    let shown = office.json(&["show", "LNZX-2024-0001", "--json"]);
    assert_eq!(shown["review_reasons"], serde_json::json!(["late_disputed"]), "{shown}");
    assert_eq!(shown["opinions"].as_array().unwrap().len(), 2, "{shown}");
    holds(&office);
}

#[test]
fn our_own_receipt_quoted_with_nothing_above_it_says_nothing() {
    let receipt = "在 2024/3/8 13:25, 辽宁省营商环境建设局 写道:\r\n> 您的意见建议已进入本征集邮箱，登记编号为LNZX-2024-0001。\r\n\
        > 不作为政府信息公开申请等事项的受理凭证。请删除或者更正您的个人信息，请回复本邮件。";
    let office = answered_at(ARRIVAL, receipt);
    let shown = office.json(&["show", "LNZX-2024-0001", "--json"]);
    assert_eq!(
        (&shown["status"], &shown["review_reasons"]),
        (&"accepted".into(), &serde_json::json!([])),
        "{shown}"
    );
    let supplements = shown["supplements"].as_array().unwrap();
    assert_eq!((supplements.len(), &supplements[0]["comment"]), (1, &"".into()), "{shown}");
    assert_eq!(office.rows().count("SELECT count(*) FROM acknowledgement WHERE state <> 'withheld'"), 1);
    holds(&office);
    // Who writes a line above it says that.
    let office = answered_at(ARRIVAL, &format!("建议周末也开门。\r\n\r\n{receipt}"));
    let shown = office.json(&["show", "LNZX-2024-0001", "--json"]);
    assert_eq!(shown["opinions"].as_array().unwrap().len(), 2, "{shown}");
}

/// What became of a reply, as the cases say it.
#[derive(serde::Deserialize)]
struct Replied {
    /// Which finding it is of a consultation that was worked through whole, or an honest neighbour of it.
    row: String,
    #[serde(default)]
    first: Option<String>,
    #[serde(default)]
    late: bool,
    reply: String,
    status: String,
    #[serde(default)]
    reasons: Vec<String>,
    items: usize,
    #[serde(flatten)]
    details: serde_json::Map<String, serde_json::Value>,
    /// State of the answer to the reply, and why it was withheld.
    answer: String,
}

#[test]
fn a_reply_is_understood_before_it_counts() {
    let cases: Vec<Replied> = serde_json::from_str(include_str!("../cases/replies.json")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let office = Office::at_maildir();
        let at = if case.late { ARRIVAL + 30 * DAY } else { ARRIVAL };
        let first = case.first.as_deref().unwrap_or("建议延长办理时间。");
        exchange(&office, (first, &case.reply), at);
        let shown = office.json(&["show", "LNZX-2024-0001", "--json", "--unmasked"]);
        let reasons: Vec<&str> =
            shown["review_reasons"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let items = shown["opinions"].as_array().unwrap().len();
        let sql = "SELECT rtrim(state || ' ' || coalesce(reason, '')) AS answer FROM acknowledgement ORDER BY id DESC LIMIT 1";
        let answer = office.rows().rows(sql)[0]["answer"].clone();
        let differs = case.details.iter().any(|(field, value)| shown[field] != *value);
        if (shown["status"].as_str().unwrap(), items, &answer) != (&case.status, case.items, &case.answer)
            || reasons != case.reasons
            || differs
        {
            wrong.push(format!("{}: {:?}: {answer}, {shown}", case.row, case.reply));
        }
        holds(&office);
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
