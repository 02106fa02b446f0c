//! What a letter asks the office to do with an earlier one or with its writer's data: filed, joined to what it is about, answered
//! with what is true, and no opinion.

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::sql::Row;

use super::review::{IN_TIME, TOO_LATE, import};

const FIRST: &str = "LNZX-2024-0001";

fn asks(id: &str, subject: &str, text: &str) -> Letter {
    Letter {
        message_id: format!("{id}@example.com"),
        subject: subject.to_owned(),
        text: format!("{text}\r\n"),
        ..letter(1)
    }
}

/// An office with one letter that counts.
fn office() -> Office {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    office
}

fn standing(office: &Office) -> Vec<(String, String)> {
    let rows = office
        .rows()
        .rows("SELECT number, status || ' ' || review_reasons AS stands FROM submission ORDER BY number");
    rows.into_iter().map(|row| (row["number"].clone(), row["stands"].clone())).collect()
}

fn relations(office: &Office) -> Vec<String> {
    let sql = "SELECT r.kind || ' ' || e.number || ' ' || r.basis AS said FROM relation AS r JOIN submission AS e ON e.id = r.earlier_id ORDER BY r.id";
    office.rows().rows(sql).into_iter().map(|row| row["said"].clone()).collect()
}

fn last_answer(office: &Office) -> Row {
    let sql = "SELECT kind, state, reason, submission_id, CAST(octets AS TEXT) AS octets FROM acknowledgement ORDER BY id DESC LIMIT 1";
    office.rows().rows(sql).into_iter().next().unwrap()
}

/// The text of an answer, out of its base64.
fn text(answer: &Row) -> String {
    use base64::Engine as _;
    let body: String = answer["octets"].split("\r\n\r\n").nth(1).unwrap().split_whitespace().collect();
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(body).unwrap()).unwrap()
}

#[test]
fn a_known_sender_who_only_asks_is_heard_whatever_his_subject() {
    for (subject, said, reason, kind, words) in [
        ("您好", "请删除我的个人信息，谢谢。", "personal_data", "personal_data", "处理个人信息"),
        ("撤回", "我想撤回我的意见。", "withdraw", "withdraws", "撤回或者替换"),
        ("更正", "我的电话写错了，应为13900001111。", "correction_request", "corrects", "更正登记"),
        ("隐私", "请不要公开我的姓名。", "publication_request", "personal_data", "不公开"),
    ] {
        let office = office();
        import(&office, "2.eml", &asks("a", subject, said), IN_TIME);
        let stands = standing(&office);
        assert_eq!(stands[0].1, "accepted []", "{said}: nothing is decided unasked");
        assert!(stands[1].1.starts_with("review ") && stands[1].1.contains(reason), "{said}: {stands:?}");
        assert_eq!(relations(&office), [format!("{kind} {FIRST} latest_of_sender")], "{said}");
        assert_eq!(office.rows().count("SELECT count(*) FROM opinion WHERE submission_id = 2"), 0, "{said}");
        let answer = last_answer(&office);
        assert_eq!(
            (&*answer["kind"], &*answer["state"], &*answer["reason"]),
            ("review", "withheld", reason),
            "{said}: a person answers"
        );
        office.run_ok(&["outbox", "release", "LNZX-2024-0002"]);
        let told = text(&last_answer(&office));
        assert!(
            told.contains(words) && !told.contains("主题与公告") && !told.contains("您的意见建议已"),
            "{told}"
        );
        assert!(office.run_ok(&["explain", "LNZX-2024-0002"]).stdout.contains(FIRST));
        office.run_ok(&["verify"]);
        office.run_ok(&["reprocess"]);
    }
}

#[test]
fn a_stranger_who_asks_is_no_matter_of_ours_unless_he_takes_a_letter_back() {
    let office = office();
    let from = |letter: Letter| Letter { from: "stranger@example.org".to_owned(), ..letter };
    import(&office, "2.eml", &from(asks("a", "您好", "请删除我的个人信息，谢谢。")), IN_TIME);
    assert_eq!(standing(&office).len(), 1);
    import(
        &office,
        "3.eml",
        &from(asks("b", "您好", "我用另一个邮箱提的意见请撤回：之前的意见作废。")),
        IN_TIME,
    );
    assert!(standing(&office)[1].1.contains("withdraw"), "{:?}", standing(&office));
    import(&office, "4.eml", &from(asks("c", "您好", "请取消会议室预订。")), IN_TIME);
    assert_eq!(standing(&office).len(), 2);
}

#[test]
fn a_reply_that_asks_adds_no_opinion_and_takes_its_submission_up_again() {
    let office = office();
    let id = office.rows().rows("SELECT rfc822_message_id AS id FROM acknowledgement")[0]["id"].clone();
    let opinions = || office.rows().count("SELECT count(*) FROM opinion");
    let before = opinions();
    let reply = Letter {
        in_reply_to: Some(id),
        ..asks("a", "Re: 自动回执", "麻烦把我的电话改为13900001111，谢谢")
    };
    import(&office, "2.eml", &reply, IN_TIME);
    assert_eq!(standing(&office), [(FIRST.to_owned(), r#"review ["correction_request"]"#.to_owned())]);
    assert_eq!((opinions(), relations(&office)), (before, vec![format!("corrects {FIRST} answers")]));
    assert_eq!(last_answer(&office)["reason"], "correction_request", "a person answers");
    office.run_ok(&["outbox", "release", FIRST]);
    let told = text(&last_answer(&office));
    assert!(told.contains("更正登记的内容") && !told.contains("您补充的内容"), "{told}");
    office.run_ok(&["review", "confirm", FIRST]);
    office.run_ok(&["verify"]);
    office.run_ok(&["reprocess"]);
}

/// Anybody may write a number down: what it names goes on counting until a person decides.
#[test]
fn a_number_alone_joins_and_changes_nothing() {
    let office = office();
    import(&office, "2.eml", &asks("a", "您好", &format!("请删除{FIRST}中我的个人信息")), IN_TIME);
    let stands = standing(&office);
    assert_eq!(stands[0].1, "accepted []");
    assert!(stands[1].1.contains("personal_data"), "{stands:?}");
    assert_eq!(relations(&office), [format!("personal_data {FIRST} number")]);
}

#[test]
fn a_letter_that_replaces_another_keeps_its_opinions_waits_and_is_answered() {
    for arrived in [IN_TIME, TOO_LATE] {
        let office = office();
        let letter = asks("a", &letter(1).subject, "之前的意见作废，以本次为准。\r\n建议周末也开放窗口。");
        import(&office, "2.eml", &letter, arrived);
        let stands = standing(&office);
        assert!(stands[0].1 == "accepted []" && stands[1].1.contains(r#""withdraw""#), "{stands:?}");
        let items = office.rows().rows("SELECT text FROM opinion WHERE submission_id = 2");
        assert_eq!(items.iter().map(|row| &*row["text"]).collect::<Vec<_>>(), ["建议周末也开放窗口。"]);
        assert_eq!(relations(&office), [format!("replaces {FIRST} latest_of_sender")]);
        let answer = last_answer(&office);
        assert_eq!((&*answer["kind"], &*answer["state"]), ("review", "queued"));
        assert!(text(&answer).contains("撤回或者替换此前的意见建议"));
        let comment = &office.rows().rows("SELECT comment FROM submission WHERE id = 2")[0]["comment"];
        assert!(comment.contains("作废") && comment.contains("周末"), "{comment}");
    }
}

/// What stands in the views and the figures of all that counts.
fn counted(office: &Office) -> Vec<i64> {
    let count = |sql: &str| office.rows().count(sql);
    vec![
        count("SELECT count(*) FROM 意见汇总"),
        count("SELECT coalesce(sum(件数), 0) FROM 职业分布"),
        count("SELECT sum(计入) FROM 收件概况"),
        office.json(&["stats", "--json"])["consultations"][0]["counted"].as_i64().unwrap(),
    ]
}

fn status(office: &Office, number: &str) -> String {
    office.json(&["show", number, "--json"])["status"].as_str().unwrap().to_owned()
}

#[track_caller]
fn holds(office: &Office) {
    office.run_ok(&["verify", "--replay"]);
    office.run_ok(&["reprocess"]);
}

/// A request or a question is no opinion, and whoever saw to it does not make a letter of it that nothing stands in.
#[test]
fn what_only_asks_is_seen_to_and_is_no_letter_of_its_own() {
    let tagged = letter(1).subject;
    for (subject, said) in [
        ("撤回", "我想撤回我的意见。"),
        ("您好", "请删除我的个人信息，谢谢。"),
        ("更正", "我的电话写错了，应为13900001111。"),
        ("隐私", "请不要公开我的姓名。"),
        (&*tagged, "请问采纳结果什么时候公布？"),
    ] {
        let office = office();
        let before = counted(&office);
        import(&office, "2.eml", &asks("a", subject, said), IN_TIME);
        let case = &office.json(&["review", "list", "--json"])[0];
        assert_eq!(
            (&case["status_when_confirmed"], &case["status_when_denied"]),
            (&"handled".into(), &"denied".into()),
            "{said}"
        );
        let listed = office.run_ok(&["review", "list"]).stdout;
        assert!(listed.contains("确认后：已办理，不另计件"), "{said}: {listed}");
        let told = office.run_ok(&["review", "confirm", "2"]).stdout;
        assert!(told.contains("列为“已办理”：没有意见建议，不另计件"), "{said}: {told}");
        assert_eq!(
            (status(&office, "2"), counted(&office)),
            ("handled".to_owned(), before.clone()),
            "{said}"
        );
        let day = office.rows().rows("SELECT sum(件数) AS 件数, sum(已办理) AS 已办理 FROM 每日收件");
        assert_eq!((&*day[0]["件数"], &*day[0]["已办理"]), ("2", "1"), "{said}: every number is somewhere");
        assert_eq!(office.json(&["stats", "--json"])["consultations"][0]["received"], 2, "{said}");
        assert_eq!(office.json(&["list", "--status", "handled", "--json"]).as_array().unwrap().len(), 1);
        let why = office.run_ok(&["explain", "2"]).stdout;
        assert!(why.contains("已办理，不另计件"), "{said}: {why}");
        assert!(office.run_ok(&["review", "confirm", "2"]).stdout.contains("没有改动"));
        office.run_ok(&["review", "reopen", "2"]);
        assert_eq!(status(&office, "2"), "review", "{said}");
        let told = office.run_ok(&["review", "deny", "2"]).stdout;
        assert!(told.contains("不计入（所提请求未予办理）"), "{said}: {told}");
        assert_eq!((status(&office, "2"), counted(&office)), ("denied".to_owned(), before), "{said}");
        // What is withdrawn, corrected or dealt with is the other letter: this one was only not granted.
        for told in [office.run_ok(&["list"]).stdout, office.run_ok(&["show", "2"]).stdout] {
            assert!(told.contains("不计入（所提请求未予办理）"), "{said}: {told}");
        }
        let why = office.run_ok(&["explain", "2"]).stdout;
        assert!(why.contains("未予办理") && !why.contains("已按来信人的请求撤回"), "{said}: {why}");
        office.run_ok(&["review", "reopen", "2"]);
        office.run_ok(&["review", "confirm", "2"]);
        holds(&office);
    }
}

/// Beside an opinion, 无意见 or a file that may hold one, a confirmed letter counts as ever; and an item that a person dropped is none.
#[test]
fn what_says_something_besides_counts_when_it_is_confirmed() {
    let tagged = letter(1).subject;
    for (said, becomes) in [
        ("建议周末也开放窗口。\r\n请问采纳结果什么时候公布？", "accepted"),
        ("我单位无意见。\r\n请问采纳结果什么时候公布？", "accepted"),
        ("请不要公开我的姓名。\r\n建议延长周末服务时间。", "accepted"),
    ] {
        let office = office();
        import(&office, "2.eml", &asks("a", &tagged, said), IN_TIME);
        if status(&office, "2") == "review" {
            office.run_ok(&["review", "confirm", "2"]);
        }
        assert_eq!(status(&office, "2"), becomes, "{said}");
        holds(&office);
    }
    let office = office();
    import(
        &office,
        "2.eml",
        &asks("a", &tagged, "建议周末也开放窗口。\r\n请问采纳结果什么时候公布？"),
        IN_TIME,
    );
    office.run_ok(&["item", "drop", "2", "1"]);
    office.run_ok(&["review", "confirm", "2"]);
    assert_eq!(status(&office, "2"), "handled");
    holds(&office);
}

/// Who was helped may say thanks; whoever proposes something then is heard as ever.
#[test]
fn what_was_seen_to_is_taken_up_again_when_more_is_said_than_thanks() {
    let office = office();
    let question = asks("a", &letter(1).subject, "请问采纳结果什么时候公布？");
    import(&office, "2.eml", &question, IN_TIME);
    office.run_ok(&["review", "confirm", "2"]);
    let names = |id: &str, said: &str| asks(id, "LNZX-2024-0002", said);
    import(&office, "3.eml", &names("b", "收到，谢谢！"), IN_TIME);
    assert_eq!(standing(&office).len(), 2, "{:?}", standing(&office));
    assert_eq!(status(&office, "2"), "handled");
    holds(&office);
    import(&office, "4.eml", &names("c", "建议结果在网站公布，并短信通知来信人。"), IN_TIME);
    assert_eq!(status(&office, "2"), "review");
    office.run_ok(&["review", "confirm", "2"]);
    assert_eq!(status(&office, "2"), "accepted", "it holds an opinion by now");
    holds(&office);
    // It does not stand for a letter with the same question.
    import(&office, "5.eml", &asks("d", &letter(1).subject, "请问采纳结果什么时候公布？"), IN_TIME);
    assert_eq!(standing(&office).len(), 3, "{:?}", standing(&office));
}

/// An office with a late letter that counts as such, and an earlier one in time.
fn late_office() -> Office {
    let office = office();
    let late = Letter {
        text: "建议延长周末办理时间。\r\n".to_owned(),
        ..asks("late", &letter(1).subject, "")
    };
    import_dated(&office, "late.eml", &late, "Sat, 16 Mar 2024 09:00:00 +0800");
    assert_eq!(status(&office, "2"), "late");
    office
}

/// Imports a letter that is dated as it came: a date before the close would be a question of its own.
fn import_dated(office: &Office, name: &str, letter: &Letter, arrived: &str) {
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {arrived}\r\n"
    );
    let raw = String::from_utf8(letter.raw()).unwrap().replace("Tue, 12 Mar 2024 10:00:00 +0800", arrived);
    std::fs::write(office.path().join(name), format!("{received}{raw}")).unwrap();
    office.run_ok(&["import", name]);
}

/// A dispute in a letter of its own, or from another mailbox, names the late letter; a decision on the one decides on the other.
#[test]
fn a_dispute_of_lateness_by_a_letter_of_its_own_is_decided_on_the_late_letter() {
    let tagged = letter(1).subject;
    let later = "Mon, 18 Mar 2024 09:00:00 +0800";
    let numbered = "编号LNZX-2024-0002的邮件我13日晚上就发了，没有逾期，请核实。";
    let elsewhere = |letter: Letter| Letter { from: "other@example.org".to_owned(), ..letter };
    for (case, basis) in [
        (asks("d", "申诉", "我的邮件13日晚上就发出了，怎么会逾期？请核实。"), "latest_of_sender"),
        (asks("d", &tagged, "我的邮件13日晚上就发出了，怎么会逾期？请核实。"), "latest_of_sender"),
        (asks("d", "申诉", numbered), "number"),
        (elsewhere(asks("d", "申诉", numbered)), "number"),
    ] {
        let office = late_office();
        let before = counted(&office);
        import_dated(&office, "d.eml", &case, later);
        assert_eq!(relations(&office), [format!("disputes LNZX-2024-0002 {basis}")], "{case:?}");
        let listed = office.run_ok(&["review", "list"]).stdout;
        assert!(listed.contains("LNZX-2024-0002 改为已登记"), "{listed}");
        // The time in question is that of the letter that it speaks of.
        let [own, other] = [
            "  发件时间：",
            "  LNZX-2024-0002 的发件时间：2024-03-16 09:00:00（发件人所写）；收到时间：2024-03-16",
        ]
        .map(|label| listed.contains(label));
        assert_eq!((own, other), (false, true), "{listed}");
        let why = office.run_ok(&["explain", "3"]).stdout;
        assert!(why.contains("不认可列为逾期的是 LNZX-2024-0002"), "{why}");
        assert_eq!(
            (status(&office, "2"), counted(&office)[0]),
            ("late".to_owned(), before[0]),
            "nothing is decided unasked"
        );

        let told = office.run_ok(&["review", "confirm", "3"]).stdout;
        assert!(told.contains("LNZX-2024-0002 一并改为“已登记”"), "{told}");
        assert_eq!(
            (status(&office, "3"), status(&office, "2")),
            ("handled".to_owned(), "accepted".to_owned())
        );
        assert_eq!(counted(&office), before, "as many as before, the late one among them");
        let shown = office.run_ok(&["show", "3"]).stdout;
        assert!(shown.contains("已认可，该件按时计入") && !shown.contains("由工作人员决定"), "{shown}");
        office.run_ok(&["review", "reopen", "3"]);
        assert_eq!((status(&office, "3"), status(&office, "2")), ("review".to_owned(), "late".to_owned()));
        assert!(office.run_ok(&["show", "3"]).stdout.contains("由工作人员决定"));
        office.run_ok(&["review", "deny", "3"]);
        let shown = office.run_ok(&["explain", "2"]).stdout;
        assert!(shown.contains("异议未予认可，该件仍为逾期"), "{shown}");
        assert_eq!((status(&office, "3"), status(&office, "2")), ("denied".to_owned(), "late".to_owned()));
        assert_eq!(counted(&office), before);
        holds(&office);
    }
}

/// A number that is another's is anybody's to write down: nothing is proposed against that letter, the own ones are named, and staff
/// are warned wherever they look.
#[test]
fn a_strangers_number_names_no_letter_of_his() {
    let later = "Mon, 18 Mar 2024 09:00:00 +0800";
    let stranger = Letter {
        from: "other@example.org".to_owned(),
        ..asks("s", &letter(1).subject, "建议车站设自助机。")
    };
    for (said, relation) in [
        ("请撤回编号LNZX-2024-0003的意见。", "withdraws LNZX-2024-0001 latest_of_sender"),
        (
            "编号LNZX-2024-0003的邮件我13日晚上就发了，没有逾期，请核实。",
            "disputes LNZX-2024-0002 latest_of_sender",
        ),
        ("请撤回编号LNZX-2024-0001的意见。", "withdraws LNZX-2024-0001 number"),
    ] {
        let office = late_office();
        import(&office, "s.eml", &stranger, IN_TIME);
        import_dated(&office, "d.eml", &asks("d", "申诉", said), later);
        let found = relations(&office);
        let latest = found.first().map(String::as_str).unwrap_or_default();
        assert!(
            latest == relation || latest == relation.replace("0001 latest", "0002 latest"),
            "{said}: {found:?}"
        );
        let is_strangers = said.contains("0003");
        for told in [
            office.run_ok(&["review", "list"]).stdout,
            office.run_ok(&["show", "4"]).stdout,
            office.run_ok(&["review", "confirm", "4"]).stdout,
        ] {
            assert_eq!(told.contains("0003，但不是该编号的发件人所写"), is_strangers, "{said}: {told}");
            assert!(!told.contains("deny LNZX-2024-0003"), "{told}");
        }
        holds(&office);
    }
}

/// Who has no letter of his own may write from another mailbox: what he names is shown, and nothing is ready to be done to it.
#[test]
fn a_stranger_without_letters_is_not_believed_about_a_number() {
    let office = office();
    let elsewhere = |letter: Letter| Letter { from: "other@example.org".to_owned(), ..letter };
    import(&office, "2.eml", &elsewhere(asks("w", "撤回", "请撤回编号LNZX-2024-0001的意见。")), IN_TIME);
    assert_eq!(relations(&office), ["withdraws LNZX-2024-0001 number"]);
    let listed = office.run_ok(&["review", "list"]).stdout;
    assert!(listed.contains("不是该编号的发件人所写") && !listed.contains("deny LNZX-2024-0001"), "{listed}");
    let told = office.run_ok(&["review", "confirm", "2"]).stdout;
    assert!(told.contains("不是该编号的发件人所写") && !told.contains("deny LNZX-2024-0001"), "{told}");
}

/// Whose letter it was that a number names cannot be told once its address, or all of it, is erased: nobody else is said to have written it.
#[test]
fn a_letter_erased_at_the_request_is_not_said_to_be_somebody_elses() {
    let office = office();
    let said = "编号LNZX-2024-0001，请删除我登记的邮箱。";
    import(&office, "2.eml", &asks("d", "删除", said), IN_TIME);
    let commands: [&[&str]; 2] = [&["review", "list"], &["show", "2"]];
    let tells = |told: &str, due: &str| {
        assert!(!told.contains("不是该编号的发件人所写"), "{told}");
        assert_eq!(told.contains("提到编号 LNZX-2024-0001，"), !due.is_empty(), "{told}");
        assert!(told.contains(due), "{told}");
    };
    for command in commands {
        tells(&office.run_ok(command).stdout, "");
    }
    let without_address = "LNZX-2024-0001，该件的发件地址已删除，是不是同一发件人所写，不能再核对";
    office.run_ok(&["erase", FIRST, "--only", "emails", "--note", "本人要求", "--yes", FIRST]);
    for command in commands {
        tells(&office.run_ok(command).stdout, without_address);
    }
    tells(&office.run_ok(&["review", "confirm", "2"]).stdout, without_address);
    office.run_ok(&["review", "reopen", "2"]);
    office.run_ok(&["erase", FIRST, "--note", "本人要求", "--yes", FIRST]);
    for command in commands {
        tells(&office.run_ok(command).stdout, "LNZX-2024-0001，该件已删除");
    }
    tells(&office.run_ok(&["review", "confirm", "2"]).stdout, "LNZX-2024-0001，该件已删除");
    let why = office.run_ok(&["explain", "LNZX-2024-0002"]).stdout;
    assert!(why.contains("请求涉及编号 LNZX-2024-0001") && !why.contains("不是该编号的发件人"), "{why}");
}

/// A dispute that names nothing late changes nothing, and says so; the late letter counts by a decision of its own, with a reason.
#[test]
fn a_dispute_without_a_late_letter_says_that_nothing_changed_and_how_to_count_one() {
    let office = late_office();
    let elsewhere = Letter {
        from: "other@example.org".to_owned(),
        ..asks("d", "申诉", "编号LNZX-2024-0001的邮件我13日晚上就发了，没有逾期，请核实。")
    };
    import_dated(&office, "d.eml", &elsewhere, "Mon, 18 Mar 2024 09:00:00 +0800");
    let told = office.run_ok(&["review", "confirm", "3"]).stdout;
    assert!(told.contains("没有改动任何逾期来信") && told.contains("--note"), "{told}");
    let refused = office.run(&["review", "confirm", "2"]);
    assert!(refused.stderr.contains("--note"), "{}", refused.stderr);
    office.run_ok(&["review", "confirm", "2", "--note", "截图属实"]);
    assert_eq!(status(&office, "2"), "accepted");
    holds(&office);
    office.run_ok(&["review", "reopen", "2"]);
    assert_eq!(status(&office, "2"), "late");
    holds(&office);
}

/// What is told of a letter that was taken out says who asked for it and what the clerk noted.
#[test]
fn what_was_taken_out_says_why() {
    let office = office();
    import(&office, "2.eml", &asks("w", "撤回", "请撤回我的意见。"), IN_TIME);
    office.run_ok(&["review", "confirm", "2"]);
    office.run_ok(&["review", "deny", "1", "--note", "本人来电确认"]);
    let why = office.run_ok(&["explain", "1"]).stdout;
    assert!(why.contains("来信 LNZX-2024-0002 请求撤回；原因：本人来电确认"), "{why}");
}

/// The writer's details, written in by hand, are no longer missing; and are again where they are taken out.
#[test]
fn details_written_in_by_hand_are_not_missing() {
    let office = office();
    let bare = Letter {
        from: "other@example.org".to_owned(),
        ..asks("b", &letter(1).subject, "建议车站设自助机。")
    };
    import(&office, "2.eml", &bare, IN_TIME);
    let flags = || office.rows().rows("SELECT flags FROM submission WHERE id = 2")[0]["flags"].clone();
    assert!(flags().contains("details_missing"), "{}", flags());
    office.run_ok(&["correct", "2", "phones", "13900001111"]);
    assert!(!flags().contains("details_missing"), "{}", flags());
    office.run_ok(&["correct", "2", "--undo", "phones"]);
    assert!(flags().contains("details_missing"), "{}", flags());
    holds(&office);
}

/// A file's name may look like a range of numbers: the file is meant; and a mistyped range prints no book.
#[test]
fn a_file_is_found_before_a_range_and_a_long_range_is_asked_about() {
    let office = office();
    import(
        &office,
        "1-93.eml",
        &Letter { text: "建议车站设自助机。\r\n".to_owned(), ..asks("f", &letter(1).subject, "") },
        IN_TIME,
    );
    for name in ["1-93", "1-93.eml"] {
        for command in ["explain", "show"] {
            let told = office.run_ok(&[command, name]).stdout;
            assert!(
                told.contains("LNZX-2024-0002") && !told.contains("LNZX-2024-0001"),
                "{command} {name}: {told}"
            );
        }
    }
    for command in ["explain", "show"] {
        let refused = office.run(&[command, "1-94"]);
        assert_eq!(refused.code, Some(64), "{command}");
        assert!(office.run_ok(&[command, "1-2"]).stdout.contains("LNZX-2024-0002"));
    }
}

/// Nobody called a letter of this sender late, and a letter with an opinion that says so of itself is no dispute about another.
#[test]
fn who_disputes_nothing_late_has_a_question_and_who_proposes_something_speaks_of_his_own_letter() {
    let office = office();
    let stranger = Letter {
        from: "other@example.org".to_owned(),
        ..asks("d", &letter(1).subject, "我的邮件12日就发出了，怎么会逾期？请核实。")
    };
    import(&office, "2.eml", &stranger, IN_TIME);
    assert!(
        relations(&office).is_empty() && standing(&office)[1].1.contains(r#""question""#),
        "{:?}",
        standing(&office)
    );

    let office = late_office();
    let own =
        asks("d", &letter(1).subject, "我的邮件13日晚上就发出了，没有逾期，请核实。\r\n建议在车站设自助机。");
    import_dated(&office, "d.eml", &own, "Mon, 18 Mar 2024 09:00:00 +0800");
    office.run_ok(&["review", "confirm", "3"]);
    assert_eq!((status(&office, "3"), status(&office, "2")), ("accepted".to_owned(), "late".to_owned()));
}

/// Who was told no says so again: with a file a person looks once more, without one it is filed and shown. And what is asked of a
/// letter afterwards does not turn late into in time.
#[test]
fn a_dispute_that_was_turned_down_is_taken_up_again_for_something_new_only() {
    let office = late_office();
    let id = office
        .rows()
        .rows("SELECT rfc822_message_id AS id FROM acknowledgement WHERE submission_id = 2")[0]["id"]
        .clone();
    let reply = |name: &str, said: &str| Letter {
        in_reply_to: Some(id.clone()),
        ..asks(name, "Re: 自动回执", said)
    };
    let day = |day: u32| {
        format!("{}, {day} Mar 2024 09:00:00 +0800", ["Mon", "Tue", "Wed", "Thu", "Fri"][day as usize - 18])
    };
    let dispute = "我是13日晚11点发的，请核实。";
    import_dated(&office, "a.eml", &reply("a", dispute), &day(18));
    assert_eq!(status(&office, "2"), "review");
    let listed = office.run_ok(&["review", "list"]).stdout;
    assert!(listed.contains("补充（2024-03-18 09:00:00 收到，c*"), "{listed}");
    office.run_ok(&["review", "deny", "2", "--note", "服务器记录为16日"]);
    assert_eq!(status(&office, "2"), "late");

    import_dated(&office, "b.eml", &reply("b", "我确实是13日晚上发的，请再核实。"), &day(19));
    assert_eq!(status(&office, "2"), "late", "nothing new");
    let why = office.run_ok(&["explain", "b@example.com"]).stdout;
    assert!(why.contains("没有新的材料，不再转为待核"), "{why}");
    assert!(office.run_ok(&["show", "2"]).stdout.contains("请再核实"));
    holds(&office);

    import_dated(&office, "c.eml", &reply("c", "请问采纳结果什么时候公布？"), &day(20));
    assert_eq!(status(&office, "2"), "review");
    assert_eq!(office.json(&["review", "list", "--json"])[0]["status_when_confirmed"], "late");
    office.run_ok(&["review", "confirm", "2"]);
    assert_eq!(
        status(&office, "2"),
        "late",
        "the question was answered, and the letter is as late as it was"
    );
    holds(&office);

    let with_file = reply("d", dispute).with_attachment(1, 300);
    std::fs::write(office.path().join("d.eml"), with_file).unwrap();
    office.run_ok(&["import", "d.eml"]);
    assert_eq!(status(&office, "2"), "review", "a screenshot is something new");
    office.run_ok(&["review", "confirm", "2"]);
    assert_eq!(status(&office, "2"), "accepted");
    holds(&office);
}

/// 处理情况 is what became of the request, whatever the letter is that it speaks of.
#[test]
fn how_far_a_request_has_come_is_told_of_the_request() {
    let asked = || {
        let office = office();
        import(&office, "2.eml", &asks("a", "撤回", "我想撤回我的意见。"), IN_TIME);
        office
    };
    let told = |office: &Office| {
        let rows =
            office.rows().rows("SELECT 涉及编号 || ' ' || 事项 || ' ' || 处理情况 AS 所述 FROM 撤回与替换");
        rows.iter().map(|row| row["所述"].clone()).collect::<Vec<_>>()
    };
    let office = asked();
    let is = |fate: &str| vec![format!("{FIRST} 请求撤回 {fate}")];
    assert_eq!(told(&office), is("待核"));
    office.run_ok(&["review", "confirm", "2"]);
    assert_eq!(told(&office), is("原件未改"));
    office.run_ok(&["review", "deny", "1", "--note", "来信人要求撤回"]);
    assert_eq!(told(&office), is("已办理"));
    let office = asked();
    office.run_ok(&["review", "deny", "2"]);
    assert_eq!(told(&office), is("不予办理"));
    // By telephone, say: nothing was filed that asks for it.
    let office = self::office();
    office.run_ok(&["review", "deny", "1", "--note", "来信人来电撤回"]);
    assert_eq!(told(&office), [format!("{FIRST} 列为不计入 已办理")]);
    office.run_ok(&["review", "reopen", "1"]);
    assert!(told(&office).is_empty());
}

/// Nobody called the letter late that he means: he is told so, the clerk sees both letters, and nothing becomes late by it.
#[test]
fn who_calls_a_letter_late_that_is_in_time_is_told_so() {
    let said = format!("编号{FIRST}的邮件我12日就发了，不是逾期，请核实。");
    let tagged = letter(1).subject;
    for (subject, said, basis) in [
        ("申诉", &*said, "number"),
        (&*tagged, &*said, "number"),
        ("申诉", "我的邮件12日就发出了，怎么会逾期？请核实。", "latest_of_sender"),
        (&*tagged, "我的邮件12日就发出了，怎么会逾期？请核实。", "latest_of_sender"),
    ] {
        let office = office();
        import(&office, "2.eml", &asks("d", subject, said), IN_TIME);
        let stands = standing(&office);
        assert!(stands[1].1.contains(r#""not_late""#), "{said}: {stands:?}");
        assert_eq!(relations(&office), [format!("disputes {FIRST} {basis}")], "{said}");
        let listed = office.run_ok(&["review", "list"]).stdout;
        assert!(listed.contains("没有列为逾期") && listed.contains(FIRST), "{listed}");
        assert_eq!(last_answer(&office)["reason"], "not_late", "a person answers");
        office.run_ok(&["outbox", "release", "2"]);
        let told = text(&last_answer(&office));
        assert!(told.contains("未列为逾期") && !told.contains("核实来信是否在截止前发出"), "{told}");
        for (decision, becomes) in [("confirm", "handled"), ("deny", "denied")] {
            office.run_ok(&["review", decision, "2"]);
            assert_eq!((status(&office, "2"), status(&office, FIRST)), (becomes.into(), "accepted".into()));
            office.run_ok(&["review", "reopen", "2"]);
            assert_eq!(status(&office, FIRST), "accepted");
        }
        holds(&office);
    }
    let office = office();
    let id = office.rows().rows("SELECT rfc822_message_id AS id FROM acknowledgement")[0]["id"].clone();
    let reply = Letter {
        in_reply_to: Some(id),
        ..asks("a", "Re: 自动回执", "我是12日晚11点发的，不是逾期，请核实。")
    };
    import(&office, "2.eml", &reply, IN_TIME);
    assert_eq!(standing(&office), [(FIRST.to_owned(), r#"review ["not_late"]"#.to_owned())]);
    office.run_ok(&["outbox", "release", FIRST]);
    assert!(text(&last_answer(&office)).contains("未列为逾期"));
    office.run_ok(&["review", "confirm", FIRST]);
    assert_eq!(status(&office, FIRST), "accepted");
    holds(&office);
}

/// Who never wrote the letter takes nothing back; what is told of it is that he disowns it.
#[test]
fn a_letter_that_its_sender_disowns_is_not_called_withdrawn() {
    let office = office();
    let id = office.rows().rows("SELECT rfc822_message_id AS id FROM acknowledgement")[0]["id"].clone();
    let reply = Letter {
        in_reply_to: Some(id), ..asks("a", "Re: 自动回执", "我没有发过这封邮件，请核实。")
    };
    import(&office, "2.eml", &reply, IN_TIME);
    assert_eq!(standing(&office), [(FIRST.to_owned(), r#"review ["disowned"]"#.to_owned())]);
    assert_eq!(relations(&office), [format!("disowns {FIRST} answers")]);
    let listed = office.run_ok(&["review", "list"]).stdout;
    assert!(listed.contains("否认") && !listed.contains("撤回"), "{listed}");
    assert_eq!(last_answer(&office)["reason"], "disowned", "a person answers");
    office.run_ok(&["outbox", "release", FIRST]);
    let told = text(&last_answer(&office));
    assert!(told.contains("是否为本人所写") && !told.contains("撤回"), "{told}");
    office.run_ok(&["review", "deny", FIRST]);
    for said in [office.run_ok(&["list"]).stdout, office.run_ok(&["explain", FIRST]).stdout] {
        assert!(said.contains("否认") && !said.contains("已撤回"), "{said}");
    }
    holds(&office);
}

/// The same in a letter that only names the number: that one counts until a person decides, and the command says which.
#[test]
fn a_letter_that_is_disowned_by_number_is_decided_by_a_person() {
    let office = office();
    let said = format!("{FIRST}这封信不是我写的，有人冒用我的邮箱。");
    import(&office, "2.eml", &asks("a", "说明", &said), IN_TIME);
    let stands = standing(&office);
    assert_eq!(stands[0].1, "accepted []");
    assert!(stands[1].1.contains(r#""disowned""#), "{stands:?}");
    assert_eq!(relations(&office), [format!("disowns {FIRST} number")]);
    let told = office.run_ok(&["review", "confirm", "2"]).stdout;
    assert!(told.contains(&format!("review deny {FIRST}")) && !told.contains("请求撤回"), "{told}");
    office.run_ok(&["review", "deny", FIRST, "--note", "本人来电确认"]);
    let why = office.run_ok(&["explain", FIRST]).stdout;
    assert!(why.contains("来信 LNZX-2024-0002 称不是本人所写；原因：本人来电确认"), "{why}");
    holds(&office);
}

/// Who corrects his words withdraws nothing: both letters are seen, the words are kept whole, and none is an item.
#[test]
fn a_correction_in_a_letter_of_its_own_withdraws_nothing() {
    for said in [
        "上封信第二条应改为：办理时限缩短为三日。",
        "我上次来信写错了，应为“附件十三”。",
        "请把我意见中的“三天”改成“五天”。",
    ] {
        for subject in ["更正", &*letter(1).subject] {
            let office = office();
            import(&office, "2.eml", &asks("a", subject, said), IN_TIME);
            let stands = standing(&office);
            assert!(
                stands[0].1 == "accepted []"
                    && stands[1].1.contains("correction_request")
                    && !stands[1].1.contains("withdraw"),
                "{said}: {stands:?}"
            );
            assert_eq!(relations(&office), [format!("corrects {FIRST} latest_of_sender")], "{said}");
            assert_eq!(office.rows().count("SELECT count(*) FROM opinion WHERE submission_id = 2"), 0);
            let listed = office.run_ok(&["review", "list"]).stdout;
            assert!(listed.contains(said) && listed.contains(FIRST), "{listed}");
            office.run_ok(&["review", "confirm", "2"]);
            assert_eq!((status(&office, "2"), status(&office, FIRST)), ("handled".into(), "accepted".into()));
            holds(&office);
        }
    }
}

/// A letter that says nothing is no letter to be counted, whosever number it gives.
#[test]
fn a_letter_that_only_thanks_or_tells_who_wrote_is_never_counted_empty() {
    let tagged = letter(1).subject;
    for (said, answer) in [
        (format!("{FIRST}，收到，谢谢！"), "withheld nothing_said"),
        (format!("编号{FIRST}。姓名：谷雨轩\r\n职业：教师\r\n联系电话：13900139000"), "queued "),
        ("收到，谢谢！".to_owned(), "withheld nothing_said"),
        ("姓名：谷雨轩\r\n职业：教师\r\n联系电话：13900139000".to_owned(), "queued "),
    ] {
        let office = office();
        let before = counted(&office);
        let stranger = Letter { from: "other@example.org".to_owned(), ..asks("s", &tagged, &said) };
        import(&office, "2.eml", &stranger, IN_TIME);
        assert_eq!(standing(&office)[1].1, r#"review ["nothing_said"]"#, "{said}");
        assert_eq!(counted(&office), before, "{said}");
        let told = last_answer(&office);
        let reason = told.get("reason").map_or("", String::as_str);
        assert_eq!(format!("{} {reason}", told["state"]), answer, "{said}");
        let listed = office.run_ok(&["review", "list"]).stdout;
        assert_eq!(listed.contains("0001，但不是该编号的发件人所写"), said.contains(FIRST), "{listed}");
        office.run_ok(&["review", "confirm", "2"]);
        assert_eq!((status(&office, "2"), counted(&office)), ("handled".to_owned(), before), "{said}");
        holds(&office);
    }
    let office = office();
    let stranger = Letter {
        from: "other@example.org".to_owned(),
        ..asks("s", &tagged, &format!("看到{FIRST}的意见，建议周末也开放窗口。谢谢！"))
    };
    import(&office, "2.eml", &stranger, IN_TIME);
    assert_eq!(status(&office, "2"), "accepted", "an opinion is one, whatever number stands beside it");
}
