//! Disks that fail: the log says so in one clear line, nothing is lost or filed twice, no answer leaves for what is not
//! committed, and the daemon goes on by itself when the fault is over.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::smtp::smtp_server::{Protection, SmtpServer};
use crate::store::first_broken;
use crate::support::daemon::{Office, Running};
use crate::support::disk::{Disk, may_mount};
use crate::support::letter::letter;
use crate::support::{Group, Random, field, holds_for, long, take_ones_time, until_some_instant, wait_for};

const HANG: Duration = Duration::from_mins(3);

/// An office with letters in a Maildir, its store on some disk, its answers going to a server that keeps them.
struct Scene {
    office: Office,
    server: SmtpServer,
    store: PathBuf,
    letters: usize,
    runtime: tokio::runtime::Runtime,
}

impl Scene {
    fn new(letters: usize, folder: Option<&Path>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut office = Office::at_maildir();
        let server = runtime.block_on(SmtpServer::start(Protection::Plain, Vec::new()));
        office.answer_over_smtp(server.address.port());
        office.text("mailbox", "poll_interval", "1s");
        office.set("limits", "batch_messages", 10);
        // All citizens are of one domain.
        office.set("acknowledgement.caps", "per_domain", 1_000_000);
        office.set("acknowledgement.caps", "per_hour", 1_000_000);
        office.set("acknowledgement.caps", "per_day", 1_000_000);
        let store = folder.unwrap_or(office.path()).join("store.sqlite3");
        if let Some(folder) = folder {
            office.keep_store_in(folder);
        }
        let mut scene = Self { office, server, store, letters: 0, runtime };
        scene.deliver(letters);
        scene
    }

    fn deliver(&mut self, more: usize) {
        for n in self.letters + 1..=self.letters + more {
            letter(n).deliver(&self.office.path().join("mailbox"));
        }
        self.letters += more;
    }

    /// Message-ID → how often it reached a citizen.
    fn answers(&self) -> BTreeMap<String, usize> {
        let mut copies = BTreeMap::new();
        for taken in self.server.taken() {
            *copies.entry(field(&taken.octets, "Message-ID")).or_default() += 1;
        }
        copies
    }

    fn open(&self) -> Option<Connection> {
        let store = Connection::open_with_flags(&self.store, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
        store.busy_timeout(Duration::from_secs(5)).ok()?;
        Some(store)
    }

    fn count(&self, sql: &str) -> Option<usize> {
        let count: i64 = self.open()?.query_row(sql, [], |row| row.get(0)).ok()?;
        usize::try_from(count).ok()
    }

    fn filed(&self) -> usize {
        self.count("SELECT count(*) FROM submission").unwrap_or(0)
    }

    /// Every answer that left belongs to a submission that is committed. Looked at in this order, the answers may only be
    /// fewer than the rows.
    #[track_caller]
    fn assert_answers_are_committed(&self, when: &str) {
        let answers = self.answers();
        let store = self.open().unwrap_or_else(|| panic!("{when}: the store cannot be opened"));
        for id in answers.keys() {
            let known = "SELECT 1 FROM acknowledgement a JOIN submission s ON s.id = a.submission_id
                 WHERE '<' || a.rfc822_message_id || '>' = ?1";
            let known = store.prepare(known).unwrap().exists([id]).unwrap_or_else(|e| panic!("{when}: {e}"));
            assert!(known, "{when}: {id} was answered, and its submission is not in the store");
        }
    }

    #[track_caller]
    fn wait_until_through(&self, daemon: &mut Running) {
        wait_for("everything filed and answered", HANG, || {
            assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
            let sent = "SELECT count(*) FROM acknowledgement WHERE state = 'sent'";
            (self.count(sent) == Some(self.letters)).then_some(())
        });
    }

    /// Everything filed once and answered, `repeated` of the answers more than once.
    #[track_caller]
    fn assert_whole(&self, repeated: usize) {
        let store = self.open().unwrap();
        let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let letters = i64::try_from(self.letters).unwrap();
        for table in ["mailbox_entry", "message", "submission", "acknowledgement"] {
            assert_eq!(count(&format!("SELECT count(*) FROM {table}")), letters, "{table}");
        }
        assert_eq!(count("SELECT count(DISTINCT content_sha256) FROM submission"), letters);
        assert_eq!(count("SELECT count(*) FROM gap"), 0);
        let sound: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        assert_eq!(first_broken(&store), None, "the event chain is broken");
        self.assert_answers_are_committed("at the end");
        let answers = self.answers();
        assert_eq!(answers.len(), self.letters, "citizens without an answer");
        let more = answers.values().sum::<usize>() - answers.len();
        assert!(more <= repeated, "{more} answers were repeated, {repeated} may be");
    }

    fn start(&self) -> Running {
        let _inside = self.runtime.enter();
        self.office.start(&["run"])
    }
}

#[track_caller]
fn wait_for_log(scene: &Scene, daemon: &mut Running, words: &str) {
    wait_for(words, HANG, || {
        assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
        scene.office.log().contains(words).then_some(())
    });
}

// ---- full -----------------------------------------------------------------------------------------------------

#[test]
fn a_full_disk_is_waited_for() {
    if !may_mount("a_full_disk_is_waited_for") {
        return;
    }
    let disk = Disk::in_memory(1200);
    let scene = Scene::new(600, Some(&disk.path()));
    let mut daemon = scene.start();
    wait_for_log(&scene, &mut daemon, "make room on its disk");
    let filed = scene.filed();
    assert!(filed > 0 && filed < 600, "{filed} filed");
    holds_for("nothing uncommitted is answered", Duration::from_secs(1), || {
        scene.assert_answers_are_committed("while the disk is full");
        true
    });
    let log = scene.office.log();
    assert!(log.contains("trying again after a pause") && !log.contains("panicked"), "{log}");

    // Starting anew does not help, and says why.
    let refused = "database or disk is full";
    daemon.kill();
    let once = scene.office.run(&["run", "--once"]);
    assert!(matches!(once.code, Some(74 | 75)) && once.said().contains(refused), "{once:?}");

    let mut daemon = scene.start();
    take_ones_time(Duration::from_secs(1));
    disk.remount("size=64m");
    scene.wait_until_through(&mut daemon);
    daemon.kill();
    // What the daemon knew of one answer when it was killed was not written down yet; so with the pass that ended.
    scene.assert_whole(2);
}

#[test]
fn a_disk_that_is_full_from_the_beginning_is_named() {
    if !may_mount("a_disk_that_is_full_from_the_beginning_is_named") {
        return;
    }
    let disk = Disk::in_memory(64);
    let mut scene = Scene::new(3, Some(&disk.path()));
    scene.office.let_the_store_make_itself();
    for arguments in [&["run", "--once"][..], &["init"]] {
        let refused = scene.office.run(arguments);
        assert!(matches!(refused.code, Some(74 | 75)), "{refused:?}");
        assert!(refused.said().contains("make room on its disk"), "{refused:?}");
        assert!(scene.answers().is_empty());
    }
    disk.remount("size=16m");
    scene.office.run_ok(&["init"]);
    scene.office.run_ok(&["run", "--once"]);
    scene.assert_whole(0);
}

#[test]
fn an_answer_that_could_not_be_noted_is_not_sent_again_when_there_is_room() {
    if !may_mount("an_answer_that_could_not_be_noted_is_not_sent_again_when_there_is_room") {
        return;
    }
    let disk = Disk::in_memory(1200);
    let mut scene = Scene::new(600, Some(&disk.path()));
    let mut daemon = scene.start();
    for round in 0..3 {
        wait_for_log(&scene, &mut daemon, "make room on its disk");
        holds_for("the daemon on a full disk", Duration::from_millis(700), || !daemon.ended());
        disk.remount(&format!("size={}k", 1700 + 500 * round));
        holds_for("the daemon with some room", Duration::from_secs(4), || !daemon.ended());
        scene.assert_answers_are_committed("between two full disks");
    }
    disk.remount("size=64m");
    scene.deliver(5);
    scene.wait_until_through(&mut daemon);
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
    // The same process all the time: it knew.
    scene.assert_whole(0);
}

// ---- failing --------------------------------------------------------------------------------------------------

/// Makes a system call fail, from the `nth` time on that a thread makes it, until the value is dropped; only calls that
/// concern the store's files count. strace attaches to the running daemon and lets go of it again.
struct Fault(Group);

impl Fault {
    fn begin(scene: &Scene, daemon: &Running, calls: &str, error: &str, nth: usize) -> Self {
        let said = fs::File::create(scene.office.path().join("strace")).unwrap();
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-p", &daemon.pid().to_string(), "-e", &format!("trace={calls}")]);
        command.args(["-e", &format!("inject={calls}:error={error}:when={nth}+")]);
        for suffix in ["", "-wal"] {
            command.arg("-P").arg(format!("{}{suffix}", scene.store.display()));
        }
        command.stdin(Stdio::null()).stderr(said).process_group(0);
        Self(Group::spawn(command))
    }

    fn end(mut self) {
        self.0.signal(rustix::process::Signal::TERM);
        wait_for("strace to let go", HANG, || self.0.ended());
    }
}

#[test]
fn input_and_output_errors_are_outlived() {
    // Side by side: the daemon rests after every failure.
    std::thread::scope(|scope| {
        for (calls, error, nth, words) in [
            ("fsync,fdatasync", "EIO", 1, "disk I/O error"),
            ("fsync,fdatasync", "EIO", 4, "disk I/O error"),
            ("pwrite64", "EIO", 1, "disk I/O error"),
            ("pwrite64", "ENOSPC", 17, "disk is full"),
        ] {
            scope.spawn(move || outlive(calls, error, nth, words));
        }
    });
}

fn outlive(calls: &str, error: &str, nth: usize, words: &str) {
    let mut scene = Scene::new(0, None);
    scene.office.run_ok(&["run", "--once"]);
    scene.deliver(300);
    let mut daemon = scene.start();
    wait_for("some filing", HANG, || (scene.filed() > 0).then_some(()));
    let fault = Fault::begin(&scene, &daemon, calls, error, nth);
    // strace takes its time: there is something to file until the fault is felt, and while it lasts.
    wait_for(words, HANG, || {
        assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
        scene.deliver(5);
        scene.office.log().contains(words).then_some(())
    });
    scene.deliver(20);
    holds_for("nothing uncommitted is answered", Duration::from_secs(1), || {
        scene.assert_answers_are_committed(calls);
        true
    });
    assert!(scene.filed() < scene.letters, "letters were filed while nothing can be written");
    fault.end();
    scene.wait_until_through(&mut daemon);
    let log = scene.office.log();
    assert!(!log.contains("panicked"), "{log}");
    drop(daemon);
    // The process lived on, and knew what it had sent.
    scene.assert_whole(0);
}

#[test]
fn a_maildir_that_refuses_an_answer_gets_it_later_and_once() {
    let mut office = Office::at_maildir();
    for n in 1..=12 {
        letter(n).deliver(&office.path().join("mailbox"));
    }
    let inject = "inject=rename:error=EIO:when=4..6";
    office.run_ok(&["check"]);
    office.under(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=rename", "-e", inject]);
    office.run_ok(&["run", "--once"]);
    office.under(&[]);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM acknowledgement WHERE state = 'deferred'"), 3);
    let store = Connection::open(office.store_path()).unwrap();
    let due = "UPDATE acknowledgement SET next_attempt_at = '2024-03-12T00:00:00Z' WHERE state = 'deferred'";
    store.execute(due, []).unwrap();
    office.run_ok(&["run", "--once"]);
    assert_eq!(rows.count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), 12);
    let delivered = fs::read_dir(office.path().join("acknowledgement/new")).unwrap().count();
    let drafts = fs::read_dir(office.path().join("acknowledgement/tmp")).unwrap().count();
    assert_eq!((delivered, drafts), (12, 0));
}

// ---- read-only ------------------------------------------------------------------------------------------------

#[test]
fn a_read_only_disk_is_named_and_the_next_start_goes_on() {
    if !may_mount("a_read_only_disk_is_named_and_the_next_start_goes_on") {
        return;
    }
    let disk = Disk::ext4();
    let mut scene = Scene::new(40, Some(&disk.path()));
    scene.office.run_ok(&["run", "--once"]);
    scene.deliver(400);

    // At the start.
    disk.remount("ro");
    let once = scene.office.run(&["run", "--once"]);
    assert!(matches!(once.code, Some(74 | 77)), "{once:?}");
    assert!(
        once.stderr.contains("store.sqlite3") && once.stderr.contains("Read-only file system"),
        "{once:?}"
    );
    disk.remount("rw");

    // In the middle of the work: the kernel does this to a file system on which it finds a fault.
    let mut daemon = scene.start();
    wait_for("some filing", HANG, || (scene.filed() > 60).then_some(()));
    disk.remount("abort");
    wait_for_log(&scene, &mut daemon, "became read-only");
    holds_for("the daemon on a disk that is read-only", Duration::from_secs(1), || !daemon.ended());
    daemon.kill();
    let log = scene.office.log();
    assert!(!log.contains("panicked"), "{log}");
    disk.unmount();
    disk.mount();
    scene.assert_answers_are_committed("after the fault");
    let mut daemon = scene.start();
    scene.wait_until_through(&mut daemon);
    daemon.kill();
    // Two at most: the answer in hand, and the one before it if its commit was being flushed at that moment. On a file
    // system that has just become read-only ext4 returns success from fsync without flushing (ext4_sync_file).
    scene.assert_whole(2);
}

// ---- without power --------------------------------------------------------------------------------------------

#[test]
fn what_was_answered_survives_a_power_cut() {
    if !may_mount("what_was_answered_survives_a_power_cut") {
        return;
    }
    let cuts = if long() { 40 } else { 8 };
    let disk = Disk::ext4();
    let mut scene = Scene::new(0, Some(&disk.path()));
    let mut random = Random::new(11);
    for cut in 1..=cuts {
        // Enough that the daemon is still at work when the power goes.
        scene.deliver(120);
        let (sent, filed) = (scene.answers().len(), scene.filed());
        let mut daemon = scene.start();
        wait_for("answers", HANG, || {
            assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
            (scene.answers().len() > sent + 5 && scene.filed() > filed + 20).then_some(())
        });
        until_some_instant(&mut random, Duration::from_millis(120));
        disk.cut_power();
        let answers = scene.answers().len();
        daemon.kill();
        disk.unmount();
        disk.mount();
        scene.assert_answers_are_committed(&format!("after power cut {cut}"));
        println!("power cut {cut}: {} filed, {answers} answered", scene.filed());
    }
    let mut daemon = scene.start();
    scene.wait_until_through(&mut daemon);
    daemon.kill();
    // The answer in hand, once for each cut.
    scene.assert_whole(cuts);
}
