//! Another program holds the store: `status` says since when and who, and nothing is lost. Whoever only reads is told when
//! the service does not run.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rusqlite::Connection;
use rustix::process::{Signal, geteuid};

use crate::support::daemon::{Finished, Office};
use crate::support::disk::may_mount;
use crate::support::letter::letter;
use crate::support::wait_for;

const HANG: Duration = Duration::from_mins(2);

/// The stock `sqlite3` tool, left open.
struct Tool {
    child: Child,
    input: ChildStdin,
}

impl Tool {
    /// Has done these commands when it returns.
    fn left_open(office: &Office, sql: &str) -> Self {
        let mut command = Command::new("sqlite3");
        command.arg(office.store_path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        writeln!(input, ".timeout 10000\n{sql}\nSELECT 'done';").unwrap();
        let done = BufReader::new(output).lines().map_while(Result::ok).any(|line| line == "done");
        assert!(done, "{sql}");
        Self { child, input }
    }

    fn close(mut self) {
        drop(self.input);
        self.child.wait().unwrap();
    }
}

fn office(letters: usize) -> Office {
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    office.set("acknowledgement.caps", "per_domain", 1_000_000);
    (1..=letters).for_each(|n| letter(n).deliver(&office.path().join("mailbox")));
    office.run_ok(&["run", "--once"]);
    office
}

fn status_file(office: &Office) -> Option<serde_json::Value> {
    serde_json::from_slice(&fs::read(office.path().join("store.sqlite3.status")).ok()?).ok()
}

#[test]
fn whoever_holds_the_store_is_named_with_the_time_and_nothing_is_lost() {
    let office = office(2);
    fs::set_permissions(office.store_path(), fs::Permissions::from_mode(0o640)).unwrap();
    let mut daemon = office.start(&["run"]);
    wait_for("the daemon", HANG, || daemon.said().contains("record head").then_some(()));
    let status = office.run_ok(&["status"]).stdout;
    assert!(!status.contains("无法写入"), "{status}");

    let tool =
        Tool::left_open(&office, "BEGIN IMMEDIATE; UPDATE submission SET comment = comment WHERE id = 1;");
    (3..=20).for_each(|n| letter(n).deliver(&office.path().join("mailbox")));
    let holder = format!("进程 {}，用户 ", tool.child.id());
    // At once by what it sees itself, later by what the daemon says.
    let seen = office.run(&["status"]);
    assert_eq!(seen.code, Some(1), "{seen:?}");
    assert!(seen.stdout.contains("无法写入：数据库被另一程序占用（"), "{seen:?}");
    assert!(seen.stdout.contains(&holder) && seen.stdout.contains("程序 sqlite3）"), "{seen:?}");
    let told = wait_for("the daemon to say since when", HANG, || {
        assert!(!daemon.ended(), "{}", daemon.said());
        status_file(&office)
    });
    assert_eq!(told["fault"], "held");
    assert_eq!(told["holders"][0]["process"], tool.child.id());
    let mode = fs::metadata(office.path().join("store.sqlite3.status")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640, "as the store's");
    let status = office.run(&["status"]);
    assert_eq!(status.code, Some(1), "{status:?}");
    let first = status.stdout.lines().next().unwrap();
    assert!(first.starts_with('自') && first.contains("起无法写入：数据库被另一程序占用（"), "{first}");
    assert!(first.contains(&holder) && first.contains("程序 sqlite3）"), "{first}");
    let json = office.run(&["status", "--json"]);
    assert_eq!(json.code, Some(1), "{json:?}");
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let second =
        |value: &serde_json::Value| value.as_str().and_then(|text| text.get(..19)).map(str::to_owned);
    assert_eq!(second(&json["unwritable"]["since"]), second(&told["since"]));
    assert_eq!(json["unwritable"]["holders"][0]["program"], "sqlite3");
    assert_eq!(json["daemon"], daemon.pid());
    assert!(
        daemon.said().contains(&format!("held by process {} (sqlite3)", tool.child.id())),
        "{}",
        daemon.said()
    );

    tool.close();
    wait_for("everything filed", HANG, || {
        (office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'") == 20).then_some(())
    });
    assert_eq!(office.rows().count("SELECT count(*) FROM submission"), 20);
    wait_for("its end to be told", HANG, || status_file(&office).is_none().then_some(()));
    let status = office.run_ok(&["status"]).stdout;
    assert!(!status.contains("无法写入"), "{status}");
    assert!(daemon.said().contains("the store can be written again"), "{}", daemon.said());
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

#[test]
fn where_the_unit_hides_others_the_number_is_told_and_that_the_name_is_hidden() {
    if !may_mount("where_the_unit_hides_others_the_number_is_told_and_that_the_name_is_hidden") {
        return;
    }
    let mut office = office(1);
    let nobody = "--reuid=65534 --regid=65534 --clear-groups";
    assert!(Command::new("chown").args(["-R", "65534:65534"]).arg(office.path()).status().unwrap().success());
    // ProtectProc=invisible and ProcSubset=pid, as the unit has them.
    let unit = format!(
        "mount -t proc -o hidepid=invisible,subset=pid proc /proc && exec setpriv {nobody} -- \"$@\""
    );
    let unit = ["unshare", "--mount", "sh", "-c", &unit, "sh"];
    office.under(&unit);
    let daemon = office.start(&["run"]);
    wait_for("the daemon", HANG, || daemon.said().contains("record head").then_some(()));
    let tool =
        Tool::left_open(&office, "BEGIN IMMEDIATE; UPDATE submission SET comment = comment WHERE id = 1;");
    letter(2).deliver(&office.path().join("mailbox"));
    let told = wait_for("the daemon to say who", HANG, || status_file(&office));
    let process = tool.child.id();
    assert_eq!(told["holders"], serde_json::json!([{ "process": process, "user": null, "program": null }]));
    assert!(daemon.said().contains(&format!("process {process} (its name is hidden from this user)")));
    let hidden = office.run(&["status"]);
    assert_eq!(hidden.code, Some(1), "{hidden:?}");
    let words = format!("（进程 {process}，其用户和程序在此看不到，请以 root 运行 ps -fp {process}）");
    assert!(hidden.stdout.contains(&words), "{hidden:?}");
    // To root, and to staff where the system hides nothing, it is told whole.
    for wrapper in [&[][..], &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]] {
        office.under(wrapper);
        let seen = office.run(&["status"]);
        assert_eq!(seen.code, Some(1), "{seen:?}");
        assert!(seen.stdout.contains(&format!("进程 {process}，用户 root，程序 sqlite3）")), "{seen:?}");
    }
    tool.close();
    office.under(&[]);
    wait_for("everything filed", HANG, || {
        (office.rows().count("SELECT count(*) FROM submission") == 2).then_some(())
    });
    daemon.kill();
}

#[test]
fn what_a_killed_daemon_left_behind_is_not_believed() {
    let office = office(1);
    let left =
        r#"{"process":2147483000,"since":"2024-03-12T04:17:25Z","fault":"held","problem":"","holders":[]}"#;
    fs::write(office.path().join("store.sqlite3.status"), left).unwrap();
    let status = office.run_ok(&["status"]).stdout;
    assert!(!status.contains("无法写入"), "{status}");
    let daemon = office.start(&["run"]);
    wait_for("it to be taken away", HANG, || status_file(&office).is_none().then_some(()));
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

#[test]
fn a_daemon_that_makes_no_pass_is_told_of() {
    let office = office(1);
    let daemon = office.start(&["run"]);
    wait_for("a pass", HANG, || daemon.said().contains("record head").then_some(()));
    let late = |finished: &Finished| finished.stdout.contains("收信迟了：服务在运行");
    assert!(!late(&office.run_ok(&["status"])));
    // setpriv's child is the program itself: it was run in its place.
    daemon.signal(Signal::STOP);
    wait_for("it to be late", HANG, || late(&office.run_ok(&["status"])).then_some(()));
    daemon.signal(Signal::CONT);
    wait_for("it to go on", HANG, || (!late(&office.run_ok(&["status"]))).then_some(()));
    daemon.kill();
    assert!(!late(&office.run_ok(&["status"])), "no daemon runs");
}

#[test]
fn whoever_only_reads_is_told_that_the_service_does_not_run() {
    if !geteuid().is_root() {
        eprintln!("needs root");
        return;
    }
    let mut office = office(2);
    let set = |name: &str, mode| {
        fs::set_permissions(office.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    set("", 0o755);
    set("store.sqlite3", 0o644);
    // Whoever closes the store last with any other tool, and may write, takes these files away.
    let other = Connection::open(office.store_path()).unwrap();
    other.query_row("SELECT count(*) FROM submission", [], |_| Ok(())).unwrap();
    drop(other);
    assert!(!office.path().join("store.sqlite3-shm").exists());
    office.under(&["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
    for command in [&["status"][..], &["list"], &["show", "1"], &["stats"], &["view", "意见汇总"]] {
        let finished = office.run(command);
        assert_eq!(finished.code, Some(75), "{command:?}: {finished:?}");
        let said = "服务未运行，缺少 -shm 文件；启动服务后即可查询\n";
        assert!(finished.stderr.ends_with(said) && !finished.stderr.contains("readonly"), "{finished:?}");
    }
    office.under(&[]);
    let daemon = office.start(&["run"]);
    wait_for("the daemon", HANG, || daemon.said().contains("record head").then_some(()));
    for suffix in ["-wal", "-shm"] {
        let path = office.path().join(format!("store.sqlite3{suffix}"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    }
    office.under(&["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
    assert!(office.run_ok(&["list"]).stdout.contains("0002"));
}
