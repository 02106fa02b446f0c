//! The figures for Prometheus: `OpenMetrics` for whoever scrapes, Prometheus' own text for the textfile collector. Made anew of one
//! moment's figures each time; nothing in a label is about a person.

use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::Figures;
use crate::vocabulary::{AcknowledgementState, Disposition, LaneFault};

type Labels = Vec<(&'static str, String)>;
type Value = Gauge<f64, AtomicU64>;

/// The two lanes, as labels call them.
pub const MAILBOX: &str = "mailbox";
/// The other one.
pub const OUTBOX: &str = "outbox";

/// What a daemon has done since it started.
#[derive(Debug, Default)]
pub struct Passes {
    mailbox: Lane,
    outbox: Lane,
}

#[derive(Debug, Default)]
struct Lane {
    good: AtomicU64,
    failed: AtomicU64,
    /// Seconds since 1970; 0: none yet.
    last_good: AtomicI64,
}

impl Passes {
    /// One pass of a lane ended.
    pub fn ended(&self, lane: &str, good: bool, now: Timestamp) {
        let lane = if lane == MAILBOX { &self.mailbox } else { &self.outbox };
        if good {
            lane.last_good.store(now.as_second(), Ordering::Relaxed);
        }
        let counted = if good { &lane.good } else { &lane.failed };
        counted.fetch_add(1, Ordering::Relaxed);
    }

    fn lanes(&self) -> [(&'static str, &Lane); 2] {
        [(MAILBOX, &self.mailbox), (OUTBOX, &self.outbox)]
    }
}

/// In the form that whoever scrapes is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `OpenMetrics` 1.0.
    OpenMetrics,
    /// Prometheus' text format 0.0.4, which older readers and the textfile collector know.
    Text,
}

/// Writes all metrics.
///
/// # Panics
/// Never: a `String` takes whatever is written into it.
pub fn metrics(figures: &Figures, passes: &Passes, form: Form) -> String {
    let mut registry = Registry::with_prefix("zwfw_intake");
    of_program(&mut registry, figures, passes);
    of_mailbox(&mut registry, figures);
    of_answers(&mut registry, figures);
    of_work(&mut registry, figures);
    of_machine(&mut registry, figures);
    let mut text = String::new();
    encode(&mut text, &registry).expect("a String takes whatever is written into it");
    match form {
        Form::OpenMetrics => text,
        Form::Text => as_text(&text),
    }
}

/// A gauge with labels, each with its value.
fn family(
    registry: &mut Registry,
    (name, help): (&str, &str),
    unit: Option<Unit>,
    values: Vec<(Labels, f64)>,
) {
    let family = Family::<Labels, Value>::default();
    for (labels, value) in values {
        family.get_or_create(&labels).set(value);
    }
    match unit {
        Some(unit) => registry.register_with_unit(name, help, unit, family),
        None => registry.register(name, help, family),
    }
}

/// A gauge without labels; nothing where there is nothing to measure.
fn single(registry: &mut Registry, named: (&str, &str), unit: Option<Unit>, value: Option<f64>) {
    let values = value.into_iter().map(|value| (Labels::new(), value)).collect();
    family(registry, named, unit, values);
}

#[expect(clippy::cast_precision_loss, reason = "counts and bytes far below 2^52")]
const fn number(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "seconds far below 2^52")]
fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

fn labelled(name: &'static str, value: impl Into<String>) -> Labels {
    vec![(name, value.into())]
}

fn of_program(registry: &mut Registry, figures: &Figures, passes: &Passes) {
    let version = vec![("version", env!("CARGO_PKG_VERSION"))];
    registry.register("build", "Which program this is", Info::new(version));
    let counted = Family::<Labels, Counter>::default();
    for (lane, done) in passes.lanes() {
        for (result, count) in [("good", &done.good), ("failed", &done.failed)] {
            let labels = vec![("lane", lane.to_owned()), ("result", result.to_owned())];
            counted.get_or_create(&labels).inc_by(count.load(Ordering::Relaxed));
        }
    }
    registry.register("passes", "Passes of each lane since the service started", counted);
    let last = passes.lanes().into_iter().filter_map(|(lane, done)| {
        let since = Timestamp::from_second(done.last_good.load(Ordering::Relaxed)).ok();
        let since = since.filter(|at| *at > Timestamp::UNIX_EPOCH);
        let recorded = figures.status.last_good_pass.filter(|_| lane == MAILBOX);
        Some((labelled("lane", lane), seconds(since.or(recorded)?)))
    });
    let named = ("last_good_pass_timestamp", "When the last good pass of a lane ended");
    family(registry, named, Some(Unit::Seconds), last.collect());
    let named =
        ("config_differs", "1 while the configuration on disk is not the running one, or cannot be used");
    let differs = figures.configuration_differs.is_some() || figures.status.configuration_problem.is_some();
    single(registry, named, None, Some(f64::from(u8::from(differs))));
}

fn of_mailbox(registry: &mut Registry, figures: &Figures) {
    let status = &figures.status;
    let folders = status
        .folder_passes
        .iter()
        .filter_map(|pass| Some((labelled("folder", pass.folder.clone()), seconds(pass.read_at?))));
    let named = ("folder_last_good_pass_timestamp", "When a folder was read last");
    family(registry, named, Some(Unit::Seconds), folders.collect());
    let logins = [(MAILBOX, figures.mailbox_fault()), (OUTBOX, figures.outbox_fault())];
    let logins = logins.into_iter().flat_map(|(lane, fault)| {
        let now = match fault {
            Some(LaneFault::LoginRefused | LaneFault::LoginToken | LaneFault::LoginBlocked) => "person",
            Some(LaneFault::LoginBusy) => "busy",
            _ => "ok",
        };
        ["ok", "busy", "person"].map(|state| {
            let labels = vec![("lane", lane.to_owned()), ("state", state.to_owned())];
            (labels, f64::from(u8::from(state == now)))
        })
    });
    let named = (
        "login_state",
        "1 for the state that a lane's login is in: ok, busy (passes by itself), person (waits for one)",
    );
    family(registry, named, None, logins.collect());
    let entries = Disposition::ALL.iter().map(|word| {
        let count = figures.entries(word.as_str());
        (labelled("disposition", word.as_str()), number(count))
    });
    family(registry, ("entries", "Recorded entries of the mailbox"), None, entries.collect());
    let owed = number(status.gaps + status.without_bytes);
    single(
        registry,
        ("entries_without_bytes", "Letters whose bytes the server has not given"),
        None,
        Some(owed),
    );
    let named = ("entries_other_rules", "Entries that were judged under other rules than those of now");
    single(registry, named, None, Some(number(figures.other_rules)));
    let quota = status.quota.filter(|(_, limit)| *limit > 0);
    let used = quota.map(|(used, limit)| number(used) / number(limit));
    single(
        registry,
        ("mailbox_quota_used", "What is used of the mailbox's quota"),
        Some(Unit::Other("ratio".to_owned())),
        used,
    );
    let ends = figures.certificates.iter().map(|(lane, until)| (labelled("lane", *lane), seconds(*until)));
    let named = ("certificate_expiry_timestamp", "When the certificate of a lane's server ends");
    family(registry, named, Some(Unit::Seconds), ends.collect());
}

fn of_answers(registry: &mut Registry, figures: &Figures) {
    let answers = AcknowledgementState::ALL.iter().map(|word| {
        let count = figures.answers(word.as_str());
        (labelled("state", word.as_str()), number(count))
    });
    family(registry, ("answers", "Acknowledgements by state"), None, answers.collect());
    let named = ("outbox_oldest_age", "How long the oldest acknowledgement has been waiting; 0: none waits");
    single(registry, named, Some(Unit::Seconds), Some(age(figures, figures.status.oldest_waiting)));
    let open = f64::from(u8::from(figures.status.breaker.is_some()));
    single(
        registry,
        ("breaker_open", "1 while the circuit breaker holds acknowledgements"),
        None,
        Some(open),
    );
}

fn of_work(registry: &mut Registry, figures: &Figures) {
    let waiting = number(figures.waiting_for_review());
    single(registry, ("review_waiting", "Letters that wait for a person"), None, Some(waiting));
    let named = ("review_oldest_age", "How long the oldest of them has been waiting; 0: none waits");
    single(registry, named, Some(Unit::Seconds), Some(age(figures, figures.status.oldest_review)));
    let closes = figures.closes.iter().map(|(id, at)| (labelled("consultation", id.clone()), seconds(*at)));
    family(
        registry,
        ("deadline_timestamp", "When a consultation closes"),
        Some(Unit::Seconds),
        closes.collect(),
    );
}

fn of_machine(registry: &mut Registry, figures: &Figures) {
    let free = figures.space.map(|space| number(space.free));
    single(registry, ("disk_free", "What is left of the store's disk"), Some(Unit::Bytes), free);
    let wal = Some(number(figures.wal_bytes));
    single(registry, ("wal_size", "Size of the store's write-ahead log"), Some(Unit::Bytes), wal);
}

#[expect(clippy::cast_precision_loss, reason = "seconds far below 2^52")]
fn age(figures: &Figures, at: Option<Timestamp>) -> f64 {
    at.map_or(0.0, |at| figures.now.duration_since(at).as_secs().max(0) as f64)
}

/// `OpenMetrics` in Prometheus' older text: no units, no end mark, no type `info`, and a counter is called as its samples are.
fn as_text(open_metrics: &str) -> String {
    let mut text = String::new();
    let mut counters: Vec<&str> = Vec::new();
    for line in open_metrics.lines() {
        if let Some(name) = line.strip_prefix("# TYPE ").and_then(|rest| rest.strip_suffix(" counter")) {
            counters.push(name);
        }
    }
    for line in open_metrics.lines().filter(|line| !line.starts_with("# UNIT ") && *line != "# EOF") {
        let mut parts = line.splitn(4, ' ');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("#"), Some(kind @ ("HELP" | "TYPE")), Some(name), Some(rest)) => {
                let (name, rest) = match rest {
                    _ if counters.contains(&name) => (format!("{name}_total"), rest),
                    "info" => (format!("{name}_info"), "gauge"),
                    rest if open_metrics.contains(&format!("# TYPE {name} info")) => {
                        (format!("{name}_info"), rest)
                    }
                    rest => (name.to_owned(), rest),
                };
                let _ = writeln!(text, "# {kind} {name} {rest}");
            }
            _ => {
                let _ = writeln!(text, "{line}");
            }
        }
    }
    text
}
