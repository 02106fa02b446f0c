//! What stands beside a case, so that nobody has to search: other letters of its sender, files that cannot be opened, and an office
//! that writes from a mailbox that anybody could open.

use serde_json::{Value, json};

use crate::cli::outcome::Failure;
use crate::cli::table::when;
use crate::cli::{openable, sentences};
use crate::config::Settings;
use crate::store::{ListRow, Shown, Store};
use crate::vocabulary::{ReviewReason, SenderKind, providers};

/// Most other letters of a sender that are named.
const MOST: usize = 8;

/// Reasons that speak of an earlier letter, so that it matters too if there is none.
const OF_EARLIER: [ReviewReason; 10] = [
    ReviewReason::Withdraw,
    ReviewReason::Disowned,
    ReviewReason::Question,
    ReviewReason::CorrectionRequest,
    ReviewReason::PersonalData,
    ReviewReason::LateDisputed,
    ReviewReason::NotLate,
    ReviewReason::NothingSaid,
    ReviewReason::OriginalDenied,
    ReviewReason::VouchedCopy,
];

#[derive(Debug, Default)]
pub(super) struct Beside {
    others: Vec<ListRow>,
    /// There are more of them.
    has_more: bool,
    speaks_of_earlier: bool,
    has_phones: bool,
    /// What a person has to mind.
    warnings: Vec<String>,
}

impl Beside {
    /// `shown` is not masked yet: letters are found by what is written in it.
    pub(super) fn of(store: &Store, settings: &Settings, shown: &Shown) -> Result<Self, Failure> {
        let mut others = store.others_of_sender(shown.row.id, &shown.phones, MOST + 1)?;
        let has_more = others.len() > MOST;
        others.truncate(MOST);
        let waits_for =
            |reason: &ReviewReason| shown.row.review_reasons.iter().any(|word| word == reason.as_str());
        let mut warnings = Vec::new();
        let has_files = !shown.attachments.is_empty()
            || shown.supplements.iter().any(|supplement| !supplement.files.is_empty());
        if has_files {
            let faults = openable::faults(settings, store, &shown.row.number)?;
            warnings.extend(faults.into_iter().map(|(name, fault)| {
                format!("附件“{name}”打不开：{fault}；请来信人重发，或者把意见直接写在邮件里")
            }));
        }
        let is_agency = shown.row.sender_kind.as_deref() == Some(SenderKind::Agency.as_str());
        if is_agency && providers::is_anybodys(&shown.row.from_address) {
            warnings.push(
                "写的是机关单位，而发件地址是公众邮箱，不是机关邮箱；拿不准的，按单位公开的电话核实"
                    .to_owned(),
            );
        }
        Ok(Self {
            others,
            has_more,
            speaks_of_earlier: OF_EARLIER.iter().any(waits_for),
            has_phones: !shown.phones.is_empty(),
            warnings,
        })
    }

    /// What a person has to mind, to be masked.
    pub(super) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The other letters with what became of each; empty where there are none and nobody asks.
    pub(super) fn others(&self) -> String {
        let by =
            if self.has_phones { "按发件地址和登记的电话查找" } else { "按发件地址查找" };
        if self.others.is_empty() {
            return if self.speaks_of_earlier { format!("无（{by}）") } else { String::new() };
        }
        let one = |row: &ListRow| {
            format!("{}（{} 收到，{}）", row.number, when(row.received_at), sentences::standing(row))
        };
        let more = if self.has_more { "等" } else { "" };
        format!("{}{more}（{by}）", self.others.iter().map(one).collect::<Vec<_>>().join("、"))
    }

    pub(super) fn json(&self) -> Value {
        self.others.iter().map(|row| json!({ "number": row.number, "status": row.status })).collect()
    }
}
