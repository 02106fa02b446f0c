//! `outbox`: what waits, what failed and why; and what a person may do about it.

mod listing;

use std::fmt::Write;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::actor::actor;
use super::masking::{Names, mask_values};
use super::meant::meant;
use super::number::{self, Of};
use super::opening::{known_consultation, open_for_reading, open_for_writing};
use super::outcome::{Exit, Failure, Outcome, print, print_json};
use super::sentences::refusal;
use super::{first_contact, sentences, submissions, whom};
use crate::config::Settings;
use crate::lane::{LaneConfig, Refusal, as_it_stands, compose_withheld};
use crate::mask;
use crate::store::{OutboxRow, Store, Withheld};
use crate::vocabulary::{AcknowledgementState, BreakerReason, Word, rfc3339_utc};
use crate::words::{self, Chinese};
use crate::world::World;

/// States that `list` shows unless told otherwise: everything but what has left.
const OPEN_STATES: [&str; 4] = ["queued", "deferred", "failed", "withheld"];

const NO_SUCH: &str = "没有这个编号";

#[derive(Debug, Args)]
pub(super) struct OutboxArguments {
    #[command(subcommand)]
    command: OutboxCommand,
}

#[derive(Debug, Subcommand)]
enum OutboxCommand {
    /// List what waits, what failed, what is withheld, and why
    List {
        /// Only this state: queued, deferred, failed, withheld or sent; without it, all but sent
        #[arg(long)]
        state: Option<String>,
        /// Only this consultation
        #[arg(long, value_name = "ID")]
        consultation: Option<String>,
        /// At most so many, the newest
        #[arg(long, default_value_t = 1000, value_name = "N")]
        limit: usize,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Try failed and deferred acknowledgements of these submissions again now; the count of attempts stays
    Retry {
        /// Registration numbers, whole or short, listed, in ranges; - reads them from standard input
        #[arg(required_unless_present = "all_failed", value_name = "NUMBER")]
        numbers: Vec<String>,
        #[command(flatten)]
        of: Of,
        /// All that failed
        #[arg(long, conflicts_with = "numbers")]
        all_failed: bool,
    },
    /// Send withheld acknowledgements of these submissions by your decision, whatever withheld them: caps, doubts
    /// about the sender, marks of a machine. Each says what is true now; where nothing is withheld and the one that left says
    /// that somebody looks, what came of it. Never to the office's own addresses, and each kind of answer once
    Release {
        /// Registration numbers, whole or short, listed, in ranges; - reads them from standard input
        #[arg(required_unless_present_any = ["breaker", "first_contact"], value_name = "NUMBER")]
        numbers: Vec<String>,
        #[command(flatten)]
        of: Of,
        /// As it was written, although the case was decided meanwhile
        #[arg(long, requires = "numbers")]
        anyway: bool,
        /// Close the circuit breaker: what left so far counts no more for the caps of the hour and the day
        #[arg(long, conflicts_with = "numbers")]
        breaker: bool,
        /// Let the answers go that wait because no person made this store, or because it is a copy or was moved, or because a
        /// backup took its place
        #[arg(long, conflicts_with_all = ["numbers", "breaker"])]
        first_contact: bool,
    },
    /// Take back what waits to leave: it is withheld until `release` lets it go; exit 1 when it left already
    Hold {
        /// Registration numbers, whole or short, listed, in ranges; - reads them from standard input
        #[arg(required = true, value_name = "NUMBER")]
        numbers: Vec<String>,
        #[command(flatten)]
        of: Of,
    },
}

pub(super) fn outbox(settings: &Settings, arguments: &OutboxArguments) -> Outcome {
    match &arguments.command {
        OutboxCommand::List { state, consultation, limit, json } => {
            list(settings, (state.as_deref(), consultation.as_deref()), *limit, *json)
        }
        OutboxCommand::Retry { numbers, of, all_failed } => {
            retry(settings, &number::numbers(&settings.consultations, numbers, of)?, *all_failed)
        }
        OutboxCommand::Release { breaker: true, .. } => release_breaker(settings),
        OutboxCommand::Release { first_contact: true, .. } => first_contact::release(settings),
        OutboxCommand::Release { numbers, of, anyway, .. } => {
            release(settings, &number::numbers(&settings.consultations, numbers, of)?, *anyway)
        }
        OutboxCommand::Hold { numbers, of } => {
            hold(settings, &number::numbers(&settings.consultations, numbers, of)?)
        }
    }
}

fn list(
    settings: &Settings,
    (state, consultation): (Option<&str>, Option<&str>),
    limit: usize,
    as_json: bool,
) -> Outcome {
    let states = match state {
        None => OPEN_STATES.to_vec(),
        Some(state) => vec![meant("回执状态", AcknowledgementState::ALL, state)?.as_str()],
    };
    let store = open_for_reading(settings)?;
    known_consultation(settings, &store, consultation)?;
    let mut rows = store.outbox(&states, consultation, limit)?;
    for row in &mut rows {
        row.recipient = row.recipient.as_deref().map(mask::email);
        // A server quotes the recipient in its words.
        let names = Names::new(row.names.iter().map(String::as_str), []);
        mask_values(&mut row.reason.detail, &names);
    }
    let (breaker, breaker_since) = (store.breaker()?, store.breaker_since()?);
    let all = store.outbox_count(&states, consultation)?;
    if as_json {
        let rows: Vec<Value> = rows.iter().map(row_json).collect();
        let value = json!({
            "breaker": breaker.as_ref().map(|reason| &reason.word),
            "breaker_detail": breaker.as_ref().map(|reason| &reason.detail),
            "breaker_since": breaker.as_ref().and(breaker_since).map(rfc3339_utc),
            "matching": all,
            "rows": rows,
        });
        return print_json(&value).map(|()| Exit::Ok);
    }
    let mut text = String::new();
    if let Some(reason) = &breaker {
        let since = breaker_since.map(|at| submissions::when(Some(at))).unwrap_or_default();
        let _ = writeln!(
            text,
            "回执发送：已暂停，{}；开始于 {since}。降到上限的一半即自行恢复；确认不是邮件风暴后，可用 outbox release --breaker 立即恢复。\n",
            words::tell(BreakerReason::KIND, reason)
        );
    }
    if rows.is_empty() {
        text.push_str("没有符合条件的回执。\n");
    } else {
        text.push_str(&listing::by_state(&rows, settings.consultations.len() > 1));
    }
    if all > rows.len() as u64 {
        let _ = writeln!(text, "共 {all} 封，只列出最后 {} 封；用 --limit 调整", rows.len());
    }
    print(&text)?;
    Ok(Exit::Ok)
}

fn row_json(row: &OutboxRow) -> Value {
    json!({
        "acknowledgement": row.id,
        "number": row.number,
        "consultation": row.consultation,
        "kind": row.kind,
        "recipient": row.recipient,
        "state": row.state,
        "reason": row.reason.word(),
        "reason_detail": row.reason.detail,
        "reason_in_words": listing::reason(row),
        "attempts": row.attempts,
        "queued_at": row.queued_at.map(rfc3339_utc),
        "next_attempt_at": row.next_attempt_at.map(rfc3339_utc),
        "sent_at": row.sent_at.map(rfc3339_utc),
    })
}

/// The store to write to, who asks, and the world.
fn by_hand(settings: &Settings) -> Result<(Store, String, World), Failure> {
    let (_stopper, world) = World::new();
    Ok((open_for_writing(settings, world.now())?, actor(), world))
}

/// What was done for each number, and what could not be.
#[derive(Default)]
struct Report {
    text: String,
    refused: Option<Exit>,
}

impl Report {
    fn done(&mut self, number: &str, words: &str) {
        let _ = writeln!(self.text, "{number}：{words}");
    }

    fn refuse(&mut self, number: &str, words: &str) {
        self.refused = Some(Exit::Data);
        self.done(number, words);
    }

    /// What cannot be done any more; whatever else was refused weighs more.
    fn too_late(&mut self, number: &str, words: &str) {
        self.refused.get_or_insert(Exit::Difference);
        self.done(number, words);
    }

    fn end(self) -> Outcome {
        print(&self.text)?;
        Ok(self.refused.unwrap_or(Exit::Ok))
    }
}

fn retry(settings: &Settings, numbers: &[String], all_failed: bool) -> Outcome {
    let (mut store, actor, world) = by_hand(settings)?;
    let mut report = Report::default();
    let mut wanted = Vec::new();
    for number in numbers {
        match store.submission_numbered(number)? {
            Some((id, number)) => wanted.push((id, whom::of(&store, &number)?)),
            None => report.refuse(number, NO_SUCH),
        }
    }
    let writing = store.begin()?;
    if all_failed {
        let mut count = 0;
        for id in writing.submissions_with_failed_answers()? {
            count += writing.retry_failed(id, &actor, world.now())?;
        }
        let _ = writeln!(report.text, "重新排入 {count} 封发送失败的回执");
    }
    for (id, whom) in wanted {
        match writing.retry_failed(id, &actor, world.now())? {
            0 => report.refuse(&whom, "没有失败或暂缓的回执"),
            count => report.done(&whom, &format!("重新排入 {count} 封，即将再次发送")),
        }
    }
    writing.commit()?;
    report.end()
}

fn hold(settings: &Settings, numbers: &[String]) -> Outcome {
    let (mut store, actor, world) = by_hand(settings)?;
    let mut report = Report::default();
    for number in numbers {
        let Some((id, number)) = store.submission_numbered(number)? else {
            report.refuse(number, NO_SUCH);
            continue;
        };
        let whom = whom::of(&store, &number)?;
        let writing = store.begin()?;
        let (held, sent) = writing.hold(id, &actor, world.now())?;
        writing.commit()?;
        match (held, sent) {
            (0, 0) => report.refuse(&whom, "没有待发的回执，没有改动"),
            (0, _) => report.too_late(&whom, "回执已发出，无法扣下"),
            (held, _) => {
                report.done(
                    &whom,
                    &format!("已扣下 {held} 封待发的回执；需要时用 outbox release {number} 放行"),
                );
            }
        }
    }
    report.end()
}

fn release(settings: &Settings, numbers: &[String], anyway: bool) -> Outcome {
    let (mut store, actor, world) = by_hand(settings)?;
    let config = LaneConfig::new(settings);
    let mut report = Report::default();
    for number in numbers {
        let Some((id, number)) = store.submission_numbered(number)? else {
            report.refuse(number, NO_SUCH);
            continue;
        };
        let whom = whom::of(&store, &number)?;
        // Of several withheld ones of a kind the first is let go; then its kind counts as answered.
        let count = store.withheld(id)?.len();
        if count == 0 {
            match beside(&mut store, (id, &number), &config, (&actor, &world))? {
                Ok(released) => report.done(&whom, &released),
                Err(refused) => report.refuse(&whom, &refused),
            }
        }
        for index in 0..count {
            let next = store
                .withheld(id)?
                .into_iter()
                .find(|found| !as_it_stands(found).as_ref().filter(|_| !anyway).unwrap_or(found).answered);
            let Some(withheld) = next else {
                if index == 0 {
                    report.refuse(&whom, &refusal(&Refusal::Answered));
                }
                break;
            };
            let Some(now) = as_it_stands(&withheld).or_else(|| anyway.then(|| withheld.clone())) else {
                report.refuse(
                    &whom,
                    &format!("{}；没有放行，确要发出请加 --anyway", says_otherwise(&withheld)),
                );
                break;
            };
            match release_one(&mut store, if anyway { &withheld } else { &now }, &config, (&actor, &world))? {
                Err(refused) => {
                    report.refuse(&whom, &refused);
                    break;
                }
                Ok(released) => report.done(&whom, &released),
            }
        }
    }
    report.end()
}

/// What an answer says that is not so any more: the case was decided meanwhile.
fn says_otherwise(withheld: &Withheld) -> String {
    let (kind, status) = (withheld.kind.long(), withheld.status.long());
    format!("该件已经人工核对，状态“{status}”，而回执为“{kind}”")
}

/// Nothing is withheld: what is true now is told beside what left, where that is something else.
fn beside(
    store: &mut Store,
    (id, number): (i64, &str),
    config: &LaneConfig,
    (actor, world): (&str, &World),
) -> Result<Result<String, String>, Failure> {
    let waits = store.show(number)?.is_some_and(|shown| {
        shown.acknowledgements.iter().any(|answer| ["queued", "deferred"].contains(&&*answer.state))
    });
    if waits {
        return Ok(Err("回执已在待发，将会发出；要扣下请用 outbox hold".to_owned()));
    }
    let Some(told) = store.last_told(id)? else { return Ok(Err("没有被扣下的回执".to_owned())) };
    let sent = told.kind.long();
    let Some(now) = as_it_stands(&told) else {
        let status = told.status.long();
        return Ok(Err(format!(
            "“{sent}”此前已发出；该件状态“{status}”，没有另发的回执，需要答复的请另行写信"
        )));
    };
    if now.kind == told.kind {
        return Ok(Err(format!("没有被扣下的回执；“{sent}”此前已发出，与现在的状态相符")));
    }
    let answer = match compose_withheld(&now, config, world.now(), world.random()) {
        Ok(answer) => answer,
        Err(refused) => return Ok(Err(refusal(&refused))),
    };
    let writing = store.begin()?;
    let queued = writing.queue_beside(&now, &answer, actor, world.now())?;
    writing.commit()?;
    let kind = now.kind.long();
    Ok(if queued {
        Ok(format!("“{kind}”已排入待发（此前发出的是“{sent}”）"))
    } else {
        Err(refusal(&Refusal::Answered))
    })
}

/// Lets one answer go, and says so; the error says why it stays.
fn release_one(
    store: &mut Store,
    withheld: &Withheld,
    config: &LaneConfig,
    (actor, world): (&str, &World),
) -> Result<Result<String, String>, Failure> {
    let kind = withheld.kind.long();
    let answer = match compose_withheld(withheld, config, world.now(), world.random()) {
        Ok(answer) => answer,
        Err(refused) => return Ok(Err(format!("“{kind}”{}", refusal(&refused)))),
    };
    let writing = store.begin()?;
    let released = writing.queue_withheld(withheld, &answer, actor, world.now())?;
    writing.commit()?;
    if !released {
        return Ok(Err(refusal(&Refusal::Answered)));
    }
    let why = sentences::answer(AcknowledgementState::Withheld.as_str(), &withheld.reason);
    Ok(Ok(format!("“{kind}”已排入待发（原扣下原因：{why}）")))
}

fn release_breaker(settings: &Settings) -> Outcome {
    let (mut store, actor, world) = by_hand(settings)?;
    let writing = store.begin()?;
    let reason = writing.resume_breaker(&actor, world.now())?;
    writing.commit()?;
    print(&match reason {
        Some(reason) => {
            format!("回执已恢复发送（{}）；从现在起重新计数\n", words::tell(BreakerReason::KIND, &reason))
        }
        None => "回执发送正常，没有暂停\n".to_owned(),
    })?;
    Ok(Exit::Ok)
}
