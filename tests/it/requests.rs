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
    let sql = "SELECT kind, state, submission_id, CAST(octets AS TEXT) AS octets FROM acknowledgement ORDER BY id DESC LIMIT 1";
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
        ("更正", "我的电话写错了，应为13900001111。", "correction_request", "personal_data", "更正登记"),
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
        assert_eq!((&*answer["kind"], &*answer["state"]), ("review", "queued"), "{said}");
        let told = text(&answer);
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
    assert_eq!((opinions(), relations(&office)), (before, vec![format!("personal_data {FIRST} answers")]));
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
