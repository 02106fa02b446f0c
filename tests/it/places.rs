//! The store is where it was: renamed, removed, overwritten, restored, copied, made anew. What is filed nowhere is not
//! answered, and nobody is answered a second time by a store that knows nothing.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rusqlite::Connection;
use rustix::fs::{FlockOperation, fcntl_lock};

use crate::smtp::smtp_server::{Protection, SmtpServer};
use crate::support::daemon::{Finished, Office, Running};
use crate::support::letter::letter;
use crate::support::sql::Rows;
use crate::support::{field, wait_for};

const HANG: Duration = Duration::from_mins(1);

/// An office that answers over SMTP, and the server that takes its answers.
struct Scene {
    office: Office,
    server: SmtpServer,
    runtime: tokio::runtime::Runtime,
}

impl Scene {
    fn new(letters: usize) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut office = Office::at_maildir();
        let server = runtime.block_on(SmtpServer::start(Protection::Plain, Vec::new()));
        office.answer_over_smtp(server.address.port());
        office.text("mailbox", "poll_interval", "1s");
        let scene = Self { office, server, runtime };
        for n in 1..=letters {
            scene.deliver(n);
        }
        scene
    }

    fn deliver(&self, n: usize) {
        letter(n).deliver(&self.office.path().join("mailbox"));
    }

    fn start(&self) -> Running {
        let _inside = self.runtime.enter();
        self.office.start(&["run"])
    }

    fn once(&self) -> Finished {
        self.office.run(&["run", "--once"])
    }

    fn wait_for_answers(&self, daemon: &mut Running, answers: usize) {
        wait_for("the answers", HANG, || {
            assert!(!daemon.ended(), "{}", daemon.said());
            (self.server.taken().len() >= answers).then_some(())
        });
        let settled = "SELECT count(*) FROM acknowledgement WHERE state = 'sent'";
        wait_for("the settling", HANG, || {
            (self.office.rows().count(settled) == i64::try_from(answers).unwrap()).then_some(())
        });
    }

    /// Whose letters were answered, each as often as it was.
    fn answered(&self) -> Vec<String> {
        let mut letters: Vec<String> =
            self.server.taken().iter().map(|taken| field(&taken.octets, "In-Reply-To")).collect();
        letters.sort();
        letters
    }

    fn withheld(&self) -> i64 {
        let sql =
            "SELECT count(*) FROM acknowledgement WHERE state = 'withheld' AND reason = 'first_contact'";
        self.office.rows().count(sql)
    }
}

/// A file beside the store.
fn beside(office: &Office, suffix: &str) -> PathBuf {
    office.path().join(format!("store.sqlite3{suffix}"))
}

fn backup(office: &Office) -> PathBuf {
    let path = office.path().join("backup.sqlite3");
    let _ = fs::remove_file(&path);
    let command = format!(".backup '{}'", path.display());
    let done = Command::new("sqlite3").arg("-readonly").arg(office.store_path()).arg(command).status();
    assert!(done.unwrap().success());
    path
}

fn sound(path: &Path) {
    let store = Connection::open(path).unwrap();
    let found: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(found, "ok", "{}", path.display());
}

// ---- under a running daemon -----------------------------------------------------------------------------------

/// What people do to the files of a running daemon; it gets a backup, too.
type Deed = fn(&Office, &Path);

#[test]
fn a_daemon_whose_store_is_taken_away_ends_before_it_answers_what_is_filed_nowhere() {
    let deeds: [(&str, &str, Deed); 5] = [
        ("renamed", "was renamed or removed", |office, _| {
            fs::rename(office.store_path(), beside(office, ".old")).unwrap();
        }),
        ("removed", "was renamed or removed", |office, _| {
            for suffix in ["", "-wal", "-shm"] {
                fs::remove_file(beside(office, suffix)).unwrap();
            }
        }),
        ("without its log", "lost its -wal", |office, _| {
            fs::remove_file(beside(office, "-wal")).unwrap();
            fs::remove_file(beside(office, "-shm")).unwrap();
        }),
        ("replaced by a backup", "was replaced by another file", |office, backup| {
            fs::rename(backup, office.store_path()).unwrap();
        }),
        ("overwritten by a backup", "was overwritten", |office, backup| {
            fs::write(office.store_path(), fs::read(backup).unwrap()).unwrap();
        }),
    ];
    for (name, said, deed) in deeds {
        let scene = Scene::new(2);
        let mut daemon = scene.start();
        scene.wait_for_answers(&mut daemon, 2);
        let backup = backup(&scene.office);
        deed(&scene.office, &backup);
        scene.deliver(3);
        let finished = daemon.finish(HANG);
        assert_eq!(finished.code, Some(74), "{name}: {finished:?}");
        let errors: Vec<&str> = finished.stderr.lines().filter(|line| line.contains("ERROR")).collect();
        assert!(matches!(errors[..], [line] if line.contains(said)), "{name}: {errors:#?}");
        assert_eq!(scene.answered().len(), 2, "{name}: nothing is answered that is filed nowhere");

        // systemd starts it again; it finds what is there, and makes a store if nothing is.
        let scene = Scene { office: makes_itself(scene.office), ..scene };
        let again = scene.once();
        assert_eq!(again.code, Some(0), "{name}: {again:?}");
        sound(&scene.office.store_path());
        assert_eq!(scene.office.run(&["verify"]).code, Some(0), "{name}");
        let rows = scene.office.rows();
        assert_eq!(rows.count("SELECT count(*) FROM submission"), 3, "{name}: all are on file");
        let made_anew = ["renamed", "removed"].contains(&name);
        let citizens = if made_anew { 2 } else { 3 };
        assert_eq!(scene.answered().len(), citizens, "{name}");
        let mut once = scene.answered();
        once.dedup();
        assert_eq!(once.len(), citizens, "{name}: nobody is answered twice");
        let new_store = again.stderr.contains("there was no store: made a new one");
        assert_eq!((new_store, scene.withheld()), (made_anew, if made_anew { 3 } else { 0 }), "{name}");
        if name == "renamed" {
            let old = Rows::open(&beside(&scene.office, ".old"));
            assert_eq!(old.count("SELECT count(*) FROM submission"), 2, "its log went with it");
        }
    }
}

fn makes_itself(mut office: Office) -> Office {
    office.let_the_store_make_itself();
    office
}

#[test]
fn others_who_write_and_move_the_log_are_no_reason_to_end() {
    let scene = Scene::new(2);
    let mut daemon = scene.start();
    scene.wait_for_answers(&mut daemon, 2);
    let other = Connection::open(scene.office.store_path()).unwrap();
    for n in 3..=5 {
        other.execute_batch("UPDATE fact SET value = value; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        scene.office.run_ok(&["list", "--unmasked"]);
        scene.deliver(n);
        scene.wait_for_answers(&mut daemon, n);
        other.execute_batch("PRAGMA wal_checkpoint(FULL)").unwrap();
    }
    let touched = fs::File::options().append(true).open(scene.office.store_path()).unwrap();
    touched.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    drop(touched);
    scene.deliver(6);
    scene.wait_for_answers(&mut daemon, 6);
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

// ---- a store that no person made ------------------------------------------------------------------------------

#[test]
fn a_store_that_makes_itself_answers_nothing_older_than_itself_until_a_person_says_so() {
    let mut scene = Scene::new(3);
    scene.office.let_the_store_make_itself();
    scene.office.open_until("2099-12-31");
    let first = scene.once();
    assert_eq!(first.code, Some(0), "{first:?}");
    let warnings = first.stderr.lines().filter(|line| line.contains("numbers begin at 0001")).count();
    assert_eq!(warnings, 1, "{first:?}");
    assert_eq!((scene.answered().len(), scene.withheld()), (0, 3));
    let status = scene.office.json(&["status", "--json"]);
    assert_eq!(status["held_at_first_contact"], 3, "{status}");
    assert!(scene.office.run_ok(&["status"]).stdout.contains("自动新建"));

    // What comes from now on is answered as always, also beside a machine's letter.
    fs::write(scene.office.path().join("mailbox/new/later"), letter(4).raw()).unwrap();
    let second = scene.once();
    assert!(!second.stderr.contains("numbers begin"), "said once: {second:?}");
    assert_eq!(scene.answered(), ["<letter-4@example.com>"]);

    let released = scene.office.run_ok(&["outbox", "release", "--first-contact"]);
    assert!(released.stdout.contains("排入 3 封"), "{released:?}");
    scene.deliver(5);
    scene.once();
    let letters: Vec<String> = (1..=5).map(|n| format!("<letter-{n}@example.com>")).collect();
    assert_eq!(scene.answered(), letters, "not_before holds as written from then on");
    assert_eq!(scene.withheld(), 0);
    let again = scene.office.run_ok(&["outbox", "release", "--first-contact"]);
    assert!(again.stdout.contains("排入 0 封"), "{again:?}");
    assert_eq!(scene.office.run(&["verify"]).code, Some(0));
}

/// Whatever is let go at once keeps to the caps that would have held one by one.
#[test]
fn what_is_let_go_keeps_to_the_caps() {
    let mut scene = Scene::new(0);
    scene.office.let_the_store_make_itself();
    scene.office.set("acknowledgement.caps", "per_address", 2);
    for n in 1..=4 {
        let mut letter = letter(n);
        letter.from = "one@example.com".to_owned();
        letter.deliver(&scene.office.path().join("mailbox"));
    }
    scene.once();
    assert_eq!(scene.withheld(), 4);
    let released = scene.office.run_ok(&["outbox", "release", "--first-contact"]);
    assert!(released.stdout.contains("排入 2 封") && released.stdout.contains("2 封未放行"), "{released:?}");
    scene.once();
    assert_eq!(scene.answered().len(), 2);
}

#[test]
fn a_store_that_init_made_answers_as_not_before_says() {
    let mut scene = Scene::new(2);
    scene.office.let_the_store_make_itself();
    // An office asks before it begins.
    let missing = scene.office.run(&["check"]);
    assert!(missing.code == Some(0) && missing.stdout.contains("init"), "{missing:?}");
    let made = scene.office.run_ok(&["init"]);
    assert!(made.stdout.contains("LNZX-2024-0001"), "{made:?}");
    let first = scene.once();
    assert!(first.code == Some(0) && !first.stderr.contains("no store"), "{first:?}");
    assert_eq!((scene.answered().len(), scene.withheld()), (2, 0));
    let again = scene.office.run(&["init"]);
    assert_eq!(again.code, Some(65), "{again:?}");
    assert!(again.stderr.contains("is a store already"), "{again:?}");
    assert_eq!(scene.office.rows().count("SELECT count(*) FROM submission"), 2, "it stays as it is");
}

#[test]
fn answers_into_a_maildir_leave_nobody_s_machine_and_are_not_held_back() {
    let office = Office::at_maildir();
    letter(1).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), 1);
}

// ---- a copy ---------------------------------------------------------------------------------------------------

#[test]
fn a_copied_store_files_and_asks_before_it_sends() {
    let mut scene = Scene::new(1);
    let original = scene.office.store_path();
    assert_eq!(scene.once().code, Some(0));
    let folder = scene.office.path().join("clone");
    fs::create_dir(&folder).unwrap();
    fs::copy(&original, folder.join("store.sqlite3")).unwrap();
    scene.office.keep_store_in(&folder);
    scene.deliver(2);
    let copy = scene.once();
    assert_eq!(copy.code, Some(75), "{copy:?}");
    assert!(copy.stderr.contains("is a copy or was moved"), "{copy:?}");
    let rows = || Rows::open(&folder.join("store.sqlite3"));
    assert_eq!(rows().count("SELECT count(*) FROM submission"), 2, "it files");
    assert_eq!(scene.answered().len(), 1, "and does not answer beside the original");
    let status = scene.office.json(&["status", "--json"]);
    assert_eq!(status["held"][0], "copied", "{status}");

    scene.office.run_ok(&["outbox", "release", "--first-contact"]);
    assert_eq!(scene.once().code, Some(0));
    assert_eq!(scene.answered().len(), 2);
    let status = scene.office.json(&["status", "--json"]);
    assert_eq!(status["held"], serde_json::json!([]), "{status}");
}

/// Another machine-id is another machine; a machine that has none, or gets one, is told from no other.
#[test]
fn a_store_knows_its_machine() {
    use zwfw_intake::world::Home;
    let home =
        |machine: Option<&str>, path: &str| Home { machine: machine.map(Into::into), path: path.into() };
    let here = home(Some("a"), "/var/lib/store");
    for (other, same) in [
        (home(Some("a"), "/var/lib/store"), true),
        (home(None, "/var/lib/store"), true),
        (home(Some("b"), "/var/lib/store"), false),
        (home(Some("a"), "/srv/store"), false),
        (home(None, "/srv/store"), false),
    ] {
        assert_eq!(here.is_same(&other), same, "{other:?}");
        assert_eq!(other.is_same(&here), same, "{other:?}");
    }
    // The same store by another name is the same.
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("real")).unwrap();
    fs::write(folder.path().join("real/store"), "").unwrap();
    symlink(folder.path().join("real"), folder.path().join("link")).unwrap();
    let [real, link] = ["real/store", "link/store"].map(|path| Home::of(&folder.path().join(path)));
    assert!(real.is_same(&link), "{real:?} {link:?}");
}

#[test]
fn a_restored_backup_at_its_own_place_goes_on() {
    let scene = Scene::new(2);
    assert_eq!(scene.once().code, Some(0));
    let backup = backup(&scene.office);
    for suffix in ["-wal", "-shm"] {
        fs::remove_file(beside(&scene.office, suffix)).unwrap();
    }
    fs::copy(backup, scene.office.store_path()).unwrap();
    scene.deliver(3);
    assert_eq!(scene.once().code, Some(0));
    assert_eq!(scene.answered().len(), 3);
}

// ---- rights ---------------------------------------------------------------------------------------------------

#[test]
fn whoever_keeps_the_service_from_writing_is_named_by_check_live() {
    let office = Office::at_maildir();
    office.run_ok(&["run", "--once"]);
    office.run_ok(&["check", "--live"]);
    let shm = fs::File::open(beside(&office, "-shm")).unwrap();
    fcntl_lock(&shm, FlockOperation::NonBlockingLockShared).unwrap();
    let held = office.run(&["check", "--live"]);
    assert_eq!(held.code, Some(75), "{held:?}");
    let us = format!("（进程 {}，用户 ", std::process::id());
    assert!(held.stdout.contains("故障  数据库") && held.stdout.contains(&us), "{held:?}");
    assert!(held.stdout.contains("lslocks"), "{held:?}");
    // A lock for reading is enough, and `status` sees it without a daemon.
    let status = office.run(&["status"]);
    assert!(status.code == Some(1) && status.stdout.contains(&us), "{status:?}");
    drop(shm);
    office.run_ok(&["check", "--live"]);
}

#[test]
fn run_once_says_the_end_of_the_record_as_verify_does() {
    let office = Office::at_maildir();
    letter(1).deliver(&office.path().join("mailbox"));
    let run = office.run_ok(&["run", "--once", "-v"]);
    let verified = office.run_ok(&["verify"]);
    let line = |said: &str| said.lines().find(|line| line.starts_with("事件链末尾：")).unwrap().to_owned();
    assert_eq!(line(&run.stdout), line(&verified.stdout));
    assert!(run.stderr.contains("record head"), "{run:?}");
}

#[test]
fn the_lock_is_nobody_else_s_and_is_not_written_through_a_link() {
    let office = Office::at_maildir();
    let lock = beside(&office, ".lock");
    let mode = || fs::metadata(&lock).unwrap().mode() & 0o777;
    office.run_ok(&["run", "--once"]);
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o640)).unwrap();
    office.run_ok(&["run", "--once"]);
    assert_eq!(mode(), 0o600, "one of an older version is tightened");

    // Held by a stranger, and the process that once held it is gone.
    fs::write(&lock, "2147483646\n").unwrap();
    let held = fs::File::open(&lock).unwrap();
    held.lock().unwrap();
    let refused = office.run(&["run", "--once"]);
    assert_eq!(refused.code, Some(75), "{refused:?}");
    assert!(refused.stderr.contains("lslocks") && !refused.stderr.contains("2147483646"), "{refused:?}");
    fs::remove_file(office.store_path()).unwrap();
    let refused = office.run(&["init"]);
    assert!(refused.code == Some(75) && !office.store_path().exists(), "{refused:?}");
    drop(held);
    office.run_ok(&["init"]);

    let precious = office.path().join("precious");
    fs::write(&precious, "a letter to my aunt").unwrap();
    fs::remove_file(&lock).unwrap();
    symlink(&precious, &lock).unwrap();
    let refused = office.run(&["run", "--once"]);
    assert!(refused.code == Some(74) && refused.stderr.contains("symbolic link"), "{refused:?}");
    assert_eq!(fs::read_to_string(&precious).unwrap(), "a letter to my aunt");
}

#[test]
fn a_daemon_whose_lock_is_removed_ends_before_a_second_one_works_beside_it() {
    let scene = Scene::new(1);
    let mut daemon = scene.start();
    scene.wait_for_answers(&mut daemon, 1);
    fs::remove_file(beside(&scene.office, ".lock")).unwrap();
    let finished = daemon.finish(HANG);
    assert!(finished.code == Some(74) && finished.stderr.contains(".lock was removed"), "{finished:?}");
}

#[test]
fn two_names_of_one_store_have_one_lock() {
    let mut scene = Scene::new(1);
    let mut daemon = scene.start();
    scene.wait_for_answers(&mut daemon, 1);
    let other = scene.office.path().join("other");
    fs::create_dir(&other).unwrap();
    symlink(scene.office.store_path(), other.join("store.sqlite3")).unwrap();
    scene.office.keep_store_in(&other);
    let second = scene.once();
    assert!(second.code == Some(75) && second.stderr.contains("runs on"), "{second:?}");
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

#[test]
fn check_names_what_others_may_read_or_change() {
    let mut office = Office::at_maildir();
    let folder = office.path().join("state");
    fs::create_dir(&folder).unwrap();
    office.keep_store_in(&folder);
    office.run_ok(&["run", "--once"]);
    let store = folder.join("store.sqlite3");
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(&folder, 0o750);
    for suffix in ["", "-wal", "-shm"] {
        set(&folder.join(format!("store.sqlite3{suffix}")), 0o640);
    }
    let said = |office: &Office| office.run_ok(&["check"]).stdout;
    assert!(!said(&office).contains("权限"), "{}", said(&office));
    let consultations = office.path().join("consultations");
    for (path, mode, due) in [
        (folder.clone(), 0o777, "state 的权限是 777"),
        (store.clone(), 0o666, "store.sqlite3 的权限是 666：他人可以改动"),
        (store.clone(), 0o644, "store.sqlite3 的权限是 644：所有人都能读到"),
        (consultations, 0o777, "consultations 的权限是 777"),
    ] {
        let before = fs::metadata(&path).unwrap().permissions();
        set(&path, mode);
        let found = said(&office);
        fs::set_permissions(&path, before).unwrap();
        assert!(found.contains(due), "{due}: {found}");
    }
    // `check` by root says whose files these are.
    assert!(said(&office).contains("已截止"), "it says that the consultation is closed");
}

/// Root's first try by hand leaves nothing behind that locks the service out.
#[test]
fn no_store_is_made_in_a_folder_of_another_user() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("needs root");
        return;
    }
    let mut office = Office::at_maildir();
    let folder = office.path().join("service");
    fs::create_dir(&folder).unwrap();
    std::os::unix::fs::chown(&folder, Some(65534), None).unwrap();
    office.keep_store_in(&folder);
    for arguments in [&["run", "--once"][..], &["init"], &["import", "mailbox"]] {
        let refused = office.run(arguments);
        assert_eq!(refused.code, Some(77), "{refused:?}");
        assert!(refused.stderr.contains("sudo -u nobody"), "{refused:?}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "{arguments:?}");
    }
}
