//! `kill -9` at any moment and at every step that must not come apart: nothing is lost, nothing is filed twice, nobody
//! is left without an answer, and an answer is repeated only where the kill came between the server's OK and the note of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::end_to_end::{answers_due, check, fill, summary};
use crate::store::first_broken;
use crate::support::daemon::{Office, Security};
use crate::support::dovecot::INTAKE;
use crate::support::mailhost::Mailhost;
use crate::support::mailset::{Specimen, generate};
use crate::support::{Random, field, long, take_ones_time, wait_until};

/// Messages in the mailbox, recorded in batches of [`BATCH`].
const MESSAGES: usize = 240;
const BATCH: usize = 10;

/// The steps of `src/crash.rs`, and whether a kill there repeats the answer in hand.
const STEPS: [(&str, bool); 6] = [
    ("fetched", false),
    ("committing", false),
    ("committed", false),
    ("counted", false),
    ("accepted", true),
    ("settling", true),
];

/// A mailbox, an office, and what has to come of them.
struct Scene {
    host: Mailhost,
    specimens: Vec<Specimen>,
    office: Office,
    expected: Vec<String>,
    /// How long a pass with nothing to do takes.
    idle: Duration,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let host = Mailhost::start();
        let specimens = generate(seed, MESSAGES);
        fill(&host, &specimens);
        let mut office = Office::at(&host, Security::Tls, Security::Starttls);
        // Small batches, so that a kill finds some done and some not.
        office.set("limits", "batch_messages", BATCH);
        office.run_ok(&["run", "--once"]);
        host.wait_until_delivered();
        let faults = check(&specimens, &office.rows(), &host);
        assert!(faults.is_empty(), "without a kill: {}", summary(&faults));
        let expected = office.rows().canonical();
        let idle = office.run_ok(&["run", "--once"]).took;
        let scene = Self { host, specimens, office, expected, idle };
        scene.begin_again();
        scene
    }

    /// Forgets what was filed and delivered.
    fn begin_again(&self) {
        self.office.remove_store();
        self.host.clear_citizens(INTAKE);
    }

    /// How many entries are recorded, and how many answers wait; nothing before there is a store.
    fn progress(&self) -> (usize, usize) {
        let open = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
            let store = Connection::open_with_flags(self.office.store_path(), flags).ok()?;
            store.busy_timeout(Duration::from_secs(5)).ok()?;
            let count = |sql| store.query_row(sql, [], |row| row.get::<_, i64>(0)).ok();
            let waiting = "SELECT count(*) FROM acknowledgement WHERE state IN ('queued', 'deferred')";
            Some((count("SELECT count(*) FROM mailbox_entry")?, count(waiting)?))
        };
        let (entries, waiting) = open().unwrap_or_default();
        (usize::try_from(entries).unwrap(), usize::try_from(waiting).unwrap())
    }

    fn is_through(&self) -> bool {
        self.progress() == (self.specimens.len(), 0)
    }

    /// Lets passes go on undisturbed until nothing waits, then checks everything; the number of repeated deliveries.
    fn finish(&self, what: &str) -> usize {
        let before = self.host.snapshot(INTAKE);
        wait_until(&format!("{what}: every acknowledgement to leave"), || {
            self.office.run_ok(&["run", "--once"]);
            self.is_through()
        });
        self.host.wait_until_delivered();
        let rows = self.office.rows();
        assert_same(what, &self.expected, &rows.canonical());
        let store = Connection::open(self.office.store_path()).unwrap();
        let sound: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "{what}");
        assert_eq!(first_broken(&store), None, "{what}: the event chain is broken");
        assert_eq!(before, self.host.snapshot(INTAKE), "{what}: the mailbox changed");
        self.repeated(what)
    }

    /// Every answer that is due has arrived in its citizen's mailbox; how many of them more than once. Each delivery was
    /// counted as an attempt, and a repeated one has the same Message-ID.
    fn repeated(&self, what: &str) -> usize {
        let attempts: BTreeMap<String, usize> = self
            .office
            .rows()
            .rows("SELECT '<' || rfc822_message_id || '>' AS id, attempts FROM acknowledgement WHERE state = 'sent'")
            .into_iter()
            .map(|row| (row["id"].clone(), row["attempts"].parse().unwrap()))
            .collect();
        let mut copies = BTreeMap::<String, usize>::new();
        let senders: BTreeSet<&str> = self.specimens.iter().map(|s| &*s.sender).collect();
        for sender in senders {
            let inbox = self.host.inbox(sender.split('@').next().unwrap());
            let threads: BTreeSet<String> = inbox.iter().map(|raw| field(raw, "In-Reply-To")).collect();
            let due: BTreeSet<String> = self
                .specimens
                .iter()
                .filter(|s| s.sender == sender)
                .filter(|s| s.expect.submission.as_ref().is_some_and(|filed| filed.answer.is_some()))
                .map(|s| format!("<{}>", s.message_id))
                .collect();
            assert_eq!(threads, due, "{what}: answers to {sender}");
            for raw in &inbox {
                *copies.entry(field(raw, "Message-ID")).or_default() += 1;
            }
        }
        assert_eq!(
            copies.len(),
            answers_due(&self.specimens),
            "{what}: a repeated answer has another Message-ID"
        );
        for (id, copies) in &copies {
            let counted =
                attempts.get(id).unwrap_or_else(|| panic!("{what}: {id} is no answer of the store"));
            assert!(
                copies <= counted,
                "{what}: {id} was sent {copies} times, {counted} attempts are counted"
            );
        }
        let delivered: usize = copies.values().sum();
        assert_eq!(delivered, self.host.delivered_total(INTAKE), "{what}: answers went to strangers");
        delivered - copies.len()
    }
}

#[test]
fn two_hundred_kills_at_random_instants_lose_nothing_and_file_nothing_twice() {
    let wanted = if long() { 1000 } else { 200 };
    let scene = Scene::new(4);
    let mut random = Random::new(5);
    let (mut kills, mut repeated, mut rounds) = (0, 0, 0);
    while kills < wanted {
        // A round: a store of its own, killed again and again until all of the work is done.
        rounds += 1;
        scene.begin_again();
        let mut of_round = 0;
        while kills < wanted && !scene.is_through() {
            // One in eight during the start, when the store is made or recovered; the others in the middle of the work.
            let delay = match random.below(8) {
                0 => scene.idle.mul_f64(fraction(&mut random)),
                _ => scene.idle.mul_f64(0.7) + Duration::from_millis(random.below(400)),
            };
            let daemon = scene.office.start(&["run"]);
            take_ones_time(delay);
            assert!(daemon.kill(), "the daemon ended by itself");
            kills += 1;
            of_round += 1;
        }
        let repeated_now = scene.finish(&format!("after {of_round} random kills"));
        assert!(repeated_now <= of_round, "{repeated_now} answers were repeated after {of_round} kills");
        repeated += repeated_now;
    }
    println!("{kills} kills in {rounds} rounds, {repeated} answers repeated");
}

#[test]
fn twenty_kills_at_every_step_repeat_an_answer_only_between_its_ok_and_the_note_of_it() {
    let wanted = if long() { 100 } else { 20 };
    let mut scene = Scene::new(6);
    for (step, repeats) in STEPS {
        let (mut kills, mut repeated) = (0, 0);
        while kills < wanted {
            scene.begin_again();
            let mut of_round = 0;
            while kills < wanted && !scene.is_through() {
                // The first time the place is come to, or a later one.
                scene.office.environment("ZWFW_CRASH_AT", &format!("{step}:{}", 1 + kills % 3));
                let killed = scene.office.run(&["run", "--once"]).code.is_none();
                assert!(killed || scene.is_through(), "nothing was killed at {step}");
                kills += usize::from(killed);
                of_round += usize::from(killed);
            }
            scene.office.environment("ZWFW_CRASH_AT", "");
            let repeated_now = scene.finish(&format!("after {of_round} kills at {step}"));
            assert_eq!(
                repeated_now,
                if repeats { of_round } else { 0 },
                "repeated after {of_round} kills at {step}"
            );
            repeated += repeated_now;
        }
        println!("{kills} kills at {step}, {repeated} answers repeated");
    }
}

#[test]
fn a_kill_inside_a_commit_leaves_a_sound_store() {
    let wanted = if long() { 60 } else { 12 };
    let mut scene = Scene::new(9);
    let mut random = Random::new(10);
    let (mut kills, mut repeated) = (0, 0);
    while kills < wanted {
        scene.begin_again();
        let mut of_round = 0;
        while kills < wanted && !scene.is_through() {
            // On entering the system call: what it would have written or synced is not. strace counts for each thread.
            let (calls, most) = random.choose(&[("fsync,fdatasync", 24), ("pwrite64", 400)]);
            let (trace, inject) = (
                format!("trace={calls}"),
                format!("inject={calls}:signal=KILL:when={}", 2 + random.below(most)),
            );
            scene.office.under(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject]);
            let finished = scene.office.run(&["run", "--once"]);
            let killed = finished.code.is_none();
            // Where it made fewer calls than that, it came to its end; on a damaged store it would not, for ever.
            assert!(
                killed || finished.code == Some(0),
                "after {of_round} kills inside commits: {finished:?}"
            );
            kills += usize::from(killed);
            of_round += usize::from(killed);
        }
        scene.office.under(&[]);
        let repeated_now = scene.finish(&format!("after {of_round} kills inside commits"));
        assert!(repeated_now <= of_round, "{repeated_now} answers were repeated after {of_round} kills");
        repeated += repeated_now;
    }
    println!("{kills} kills inside commits, {repeated} answers repeated");
}

/// A number between 0 and 1.
fn fraction(random: &mut Random) -> f64 {
    f64::from(u32::try_from(random.below(1 << 31)).unwrap()) / f64::from(1_u32 << 31)
}

#[track_caller]
fn assert_same(what: &str, expected: &[String], found: &[String]) {
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
    assert!(lost.is_empty() && added.is_empty(), "{what}: lost: {lost:#?}\nadded: {added:#?}");
}

#[test]
fn a_release_has_no_places_to_crash_at() {
    let manifest = std::fs::read_to_string(crate::support::repository().join("Cargo.toml")).unwrap();
    assert!(!manifest.contains("debug-assertions"), "src/crash.rs would listen to ZWFW_CRASH_AT");
}
