//! One case that waits, in a block: who, why, what was found, what is said on which clause. Most are decided from it.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::cli::explain;
use crate::cli::list::says_first;
use crate::cli::masking::mask_shown;
use crate::cli::outcome::Failure;
use crate::cli::submissions::{consultation_of, numbers, when};
use crate::cli::{letter, sentences, table};
use crate::compose;
use crate::config::Settings;
use crate::store::{ListRow, Outcomes, Shown, Store};
use crate::vocabulary::{Consultation, ReviewReason, Status, Word};
use crate::words::{self, Chinese};

/// Cells of an excerpt.
const EXCERPT: usize = 70;
/// Cells of an item: what a person decides by is hardly longer.
const ITEM: usize = 240;
/// Most items of a letter that are printed.
const MOST_ITEMS: usize = 8;

/// A case with what its reasons rest on.
pub(super) struct Case<'a> {
    shown: Shown,
    outcomes: Outcomes,
    /// What was found, in words.
    found: Vec<String>,
    /// The words that it rests on, where it rests on a quotation.
    quoted: String,
    consultation: Option<&'a Consultation>,
    /// It is said which consultation it is for: there are several.
    is_one_of_several: bool,
}

impl<'a> Case<'a> {
    /// Reads one by its number.
    pub(super) fn read(
        store: &Store,
        settings: &'a Settings,
        number: &str,
        unmasked: bool,
    ) -> Result<Option<Self>, Failure> {
        let Some(mut shown) = store.show(number)? else { return Ok(None) };
        let outcomes = store.outcomes(shown.row.id)?;
        says_first(&mut shown.row);
        let rests_on_it =
            shown.row.review_reasons.iter().any(|word| word == ReviewReason::OnlyQuoted.as_str());
        let quoted = if rests_on_it { letter::beside_items(&shown) } else { String::new() };
        let names = if unmasked { None } else { Some(mask_shown(&mut shown)) };
        let quoted = names.as_ref().map_or(quoted.clone(), |names| names.mask(&quoted));
        let found = explain::found(store, settings, &shown, names.as_ref())?;
        let consultation = consultation_of(settings, &shown);
        Ok(Some(Self {
            shown,
            outcomes,
            found,
            quoted,
            consultation,
            is_one_of_several: settings.consultations.len() > 1,
        }))
    }

    pub(super) fn json(&self) -> Value {
        let Self { shown, outcomes, found, quoted, .. } = self;
        let reasons: Vec<Value> = shown
            .row
            .review_reasons
            .iter()
            .map(|word| json!({ "word": word, "meaning": words::long(ReviewReason::KIND, word), "to_do": to_do(outcomes, word) }))
            .collect();
        let files: Vec<Value> = shown
            .attachments
            .iter()
            .map(|(filename, media_type, size)| json!({ "filename": filename, "media_type": media_type, "size_bytes": size }))
            .collect();
        let more = json!({
            "subject": shown.subject,
            "reasons": reasons,
            "found": found,
            "quoted": quoted,
            "opinions": shown.opinions,
            "status_when_confirmed": outcomes.confirmed.as_str(),
            "status_when_denied": outcomes.denied.as_str(),
            "counted_when_confirmed": outcomes.disputed,
            "relations": shown.relations,
            "numbers_of_others": shown.numbers_of_others,
            "supplements": shown.supplements,
            "attachments": files,
        });
        let mut case = json!(shown.row);
        if let (Value::Object(case), Value::Object(more)) = (&mut case, more) {
            case.extend(more);
        }
        case
    }

    pub(super) fn text(&self) -> String {
        let Self { shown, outcomes, found, quoted, consultation, .. } = self;
        let row = &shown.row;
        let mut text = String::new();
        let _ = writeln!(text, "{}　{} 收到　{}", numbers(row), when(row.received_at), who(row));
        let mut line = |label: &str, value: &str| {
            if !value.is_empty() {
                let _ = writeln!(text, "  {label}：{value}");
            }
        };
        if self.is_one_of_several {
            let called = consultation.map(|found| compose::printed(&found.short_title));
            line("征求意见", called.as_deref().unwrap_or(&row.consultation));
        }
        let subject = shown.subject.as_deref().filter(|subject| !subject.trim().is_empty());
        line("主题", &table::cut(subject.unwrap_or("（无主题）"), EXCERPT));
        for (reasons, to_do) in by_what_to_do(shown, outcomes) {
            line("待核", &format!("{}——{to_do}", reasons.join("；")));
        }
        for found in found {
            line("依据", &table::cut(found, ITEM));
        }
        line("注意", &sentences::strangers(shown));
        for relation in &shown.relations {
            line("涉及来信", &sentences::relation(relation, &row.number));
        }
        for (number, item) in (1..).zip(&shown.opinions).take(MOST_ITEMS) {
            line(&letter::label(number, item, *consultation), &table::cut(&item.text, ITEM));
        }
        line("所引内容", &table::cut(quoted, ITEM));
        if shown.opinions.is_empty() {
            line("内容", &table::cut(row.opinion.as_deref().unwrap_or(&row.comment), ITEM));
        } else if let Some(more @ 1..) = shown.opinions.len().checked_sub(MOST_ITEMS) {
            line("其余意见", &format!("{more} 条，由 show {} 列出", row.number));
        }
        for (filename, media_type, size) in &shown.attachments {
            let name = filename.as_deref().unwrap_or("（无名）");
            line("附件", &format!("{}（{media_type}，{size} 字节）", table::cut(name, EXCERPT)));
        }
        for supplement in &shown.supplements {
            let label = format!("补充（{} 收到，{}）", when(supplement.received_at), supplement.from_address);
            line(&label, &table::cut(&supplement.comment, ITEM));
        }
        line("标记", &sentences::flags_apart(&row.flags));
        let group = shown.membership.as_ref().map(|group| sentences::membership(group, &row.number));
        line("相同来信", &group.unwrap_or_default());
        let disputed =
            outcomes.disputed.iter().map(|number| format!("，{number} 改为{}", Status::Accepted.short()));
        let (confirmed, denied) = (outcomes.confirmed.long(), outcomes.denied.long());
        line("确认后", &format!("{confirmed}{}；否定后：{denied}", disputed.collect::<String>()));
        for number in named(shown, &["withdraws", "replaces", "disowns"]) {
            let _ = writeln!(text, "  所涉来信如也不再计入，另执行 review deny {number} --note 原因");
        }
        for came in sentences::files_came(shown) {
            let _ = writeln!(text, "  {came}");
        }
        text.push('\n');
        text
    }
}

/// The reasons with what to do about them, which is said once where it is the same.
fn by_what_to_do<'a>(shown: &'a Shown, outcomes: &Outcomes) -> Vec<(Vec<&'a str>, &'static str)> {
    let mut found: Vec<(Vec<&'a str>, &'static str)> = Vec::new();
    for word in &shown.row.review_reasons {
        let (reason, to_do) = (words::long(ReviewReason::KIND, word), to_do(outcomes, word));
        match found.iter_mut().find(|(_, known)| *known == to_do) {
            Some((reasons, _)) => reasons.push(reason),
            None => found.push((vec![reason], to_do)),
        }
    }
    found
}

/// Who wrote, as far as it is known.
fn who(row: &ListRow) -> String {
    let name = row.organization.as_ref().or(row.name.as_ref()).map_or("未留姓名", String::as_str);
    let occupation = row.occupation.as_deref().map_or_else(String::new, |found| format!("（{found}）"));
    let signed = if row.signatories > 1 { format!("等{}人", row.signatories) } else { String::new() };
    format!("{name}{signed}{occupation}　{}", row.from_address)
}

/// What to confirm and what to deny of a case that waits, by its reason; a letter that only asks is no letter to be counted.
fn to_do(outcomes: &Outcomes, reason: &str) -> &'static str {
    let alone = words::row("only_asks", reason).filter(|_| outcomes.only_asks);
    alone.map_or_else(|| sentences::to_do(reason), words::Row::short)
}

/// The earlier submissions that this one speaks of in that way, without those that a guess alone would name, and other people's.
pub(super) fn named<'a>(shown: &'a Shown, kinds: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let own = shown.row.number.as_str();
    let relations = shown.relations.iter().filter(move |relation| {
        relation.later.as_deref() == Some(own)
            && relation.earlier != own
            && relation.basis != "same_sender"
            && !shown.numbers_of_others.contains(&relation.earlier)
            && kinds.contains(&relation.kind.as_str())
    });
    relations.map(|relation| relation.earlier.as_str())
}
