//! Letters that were filed under the wrong consultation and are moved: a number there, the old one goes on naming them, nothing is
//! answered twice, nothing is lost, and all of it can be taken back.

use std::fs;

use crate::reprocess::older;
use crate::review::{IN_TIME, TOO_LATE, import};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::sql::Row;

const HERE: &str = "liaoning-2024-gxbc";
pub(crate) const THERE: &str = "county-dogs";
const OLD: &str = "LNZX-2024-0001";
const NEW: &str = "DOGS-2024-0001";

/// Another consultation of the same mailbox, open in these days.
pub(crate) fn consultation(office: &Office, opens: &str, deadline: &str) {
    let text = format!(
        "id = \"{THERE}\"\ntitle = \"青原县养犬管理办法（征求意见稿）\"\nissuer = \"青原县\"\nopens = \"{opens}\"\ndeadline = \"{deadline}\"\n\
         number_prefix = \"DOGS-2024\"\noccupations = [\"教师\", \"其他\"]\n\
         clauses = [{{ code = \"第三条\", name = \"办事窗口\" }}, {{ code = \"第四条\", name = \"夜间窗口\" }}]\n"
    );
    fs::write(office.path().join("consultations/county.toml"), text).unwrap();
}

fn office() -> Office {
    let office = Office::at_maildir();
    consultation(&office, "2024-03-01", "2024-03-31");
    office
}

/// An office with the letter of the first citizen.
fn with_letter() -> Office {
    let office = office();
    import(&office, "1.eml", &letter(1), IN_TIME);
    office
}

/// A further letter of the first citizen, which says something else or the same.
fn further(id: &str, text: Option<&str>) -> Letter {
    let first = letter(1);
    let text = text.map_or_else(|| first.text.clone(), |text| format!("{text}\r\n"));
    Letter { message_id: format!("{id}@example.com"), text, ..first }
}

fn there(letter: Letter) -> Letter {
    Letter {
        subject: "《青原县养犬管理办法（征求意见稿）》意见建议".to_owned(), ..letter
    }
}

#[track_caller]
fn row(office: &Office, number: &str) -> Row {
    let rows = office.rows().rows(&format!("SELECT * FROM submission WHERE number = '{number}'"));
    rows.into_iter().next().unwrap_or_else(|| panic!("there is no {number}"))
}

#[track_caller]
fn stands(office: &Office, number: &str, consultation: &str, timeliness: &str, status: &str) {
    let row = row(office, number);
    let found = (&*row["consultation"], &*row["timeliness"], &*row["status"]);
    assert_eq!(found, (consultation, timeliness, status), "{number}: {row:?}");
}

#[track_caller]
fn says(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "{word:?} is not in:\n{said}");
    }
}

#[track_caller]
fn refused(office: &Office, arguments: &[&str], code: i32, words: &[&str]) {
    let before = office.rows().dump();
    let finished = office.run(arguments);
    assert_eq!(finished.code, Some(code), "{arguments:?}: {finished:?}");
    says(&finished.stderr, words);
    assert_eq!(office.rows().dump(), before, "{arguments:?} changed something");
}

/// Everything is explained and proved, and today's rules have nothing to add.
#[track_caller]
fn sound(office: &Office) {
    office.run_ok(&["verify"]);
    let dump = office.rows().dump();
    let again = office.json(&["reprocess", "--apply", "--json"]);
    assert_eq!((&again["changed"], &again["left_to_a_person"]), (&0.into(), &0.into()), "{again:#}");
    assert_eq!(office.rows().dump(), dump, "not even an event");
}

/// What stands of submissions, without the log and the proof.
fn substance(office: &Office) -> Vec<String> {
    let tables = ["submission", "opinion", "supplement", "acknowledgement", "message", "mailbox_entry"];
    let rows = office.rows();
    let mut lines: Vec<String> = tables
        .iter()
        .flat_map(|table| rows.rows(&format!("SELECT * FROM {table} ORDER BY id")))
        .map(|row| format!("{row:?}"))
        .collect();
    lines.extend(
        rows.rows(
            "SELECT l.message_id, l.sender, l.opinion_sha256, w.consultation, w.sha256, g.sha256 AS leader, g.group_number, g.submission_id
             FROM likeness AS l LEFT JOIN wording AS w ON w.id = l.wording_id LEFT JOIN wording AS g ON g.id = l.leader_id ORDER BY 1",
        )
        .iter()
        .map(|row| format!("{row:?}")),
    );
    lines
}

#[test]
fn a_moved_letter_gets_a_number_there_and_its_old_one_goes_on_naming_it() {
    let office = with_letter();
    import(&office, "2.eml", &letter(2), IN_TIME);
    let answers = office.rows().rows("SELECT * FROM acknowledgement");
    let said = office.run_ok(&["move", OLD, THERE, "--note", "内容是养犬"]).stdout;
    says(
        &said,
        &[OLD, NEW, HERE, THERE, "c***@example.com", "没有另发回执", "“意见建议已收到”以编号 LNZX-2024-0001"],
    );
    assert!(!said.contains("王小明") && !said.contains("13800138000"), "not masked: {said}");
    stands(&office, NEW, THERE, "on_time", "accepted");
    assert_eq!(office.rows().rows("SELECT * FROM acknowledgement"), answers, "nobody is answered by it");

    // Whoever asks for the old number finds the letter, however he types it.
    for number in
        [OLD, NEW, "lnzx—2024—0001", "ＤＯＧＳ－２０２４－０００１", "dogs 2024 0001", "〔LNZX-2024-0001〕"]
    {
        let shown = office.run_ok(&["show", number]).stdout;
        says(&shown, &["编号：DOGS-2024-0001", "原编号：LNZX-2024-0001", "内容是养犬"]);
        let explained = office.run_ok(&["explain", number]).stdout;
        says(
            &explained,
            &["DOGS-2024-0001（原 LNZX-2024-0001）", "人工处理", "LNZX-2024-0001 → DOGS-2024-0001"],
        );
        office.run_ok(&["correct", number, "name", "王晓明"]);
        office.run_ok(&["correct", number, "name", "王小明"]);
        office.run_ok(&["review", "deny", number, "--note", "来信人要求"]);
        says(&office.run_ok(&["review", "reopen", number]).stdout, &[NEW]);
    }
    says(&office.run_ok(&["list"]).stdout, &["DOGS-2024-0001（原 LNZX-2024-0001）"]);
    assert_eq!(office.json(&["list", "--consultation", THERE, "--json"])[0]["former_numbers"][0], OLD);
    let moves = office.json(&["view", "改列来信", "--json"]).to_string();
    says(&moves, &[OLD, NEW, "推动“高效办成一件事”的工作方案\"", "\"青原县养犬管理办法\""]);
    let counted = |consultation: &str| {
        let sql = format!(
            "SELECT count(*) FROM 意见汇总 WHERE 征求意见 = (SELECT name FROM notice WHERE id = '{consultation}')"
        );
        office.rows().count(&sql)
    };
    assert_eq!((counted(HERE), counted(THERE)), (1, 1));
    sound(&office);
    office.run_ok(&["stats"]);
    office.run_ok(&["reprocess", OLD, "LNZX-2024-0002"]);

    // Its number is nobody else's, even where somebody sets the sequence back.
    rusqlite::Connection::open(office.store_path())
        .unwrap()
        .execute("UPDATE number_sequence SET last = 0", [])
        .unwrap();
    office.run_ok(&["move", "LNZX-2024-0002", THERE]);
    import(&office, "3.eml", &letter(3), IN_TIME);
    assert_eq!(office.rows().count("SELECT count(*) FROM submission WHERE number = 'LNZX-2024-0003'"), 1);
}

#[test]
fn a_move_is_taken_back_by_hand_or_undone_with_either_number() {
    let office = with_letter();
    import(&office, "2.eml", &there(letter(2)), IN_TIME);
    let before = substance(&office);
    for back in [&["move", OLD, "--undo"][..], &["move", "DOGS-2024-0002", "--undo"], &["move", OLD, HERE]] {
        office.run_ok(&["move", OLD, THERE]);
        stands(&office, "DOGS-2024-0002", THERE, "on_time", "accepted");
        sound(&office);
        let said = office.run_ok(back).stdout;
        says(&said, &["DOGS-2024-0002", OLD]);
        assert_eq!(substance(&office), before);
        sound(&office);
    }
    refused(&office, &["move", OLD, "--undo"], 65, &["没有可以撤销的", "move LNZX-2024-0001"]);
    // The number that it had there stays its own.
    import(&office, "3.eml", &there(letter(3)), IN_TIME);
    row(&office, "DOGS-2024-0003");
    says(
        &office.run_ok(&["show", "DOGS-2024-0002"]).stdout,
        &["编号：LNZX-2024-0001", "原编号：DOGS-2024-0002"],
    );
}

#[test]
fn what_cannot_be_moved_is_refused_with_the_remedy() {
    let office = with_letter();
    refused(&office, &["move", OLD], 64, &["CONSULTATION"]);
    refused(&office, &["move", OLD, THERE, "--undo"], 64, &["--undo"]);
    refused(&office, &["move", OLD, "nowhere"], 64, &["nowhere", HERE, THERE]);
    refused(&office, &["move", "LNZX-2024-0099", THERE], 65, &["LNZX-2024-0099", "list"]);
    refused(&office, &["move", OLD, HERE], 65, &["本来就在", "没有改动"]);
    refused(&office, &["move", OLD, "--undo"], 65, &["没有可以撤销的"]);
    office.run_ok(&["review", "deny", OLD, "--note", "来信人要求"]);
    refused(&office, &["move", OLD, THERE], 65, &["review reopen LNZX-2024-0001"]);
    office.run_ok(&["review", "reopen", OLD]);
    office.run_ok(&["move", OLD, THERE]);
    office.run_ok(&["review", "deny", OLD, "--note", "来信人要求"]);
    refused(&office, &["move", OLD, "--undo"], 65, &["review reopen DOGS-2024-0001"]);
    office.run_ok(&["review", "reopen", NEW]);
    let county = office.path().join("consultations/liaoning.toml");
    let text = fs::read_to_string(&county).unwrap();
    fs::write(&county, text.replace(HERE, "renamed")).unwrap();
    refused(&office, &["move", OLD, "--undo"], 65, &[HERE, "配置"]);
}

#[test]
fn the_time_is_judged_by_the_other_deadline_and_nothing_else_is() {
    // Opens, closes; then what a letter of the 12th, 10:00:02, sent two seconds before, is there.
    for (opens, deadline, timeliness, status) in [
        ("2024-03-01", "2024-03-12", "on_time", "accepted"),
        ("2024-03-01", "2024-03-11", "late", "late"),
        ("2024-03-01", "2024-03-12T10:00:01+08:00", "late_sent_in_time", "review"),
        ("2024-03-13", "2024-03-31", "before_open", "review"),
    ] {
        let office = Office::at_maildir();
        consultation(&office, opens, deadline);
        import(&office, "1.eml", &letter(1), IN_TIME);
        let before = substance(&office);
        let said = office.run_ok(&["move", OLD, THERE]).stdout;
        stands(&office, NEW, THERE, timeliness, status);
        sound(&office);
        if status == "review" {
            says(&said, &["须人工核对", "review confirm DOGS-2024-0001"]);
            office.run_ok(&["review", "confirm", NEW]);
            stands(&office, NEW, THERE, timeliness, "accepted");
            sound(&office);
            office.run_ok(&["review", "reopen", NEW]);
        }
        office.run_ok(&["move", NEW, "--undo"]);
        assert_eq!(substance(&office), before);
        sound(&office);
    }
}

#[test]
fn what_waits_goes_on_waiting_and_what_was_decided_stays_decided() {
    let office = Office::at_maildir();
    consultation(&office, "2024-03-01", "2024-03-31");
    let near = |n| Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(n) };
    import(&office, "1.eml", &near(1), IN_TIME);
    import(&office, "2.eml", &near(2), IN_TIME);
    import(&office, "3.eml", &letter(3), TOO_LATE);
    import(&office, "4.eml", &letter(4), TOO_LATE);
    office.run_ok(&["review", "confirm", "LNZX-2024-0002"]);
    office.run_ok(&["review", "confirm", "LNZX-2024-0004"]);
    let before = substance(&office);
    for n in 1..=4 {
        office.run_ok(&["move", &format!("LNZX-2024-000{n}"), THERE]);
    }
    stands(&office, "DOGS-2024-0001", THERE, "on_time", "review");
    stands(&office, "DOGS-2024-0002", THERE, "on_time", "accepted");
    // Only its time was in question, and there it is not.
    stands(&office, "DOGS-2024-0003", THERE, "on_time", "accepted");
    stands(&office, "DOGS-2024-0004", THERE, "on_time", "accepted");
    sound(&office);
    for n in 1..=4 {
        office.run_ok(&["move", &format!("LNZX-2024-000{n}"), "--undo"]);
    }
    // A decision on the time here is here again.
    assert_eq!(substance(&office), before);
    stands(&office, "LNZX-2024-0004", HERE, "late_sent_in_time", "accepted");
    sound(&office);
    // Decided there and moved back: the question that is open here waits.
    office.run_ok(&["move", "LNZX-2024-0001", THERE]);
    office.run_ok(&["review", "confirm", "LNZX-2024-0001"]);
    office.run_ok(&["move", "LNZX-2024-0001", "--undo"]);
    stands(&office, "LNZX-2024-0001", HERE, "on_time", "accepted");
    office.run_ok(&["move", "LNZX-2024-0003", THERE]);
    office.run_ok(&["review", "deny", "LNZX-2024-0003", "--note", "来信人要求"]);
    office.run_ok(&["review", "reopen", "LNZX-2024-0003"]);
    office.run_ok(&["move", "LNZX-2024-0003", "--undo"]);
    stands(&office, "LNZX-2024-0003", HERE, "late_sent_in_time", "review");
    sound(&office);
}

#[test]
fn supplements_travel_and_later_mail_finds_it_by_either_number_and_by_the_old_answer() {
    let office = Office::at_maildir();
    consultation(&office, "2024-03-01", "2024-03-12T10:00:01+08:00");
    import(&office, "1.eml", &letter(1), "Tue, 12 Mar 2024 09:00:02 +0800");
    let reply = |id: &str, n: usize, subject: &str| Letter {
        message_id: format!("{id}@example.com"),
        subject: subject.to_owned(),
        text: format!("建议增设第{n}个夜间窗口，并公布时间。\r\n"),
        ..letter(1)
    };
    let answer = office.rows().rows("SELECT rfc822_message_id AS id FROM acknowledgement")[0]["id"].clone();
    import(&office, "2.eml", &reply("a", 1, "补充 LNZX-2024-0001"), IN_TIME);
    let item = |n: usize| {
        let sql = format!("SELECT clause, text FROM opinion WHERE text LIKE '%第{n}个夜间窗口%'");
        office.rows().rows(&sql)[0].clone()
    };
    assert_eq!(item(1).get("clause"), None);
    let before = substance(&office);
    let said = office.run_ok(&["move", OLD, THERE]).stdout;
    says(&said, &["补充（邮件 2）", "时限：按时 → 截止前发出、截止后到达"]);
    stands(&office, NEW, THERE, "on_time", "accepted");
    assert_eq!(item(1)["clause"], "第四条");
    sound(&office);
    office.run_ok(&["move", OLD, "--undo"]);
    assert_eq!(substance(&office), before);
    office.run_ok(&["move", OLD, THERE]);

    import(&office, "3.eml", &reply("b", 2, "补充 LNZX—2024—0001"), IN_TIME);
    import(&office, "4.eml", &reply("c", 3, "补充 DOGS-2024-0001"), IN_TIME);
    let answering = Letter { in_reply_to: Some(answer), ..reply("d", 4, "Re: 自动回执") };
    import(&office, "5.eml", &answering, IN_TIME);
    assert_eq!(office.rows().count("SELECT count(*) FROM submission"), 1);
    assert_eq!(office.rows().count("SELECT count(*) FROM supplement"), 4);
    for n in 2..=4 {
        assert_eq!(item(n)["clause"], "第四条", "read for the consultation that its submission has");
    }
    let times = office.rows().rows("SELECT DISTINCT timeliness FROM supplement");
    assert_eq!(times.len(), 1, "{times:?}");
    sound(&office);
    let alone = office.json(&["reprocess", OLD, "--json"]);
    assert_eq!((&alone["examined"], &alone["changed"]), (&5.into(), &0.into()), "{alone:#}");
    // It asks to withdraw by the number that its writer was told.
    let withdraws = Letter {
        message_id: "w@example.com".to_owned(),
        subject: "撤回".to_owned(),
        text: "我申请撤回LNZX-2024-0001号意见。\r\n".to_owned(),
        ..letter(1)
    };
    import(&office, "6.eml", &withdraws, IN_TIME);
    let named = office.rows().rows("SELECT earlier_id FROM relation WHERE kind = 'withdraws'");
    assert_eq!(named.len(), 1, "{named:?}");
    sound(&office);
    office.run_ok(&["move", OLD, "--undo"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM supplement WHERE timeliness = 'on_time'"), 4);
    sound(&office);
}

#[test]
fn a_repetition_stays_and_waits_and_is_one_again_when_the_letter_comes_back() {
    let office = with_letter();
    import(&office, "2.eml", &further("again", None), IN_TIME);
    import(&office, "3.eml", &further("again2", None), IN_TIME);
    let before = substance(&office);
    says(&office.run_ok(&["move", OLD, THERE]).stdout, &["LNZX-2024-0002 原列为它的重复件"]);
    stands(&office, "LNZX-2024-0002", HERE, "on_time", "review");
    stands(&office, "LNZX-2024-0003", HERE, "on_time", "duplicate");
    sound(&office);
    says(&office.run_ok(&["move", OLD, "--undo"]).stdout, &["LNZX-2024-0002 恢复为它的重复件"]);
    assert_eq!(substance(&office), before);
    sound(&office);
    // Counted in its place, it keeps the letter from coming back: nothing counts twice unasked.
    office.run_ok(&["move", OLD, THERE]);
    office.run_ok(&["review", "confirm", "LNZX-2024-0002"]);
    refused(&office, &["move", OLD, "--undo"], 65, &["review reopen LNZX-2024-0002"]);
    office.run_ok(&["review", "reopen", "LNZX-2024-0002"]);
    office.run_ok(&["move", OLD, HERE]);
    stands(&office, "LNZX-2024-0002", HERE, "on_time", "duplicate");
    sound(&office);
    // The repetition is what belongs there: it is by itself there, and one again back here.
    office.run_ok(&["move", "LNZX-2024-0002", THERE]);
    let moved = office.json(&["show", "LNZX-2024-0002", "--json"]);
    assert_eq!((&moved["consultation"], &moved["duplicate_of"]), (&THERE.into(), &serde_json::Value::Null));
    sound(&office);
    office.run_ok(&["move", "LNZX-2024-0002", "--undo"]);
    stands(&office, "LNZX-2024-0002", HERE, "on_time", "duplicate");
    sound(&office);
}

#[test]
fn what_says_the_same_there_counts_once() {
    let office = with_letter();
    import(&office, "2.eml", &there(further("there", None)), IN_TIME);
    assert_eq!(row(&office, NEW)["status"], "accepted", "texts of two consultations are never compared");
    let before = substance(&office);
    says(&office.run_ok(&["move", OLD, THERE]).stdout, &["DOGS-2024-0001 内容相同", "不重复计数"]);
    stands(&office, "DOGS-2024-0002", THERE, "on_time", "duplicate");
    sound(&office);
    // It repeats what is denied then: it waits in its place, and does so back here, too.
    office.run_ok(&["move", OLD, "--undo"]);
    assert_eq!(substance(&office), before);
    sound(&office);
    // A later one finds it where it is.
    office.run_ok(&["review", "deny", NEW, "--note", "来信人要求"]);
    office.run_ok(&["move", OLD, THERE]);
    stands(&office, "DOGS-2024-0002", THERE, "on_time", "accepted");
    import(&office, "3.eml", &there(further("there-again", None)), IN_TIME);
    stands(&office, "DOGS-2024-0003", THERE, "on_time", "duplicate");
    import(&office, "4.eml", &further("here-again", None), IN_TIME);
    stands(&office, "LNZX-2024-0002", HERE, "on_time", "accepted");
    sound(&office);
}

#[test]
fn what_staff_worked_on_stays_theirs_and_clauses_are_suggested_anew() {
    let office = office();
    let points = Letter {
        text: "姓名：王小明\r\n职业：工人\r\n\r\n1. 建议推行跨域办的办事窗口。\r\n2. 建议夜间也跨域办。\r\n3. 建议推行跨域办。\r\n".to_owned(),
        ..letter(1)
    };
    import(&office, "1.eml", &points, IN_TIME);
    office.run_ok(&["correct", OLD, "clause", "二(一)1", "--item", "3"]);
    office.run_ok(&["correct", OLD, "adoption", "采纳", "--item", "2"]);
    office.run_ok(&["correct", OLD, "name", "王晓明"]);
    let before = substance(&office);
    let clauses = || -> Vec<String> {
        let rows = office.rows().rows("SELECT coalesce(clause, '') AS clause FROM opinion ORDER BY ordinal");
        rows.iter().map(|row| row["clause"].clone()).collect()
    };
    assert_eq!(clauses(), ["二(二)3", "二(二)3", "二(一)1"]);
    let said = office.run_ok(&["move", OLD, THERE]).stdout;
    says(&said, &["〔第三条〕", "人工更正保留"]);
    assert_eq!(clauses(), ["第三条", "二(二)3", "二(一)1"], "what staff worked on stays");
    let moved = row(&office, NEW);
    assert_eq!(
        (&*moved["name"], moved.get("occupation")),
        ("王晓明", None),
        "no occupation there is called so"
    );
    sound(&office);
    office.run_ok(&["move", OLD, "--undo"]);
    assert_eq!(substance(&office), before);
    sound(&office);
}

#[test]
fn a_group_of_same_letters_is_counted_where_its_letters_are() {
    let office = office();
    let campaign = |n: usize| Letter {
        text: "强烈要求把办事窗口的服务时间延长到晚上八点，并在周末也安排值班人员接待群众，请采纳。\r\n"
            .to_owned(),
        ..letter(n)
    };
    for n in 1..=3 {
        import(&office, &format!("{n}.eml"), &campaign(n), IN_TIME);
    }
    import(&office, "4.eml", &there(campaign(4)), IN_TIME);
    let group = |consultation: &str| {
        let sql = format!(
            "SELECT 代表编号, 件数 FROM 相同来信 WHERE 征求意见 = (SELECT name FROM notice WHERE id = '{consultation}')"
        );
        office
            .rows()
            .rows(&sql)
            .iter()
            .map(|row| format!("{} {}", row["代表编号"], row["件数"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(group(HERE), ["LNZX-2024-0001 3"]);
    assert_eq!(group(THERE), [""; 0]);
    office.run_ok(&["move", OLD, THERE]);
    assert_eq!(group(HERE), ["LNZX-2024-0002 2"]);
    assert_eq!(group(THERE).len(), 1, "{:?}", group(THERE));
    sound(&office);
    office.run_ok(&["move", OLD, "--undo"]);
    assert_eq!(group(HERE), ["LNZX-2024-0001 3"]);
    sound(&office);
}

#[test]
fn an_answer_that_comes_back_is_known_by_the_number_that_it_names() {
    let office = with_letter();
    office.run_ok(&["run", "--once"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), 1);
    office.run_ok(&["move", OLD, THERE]);
    let returned = "Return-Path: <>\r\nFrom: MAILER-DAEMON@example.com\r\nTo: zwfw@ln.gov.cn\r\nDate: Tue, 12 Mar 2024 11:00:00 +0800\r\n\
        Message-ID: <dsn@example.com>\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\r\n主题：自动回执〔LNZX-2024-0001〕您的意见建议已收到\r\n\
        收件人：citizen1@example.com\r\n退信原因：550 User not found\r\n";
    fs::write(office.path().join("dsn.eml"), returned).unwrap();
    office.run_ok(&["import", "dsn.eml"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'failed'"), 1);
    says(&office.run_ok(&["outbox", "list"]).stdout, &[NEW]);
    says(&office.run_ok(&["outbox", "retry", "lnzx 2024 0001"]).stdout, &[NEW, "重新排入 1 封"]);
    sound(&office);
}

#[test]
fn today_s_rules_and_deadlines_are_those_of_where_it_was_moved_to() {
    let office = with_letter();
    import(&office, "2.eml", &letter(2), IN_TIME);
    office.run_ok(&["move", OLD, THERE]);
    let before = substance(&office);
    older(
        &office,
        "UPDATE submission SET timeliness = 'late', occupation = '工人', subject_match = 'match', content_sha256 = 'old' WHERE id = 1",
    );
    older(&office, "UPDATE opinion SET clause = '二(一)1', text = 'older' WHERE submission_id = 1");
    for apply in [&["reprocess", "--apply"][..], &["reprocess", OLD]] {
        office.run_ok(apply);
        assert_eq!(substance(&office), before);
    }
    // The deadline there is another one: where it stands is for the person who moved it.
    consultation(&office, "2024-03-01", "2024-03-11");
    let said = office.run(&["reprocess"]).stdout;
    says(&said, &["DOGS-2024-0001\n  时限：按时 → 逾期", "会改 1"]);
    office.run_ok(&["reprocess", "--apply"]);
    stands(&office, NEW, THERE, "late", "accepted");
    office.run_ok(&["move", OLD, "--undo"]);
    office.run_ok(&["move", OLD, THERE]);
    stands(&office, NEW, THERE, "late", "late");
    sound(&office);
}

/// The number in a refusal is one that somebody can look up: the new one was taken back with everything else.
#[test]
fn a_letter_that_was_changed_behind_the_programs_back_is_not_moved_and_named_as_it_is_called() {
    let office = with_letter();
    rusqlite::Connection::open(office.store_path())
        .unwrap()
        .execute_batch("UPDATE submission SET name = '别人'")
        .unwrap();
    refused(&office, &["move", OLD, THERE], 74, &[OLD, "没有做任何改动", "verify"]);
    let finished = office.run(&["move", OLD, THERE]);
    assert!(!finished.stderr.contains(NEW), "{finished:?}");
}
