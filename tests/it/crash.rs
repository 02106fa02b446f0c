//! `kill -9` at any moment of a pass: nothing is lost, nothing is filed twice, nobody is left without an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::end_to_end::{answers_due, check, fill, summary};
use crate::support::daemon::{Office, Security};
use crate::support::dovecot::INTAKE;
use crate::support::mailhost::Mailhost;
use crate::support::mailset::{Specimen, generate};
use crate::support::{Random, field, long, wait_for};

/// How many times the program is killed.
const KILLS: u32 = 20;

#[test]
fn twenty_kills_during_a_pass_lose_nothing_and_file_nothing_twice() {
    let count = if long() { 1000 } else { 400 };
    let host = Mailhost::start();
    let specimens = generate(4, count);
    fill(&host, &specimens);

    // What it comes to when nobody interferes, and how long each half and the mere start take.
    let undisturbed = office_at(&host);
    let mut running = undisturbed.start(&["run", "--once"]);
    let started = Instant::now();
    wait_for("the intake", Duration::from_mins(5), || (entries(&undisturbed) == count).then_some(()));
    let intake = started.elapsed();
    wait_for("the end of the pass", Duration::from_mins(5), || running.ended().then_some(()));
    let answering = started.elapsed().saturating_sub(intake);
    assert_eq!(running.finish(Duration::from_secs(5)).code, Some(0));
    host.wait_until_delivered();
    let faults = check(&specimens, &undisturbed.rows(), &host);
    assert!(faults.is_empty(), "without a kill: {}", summary(&faults));
    let expected = undisturbed.rows().canonical();
    let idle = undisturbed.run_ok(&["run", "--once"]).took;
    println!("undisturbed: intake {intake:?}, answering {answering:?}; with nothing to do {idle:?}");

    let mut random = Random::new(5);
    let office = office_at(&host);
    let mut kills = 0;
    while kills < KILLS {
        // A round: a store of its own, killed again and again until the pass is through. Pieces of work of random
        // length, each on top of the start, spread the kills over both halves.
        host.clear_citizens(INTAKE);
        office.remove_store();
        let mut kills_of_round = 0;
        let before = host.snapshot(INTAKE);
        while kills < KILLS {
            let half = if entries(&office) < count { intake.saturating_sub(idle) } else { answering };
            let delay = idle + half.mul_f64(fraction(&mut random) * 0.4);
            let running = office.start(&["run", "--once"]);
            sleep(delay);
            if !running.kill() {
                break; // It got through before it was killed.
            }
            kills += 1;
            kills_of_round += 1;
            println!("kill {kills} after {delay:?}: {} entries", entries(&office));
        }
        // Attempts that a kill cut short wait for their next time; the daemon would wait for it as well.
        settle(&office);
        host.wait_until_delivered();
        println!("a round of {kills_of_round} kills");
        assert_same(&expected, &office.rows().canonical());
        assert_answers(&specimens, &host, kills_of_round);
        assert_eq!(before, host.snapshot(INTAKE), "the mailbox changed");
    }
}

/// Small batches, so that a kill finds some done and some not.
fn office_at(host: &Mailhost) -> Office {
    let mut office = Office::at(host, Security::Tls, Security::Starttls);
    office.set("limits", "batch_messages", 20);
    office
}

/// How many entries of the mailbox are recorded; none before there is a store.
fn entries(office: &Office) -> usize {
    let Ok(connection) = Connection::open_with_flags(office.store_path(), OpenFlags::SQLITE_OPEN_READ_ONLY)
    else {
        return 0;
    };
    let counted = connection.query_row("SELECT count(*) FROM mailbox_entry", [], |row| row.get::<_, i64>(0));
    usize::try_from(counted.unwrap_or(0)).unwrap()
}

/// Runs passes until no acknowledgement waits any more.
fn settle(office: &Office) {
    for _ in 0..120 {
        office.run_ok(&["run", "--once"]);
        let waiting = "SELECT count(*) FROM acknowledgement WHERE state IN ('queued', 'deferred')";
        if office.rows().count(waiting) == 0 {
            return;
        }
        sleep(Duration::from_secs(1));
    }
    let rows = office.rows().rows("SELECT * FROM acknowledgement WHERE state IN ('queued', 'deferred')");
    panic!("acknowledgements wait for ever: {rows:?}");
}

/// A number between 0 and 1.
fn fraction(random: &mut Random) -> f64 {
    f64::from(u32::try_from(random.below(1 << 31)).unwrap()) / f64::from(1_u32 << 31)
}

fn assert_same(expected: &[String], found: &[String]) {
    let count = |lines: &[String]| {
        let mut counts = BTreeMap::<String, usize>::new();
        for line in lines {
            *counts.entry(line.clone()).or_default() += 1;
        }
        counts.into_iter().collect::<BTreeSet<_>>()
    };
    let (expected, found) = (count(expected), count(found));
    let lost: Vec<_> = expected.difference(&found).take(5).collect();
    let added: Vec<_> = found.difference(&expected).take(5).collect();
    assert!(lost.is_empty() && added.is_empty(), "lost: {lost:#?}\nadded: {added:#?}");
}

/// Every answer that is due has arrived. A kill between the server's OK and the note of it can repeat the one
/// answer in hand, recognisably: with the same Message-ID.
fn assert_answers(specimens: &[Specimen], host: &Mailhost, kills: usize) {
    let mut repeated = 0;
    let mut arrived = 0;
    let senders: BTreeSet<&str> = specimens.iter().map(|s| &*s.sender).collect();
    for sender in senders {
        let inbox = host.inbox(sender.split('@').next().unwrap());
        arrived += inbox.len();
        let ids: BTreeSet<String> = inbox.iter().map(|raw| field(raw, "Message-ID")).collect();
        let threads: BTreeSet<String> = inbox.iter().map(|raw| field(raw, "In-Reply-To")).collect();
        let due: BTreeSet<String> = specimens
            .iter()
            .filter(|s| s.sender == sender)
            .filter(|s| s.expect.submission.as_ref().is_some_and(|filed| filed.answer.is_some()))
            .map(|s| format!("<{}>", s.message_id))
            .collect();
        assert_eq!(threads, due, "answers to {sender}");
        assert_eq!(ids.len(), due.len(), "a repeated answer to {sender} has another Message-ID");
        repeated += inbox.len() - ids.len();
    }
    assert_eq!(arrived - repeated, answers_due(specimens));
    assert_eq!(arrived, host.delivered_total(INTAKE), "answers went to strangers");
    assert!(repeated <= kills, "{repeated} answers were repeated after {kills} kills");
    println!("{arrived} answers arrived, {repeated} of them repeated");
}
