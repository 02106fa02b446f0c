//! What the store keeps for the views and for reports: of a letter's items how many there are, and which clauses they name, in the
//! notice's order; of all letters the sums.

use std::fs;

use rusqlite::Connection;
use zwfw_intake::store::{InconsistencyKind, Store};

use crate::moves::{THERE, consultation};
use crate::review::{IN_TIME, TOO_LATE, import};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

/// What the long view says of a letter's items, beside what the items say.
const DIFFERENT: &str = "SELECT v.编号, v.意见条数, v.涉及条款, count(o.id) AS n FROM 来信一览 AS v JOIN submission AS s ON s.number = v.编号
        LEFT JOIN opinion AS o ON o.submission_id = s.id AND o.adoption IS NOT '非意见'
    GROUP BY s.id HAVING n <> v.意见条数 OR count(DISTINCT o.clause) <> iif(v.涉及条款 = '未标注', 0, 1 + length(v.涉及条款) - length(replace(v.涉及条款, '、', '')))
        OR sum(o.clause IS NOT NULL AND NOT instr('、' || v.涉及条款 || '、', '、' || o.clause || '、')) > 0";

/// Whatever was done to the letters.
pub(crate) fn are_as_the_items(office: &Office) {
    let rows = office.rows();
    assert_eq!(rows.rows(DIFFERENT).len(), 0, "{:?}", rows.rows(DIFFERENT));
    assert!(rows.count("SELECT count(*) FROM 来信一览 WHERE 涉及条款 LIKE '%、%'") > 0);
    assert!(rows.count("SELECT count(*) FROM submission_items WHERE items <> -1") > 0);
}

#[test]
fn items_are_counted_anew_by_whoever_changes_them() {
    let office = Office::at_maildir();
    let text = "1. 建议增加线上办理入口。\r\n2. 建议缩短办理时间。\r\n3. 建议保留现金窗口。\r\n";
    crate::support::letter::Letter { text: text.to_owned(), ..letter(1) }
        .deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    let kept = || {
        let row = office.rows().rows("SELECT items, clauses FROM submission_items").remove(0);
        (row["items"].clone(), row["clauses"].clone())
    };
    let shown = || {
        let row = office.rows().rows("SELECT 意见条数, 涉及条款 FROM 来信一览").remove(0);
        (row["意见条数"].clone(), row["涉及条款"].clone())
    };
    let same = |items: &str, clauses: &str| {
        assert_eq!(kept(), (items.to_owned(), clauses.to_owned()));
        assert_eq!(shown(), (items.to_owned(), clauses.to_owned()));
        office.run_ok(&["verify"]);
    };
    office.run_ok(&["correct", "1", "clause", "二(二)3", "--item", "1"]);
    office.run_ok(&["correct", "1", "clause", "二(一)1", "--item", "2"]);
    same("3", "二(一)1、二(二)3");
    office.run_ok(&["item", "drop", "1", "2"]);
    same("2", "二(二)3");
    office.run_ok(&["item", "add", "1", "建议另设窗口。"]);
    office.run_ok(&["correct", "1", "clause", "二(一)1", "--item", "3"]);
    same("3", "二(一)1、二(二)3");
    // The notice puts its clauses in another order.
    let page = office.path().join("consultations/liaoning.toml");
    let before = fs::read_to_string(&page).unwrap();
    let (first, second) = (
        "{ code = \"二(一)1\", name = \"只进一门\", also = [\"一窗通办\"] }",
        "{ code = \"二(二)3\", name = \"跨域办\" }",
    );
    let other = before.replace(&format!("{first}, {second}"), &format!("{second}, {first}"));
    assert_ne!(before, other);
    fs::write(&page, other).unwrap();
    office.run_ok(&["run", "--once"]);
    same("3", "二(二)3、二(一)1");
    // By hand, past the program: the view counts at once, and what it is told wrongly is found.
    let store = Connection::open(office.store_path()).unwrap();
    store.execute_batch("UPDATE opinion SET clause = NULL WHERE ordinal = 3").unwrap();
    assert_eq!(shown(), ("3".to_owned(), "二(二)3".to_owned()));
    store.execute_batch("UPDATE opinion SET clause = '二(一)1' WHERE ordinal = 3").unwrap();
    store.execute_batch("UPDATE submission_items SET items = 7").unwrap();
    let found = office.run(&["reconcile"]);
    assert_eq!(found.code, Some(1));
    assert!(found.stdout.contains("视图所列的意见条数或条款与各条意见不符"), "{found:?}");
}

/// Sums that are not what the letters give.
fn miscounted(office: &Office) -> Vec<String> {
    let store = Store::open_read_only(&office.store_path()).unwrap();
    let found = store.inconsistencies().unwrap().into_iter();
    found.filter(|found| found.kind == InconsistencyKind::SumsMiscounted).map(|found| found.place).collect()
}

const CAMPAIGN: &str = "建议全省政务服务大厅在工作日午间和周六上午开放综合窗口，避免上班族为办一件事反复请假，同时保留人工窗口照顾老年人。\r\n";

/// A campaign of four senders, one of whom repeats himself, and one of whom writes almost the same; letters with several items; a
/// late one; one that adds to another; one of another consultation.
fn filled() -> Office {
    let office = Office::at_maildir();
    consultation(&office, "2024-03-01", "2024-03-31");
    let same = |n: usize| Letter { text: CAMPAIGN.to_owned(), ..letter(n) };
    for n in 1..=3 {
        import(&office, &format!("{n}.eml"), &same(n), IN_TIME);
    }
    let again = Letter { from: letter(2).from, text: format!("您好！\r\n{CAMPAIGN}"), ..letter(4) };
    import(&office, "4.eml", &again, IN_TIME);
    let near = Letter {
        text: format!("我是一名普通上班族，每次办事都要请假。{CAMPAIGN}"), ..letter(5)
    };
    import(&office, "5.eml", &near, IN_TIME);
    let items = "1. “跨域办”应当扩大范围。\r\n2. “跨域办”应当写明期限。\r\n3. 窗口延长办理时间。\r\n";
    let several = Letter { text: format!("姓名：李丽\r\n职业：医生\r\n{items}"), ..letter(6) };
    import(&office, "6.eml", &several, IN_TIME);
    import(&office, "7.eml", &letter(7), TOO_LATE);
    let more = Letter {
        subject: format!("补充 {}", number(6)),
        text: "再补充一点：大厅应当设母婴室。\r\n".to_owned(),
        ..letter(8)
    };
    import(&office, "8.eml", &Letter { from: several.from, ..more }, IN_TIME);
    let dogs = "《青原县养犬管理办法（征求意见稿）》意见建议".to_owned();
    import(&office, "9.eml", &Letter { subject: dogs, ..letter(9) }, IN_TIME);
    office
}

fn number(n: usize) -> String {
    format!("LNZX-2024-{n:04}")
}

#[test]
fn sums_are_what_the_letters_give_whatever_is_done() {
    let office = filled();
    assert!(miscounted(&office).is_empty(), "after filing: {:?}", miscounted(&office));
    let kept = office.rows();
    for table in ["hour", "kind", "clause"] {
        assert!(kept.count(&format!("SELECT count(*) FROM sum_by_{table}")) > 1, "{table}");
    }
    assert_eq!(kept.count("SELECT letters * 100 + senders * 10 + repeated FROM sum_of_group"), 441);
    assert_eq!(kept.count("SELECT supplements FROM sum_of_supplements"), 1);
    for command in [
        // The one that leads, and the first and last to come.
        &["review", "deny", "#1", "--note", "不属于本次征集"][..],
        &["review", "deny", "#5", "--note", "不属于本次征集"],
        &["review", "reopen", "#1"],
        &["correct", "#3", "organization", "某某公司"],
        &["correct", "#3", "occupation", "教师"],
        &["correct", "#3", "signatories", "12"],
        &["correct", "#3", "flags", "+anonymous"],
        &["correct", "#3", "sender_kind", "enterprise"],
        &["correct", "#6", "adoption", "采纳", "--item", "1", "--note", "合理"],
        &["correct", "#6", "adoption", "研究中", "--item", "3"],
        &["correct", "#6", "clause", "二(二)3", "--item", "3"],
        &["item", "drop", "#6", "2"],
        &["item", "add", "#6", "建议另设窗口。"],
        &["item", "split", "#6", "1", "“跨域办”", "应当扩大范围。"],
        &["review", "deny", "#6", "--note", "不属于本次征集"],
        &["review", "reopen", "#6"],
        &["correct", "--undo", "#6", "意见条目"],
        &["move", "#6", THERE, "--note", "内容是养犬"],
        &["move", "#2", THERE],
        &["move", "#1", THERE],
        &["erase", "#3", "--note", "本人要求", "--yes", "#3"],
        &["reprocess", "--apply"],
    ] {
        let words: Vec<String> = command
            .iter()
            .map(|word| {
                word.strip_prefix('#').map_or_else(|| (*word).to_owned(), |n| number(n.parse().unwrap()))
            })
            .collect();
        office.run_ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(miscounted(&office).is_empty(), "{command:?}: {:?}", miscounted(&office));
    }
    // By hand, past the program.
    let store = Connection::open(office.store_path()).unwrap();
    for change in [
        "UPDATE submission SET received_at = '2024-03-01T00:00:00Z', status = 'late' WHERE id = 4",
        "UPDATE mailbox_entry SET reason = 'near_miss'; UPDATE acknowledgement SET state = 'withheld', reason = 'held'",
        "UPDATE submission SET status = 'review', review_reasons = '[\"authentication_failed\"]' WHERE id IN (1, 2)",
        "UPDATE submission SET status = 'accepted', review_reasons = '[]'; DELETE FROM supplement",
        "PRAGMA foreign_keys = OFF; DELETE FROM likeness WHERE message_id = 4; DELETE FROM opinion; DELETE FROM submission WHERE id < 3",
    ] {
        store.execute_batch(change).unwrap();
        assert!(miscounted(&office).is_empty(), "{change}: {:?}", miscounted(&office));
    }
}

#[test]
fn a_sum_that_is_wrong_is_found_and_made_anew() {
    let office = filled();
    let store = Connection::open(office.store_path()).unwrap();
    let before = office.run_ok(&["view", "收件概况", "--csv"]).stdout;
    store
        .execute_batch("UPDATE sum_by_hour SET letters = letters + 1; UPDATE sum_of_group SET senders = 0")
        .unwrap();
    assert_eq!(miscounted(&office), ["sum_by_hour", "sum_of_group"]);
    let found = office.run(&["reconcile"]);
    assert!(found.code == Some(1) && found.stdout.contains("reprocess --apply 重新合计"), "{found:?}");
    office.run_ok(&["reprocess", "--apply"]);
    assert!(miscounted(&office).is_empty());
    // A trigger that somebody took away is made again, and what it missed is counted.
    store
        .execute_batch("DROP TRIGGER hours_are_summed_2; UPDATE submission SET status = 'late' WHERE id = 1")
        .unwrap();
    assert_eq!(miscounted(&office), ["sum_by_hour"]);
    store.execute_batch("UPDATE submission SET status = 'accepted' WHERE id = 1").unwrap();
    office.run_ok(&["correct", &number(6), "name", "李莉"]);
    assert!(miscounted(&office).is_empty());
    assert_eq!(office.run_ok(&["view", "收件概况", "--csv"]).stdout, before);
}
