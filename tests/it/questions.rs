//! The page for those who ask with tools of their own (`docs/query.zh-CN.md`): each of its queries, held against the tables, and tried on the demo.

use std::fs;
use std::time::Duration;

use regex::Regex;
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::support::daemon::{Office, office_with_demo};

/// The page's queries.
fn asked() -> Vec<String> {
    let page = fs::read_to_string(crate::support::repository().join("docs/query.zh-CN.md")).unwrap();
    page.lines().filter(|line| line.starts_with("    ")).map(|line| line.trim().to_owned()).collect()
}

/// Whoever learns with the demo sees an answer to each.
#[test]
fn each_question_finds_something_in_the_demo() {
    let (office, demo) = office_with_demo();
    let done = office.start_with(&demo, &["run", "--once"]).finish(Duration::from_mins(1));
    assert_eq!(done.code, Some(0), "{done:?}");
    let store = Connection::open(office.store_path()).unwrap();
    for sql in asked() {
        assert!(store.prepare(&sql).unwrap().exists([]).unwrap(), "{sql} finds nothing");
    }
    // A letter that only asks is no letter to be counted: what is denied of it is the request.
    let sql = "SELECT 该核对什么 FROM 待核邮件 WHERE 待核原因 LIKE '%要求撤回%'";
    let to_do: String = store.query_row(sql, [], |row| row.get(0)).unwrap();
    assert!(to_do.contains("对所涉来信执行") && !to_do.contains("同意撤回的否定"), "{to_do}");
}

/// What the page's queries give, asked of the tables behind the views: the first columns of each, in any order.
const RAW: [&str; 29] = [
    "SELECT day, (SELECT count(*) FROM submission WHERE date(received_at, '+8 hours') = day) FROM
        (WITH RECURSIVE d (day) AS (SELECT '2024-02-28' UNION ALL SELECT date(day, '+1 day') FROM d WHERE day < '2024-03-13')
         SELECT day FROM d UNION SELECT date(received_at, '+8 hours') FROM submission)",
    "SELECT clause, count(*) FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id
        WHERE s.status IN ('accepted', 'late') AND clause IS NOT NULL AND adoption IS NOT '非意见' GROUP BY clause",
    "SELECT number, organization FROM submission WHERE comment LIKE '%商业协会%'",
    "SELECT coalesce(occupation, '未填写'), count(*) FROM submission WHERE status IN ('accepted', 'late') GROUP BY 1",
    "SELECT t.short, w.short, count(*) FROM submission AS s JOIN word AS w ON w.kind = 'status' AND w.word = s.status
        JOIN word AS t ON t.kind = 'timeliness' AND t.word = s.timeliness WHERE timeliness <> 'on_time' GROUP BY timeliness, status",
    "SELECT number, ordinal FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id
        WHERE s.status IN ('accepted', 'late') AND adoption IS NULL",
    "SELECT number, count(*) FROM attachment AS a JOIN submission AS s ON s.message_id = a.message_id GROUP BY number",
    "SELECT number, name FROM submission, json_each(phones) WHERE value = '13900001111'",
    "SELECT group_number, count(*) FROM wording AS w JOIN likeness AS l ON l.leader_id = w.id WHERE group_number IS NOT NULL GROUP BY 1",
    "SELECT datetime(min(received_at), '+8 hours'), datetime(max(received_at), '+8 hours') FROM submission",
    "SELECT number FROM submission WHERE received_at >= '2024-03-13T14:00:00Z' AND received_at < '2024-03-13T16:00:00Z'",
    "SELECT number FROM submission WHERE organization IS NULL AND flags NOT LIKE '%joint%'
        AND (name IS NULL OR flags LIKE '%anonymous%')",
    "SELECT number FROM submission WHERE comment LIKE '%沈阳%'",
    "SELECT avg(length(comment)) FROM submission",
    "SELECT number, datetime(p.received_at, '+8 hours') FROM supplement AS p JOIN submission AS s ON s.id = p.submission_id",
    "SELECT number FROM submission WHERE status = 'review'",
    "SELECT number FROM submission WHERE status = 'review' AND julianday('now') - julianday(received_at) >= 3",
    "SELECT number, signatories FROM submission WHERE flags LIKE '%\"joint\"%'",
    "SELECT organization, count(*) FROM submission WHERE organization IS NOT NULL GROUP BY 1",
    "SELECT number FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id WHERE state <> 'sent'",
    "SELECT number FROM relation AS r JOIN submission AS s ON s.id = r.earlier_id WHERE kind <> 'repeats'",
    "SELECT uid FROM mailbox_entry WHERE disposition = 'not_ours'",
    "SELECT number FROM correction AS c JOIN submission AS s ON s.id = c.submission_id WHERE number = 'LNZX-2024-0007'",
    "SELECT from_address, count(*) FROM submission GROUP BY 1 HAVING count(*) > 1",
    "SELECT CAST(strftime('%H', received_at, '+8 hours') AS INTEGER), count(*) FROM submission
        WHERE date(received_at, '+8 hours') = '2024-03-13' GROUP BY 1",
    "SELECT number FROM submission WHERE flags LIKE '%\"no_publish\"%'",
    "SELECT w.short, count(*) FROM submission AS s JOIN word AS w ON w.kind = 'status' AND w.word = s.status GROUP BY status",
    "SELECT count(*) FROM supplement",
    "SELECT w.short, count(*) FROM mailbox_entry AS e JOIN word AS w ON w.kind = 'disposition' AND w.word = e.disposition
        WHERE disposition IN ('not_ours', 'automatic') OR reason = 'same_bytes' GROUP BY 1",
];

/// The queries of the page ask one view, without functions of their own, and give what the tables say.
pub(crate) fn asked_as_the_page_does(office: &Office) {
    let asked = asked();
    let store = Connection::open(office.store_path()).unwrap();
    let simple = Regex::new(
        r"^(?:SELECT|DESC|FROM|WHERE|GROUP|BY|ORDER|HAVING|AND|OR|IN|LIKE|count|min|max|avg|[^A-Za-z\x22]|'[^']*')+$",
    )
    .unwrap();
    let answer = |sql: &str, columns: usize| -> Vec<String> {
        let mut statement = store.prepare(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
        let columns = if columns == 0 { statement.column_count() } else { columns };
        let cells = |row: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
            let cells: Result<Vec<Value>, _> = (0..columns).map(|at| row.get(at)).collect();
            Ok(format!("{:?}", cells?))
        };
        let mut rows: Vec<String> = statement.query_map([], cells).unwrap().map(Result::unwrap).collect();
        rows.sort();
        rows
    };
    assert_eq!(asked.len(), RAW.len());
    for (sql, raw) in asked.iter().zip(RAW) {
        assert!(simple.is_match(sql), "{sql}: a word that an office does not know");
        // Without it the stock tool waits for more.
        assert!(sql.ends_with(';'), "{sql}");
        let columns = store.prepare(raw).unwrap().column_count();
        let found = answer(sql, columns);
        assert!(!found.is_empty(), "{sql} shows nothing here");
        assert_eq!(found, answer(raw, 0), "{sql}");
    }
}
