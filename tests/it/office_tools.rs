//! The tools that offices have, on the reading copy and on the store: ODBC, pandas, Datasette, `VisiData`, and an SQLite
//! that is older than STRICT. `tests/run` installs them; where it cannot, it says so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::reading_copy::count;
use crate::support::daemon::Office;
use crate::support::servers_dir;
use crate::views::office_with_all_kinds;

const DRIVERS: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/odbc/libsqlite3odbc.so", "/usr/lib/aarch64-linux-gnu/odbc/libsqlite3odbc.so"];

/// An office with letters of all kinds, and its reading copy at a path without Chinese: pyodbc finds no other.
fn with_copy() -> (Office, PathBuf) {
    let mut office = office_with_all_kinds();
    let copy = office.path().join("copy.sqlite3");
    office.text("store", "reading_copy", copy.to_str().unwrap());
    office.run_ok(&["run", "--once"]);
    (office, copy)
}

fn layer(file: &str) -> PathBuf {
    servers_dir().join("layers").join(file)
}

#[track_caller]
fn said(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.env("LC_ALL", "C.UTF-8").output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap().trim().to_owned()
}

fn python(script: &str, arguments: &[&Path]) -> String {
    said(Command::new(layer("office/bin/python3")).args(["-c", script]).args(arguments))
}

#[test]
#[ignore = "a tool of others: tests/run"]
fn sqlite_of_2021_opens_the_copy_and_takes_the_store_for_damaged() {
    let (office, copy) = with_copy();
    let script = "const fs = require('fs'), [, js, file] = process.argv;
        require(js)({ wasmBinary: fs.readFileSync(js.replace(/js$/, 'wasm')) }).then(sql => {
            const db = new sql.Database(fs.readFileSync(file)), ask = text => db.exec(text)[0].values[0][0];
            try { console.log(ask('SELECT sqlite_version()'), ask('SELECT count(*) FROM 来信一览')); } catch (e) { console.log(e.message); }
        })";
    let old = |file: &Path| {
        said(Command::new("node").args(["-e", script]).arg(layer("sqljs/package/dist/sql-wasm.js")).arg(file))
    };
    assert_eq!(old(&copy), format!("3.35.0 {}", count(&copy, "来信一览")));
    // The words that the manual explains.
    let words = "malformed database schema (mailbox_entry) - near \"STRICT\": syntax error";
    assert_eq!(old(&office.store_path()), words);
    let page = fs::read_to_string(crate::support::repository().join("docs/query.zh-CN.md")).unwrap();
    assert!(page.contains(&words.replace("mailbox_entry", "…")));
}

#[test]
#[ignore = "a tool of others: tests/run"]
fn odbc_tells_each_column_of_text_as_text() {
    let (_office, copy) = with_copy();
    let driver = DRIVERS.map(PathBuf::from).into_iter().find(|driver| driver.exists()).unwrap();
    let script = "import pyodbc, sqlite3, sys
driver, path = sys.argv[1:]
odbc = pyodbc.connect(f'DRIVER={driver};Database={path}').cursor()
own = sqlite3.connect(path)
for (table,) in own.execute(\"SELECT name FROM sqlite_master WHERE type = 'table'\"):
    told = [column.type_name for column in odbc.columns(table=table)]
    made = [column[2] for column in own.execute(f'PRAGMA table_info(\"{table}\")')]
    assert told == made and made, (table, told, made)
whole = own.execute('SELECT max(length(内容)) FROM 来信一览').fetchone()[0]
assert max(len(row[0]) for row in odbc.execute('SELECT 内容 FROM 来信一览')) == whole
print('ok')";
    assert_eq!(python(script, &[&driver, &copy]), "ok");
}

#[test]
#[ignore = "a tool of others: tests/run"]
fn pandas_datasette_and_visidata_count_as_sqlite_does() {
    let (office, copy) = with_copy();
    let letters = count(&copy, "来信一览");
    let script = "import pandas, sqlite3, sys
from urllib.parse import quote
store = sqlite3.connect(f'file:{quote(sys.argv[1])}?mode=ro', uri=True)
frame = pandas.read_sql('SELECT * FROM 来信一览', store, parse_dates=['收到时间'])
assert frame['收到时间'].dt.tz is None and all(isinstance(phone, str) for phone in frame['电话'])
print(len(frame))";
    for file in [&copy, &office.store_path()] {
        assert_eq!(python(script, &[file]), letters.to_string(), "{file:?}");
    }
    let asked = "/copy.json?sql=SELECT+count(*)+FROM+%E6%9D%A5%E4%BF%A1%E4%B8%80%E8%A7%88";
    for immutable in [&[][..], &["-i"]] {
        let mut datasette = Command::new(layer("office/bin/datasette"));
        let shown = said(datasette.args(immutable).arg(&copy).args(["--get", asked]));
        assert!(shown.contains(&format!("\"rows\": [[{letters}]]")), "{immutable:?}: {shown}");
    }
    let table = copy.with_file_name("letters.json");
    let mut visidata = Command::new(layer("office/bin/vd"));
    visidata.arg("-b").arg(&copy).args(["+:来信一览::", "-o"]).arg(&table).env("HOME", office.path());
    said(&mut visidata);
    let rows: serde_json::Value = serde_json::from_slice(&fs::read(&table).unwrap()).unwrap();
    assert_eq!(i64::try_from(rows.as_array().unwrap().len()), Ok(letters));
}
