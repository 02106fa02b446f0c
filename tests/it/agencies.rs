//! Letters of offices, firms and associations: what kind of sender each is, and what becomes of it.

use std::fs;

use rusqlite::Connection;

use crate::support::daemon::Office;
use crate::support::repository;

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
    office.run_ok(&["correct", "LNZX-2024-0013", "sender_kind", "社会组织"]);
    assert!(office.run_ok(&["list", "--json"]).stdout.contains("\"sender_kind\": \"association\""));
    office.run_ok(&["verify"]);
}
