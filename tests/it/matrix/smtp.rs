//! SMTP servers that misbehave.
//!
//! Every row begins with two letters in a Maildir, whose answers leave over a server that misbehaves; when both
//! answers stand as the row says, the server turns good and the waiting time passes.

mod rows;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::runtime::Handle;

use super::{SLACK, all, finish, lacking, until};
use crate::smtp::smtp_server::{OFFERS, PASSWORD, Protection, Rule, SmtpServer, USER};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::sql::SAID;
use crate::support::{field, holds_for};

/// How the two answers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// No session: nothing is counted against them.
    Wait,
    /// What the server says is about us: both wait, and nothing is counted against them.
    Held,
    /// Each had its attempt and waits for the next.
    Deferred,
    /// The first had its attempt, the second was not tried: the server is closing.
    FirstDeferred,
    /// Given up.
    Failed,
    Sent,
}

impl Stand {
    /// State and attempts of both.
    fn states(self) -> [(&'static str, i64); 2] {
        match self {
            Self::Wait => [("queued", 0); 2],
            Self::Held => [("deferred", 0); 2],
            Self::Deferred => [("deferred", 1); 2],
            Self::FirstDeferred => [("deferred", 1), ("queued", 0)],
            Self::Failed => [("failed", 1); 2],
            Self::Sent => [("sent", 1); 2],
        }
    }
}

/// One way to misbehave.
pub(super) struct Row {
    name: &'static str,
    protection: Protection,
    rules: Vec<Rule>,
    offers: Vec<&'static str>,
    /// Of the certificate; none: nobody trusts it.
    names: Vec<&'static str>,
    login: bool,
    /// What the log says.
    words: Vec<&'static str>,
    /// How the answers stand while the server misbehaves.
    stand: Stand,
    /// What the store says of the first one.
    reason: &'static str,
    /// How long they rest at least, in seconds.
    rests: i64,
    /// How often each may arrive in the end.
    deliveries: usize,
    letters: [Letter; 2],
    office: fn(&mut Office),
    /// More to be done before the server turns good; the words that the log then has, too.
    also: fn(&SmtpServer, &Office),
    also_words: Vec<&'static str>,
}

fn row(name: &'static str, stand: Stand, rules: impl Into<Vec<Rule>>, words: &[&'static str]) -> Row {
    Row {
        name,
        protection: Protection::Plain,
        rules: rules.into(),
        offers: OFFERS.to_vec(),
        names: vec!["localhost"],
        login: false,
        words: words.to_vec(),
        stand,
        reason: "",
        rests: if matches!(stand, Stand::Deferred | Stand::FirstDeferred) { 60 } else { 0 },
        deliveries: 1,
        letters: [letter(1), letter(2)],
        office: |_| {},
        also: |_, _| {},
        also_words: Vec::new(),
    }
}

impl Row {
    fn protected(mut self, protection: Protection) -> Self {
        self.protection = protection;
        self
    }

    fn login(mut self) -> Self {
        self.login = true;
        self
    }

    fn offers(mut self, offers: &[&'static str]) -> Self {
        self.offers = offers.to_vec();
        self
    }

    fn names(mut self, names: &[&'static str]) -> Self {
        self.names = names.to_vec();
        self
    }

    fn reason(mut self, reason: &'static str) -> Self {
        self.reason = reason;
        self
    }

    fn rests(mut self, seconds: i64) -> Self {
        self.rests = seconds;
        self
    }

    fn may_arrive_twice(mut self) -> Self {
        self.deliveries = 2;
        self
    }

    fn from(mut self, from: &str) -> Self {
        for letter in &mut self.letters {
            from.clone_into(&mut letter.from);
        }
        self
    }

    fn office(mut self, office: fn(&mut Office)) -> Self {
        self.office = office;
        self
    }

    fn also(mut self, also: fn(&SmtpServer, &Office)) -> Self {
        self.also = also;
        self
    }

    /// Before the server turns good, the answers are so many days old, and the daemon gives up in these words.
    fn given_up(mut self, also: fn(&SmtpServer, &Office), words: &'static str) -> Self {
        self.also = also;
        self.also_words = vec![words];
        self
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_smtp_server_can_lose_double_block_or_bloat() {
    all(rows::rows(), |row| row.name, run).await;
}

fn run(row: &Row) {
    let starting = SmtpServer::start_with(row.protection, row.rules.clone(), &row.offers, &row.names);
    let server = Handle::current().block_on(starting);
    let mut office = Office::at_maildir();
    for letter in &row.letters {
        letter.deliver(&office.path().join("mailbox"));
    }
    office.answer_over_smtp(server.address.port());
    if row.protection != Protection::Plain {
        let security = if row.protection == Protection::Tls { "tls" } else { "starttls" };
        office.text("acknowledgement", "host", "localhost");
        office.text("acknowledgement", "security", security);
        office.text("acknowledgement", "ca_file", server.ca_file.to_str().unwrap());
    }
    if row.login {
        office.text("acknowledgement", "username", USER);
        office.text("acknowledgement", "password_file", "smtp-password");
        office.write_secret("smtp-password", PASSWORD);
    }
    office.text("mailbox", "poll_interval", "1s");
    office.text("limits", "step_timeout", "1s");
    (row.office)(&mut office);

    let began = Instant::now();
    let mut daemon = office.start(&["-v", "run"]);
    // The first command was `init`.
    let log = office.path().join("run-1.stderr");
    let said = || std::fs::read_to_string(&log).unwrap_or_default();
    until(row.name, Duration::from_secs(40) + SLACK, &mut daemon, || {
        lacking(&said(), &row.words)?;
        let found = states(&office);
        let expected: Vec<_> = row.stand.states().map(|(state, n)| (state.to_owned(), n)).to_vec();
        if found == expected { Ok(()) } else { Err(format!("{found:?} instead of {expected:?}")) }
    });
    check_first(row, &office, began);
    (row.also)(&server, &office);
    let given_up = !row.also_words.is_empty();
    until(row.name, Duration::from_mins(1) + SLACK, &mut daemon, || {
        lacking(&said(), &row.also_words)?;
        // Both of them: the second must not meet a server that is mended already.
        let found = states(&office);
        let waits = given_up && found.iter().any(|(state, _)| state != "failed");
        if waits { Err(format!("{found:?}")) } else { Ok(()) }
    });

    let good = match row.protection {
        Protection::StarttlsStripped => Protection::Starttls,
        protection => protection,
    };
    server.mend(good);
    let last = if row.stand == Stand::Failed || given_up { "failed" } else { "sent" };
    until(row.name, Duration::from_secs(90) + SLACK, &mut daemon, || {
        time_passes(&office, "next_attempt_at = '2024-03-12T00:00:00Z'");
        let found = states(&office);
        let ended = found.len() == 2 && found.iter().all(|(state, _)| state == last);
        if ended { Ok(()) } else { Err(format!("{found:?}")) }
    });
    // What is settled stays settled.
    holds_for("what is settled", Duration::from_millis(1500), || {
        states(&office).iter().all(|(state, _)| state == last)
    });
    finish(row.name, daemon, 0);
    check_deliveries(row, &server, &office, last);
}

/// The first answer's reason in the store, and how long it rests.
fn check_first(row: &Row, office: &Office, began: Instant) {
    let sql = format!("SELECT {SAID} AS reason FROM acknowledgement ORDER BY id");
    let first = &office.rows().rows(&sql)[0];
    assert!(first["reason"].contains(row.reason), "{}: {first:?}", row.name);
    if row.rests > 0 {
        let sql =
            "SELECT strftime('%s', next_attempt_at) - strftime('%s', 'now') FROM acknowledgement ORDER BY id";
        let left = office.rows().count(sql);
        let passed = i64::try_from(began.elapsed().as_secs()).unwrap();
        assert!(left + passed + 1 >= row.rests, "{}: due in {left} s, {passed} s after the start", row.name);
    }
}

fn check_deliveries(row: &Row, server: &SmtpServer, office: &Office, last: &str) {
    let rows = office.rows();
    let known = rows.rows("SELECT recipient, '<' || rfc822_message_id || '>' AS id FROM acknowledgement");
    let known: BTreeMap<String, String> =
        known.into_iter().map(|row| (row["id"].clone(), row["recipient"].clone())).collect();
    assert_eq!((known.len(), rows.count("SELECT count(*) FROM submission")), (2, 2), "{}", row.name);
    let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
    for taken in server.taken() {
        let id = field(&taken.octets, "Message-ID");
        let recipient = known.get(&id).unwrap_or_else(|| panic!("{}: an unknown {id}", row.name));
        assert!(taken.to.contains(recipient.as_str()), "{}: {id} to {}", row.name, taken.to);
        assert_eq!(taken.authenticated, row.login, "{}", row.name);
        assert_eq!(taken.encrypted, row.protection != Protection::Plain, "{}", row.name);
        *arrived.entry(id).or_default() += 1;
    }
    let expected = if last == "sent" { 2 } else { 0 };
    assert_eq!(arrived.len(), expected, "{}: {arrived:?}", row.name);
    assert!(arrived.values().all(|times| *times <= row.deliveries), "{}: {arrived:?}", row.name);
    let tried: Vec<i64> = states(office).into_iter().map(|(_, attempts)| attempts).collect();
    let attempts = match (row.stand, row.also_words.is_empty()) {
        (Stand::Wait | Stand::Held, false) => [0, 0],
        (Stand::Wait | Stand::Held | Stand::Failed | Stand::Sent, _) => [1, 1],
        (Stand::Deferred, _) => [2, 2],
        (Stand::FirstDeferred, _) => [2, 1],
    };
    assert_eq!(tried, attempts, "{}: attempts", row.name);
}

/// State and attempts of every answer, in order.
fn states(office: &Office) -> Vec<(String, i64)> {
    if !office.has_store() {
        return Vec::new();
    }
    let rows = office.rows().rows("SELECT state, attempts FROM acknowledgement ORDER BY id");
    rows.iter().map(|row| (row["state"].clone(), row["attempts"].parse().unwrap())).collect()
}

/// Changes what waits for its next attempt.
fn time_passes(office: &Office, change: &str) {
    let store = Connection::open(office.store_path()).unwrap();
    store.busy_timeout(SLACK).unwrap();
    let sql = format!("UPDATE acknowledgement SET {change} WHERE state = 'deferred'");
    store.execute(&sql, []).unwrap();
}
