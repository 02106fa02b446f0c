//! Signals, and what systemd is told.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use rusqlite::Connection;

use super::{HANG, assert_code, folder};
use crate::imap::imap_server::{Act, Fake, Setup, say};
use crate::smtp::smtp_server::{self, Protection, SmtpServer, Step, rule};
use crate::support::daemon::{Office, Running};
use crate::support::letter::letter;
use crate::support::{take_ones_time, wait_for};

/// A stop takes 5 s at most; a busy machine is given twice as long.
const STOP: Duration = Duration::from_secs(10);

async fn slow_fetch(office: &mut Office) -> Fake {
    let setup = folder(1..=2).on("UID FETCH 10,20", [say("* 1 FETCH (UID 10 BODY[] {500}\r\nab"), Act::Hang]);
    let server = Fake::start(setup).await;
    office.set("mailbox", "port", server.port());
    server
}

fn wait_for_command(server: &Fake, command: &str) {
    wait_for(command, HANG, || {
        server.commands().iter().any(|found| found.starts_with(command)).then_some(())
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stop_during_a_slow_fetch_is_prompt_and_clean() {
    let mut office = Office::over_imap(1);
    let server = slow_fetch(&mut office).await;
    let daemon = office.start(&["run"]);
    wait_for_command(&server, "UID FETCH 10,20");
    daemon.terminate();
    assert_code(&daemon.finish(STOP), 0);
    assert_eq!(office.rows().count("SELECT count(*) FROM mailbox_entry"), 0);

    let once = office.start(&["run", "--once"]);
    wait_for("the second fetch", HANG, || {
        (server.commands().iter().filter(|command| command.starts_with("UID FETCH 10,20")).count() == 2)
            .then_some(())
    });
    once.terminate();
    let finished = once.finish(STOP);
    assert_code(&finished, 75);
    assert!(finished.stderr.contains("stopped before the pass was complete"), "{finished:?}");
}

/// A daemon in the middle of an SMTP dialogue that does not end.
async fn amid_smtp(office: &mut Office) -> (SmtpServer, Running) {
    let server =
        SmtpServer::start(Protection::Plain, vec![rule(Step::Dot, smtp_server::Act::Hang).on_connection(1)])
            .await;
    office.answer_over_smtp(server.address.port());
    letter(1).deliver(&office.path().join("mailbox"));
    let daemon = office.start(&["run"]);
    wait_for("the content", HANG, || server.lines().iter().any(|line| line == "DATA").then_some(()));
    (server, daemon)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stop_during_a_slow_smtp_dialogue_is_prompt_and_keeps_the_answer() {
    let mut office = Office::at_maildir();
    let (server, daemon) = amid_smtp(&mut office).await;
    daemon.terminate();
    assert_code(&daemon.finish(STOP), 0);
    let rows = office.rows();
    let waiting =
        "SELECT count(*) FROM acknowledgement WHERE state IN ('queued', 'deferred') AND attempts = 1";
    assert_eq!(rows.count(waiting), 1, "the attempt is counted and the answer kept");
    let next = office.start(&["run", "--once"]).finish(HANG);
    assert_code(&next, 0);
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_second_signal_stops_at_once() {
    let mut office = Office::at_maildir();
    let (_server, mut daemon) = amid_smtp(&mut office).await;
    daemon.terminate();
    wait_for("the first signal's effect", HANG, || daemon.said().contains("asked to stop").then_some(()));
    assert!(!daemon.ended(), "it waits for what is in hand");
    daemon.terminate();
    // Less than the patience after one signal.
    assert_code(&daemon.finish(Duration::from_secs(3)), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stop_is_heard_while_another_process_holds_the_store() {
    let server = Fake::start(folder([])).await;
    for arguments in [&["run"][..], &["run", "--once"]] {
        let office = Office::over_imap(server.port());
        office.run_ok(&["run", "--once"]);
        let holder = Connection::open(office.store_path()).unwrap();
        holder.execute_batch("BEGIN IMMEDIATE").unwrap();
        let daemon = office.start(arguments);
        // Long enough for both lanes to stand before the store; sooner tests less and fails nothing.
        take_ones_time(Duration::from_millis(1500));
        daemon.terminate();
        let finished = daemon.finish(STOP);
        assert_code(&finished, if arguments.len() == 1 { 0 } else { 75 });
        holder.execute_batch("ROLLBACK").unwrap();
        office.run_ok(&["run", "--once"]);
    }
}

/// A daemon under a service manager that is this test.
fn under_manager(office: &mut Office) -> (UnixDatagram, Running) {
    let path = office.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(HANG)).unwrap();
    office.environment("NOTIFY_SOCKET", path.to_str().unwrap());
    (socket, office.start(&["run"]))
}

/// Everything that the manager is told until a message contains `last`.
#[track_caller]
fn told_until(socket: &UnixDatagram, last: &str) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let length = socket.recv(&mut buffer).unwrap_or_else(|e| panic!("no {last} in {told:?}: {e}"));
        told.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
        if told.last().unwrap().contains(last) {
            return told;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_manager_hears_of_readiness_passes_and_the_end() {
    let server = Fake::start(folder(1..=2)).await;
    let mut office = Office::over_imap(server.port());
    let (socket, daemon) = under_manager(&mut office);
    let told = told_until(&socket, "WATCHDOG=1");
    assert!(told[0].contains("READY=1"), "{told:?}");
    assert!(told.iter().any(|line| line.contains("STATUS=last pass recorded 2 entries, 0 owed")), "{told:?}");
    let passes = |server: &Fake| server.commands().iter().filter(|c| c.starts_with("UID FETCH 1:*")).count();
    assert!(passes(&server) >= 1);
    daemon.terminate();
    told_until(&socket, "STOPPING=1");
    assert_code(&daemon.finish(STOP), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_watchdog_is_fed_by_passes_that_end_and_by_nothing_else() {
    // A pass that fails has ended.
    let refusing = Fake::start(Setup::default().on("LOGIN", [say("$T NO wrong password\r\n")])).await;
    let mut office = Office::over_imap(refusing.port());
    let (socket, daemon) = under_manager(&mut office);
    told_until(&socket, "WATCHDOG=1");
    let told = told_until(&socket, "STATUS=");
    assert!(told.last().unwrap().contains("refused the login"), "{told:?}");
    daemon.terminate();
    assert_code(&daemon.finish(STOP), 0);

    // One that hangs has not.
    let mut office = Office::over_imap(1);
    let server = slow_fetch(&mut office).await;
    let (socket, daemon) = under_manager(&mut office);
    wait_for_command(&server, "UID FETCH 10,20");
    take_ones_time(Duration::from_millis(500));
    daemon.kill();
    socket.set_nonblocking(true).unwrap();
    let mut told = String::new();
    let mut buffer = [0; 4096];
    while let Ok(length) = socket.recv(&mut buffer) {
        told.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    assert!(told.contains("READY=1") && !told.contains("WATCHDOG"), "{told}");
}
