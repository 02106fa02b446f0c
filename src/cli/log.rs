//! The log: each event a line of text, a line of JSON, or an entry of the journal with fields of its own.

use std::fmt::{Debug, Write as _};
use std::io::{ErrorKind, Write as _, stderr};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::Context;

use crate::maillog;
use crate::vocabulary::printable;

/// Priorities of `syslog(3)`.
pub(super) const ERROR: u8 = 3;
const WARNING: u8 = 4;
const NOTICE: u8 = 5;
const INFO: u8 = 6;
const DEBUG: u8 = 7;

/// Where journald takes entries with fields (`systemd.journal-fields(7)`).
const SOCKET: &str = "/run/systemd/journal/socket";

/// `[log] format = "json"`: known only once the configuration is read.
static JSON: AtomicBool = AtomicBool::new(false);

/// From now on as JSON, or as text.
pub(super) fn as_json(json: bool) {
    JSON.store(json, Ordering::Relaxed);
}

/// How much an event matters: its level, and that something goes well again matters more than that it goes well.
fn priority(metadata: &Metadata<'_>) -> u8 {
    match *metadata.level() {
        Level::ERROR => ERROR,
        Level::WARN => WARNING,
        Level::INFO if metadata.target() == maillog::RECOVERED => NOTICE,
        Level::INFO => INFO,
        _ => DEBUG,
    }
}

/// Takes events.
pub(super) struct Log {
    /// Standard error is the journal.
    is_journal: bool,
    journal: Option<Journal>,
}

impl Log {
    /// `is_journal`: standard error is the journal, as far as it can be seen; `is_socket`: it certainly is.
    pub(super) fn new(is_journal: bool, is_socket: bool) -> Self {
        let journal = (is_journal && is_socket).then(|| Journal::at(Path::new(SOCKET))).flatten();
        Self { is_journal, journal }
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let (metadata, mut said) = (event.metadata(), Said::default());
        event.record(&mut said);
        let priority = priority(metadata);
        let line = if JSON.load(Ordering::Relaxed) { said.json(metadata) } else { said.text() };
        let line = printable::line(&line).into_owned();
        if let Some(journal) = &self.journal
            && journal.take(priority, name(metadata), &line, &said)
        {
            return;
        }
        let before = match (self.is_journal, JSON.load(Ordering::Relaxed)) {
            (true, _) => format!("<{priority}>"),
            (false, true) => String::new(),
            // The journal writes time and level itself.
            (false, false) => format!("{} {:>5} ", time(), metadata.level().as_str()),
        };
        // A log that cannot be written must not end the program.
        let _ = stderr().write_all(format!("{before}{line}\n").as_bytes());
    }
}

/// What an event is called: ours have names, those of libraries say whose they are.
fn name<'a>(metadata: &'a Metadata<'_>) -> &'a str {
    let name = metadata.name();
    if name.contains(' ') { metadata.target() } else { name }
}

fn time() -> String {
    let mut text = String::new();
    let _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

/// What an event says.
#[derive(Default)]
struct Said {
    message: String,
    fields: Vec<(&'static str, Value)>,
}

impl Said {
    fn text(&self) -> String {
        let mut text = self.message.clone();
        for (name, value) in &self.fields {
            let _ = match value {
                Value::String(word) => write!(text, " {name}={word:?}"),
                // What was written for people stands as it is.
                Value::Array(shown) => {
                    write!(text, " {name}={}", shown.iter().filter_map(Value::as_str).collect::<String>())
                }
                value => write!(text, " {name}={value}"),
            };
        }
        text
    }

    fn json(&self, metadata: &Metadata<'_>) -> String {
        let fields: Map<String, Value> =
            self.fields.iter().map(|(name, value)| ((*name).to_owned(), plain(value))).collect();
        json!({
            "time": time(),
            "level": metadata.level().as_str().to_ascii_lowercase(),
            "priority": priority(metadata),
            "event": name(metadata),
            "message": self.message,
            "fields": fields,
        })
        .to_string()
    }

    fn add(&mut self, field: &Field, value: Value) {
        // What a library says through another log names its place in fields of that kind.
        if !field.name().starts_with("log.") {
            self.fields.push((field.name(), value));
        }
    }
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Array(shown) => shown.first().cloned().unwrap_or_default(),
        value => value.clone(),
    }
}

impl Visit for Said {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, json!(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.add(field, json!(value));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.add(field, json!([format!("{value:?}")]));
        }
    }
}

/// The journal's own protocol: a datagram for each entry, a line for each field.
struct Journal {
    socket: UnixDatagram,
    path: PathBuf,
    /// Entries that it had no room for since the last one that it took.
    dropped: AtomicU64,
}

impl Journal {
    fn at(path: &Path) -> Option<Self> {
        let socket = UnixDatagram::unbound().ok()?;
        // Whoever reads the journal slowly must not stop the mail.
        socket.set_nonblocking(true).ok()?;
        path.exists().then(|| Self { socket, path: path.to_path_buf(), dropped: AtomicU64::new(0) })
    }

    /// Whether nothing else is to be done about this entry.
    fn take(&self, priority: u8, event: &str, line: &str, said: &Said) -> bool {
        let mut entry = fields(priority, event, line);
        for (name, value) in &said.fields {
            let value = match plain(value) {
                Value::String(text) => text,
                value => value.to_string(),
            };
            let _ = writeln!(entry, "ZWFW_{}={}", name.to_ascii_uppercase(), printable::line(&value));
        }
        match self.socket.send_to(entry.as_bytes(), &self.path) {
            Ok(_) => {
                let dropped = self.dropped.swap(0, Ordering::Relaxed);
                if dropped > 0 {
                    let line = format!("the journal had no room for so many lines: {dropped}");
                    let entry = format!("{}ZWFW_LINES={dropped}\n", fields(WARNING, "lines_dropped", &line));
                    let _ = self.socket.send_to(entry.as_bytes(), &self.path);
                }
                true
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
                true
            }
            Err(_) => false,
        }
    }
}

fn fields(priority: u8, event: &str, line: &str) -> String {
    format!("MESSAGE={line}\nPRIORITY={priority}\nSYSLOG_IDENTIFIER=zwfw-intake\nZWFW_EVENT={event}\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::vocabulary::{Disposition, EntryReason, EntryUid, FolderKey, SubjectReason};

    #[test]
    fn the_journal_is_told_fields_by_name_and_how_many_lines_it_missed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let journal = UnixDatagram::bind(&path).unwrap();
        journal.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let taken = || {
            let mut bytes = [0; 4096];
            let length = journal.recv(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        };
        let log = Log { is_journal: true, journal: Journal::at(&path) };
        log.journal.as_ref().unwrap().dropped.store(3, Ordering::Relaxed);
        let subscriber = tracing_subscriber::registry().with(log);
        tracing::subscriber::with_default(subscriber, || {
            let entry = FolderKey::imap("INBOX", 7).entry(EntryUid::Imap(42));
            let reason = EntryReason::Subject(SubjectReason::ExactTitle);
            maillog::entry(&entry, Disposition::Filed, &reason, Some("LNZX-2024-0001"));
            maillog::passes_again(2);
        });
        let said = taken();
        for line in [
            "MESSAGE=entry recorded folder=INBOX uid_validity=7 uid=42 disposition=filed",
            "PRIORITY=6",
            "SYSLOG_IDENTIFIER=zwfw-intake",
            "ZWFW_EVENT=entry",
            "ZWFW_NUMBER=LNZX-2024-0001",
            "ZWFW_FOLDER=INBOX",
            "ZWFW_UID=42",
        ] {
            assert!(said.lines().any(|found| found.starts_with(line)), "{line}: {said}");
        }
        assert!(taken().contains("ZWFW_EVENT=lines_dropped\nZWFW_LINES=3\n"));
        let said = taken();
        assert!(said.contains("PRIORITY=5\n") && said.contains("ZWFW_FAILURES=2\n"), "{said}");
    }
}
