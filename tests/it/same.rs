//! What staff see of generated letters, value by value as recorded: a build that is only faster changes nothing.
//!
//! The record holds a digest for each column of each view. Where a change of the rules or of a view is meant, the test writes
//! what has to be copied; `benches/same REVISION` shows the values themselves, of ten thousand letters and of any others.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use crate::support::daemon::Office;
use crate::support::hex;
use crate::support::mailhost::set_modified;

#[path = "../../examples/mailbench/letters.rs"]
mod letters;

/// Of a hundred letters, the same mixture in each hundred.
const LETTERS: u64 = 200;
const SEED: u64 = 15;

/// The moment of filing, and what is counted from it.
const CLOCKS: [&str; 5] = ["处理时间", "登记时间", "下次尝试", "已等天数", "时间"];

/// The rows of a view as text, a column each, sorted as whole rows; without the place where the letters lay.
fn columns(store: &Connection, view: &str, place: &str) -> BTreeMap<String, String> {
    let mut statement = store.prepare(&format!("SELECT * FROM \"{view}\"")).unwrap();
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let kept: Vec<usize> = (0..names.len()).filter(|at| !CLOCKS.contains(&names[*at].as_str())).collect();
    let mut rows: Vec<Vec<String>> = statement
        .query_map([], |row| kept.iter().map(|at| Ok(text(row.get_ref(*at)?).replace(place, ""))).collect())
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    rows.sort_unstable();
    let column = |at: usize| rows.iter().map(|row| row[at].as_str()).collect::<Vec<_>>().join("\0");
    kept.iter().enumerate().map(|(at, name)| (names[*name].clone(), column(at))).collect()
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::from("-"),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned(),
    }
}

#[test]
fn staff_see_what_is_recorded() {
    let office = Office::at_maildir();
    let folder = office.path().join("mails");
    fs::create_dir(&folder).unwrap();
    for number in 1..=LETTERS {
        let letter = letters::letter(SEED, number);
        let path = folder.join(format!("{number:04}.eml"));
        fs::write(&path, letter.raw).unwrap();
        set_modified(&path, UNIX_EPOCH + Duration::from_secs(u64::try_from(letter.arrival).unwrap()));
    }
    office.run_ok(&["import", "--no-answer", "mails"]);
    let store = Connection::open(office.store_path()).unwrap();
    let mut names = store
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'view' AND name <> '数据字典' ORDER BY name")
        .unwrap();
    let views: Vec<String> =
        names.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let place = office.path().to_str().unwrap();
    let mut found = String::new();
    for view in views {
        for (column, values) in columns(&store, &view, place) {
            let digest = hex(&Sha256::digest(values)[..8], "").to_ascii_lowercase();
            writeln!(found, "{view}\t{column}\t{digest}").unwrap();
        }
    }
    let recorded = include_str!("../cases/same.tsv");
    if found == recorded {
        return;
    }
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("same.tsv");
    fs::write(&made, &found).unwrap();
    let changed: Vec<&str> =
        found.lines().filter(|line| !recorded.lines().any(|known| known == *line)).collect();
    panic!(
        "staff see something else than is recorded in:\n{}\nIf that is meant: cp {} tests/cases/same.tsv",
        changed.join("\n"),
        made.display()
    );
}
