//! What decisions leave to do, said once for all letters of which it is the same: an earlier letter that a withdrawal is about, an
//! answer that was withheld, an answer that only a person can write.

use std::fmt::Write;

use super::named::named;
use super::noting::RULE;
use super::undone::undone;
use crate::cli::outcome::Failure;
use crate::cli::sentences;
use crate::lane::as_it_stands;
use crate::store::{Decision, Shown, Store, Withheld};
use crate::vocabulary::{AcknowledgementKind, ReviewReason, Status};
use crate::words::Chinese;

/// Lines by letter, and those that several letters share.
#[derive(Debug, Default)]
pub(super) struct Follows {
    lines: String,
    /// Why something could be told, what, and to whom.
    told: Vec<(String, &'static str, Vec<String>)>,
    /// What was asked, and by whom.
    owed: Vec<(String, Vec<String>)>,
    /// Who was told that his letter is being looked at, and is not told by the program what came of it.
    left_open: Vec<String>,
}

impl Follows {
    /// What a decision on this letter leaves to do.
    pub(super) fn of(&mut self, store: &Store, number: &str, decision: Decision) -> Result<(), Failure> {
        let Some(shown) = store.show(number)? else { return Ok(()) };
        self.earlier(store, &shown, decision)?;
        if decision == Decision::Confirm {
            for left in undone(store, &shown)? {
                let _ = writeln!(self.lines, "  注意：{left}");
            }
        }
        let text = &mut self.lines;
        let counts =
            [Status::Accepted, Status::Late].map(Status::as_str).contains(&shown.row.status.as_str());
        if decision != Decision::Deny && counts {
            for copy in store.counted_copies(shown.row.id)? {
                let _ = writeln!(
                    text,
                    "  内容相同的 {copy} 也已计入。如只应计一件，请执行 review deny {copy} --note 原因"
                );
            }
        }
        for kind in waiting_otherwise(&shown, decision) {
            let _ = writeln!(
                text,
                "  回执“{}”尚在待发，与这一决定不符；如不应发出，请执行 outbox hold {number}",
                kind.long()
            );
        }
        let told = match decision {
            Decision::Confirm => to_tell(store, shown.row.id)?,
            Decision::Deny => self.contradicted(store, &shown)?,
            Decision::Reopen => None,
        };
        if let Some(told) = told {
            let why = sentences::answer("withheld", &told.reason);
            let is_owed = store.unanswered(shown.row.id)?.untold.is_some();
            let before = store.last_told(shown.row.id)?.map(|before| before.kind);
            let otherwise = before
                .filter(|kind| matches!(kind, AcknowledgementKind::Accepted | AcknowledgementKind::Late));
            let stands = if let (true, true, Some(before)) = (why.is_empty(), is_owed, otherwise) {
                format!(
                    "此前发出的回执是“{}”，与这一决定不同，尚未告知（列入 list --unanswered）；告知",
                    before.long()
                )
            } else if why.is_empty() && is_owed {
                "此前发出的回执写的是正在核对，尚未告知结果（列入 list --unanswered）；告知".to_owned()
            } else if why.is_empty() {
                "此前发出的回执写的是正在核对、无需重新发送，不另告知也可；如需告知结果".to_owned()
            } else {
                format!("回执尚未发出（{why}）；如需发出")
            };
            let kind = told.kind.long();
            match self.told.iter_mut().find(|(known, what, _)| *known == stands && *what == kind) {
                Some((.., numbers)) => numbers.push(number.to_owned()),
                None => self.told.push((stands, kind, vec![number.to_owned()])),
            }
        }
        self.owe(store, &shown)?;
        Ok(())
    }

    /// The earlier letter that a withdrawal or a replacement is about.
    fn earlier(&mut self, store: &Store, shown: &Shown, decision: Decision) -> Result<(), Failure> {
        let text = &mut self.lines;
        let kinds: &[&str] = match decision {
            Decision::Confirm => &["replaces", "withdraws", "disowns"],
            Decision::Deny => &["replaces", "withdraws"],
            Decision::Reopen => &[],
        };
        let strangers = sentences::strangers(shown);
        if decision != Decision::Reopen && !strangers.is_empty() {
            let _ = writeln!(text, "  注意：{strangers}");
        }
        let disowns = shown.row.review_reasons.iter().any(|word| word == ReviewReason::Disowned.as_str());
        for earlier in named(shown, kinds) {
            let status = store.show(earlier)?.and_then(|found| Status::from_word(&found.row.status));
            let stands = [Status::Accepted, Status::Late, Status::Review];
            let Some(status) = status.filter(|status| stands.contains(status)) else { continue };
            let remedy = format!("如该件也不再计入，请执行 review deny {earlier} --note 原因");
            let _ = match decision {
                // Who was not granted what he asked for is no reason to take the other letter out.
                Decision::Deny => {
                    writeln!(text, "  撤回或替换 {earlier} 的请求未予办理，该件仍为“{}”", status.short())
                }
                _ if disowns => writeln!(text, "  来信称 {earlier} 不是本人所写。{remedy}"),
                _ => writeln!(text, "  来信请求撤回或替换 {earlier}。{remedy}"),
            };
        }
        Ok(())
    }

    /// What can be told to whom an answer said that his letter, which was denied, is being looked at, or is registered.
    fn contradicted(&mut self, store: &Store, shown: &Shown) -> Result<Option<Withheld>, Failure> {
        use AcknowledgementKind::{Accepted, Late, LateSentInTime, NearMiss, Review};
        let Some(told) = store.last_told(shown.row.id)? else { return Ok(None) };
        let is_denied = shown.row.status == Status::Denied.as_str();
        match told.kind {
            NearMiss | Review | LateSentInTime => {}
            Accepted | Late if is_denied => {}
            _ => return Ok(None),
        }
        let now = as_it_stands(&told).filter(|now| now.kind != told.kind && now.raw.is_some());
        if now.is_none() && store.unanswered(shown.row.id)?.untold.is_some() {
            self.left_open.push(shown.row.number.clone());
        }
        Ok(now)
    }

    /// What a person has to answer: what was withheld for it, and what no answer of the program speaks of.
    fn owe(&mut self, store: &Store, shown: &Shown) -> Result<(), Failure> {
        let asked = store.unanswered(shown.row.id)?.asked;
        if asked.is_empty() {
            return Ok(());
        }
        let asked: Vec<&str> = asked.iter().map(Chinese::short).collect();
        let (asked, number) = (asked.join("、"), shown.row.number.clone());
        // An address that is gone is nobody's to look up.
        if shown.phones.is_empty() && shown.row.from_address.is_empty() {
            let _ = writeln!(
                self.lines,
                "  {number}：{asked}，程序没有答复；登记的地址、电话已删除，还没有答复来信人的，只能在邮箱中的原件上回信，然后执行 review answered {number}"
            );
            return Ok(());
        }
        match self.owed.iter_mut().find(|(known, _)| *known == asked) {
            Some((_, numbers)) => numbers.push(number),
            None => self.owed.push((asked, vec![number])),
        }
        Ok(())
    }

    pub(super) fn text(self) -> String {
        let mut text = self.lines;
        for (stands, kind, numbers) in self.told {
            let numbers = numbers.join(" ");
            let _ = writeln!(text, "  {stands}，请执行 outbox release {numbers}，内容为“{kind}”");
        }
        if !self.left_open.is_empty() {
            let _ = writeln!(
                text,
                "  {}：此前发出的回执写的是正在核对或者已收到，程序不再告知结果；请在邮箱中回信或者打电话告知不计入（地址、电话：show {numbers} --unmasked），告知后执行 review answered {numbers}；未执行的列在 list --unanswered",
                self.left_open.join("、"),
                numbers = self.left_open.join(" ")
            );
        }
        for (asked, numbers) in self.owed {
            let _ = writeln!(
                text,
                "  {listed}：{asked}，程序没有答复；还没有答复来信人的，请在邮箱中回信或者打电话（地址、电话：show {numbers} --unmasked），答复后执行 review answered {numbers}（{RULE}）",
                listed = numbers.join("、"),
                numbers = numbers.join(" ")
            );
        }
        text
    }
}

/// What its writer could be told now by `outbox release`: what is withheld, or what is true beside what left.
fn to_tell(store: &Store, submission_id: i64) -> Result<Option<Withheld>, Failure> {
    // Of what was erased nothing can be composed.
    let is_kept = |withheld: &Withheld| withheld.raw.is_some();
    if let Some(withheld) = store.withheld(submission_id)?.first() {
        return Ok(as_it_stands(withheld).filter(is_kept));
    }
    let told = store.last_told(submission_id)?.filter(is_kept);
    Ok(told.and_then(|told| as_it_stands(&told).filter(|now| now.kind != told.kind)))
}

/// The answers that wait to leave and say something else than what a person decided now.
fn waiting_otherwise(shown: &Shown, decision: Decision) -> Vec<AcknowledgementKind> {
    use AcknowledgementKind::{Accepted, Late, LateSentInTime, NearMiss, Review};
    let waits =
        shown.acknowledgements.iter().filter(|answer| ["queued", "deferred"].contains(&&*answer.state));
    let kinds = waits.filter_map(|answer| AcknowledgementKind::from_word(&answer.kind));
    kinds
        .filter(|kind| match decision {
            Decision::Confirm => matches!(kind, NearMiss | Review | Late | LateSentInTime),
            // Denied in its time only, it is late, and the answer to late mail says so.
            Decision::Deny if shown.row.status == Status::Late.as_str() => *kind != Late,
            Decision::Deny => matches!(kind, Accepted | NearMiss | Review | Late | LateSentInTime),
            Decision::Reopen => false,
        })
        .collect()
}
