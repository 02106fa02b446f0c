//! Alerts: a mail through the SMTP server of the answers, a program, or both. A mail needs that server: of a dead one only a program
//! can tell.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::compose;
use crate::config::{Settings, Thresholds, Transport, Unit, unit};
use crate::lane::Lane;
use crate::maillog;
use crate::program;
use crate::smtp::Sender;
use crate::store::Fact;
use crate::vocabulary::{SendOutcome, domain_of, rfc3339_utc};
use crate::watch::{Figures, Finding, Level, Told, judge};
use crate::words::{self, Chinese};

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much it may print, which nobody reads.
const OUTPUT_BYTES: usize = 1024 * 1024;

/// Who is told, and by what.
pub(super) struct Telling {
    thresholds: Thresholds,
    command: Option<PathBuf>,
    mail: Option<(String, String, Box<Sender>)>,
    /// What was told while the store could not be written: the store itself may be the news.
    unwritten: Option<Told>,
}

impl Telling {
    /// `None`: nobody is to be told.
    pub(super) fn new(settings: &Settings) -> Option<Self> {
        let alert = &settings.alert;
        let mail = match (&alert.mail, &settings.acknowledgement.transport) {
            (Some(to), Transport::Smtp(server)) => {
                let from = settings.acknowledgement.from.clone();
                let sender = Sender::new(server, &settings.limits).ok()?.speaking_for(&from);
                Some((from, to.clone(), Box::new(sender)))
            }
            _ => None,
        };
        let wanted = alert.command.is_some() || mail.is_some();
        let (thresholds, command) = (alert.thresholds.clone(), alert.command.clone());
        wanted.then_some(Self { thresholds, command, mail, unwritten: None })
    }

    /// Tells what is new. It counts as told before anybody is told: what cannot be written down would be told again each minute.
    pub(super) async fn look(&mut self, figures: &Figures, lane: &Lane) {
        let findings = judge(figures, &self.thresholds);
        let unwritten = self.unwritten.take();
        let (news, unwritten) = lane.store.with(|store| {
            let written = store.fact(Fact::AlertsTold).ok().flatten().unwrap_or_default();
            let written = serde_json::from_str::<Told>(&written).unwrap_or_default();
            let mut now = unwritten.unwrap_or_else(|| written.clone()).known();
            let news = now.news(&findings, figures.now);
            let text = serde_json::to_string(&now).unwrap_or_default();
            let is_written = now == written || store.remember(Fact::AlertsTold, &text).is_ok();
            (news, (!is_written).then_some(now))
        });
        self.unwritten = unwritten;
        if news.is_empty() {
            return;
        }
        for finding in &news {
            maillog::alerted(finding.what.as_str(), finding.level.as_str());
            if let Some(command) = self.command.clone() {
                let (arguments, text) = (arguments(finding), line(finding));
                let run = move || {
                    program::run(Command::new(command).args(arguments).arg(text), PATIENCE, OUTPUT_BYTES)
                };
                let ended = tokio::task::spawn_blocking(run).await;
                if let Ok(Err(problem)) = ended {
                    maillog::alert_failed("command", &problem);
                }
            }
        }
        if let Some((from, to, sender)) = &mut self.mail {
            mail((from, to), sender, &news, figures, lane).await;
        }
    }
}

async fn mail(
    (from, to): (&str, &str),
    sender: &mut Sender,
    news: &[Finding],
    figures: &Figures,
    lane: &Lane,
) {
    let worst = news.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    let subject = format!("[zwfw-intake] {}: {}", worst.as_str(), words_of(news));
    let mut body = String::new();
    for finding in news {
        let _ = writeln!(body, "{}", line(finding));
    }
    let _ = writeln!(body, "\n{}\nzwfw-intake status", rfc3339_utc(figures.now));
    let id = format!("alert.{:016x}@{}", lane.world.random(), domain_of(from));
    let Some(message) = compose::notice((from, to), &subject, &body, &id, figures.now) else { return };
    match sender.send(&message).await {
        SendOutcome::Accepted { .. } => {}
        other => maillog::alert_failed("mail", maillog::without_addresses(&format!("{other:?}")).as_str()),
    }
    sender.quit().await;
}

fn words_of(news: &[Finding]) -> String {
    news.iter().map(|finding| finding.what.short()).collect::<Vec<_>>().join(", ")
}

/// `WARNING review 266400s`, as words, what it is called, and what to do.
fn line(finding: &Finding) -> String {
    let [level, what, value] = arguments(finding);
    let to_do = words::row("watched", &what).and_then(words::Row::to_do);
    let to_do =
        to_do.filter(|_| finding.level > Level::Ok).map_or_else(String::new, |to_do| format!(" — {to_do}"));
    format!("{} {what} {value}: {}{to_do}", level.to_uppercase(), finding.what.short())
}

/// Level, word, and figure with its unit, as a program is given them.
fn arguments(finding: &Finding) -> [String; 3] {
    let value = match (finding.value, unit(finding.what)) {
        (None | Some(i64::MAX), _) => "U".to_owned(),
        (Some(value), Unit::Seconds) => format!("{value}s"),
        (Some(value), Unit::Percent) => format!("{value}%"),
        (Some(value), Unit::Count) => value.to_string(),
    };
    [finding.level.as_str().to_owned(), finding.what.as_str().to_owned(), value]
}
