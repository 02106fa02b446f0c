//! What somebody put into the schema is named before it can do anything; what he took away is made again and said.

use rusqlite::Connection;
use zwfw_intake::store::{Store, StoreError};

use crate::support::daemon::Office;
use crate::support::letter::letter;

/// What is added or changed, the name that is to be said, and the statement that takes it away again.
const ROGUES: [(&str, &str, &str); 6] = [
    (
        "CREATE TRIGGER quiet AFTER INSERT ON acknowledgement BEGIN UPDATE acknowledgement SET recipient = 'x@example.com'; END",
        "trigger quiet was added",
        "DROP TRIGGER quiet",
    ),
    (
        "CREATE TABLE shadow (a); CREATE TRIGGER deep AFTER INSERT ON shadow BEGIN DELETE FROM submission; END",
        "table shadow was added",
        "DROP TABLE shadow",
    ),
    ("CREATE VIEW 本处 AS SELECT 1 AS 一", "view 本处 was added", "DROP VIEW 本处"),
    (
        "CREATE UNIQUE INDEX one_name ON submission (number, name)",
        "index one_name was added",
        "DROP INDEX one_name",
    ),
    (
        "DROP VIEW 意见汇总; CREATE VIEW 意见汇总 AS SELECT 1 AS 编号",
        "view 意见汇总 was changed",
        "DROP VIEW 意见汇总",
    ),
    (
        "DROP INDEX acknowledgement_once; CREATE INDEX acknowledgement_once ON acknowledgement (submission_id, kind)",
        "index acknowledgement_once was changed",
        "DROP INDEX acknowledgement_once",
    ),
];

fn sql(office: &Office, statements: &str) {
    Connection::open(office.store_path()).unwrap().execute_batch(statements).unwrap();
}

#[test]
fn a_changed_schema_is_refused_by_name_and_nothing_is_lost_meanwhile() {
    let office = Office::at_maildir();
    let mailbox = office.path().join("mailbox");
    letter(1).deliver(&mailbox);
    office.run_ok(&["run", "--once"]);
    for (n, (rogue, named, away)) in (2..).zip(ROGUES) {
        sql(&office, rogue);
        letter(n).deliver(&mailbox);
        for command in [&["run", "--once"][..], &["correct", "LNZX-2024-0001", "name", "李四"]] {
            let finished = office.run(command);
            assert_eq!(finished.code, Some(74), "{rogue}: {finished:?}");
            assert!(finished.stderr.contains(named), "{rogue}: {finished:?}");
        }
        let finished = office.run(&["verify"]);
        assert_eq!(finished.code, Some(1), "{rogue}: {finished:?}");
        assert!(office.run(&["list"]).code == Some(0), "{rogue}: whoever reads goes on");
        sql(&office, away);
        office.run_ok(&["run", "--once"]);
        assert_eq!(
            office.rows().count("SELECT count(*) FROM submission"),
            i64::try_from(n).unwrap(),
            "{rogue}"
        );
        office.run_ok(&["verify"]);
    }
    let recipients = "SELECT count(*) FROM acknowledgement WHERE recipient = 'x@example.com'";
    assert_eq!(office.rows().count(recipients), 0);
}

#[test]
fn a_trigger_that_comes_while_the_store_is_open_is_met_by_the_next_writer() {
    let office = Office::at_maildir();
    office.run_ok(&["run", "--once"]);
    let mut store = Store::open(&office.store_path(), jiff::Timestamp::UNIX_EPOCH).unwrap();
    store.begin().unwrap().commit().unwrap();
    sql(&office, ROGUES[0].0);
    let error = store.begin().unwrap_err();
    assert!(matches!(error, StoreError::SchemaChanged { .. }), "{error}");
    assert!(!error.is_transient());
    sql(&office, ROGUES[0].2);
    store.begin().unwrap().commit().unwrap();
}

#[test]
fn what_was_taken_away_is_made_again_and_the_log_says_so() {
    let office = Office::at_maildir();
    letter(1).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    sql(&office, "DROP TRIGGER event_is_append_only_2; DROP VIEW 意见汇总; DROP INDEX acknowledgement_once");
    assert_eq!(office.run(&["verify"]).code, Some(1));
    let finished = office.run(&["run", "--once"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stderr.contains("event_is_append_only_2"), "{finished:?}");
    let rows = office.rows();
    let event =
        "SELECT count(*) FROM event WHERE action = 'schema_mended' AND detail LIKE '%acknowledgement_once%'";
    assert_eq!(rows.count(event), 1);
    assert_eq!(rows.count("SELECT count(*) FROM 意见汇总"), 1);
    office.run_ok(&["verify"]);
}

/// SQLite makes them when it is asked to; they decide how it looks for rows, not what it finds.
#[test]
fn statistics_are_named_and_stop_nobody() {
    let office = Office::at_maildir();
    office.run_ok(&["run", "--once"]);
    sql(&office, "ANALYZE");
    office.run_ok(&["run", "--once"]);
    let finished = office.run(&["verify"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("sqlite_stat1"), "{finished:?}");
}

#[test]
fn a_number_is_above_all_that_were_given_out_whatever_the_sequence_says() {
    let office = Office::at_maildir();
    let mailbox = office.path().join("mailbox");
    for n in 1..=3 {
        letter(n).deliver(&mailbox);
    }
    office.run_ok(&["run", "--once"]);
    for (n, set) in [(4, "UPDATE number_sequence SET last = 0"), (5, "DELETE FROM number_sequence")] {
        sql(&office, set);
        letter(n).deliver(&mailbox);
        office.run_ok(&["run", "--once"]);
        let number = format!("SELECT count(*) FROM submission WHERE number = 'LNZX-2024-{n:04}'");
        assert_eq!(office.rows().count(&number), 1, "{set}");
    }
}
