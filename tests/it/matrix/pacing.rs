//! Pauses, suspension, the watchdog, the lock, marks that a crash kept back, and a hundred thousand messages.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{SLACK, finish};
use crate::imap::imap_server::{Act, Fake, Setup, folder, say};
use crate::support::daemon::Office;
use crate::support::{holds_for, long, take_ones_time, wait_for};

fn refusing() -> Setup {
    folder(1..=1).on("LOGIN", [say("$T NO wrong password\r\n")])
}

fn office(server: &Fake) -> Office {
    let mut office = Office::over_imap(server.port());
    office.set("mailbox", "idle", false);
    office
}

fn count(server: &Fake, prefix: &str) -> usize {
    server.commands().iter().filter(|command| command.starts_with(prefix)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_server_that_refuses_is_asked_ever_more_rarely() {
    let server = Fake::start(refusing()).await;
    let office = office(&server);
    let daemon = office.start(&["run"]);
    // Pauses of 2.5 to 5, 5 to 10 and 10 to 20 s: at the second, third and fourth connection.
    let began = Instant::now();
    wait_for("the third connection", SLACK, || (server.connections() >= 3).then_some(()));
    assert!(began.elapsed() >= Duration::from_millis(7500), "the third after {:?}", began.elapsed());
    // The fourth comes 10 s after it at the earliest.
    holds_for("no more than four connections", Duration::from_secs(8), || server.connections() <= 4);
    let pauses: Vec<u64> = daemon
        .said()
        .split("pause_seconds=")
        .skip(1)
        .map(|rest| rest.split(' ').next().unwrap().parse().unwrap())
        .collect();
    assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");
    finish("a server that refuses", daemon, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn after_a_suspension_nothing_is_caught_up_with_in_a_hurry() {
    let good = Fake::start(folder(1..=1)).await;
    let bad = Fake::start(refusing()).await;
    let offices = [office(&good), office(&bad)];
    let daemons = offices.each_ref().map(|office| office.start(&["run"]));
    wait_for("both at work", SLACK, || (count(&good, "EXAMINE") > 1 && bad.connections() > 0).then_some(()));
    for daemon in &daemons {
        daemon.signal(Signal::STOP);
    }
    // Many poll intervals and some back-off pauses: a machine that sleeps.
    take_ones_time(Duration::from_secs(12));
    let before = (count(&good, "EXAMINE"), bad.connections());
    for daemon in &daemons {
        daemon.signal(Signal::CONT);
    }
    wait_for("a pass after it", SLACK, || (count(&good, "EXAMINE") > before.0).then_some(()));
    take_ones_time(Duration::from_secs(4));
    let passes = count(&good, "EXAMINE") - before.0;
    let logins = bad.connections() - before.1;
    assert!((1..=6).contains(&passes), "{passes} passes within 4 s");
    assert!(logins <= 2, "{logins} connections within 4 s");
    for daemon in daemons {
        finish("suspended", daemon, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_watchdog_hears_nothing_before_a_hanging_pass_has_ended() {
    let drip = Act::Drip(b"* OK still working\r\n".repeat(50), 100);
    let server = Fake::start(folder(1..=1).on("EXAMINE", [drip])).await;
    let mut office = office(&server);
    office.text("limits", "step_timeout", "4s");
    let path = office.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    office.environment("NOTIFY_SOCKET", path.to_str().unwrap());
    let daemon = office.start(&["run"]);
    wait_for("EXAMINE", SLACK, || (count(&server, "EXAMINE") > 0).then_some(()));
    let began = Instant::now();
    let told = wait_for("a fed watchdog", SLACK, || {
        let mut buffer = [0; 4096];
        let length = socket.recv(&mut buffer).ok()?;
        buffer[..length].windows(10).any(|window| window == b"WATCHDOG=1").then(|| began.elapsed())
    });
    // The answer trickles in all the while; what ends the step is its deadline.
    assert!(told >= Duration::from_millis(3500), "fed after {told:?}, in the middle of a step that hangs");
    assert!(daemon.said().contains("no answer in time while EXAMINE"), "{}", daemon.said());
    finish("watched", daemon, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn two_daemons_never_share_a_store() {
    let server = Fake::start(folder(1..=2)).await;
    let office = office(&server);
    let first = office.start(&["run"]);
    wait_for("the first pass", SLACK, || (count(&server, "UID FETCH 10") > 0).then_some(()));
    for arguments in [&["run"][..], &["run", "--once"]] {
        let second = office.start(arguments).finish(SLACK);
        assert_eq!(second.code, Some(75), "{second:?}");
        let holder = format!("another zwfw-intake (process {}) runs on", first.pid());
        assert!(second.stderr.contains(&holder) && second.stderr.contains("store.sqlite3"), "{second:?}");
    }
    finish("the first", first, 0);
    // The lock goes with the process, not with the file.
    office.run_ok(&["run", "--once"]);

    // However many start at once.
    let mut many: Vec<_> = (0..5).map(|_| office.start(&["run"])).collect();
    wait_for("all but one to give way", SLACK, || {
        (many.iter_mut().map(|daemon| usize::from(daemon.ended())).sum::<usize>() == 4).then_some(())
    });
    holds_for("one goes on", Duration::from_millis(500), || {
        many.iter_mut().map(|daemon| usize::from(daemon.ended())).sum::<usize>() == 4
    });
    let (mut ended, mut running) = (Vec::new(), Vec::new());
    for mut daemon in many {
        if daemon.ended() { ended.push(daemon) } else { running.push(daemon) }
    }
    assert_eq!((ended.len(), running.len()), (4, 1));
    for daemon in ended {
        assert_eq!(daemon.finish(SLACK).code, Some(75));
    }
    assert_eq!(office.rows().count("SELECT count(*) FROM submission"), 2);
    for daemon in running {
        finish("the one", daemon, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_a_crash_kept_from_being_marked_is_marked_later_and_once() {
    for (how, command) in [("keyword", "UID STORE"), ("move", "UID MOVE")] {
        let mut server = Fake::start(folder(1..=3).on("SELECT", [Act::Hang])).await;
        let mut office = office(&server);
        office.text("mailbox", "after_filing", how);
        if how == "move" {
            office.text("mailbox", "move_to", "Filed");
        }
        let daemon = office.start(&["run"]);
        wait_for("SELECT", SLACK, || (count(&server, "SELECT") > 0).then_some(()));
        assert!(daemon.kill());
        let pending = |office: &Office| office.rows().count("SELECT count(*) FROM pending_mark");
        assert_eq!(
            (pending(&office), office.rows().count("SELECT count(*) FROM submission")),
            (3, 3),
            "{how}"
        );

        server.turn_into(folder(1..=3));
        office.run_ok(&["run", "--once"]);
        let marks: Vec<String> =
            server.commands().into_iter().filter(|found| found.starts_with(command)).collect();
        assert!(marks.len() == 1 && marks[0].starts_with(&format!("{command} 10,20,30 ")), "{marks:?}");
        assert_eq!(pending(&office), 0, "{how}");
        office.run_ok(&["run", "--once"]);
        assert_eq!(count(&server, command), 1, "{how}: what is marked stays so");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_server_that_takes_no_marks_is_not_asked_every_minute() {
    let mut server = Fake::start(folder(1..=2).on("UID STORE", [say("$T NO disk full\r\n")])).await;
    let mut office = office(&server);
    office.text("mailbox", "after_filing", "keyword");
    for _ in 0..6 {
        let finished = office.run(&["run", "--once"]);
        assert!(matches!(finished.code, Some(0 | 69)), "{finished:?}");
        assert!(finished.code == Some(0) || finished.stderr.contains("disk full"), "{finished:?}");
    }
    assert_eq!(count(&server, "UID STORE"), 4, "the fifth attempt rests");
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM pending_mark WHERE attempts = 4"), 2);
    assert_eq!(
        rows.count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"),
        2,
        "nobody waits for it"
    );
    let store = rusqlite::Connection::open(office.store_path()).unwrap();
    store.execute("UPDATE pending_mark SET next_attempt_at = '2024-03-12T00:00:00Z'", []).unwrap();
    server.turn_into(folder(1..=2));
    office.run_ok(&["run", "--once"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM pending_mark"), 0);
}

/// Nothing is known by heart of a folder, however large it is: neither all its UIDs' messages nor all its rows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_messages() {
    let messages: u32 = if long() { 100_000 } else { 5_000 };
    let mut setup = Setup::default();
    setup.bulk = messages;
    let mut server = Fake::start(setup.clone()).await;
    let office = office(&server);
    let daemon = office.start(&["run"]);
    let recorded = || {
        let there = office.has_store();
        if there { office.rows().count("SELECT count(*) FROM mailbox_entry") } else { 0 }
    };
    let mut last = 0;
    while last < i64::from(messages) {
        last = wait_for("progress", SLACK, || Some(recorded()).filter(|now| *now > last));
    }
    // One more, which is found behind all the known ones.
    setup.bulk += 1;
    server.turn_into(setup);
    wait_for("one more", SLACK, || (recorded() == i64::from(messages) + 1).then_some(()));
    assert_eq!(count(&server, "UID FETCH 1:*"), 1, "known UIDs are not listed again");
    let each_once = "SELECT count(DISTINCT uid) FROM mailbox_entry WHERE disposition = 'not_ours'";
    assert_eq!(office.rows().count(each_once), i64::from(messages) + 1);
    // A listed entry is 16 bytes.
    finish("a hundred thousand", daemon, 16 * messages as usize);
}
