//! What the store keeps of a letter's items for the views: how many there are, and which clauses they name, in the notice's order.

use std::fs;

use rusqlite::Connection;

use crate::support::daemon::Office;
use crate::support::letter::letter;

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
