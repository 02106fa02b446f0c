//! `outbox release --first-contact`: a person lets go what a store holds back that no person made, or that is a copy.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::SignedDuration;

use super::actor::actor;
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use super::sentences::refusal;
use crate::config::Settings;
use crate::lane::{LaneConfig, as_it_stands, compose_withheld};
use crate::store::{Store, Withheld, Writing};
use crate::vocabulary::domain_of;
use crate::words::Chinese;
use crate::world::{Home, World};

/// Answers queued in one transaction: the daemon wants its turn.
const BATCH: usize = 200;

pub(super) fn release(settings: &Settings) -> Outcome {
    let (_stopper, world) = World::new();
    let (mut store, actor) = (open_for_writing(settings, world.now())?, actor());
    let config = LaneConfig::new(settings);
    let writing = store.begin()?;
    let held = writing.release_first_contact(&Home::of(&settings.store_path), &actor, world.now())?;
    writing.commit()?;
    let mut report = Report::default();
    let mut after = 0;
    loop {
        let batch: Vec<Withheld> = store.withheld_at_first_contact(after)?.into_iter().take(BATCH).collect();
        let Some(last) = batch.last() else { break };
        after = last.id;
        report.let_go(&mut store, &batch, settings, &config, (&actor, &world))?;
    }
    print(&report.text(held))?;
    Ok(Exit::Ok)
}

#[derive(Default)]
struct Report {
    released: u64,
    /// What stays, by the words that say why.
    stays: BTreeMap<String, u64>,
}

impl Report {
    fn let_go(
        &mut self,
        store: &mut Store,
        batch: &[Withheld],
        settings: &Settings,
        config: &LaneConfig,
        (actor, world): (&str, &World),
    ) -> Result<(), Failure> {
        let writing = store.begin()?;
        for withheld in batch {
            let now = as_it_stands(withheld);
            let withheld = now.as_ref().unwrap_or(withheld);
            let stays = match objection(&writing, withheld, settings, world)? {
                None if now.is_none() => Some("已经核对，没有可发的回执".to_owned()),
                Some(stays) => Some(stays),
                None => match compose_withheld(withheld, config, world.now(), world.random()) {
                    Err(refused) => Some(refusal(&refused)),
                    Ok(answer) => (!writing.queue_withheld(withheld, &answer, actor, world.now())?)
                        .then(|| "已答复过".to_owned()),
                },
            };
            match stays {
                None => self.released += 1,
                Some(stays) => *self.stays.entry(stays).or_default() += 1,
            }
        }
        Ok(writing.commit()?)
    }

    fn text(&self, held: bool) -> String {
        let mut text = String::new();
        let _ = if held {
            writeln!(text, "已放行：此后按 acknowledgement.not_before 答复；排入 {} 封回执", self.released)
        } else {
            writeln!(text, "数据库没有扣下全部回执；排入 {} 封", self.released)
        };
        for (stays, count) in &self.stays {
            let _ = writeln!(text, "另有 {count} 封未放行：{stays}");
        }
        text
    }
}

/// What speaks against one answer now, besides what was looked at when it was withheld: so many of them go at once.
fn objection(
    writing: &Writing<'_>,
    withheld: &Withheld,
    settings: &Settings,
    world: &World,
) -> Result<Option<String>, Failure> {
    use crate::vocabulary::WithheldReason::{AddressCap, AnsweredAgain, DomainCap};
    let caps = &settings.acknowledgement.caps;
    let recipient = withheld.recipient.as_deref().unwrap_or_default();
    let now = world.now();
    let day = (now - SignedDuration::from_hours(24), now);
    let reason = if withheld.answered || writing.repeats_an_answered_one(withheld)? {
        AnsweredAgain
    } else if writing.answers_to(recipient, day)? >= caps.per_address {
        AddressCap
    } else if let Some(house) = caps.house(&domain_of(recipient))
        && writing.answers_to_house(&house, day, caps.per_domain)? >= caps.per_domain
    {
        DomainCap
    } else {
        return Ok(None);
    };
    Ok(Some(reason.short().to_owned()))
}
