//! IMAP servers that misbehave.
//!
//! Every row begins with an empty store and a server that holds the letters of three citizens (UIDs 10, 20, 30) and
//! misbehaves; when the fault has been named and the store is as the row says, the server turns good and has a fourth letter.

mod rows;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::runtime::Handle;

use super::{SLACK, all, finish, lacking, until};
use crate::imap::imap_server::{Fake, Setup, folder};
use crate::support::daemon::{Office, Running};
use crate::support::sql::Rows;

/// What a daemon that only reads may ask.
const READING: [&str; 11] = [
    "CAPABILITY",
    "STARTTLS",
    "LOGIN ",
    "ID (",
    "EXAMINE ",
    "LIST ",
    "UID FETCH ",
    "NOOP",
    "IDLE",
    "DONE",
    "LOGOUT",
];

/// One way to misbehave.
pub(super) struct Row {
    name: &'static str,
    bad: Setup,
    good: Setup,
    /// What the log says of it.
    words: Vec<&'static str>,
    /// UIDs that are recorded while the server misbehaves.
    recorded: Vec<u32>,
    /// UIDs that are owed then.
    owed: Vec<u32>,
    /// Entries at the end, in all folders and under all UIDVALIDITYs, where their number is known.
    entries: Option<i64>,
    /// More of the configuration.
    office: fn(&mut Office),
    /// More to be seen while the server misbehaves.
    also: fn(&Fake, &mut Running, &Office),
    /// Kept to the end of the row: certificates and other files of the row.
    files: Option<tempfile::TempDir>,
}

/// A row that expects nothing to be recorded while the server misbehaves.
fn row(name: &'static str, bad: Setup, words: &[&'static str]) -> Row {
    Row {
        name,
        bad,
        good: letters(4),
        words: words.to_vec(),
        recorded: Vec::new(),
        owed: Vec::new(),
        entries: Some(4),
        office: |_| {},
        also: |_, _, _| {},
        files: None,
    }
}

impl Row {
    fn recorded(mut self, uids: &[u32]) -> Self {
        self.recorded = uids.to_vec();
        self
    }

    fn owed(mut self, uids: &[u32]) -> Self {
        self.owed = uids.to_vec();
        self
    }

    /// The fault costs nothing: all letters are recorded in spite of it.
    fn harmless(self) -> Self {
        self.recorded(&[10, 20, 30])
    }

    /// Found by its deadline: it is a short one.
    fn hangs(mut self) -> Self {
        self.office = |office| office.text("limits", "step_timeout", "1s");
        self
    }

    fn office(mut self, office: fn(&mut Office)) -> Self {
        self.office = office;
        self
    }

    fn also(mut self, also: fn(&Fake, &mut Running, &Office)) -> Self {
        self.also = also;
        self
    }

    fn good(mut self, good: Setup) -> Self {
        self.good = good;
        self
    }

    fn entries(mut self, entries: i64) -> Self {
        self.entries = Some(entries);
        self
    }

    fn any_entries(mut self) -> Self {
        self.entries = None;
        self
    }

    fn keeping(mut self, files: tempfile::TempDir) -> Self {
        self.files = Some(files);
        self
    }
}

/// A server in order that holds the letters of so many citizens.
fn letters(count: usize) -> Setup {
    folder(1..=count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_imap_server_can_lose_double_block_or_bloat() {
    all(rows::rows(), |row| row.name, run).await;
}

fn run(row: &Row) {
    let mut server = Handle::current().block_on(Fake::start(row.bad.clone()));
    let mut office = Office::over_imap(server.port());
    let settings = server.settings().server;
    if let Some(ca) = row.good.ca_file().or(settings.ca_file.as_deref()) {
        office.text("mailbox", "host", "localhost");
        office.text("mailbox", "security", if row.good.is_implicit() { "tls" } else { "starttls" });
        office.text("mailbox", "ca_file", ca.to_str().unwrap());
    }
    office.set("mailbox", "idle", false);
    office.text("limits", "step_timeout", "10s");
    office.text("limits", "pass_timeout", "15s");
    (row.office)(&mut office);

    let mut daemon = office.start(&["-v", "run"]);
    // The longest pass, the pause behind it and another pass.
    let deadline = Duration::from_secs(15 + 10 + 15) + SLACK;
    until(row.name, deadline, &mut daemon, || {
        let said = std::fs::read_to_string(office.path().join("run-0.stderr")).unwrap_or_default();
        lacking(&said, &row.words)?;
        stands(&office, &row.recorded, &row.owed)
    });
    (row.also)(&server, &mut daemon, &office);

    server.turn_into(row.good.clone());
    let letters = i64::try_from(row.good.messages.len()).unwrap();
    until(row.name, Duration::from_mins(1) + SLACK, &mut daemon, || {
        time_passes(&office);
        whole(&office, letters, row.entries)
    });
    let largest = row.good.messages.iter().map(|message| message.raw.len()).max().unwrap_or(0);
    finish(row.name, daemon, largest);
    whole(&office, letters, row.entries).unwrap_or_else(|e| panic!("{}: {e}", row.name));

    let forbidden: Vec<String> = server
        .commands()
        .into_iter()
        .filter(|command| {
            !READING.iter().any(|prefix| command.starts_with(prefix))
                || (command.contains("BODY") && !command.contains("BODY.PEEK["))
        })
        .collect();
    assert!(forbidden.is_empty(), "{}: {forbidden:?}", row.name);
}

/// What the store holds of INBOX while the server misbehaves, compared with what it should.
fn stands(office: &Office, recorded: &[u32], owed: &[u32]) -> Result<(), String> {
    if !office.has_store() {
        return Err("there is no store".to_owned());
    }
    let rows = office.rows();
    let found = uids(&rows, "SELECT DISTINCT uid FROM mailbox_entry WHERE folder = 'INBOX'");
    let gaps = uids(&rows, "SELECT uid FROM gap WHERE folder = 'INBOX'");
    let (recorded, owed) = (recorded.iter().copied().collect(), owed.iter().copied().collect());
    if (&found, &gaps) == (&recorded, &owed) {
        return Ok(());
    }
    Err(format!("recorded {found:?} instead of {recorded:?}, owed {gaps:?} instead of {owed:?}"))
}

fn uids(rows: &Rows, sql: &str) -> BTreeSet<u32> {
    rows.rows(sql).iter().map(|row| row["uid"].parse().unwrap()).collect()
}

/// What is owed and rests is due now.
fn time_passes(office: &Office) {
    let store = rusqlite::Connection::open(office.store_path()).unwrap();
    store.busy_timeout(SLACK).unwrap();
    store.execute("UPDATE gap SET next_attempt_at = '2024-03-12T00:00:00Z' WHERE attempts > 3", []).unwrap();
}

/// Every letter is filed once and answered once, every entry has its row, and nothing is owed.
fn whole(office: &Office, letters: i64, entries: Option<i64>) -> Result<(), String> {
    let rows = office.rows();
    let mut faults = Vec::new();
    let mut check = |what: &str, expected: i64, sql: &str| {
        let found = rows.count(sql);
        if found != expected {
            faults.push(format!("{what}: {found} instead of {expected}"));
        }
    };
    if let Some(entries) = entries {
        check("entries", entries, "SELECT count(*) FROM mailbox_entry");
    }
    let filed = "SELECT count(DISTINCT sha256) FROM mailbox_entry WHERE disposition = 'filed'";
    check("letters filed", letters, filed);
    let others = "SELECT count(*) FROM mailbox_entry WHERE disposition <> 'filed' AND NOT (disposition = 'duplicate' AND reason = 'same_bytes')";
    check("entries that are neither filed nor known", 0, others);
    check("submissions", letters, "SELECT count(*) FROM submission WHERE status = 'accepted'");
    check("all submissions", letters, "SELECT count(*) FROM submission");
    check("answers sent", letters, "SELECT count(*) FROM acknowledgement WHERE state = 'sent'");
    check("all answers", letters, "SELECT count(*) FROM acknowledgement");
    check("owed", 0, "SELECT count(*) FROM gap");
    let delivered = std::fs::read_dir(office.path().join("acknowledgement/new")).unwrap().count();
    if i64::try_from(delivered) != Ok(letters) {
        faults.push(format!("answers delivered: {delivered} instead of {letters}"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}
