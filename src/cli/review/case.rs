//! One case that waits, in a block: who, why, what was found, what is said on which clause. Most are decided from it.

use std::fmt::Write;

use serde_json::{Value, json};

use super::asked::Asked;
use super::beside::Beside;
use super::{advice, named, noting};
use crate::cli::explain;
use crate::cli::letter::says_first;
use crate::cli::masking::mask_shown;
use crate::cli::outcome::Failure;
use crate::cli::submissions::{consultation_of, numbers, sent, when};
use crate::cli::{letter, sentences, table, whom};
use crate::compose;
use crate::config::Settings;
use crate::details;
use crate::store::{ListRow, Outcomes, Shown, Store};
use crate::vocabulary::{Consultation, CorrectionField, Flag, ReviewReason, Status, Word};
use crate::words::{self, Chinese};

/// Cells of an excerpt.
const EXCERPT: usize = 70;
/// Cells of an item: what a person decides by is hardly longer.
const ITEM: usize = 240;
/// Most items of a letter that are printed.
const MOST_ITEMS: usize = 8;
/// Most earlier letters of which more is said than their number, and most items of each.
const MOST_EARLIER: usize = 4;
/// The sign for what is left out, and what that is.
const LEFT_OUT: char = '…';
const WHAT_IS_LEFT_OUT: &str = "“…”处是称呼、客套、落款、联系方式等，全文见 show";
/// What the lines are called that say what to do.
const TO_DO: &str = "待核";
/// In which order several things are done.
const IN_ORDER: &str = "先看是不是本次征集的来信，不是的直接否定；是的，以上各项都办好以后确认一次";
/// What to do about words that stand nowhere.
const NOT_FOUND: &str = "先向来信人核实是哪一句、哪一封信，再更正；不必更正的也可以直接确认，用 --note 写明";

/// A case with what its reasons rest on.
pub(super) struct Case<'a> {
    shown: Shown,
    outcomes: Outcomes,
    /// The details that it asks for.
    asked: Asked,
    /// What else there is of its sender, and what to mind.
    beside: Beside,
    /// What to mind, masked.
    warnings: Vec<String>,
    /// What was found, in words.
    found: Vec<String>,
    /// The words that it rests on, where it rests on a quotation.
    quoted: String,
    /// What it says where no items are listed, with a sign for what is left out.
    says: String,
    /// The words that it wants to have corrected and that stand nowhere.
    not_found: Vec<String>,
    /// The earlier letters that it speaks of.
    earlier: Vec<Shown>,
    /// The late letters that it calls in time, whoever wrote them. Of these nothing personal is said.
    disputed: Vec<Shown>,
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
        let has_item = shown.row.opinion.is_some();
        says_first(&mut shown.row);
        let says = match &shown.row.opinion {
            Some(item) if has_item => item.clone(),
            Some(_) => details::without_frame_marked(&shown.row.comment),
            None => shown.row.comment.clone(),
        };
        let rests_on_it =
            shown.row.review_reasons.iter().any(|word| word == ReviewReason::OnlyQuoted.as_str());
        let quoted = if rests_on_it { letter::beside_items(&shown) } else { String::new() };
        let mut earlier = Vec::new();
        for number in named::all(&shown).into_iter().take(MOST_EARLIER) {
            earlier.extend(store.show(number)?);
        }
        let mut disputed = Vec::new();
        for number in outcomes.disputed.iter().take(MOST_EARLIER) {
            disputed.extend(store.show(number)?);
        }
        let mut not_found = advice::not_found(&shown, &earlier);
        let beside = Beside::of(store, settings, &shown)?;
        let names = if unmasked { None } else { Some(mask_shown(&mut shown)) };
        let masked = |text: String| names.as_ref().map_or(text.clone(), |names| names.mask(&text));
        let (quoted, says) = (masked(quoted), masked(says));
        let warnings = beside.warnings().iter().cloned().map(masked).collect();
        if let Some(names) = &names {
            for word in &mut not_found {
                *word = names.mask(word);
            }
            for earlier in &mut earlier {
                mask_shown(earlier);
            }
        }
        let asked = Asked::of(store, &shown, &earlier, &outcomes)?;
        let found = explain::found(store, settings, &shown, names.as_ref())?;
        let consultation = consultation_of(settings, &shown);
        Ok(Some(Self {
            shown,
            outcomes,
            asked,
            beside,
            warnings,
            found,
            quoted,
            says,
            not_found,
            earlier,
            disputed,
            consultation,
            is_one_of_several: settings.consultations.len() > 1,
        }))
    }

    pub(super) fn json(&self) -> Value {
        let Self { shown, outcomes, asked, found, quoted, .. } = self;
        let reasons: Vec<Value> = shown
            .row
            .review_reasons
            .iter()
            .map(|word| json!({ "word": word, "meaning": words::long(ReviewReason::KIND, word), "to_do": advice::to_do(shown, outcomes, asked, word) }))
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
            "numbers_of_others": shown.numbers_of_others.strangers,
            "others_of_sender": self.beside.json(),
            "warnings": self.warnings,
            "note": noting::beside(shown),
            "supplements": shown.supplements,
            "attachments": shown.attachments,
        });
        let mut case = json!(shown.row);
        if let (Value::Object(case), Value::Object(more)) = (&mut case, more) {
            case.extend(more);
        }
        case
    }

    pub(super) fn text(&self) -> String {
        let row = &self.shown.row;
        let mut text = format!("{}　{} 收到　{}\n", numbers(row), when(row.received_at), who(row));
        for (label, value) in self.lines() {
            let _ = writeln!(text, "  {}", labelled(&label, &value));
        }
        text.push('\n');
        text
    }

    /// What to do, and what else the block says that stands in no other column of the workbook.
    fn in_workbook(&self) -> (String, String) {
        const ELSEWHERE: [&str; 6] = ["征求意见", "主题", TO_DO, "内容", "略去", "附件"];
        let items: Vec<String> = (1..)
            .zip(&self.shown.opinions)
            .map(|(number, item)| letter::label(number, item, self.consultation))
            .collect();
        let (mut to_do, mut beside) = (Vec::new(), Vec::new());
        for (label, value) in self.lines() {
            if label == TO_DO {
                to_do.push(value);
            } else if !ELSEWHERE.contains(&label.as_str()) && !items.contains(&label) {
                beside.push(labelled(&label, &value));
            }
        }
        (to_do.join("\n"), beside.join("\n"))
    }

    /// The lines of the block: what each is called, nothing where it says so itself, and what it says.
    fn lines(&self) -> Vec<(String, String)> {
        let Self { shown, outcomes, asked, found, quoted, says, consultation, .. } = self;
        let row = &shown.row;
        let mut lines: Vec<(String, String)> = Vec::new();
        let mut line = |label: &str, value: &str| {
            if !value.is_empty() {
                lines.push((label.to_owned(), value.to_owned()));
            }
        };
        if self.is_one_of_several {
            let called = consultation.map(|found| compose::printed(&found.short_title));
            line("征求意见", called.as_deref().unwrap_or(&row.consultation));
        }
        let subject = shown.subject.as_deref().filter(|subject| !subject.trim().is_empty());
        // Where the subject is what is in question, it is read whole.
        let is_asked = row.review_reasons.iter().any(|word| word == ReviewReason::NearMiss.as_str());
        let cells = if is_asked { ITEM } else { EXCERPT };
        line("主题", &table::cut(subject.unwrap_or("（无主题）"), cells));
        line(CorrectionField::ReviewNote.short(), &noting::beside(shown).unwrap_or_default());
        let advice = advice::by_what_to_do(shown, outcomes, asked);
        for (reasons, to_do) in &advice {
            line(TO_DO, &format!("{}——{to_do}", reasons.join("；")));
        }
        if advice.len() > 1 && !outcomes.only_asks {
            line("次序", IN_ORDER);
        }
        for found in found {
            line("依据", &table::cut(found, ITEM));
        }
        if advice::is_about_its_time(shown, outcomes) {
            line("发件时间", &self.times(shown));
        }
        for late in &self.disputed {
            line(&format!("{} 的发件时间", late.row.number), &self.times(late));
        }
        if let Some(more @ 1..) = outcomes.disputed.len().checked_sub(MOST_EARLIER) {
            line("发件时间", &rest(more, "件", &row.number));
        }
        line("注意", &sentences::strangers(shown));
        for warning in &self.warnings {
            line("注意", warning);
        }
        for relation in &shown.relations {
            line("涉及来信", &sentences::relation(relation, &row.number));
        }
        if !self.not_found.is_empty() {
            line(
                "注意",
                &format!("来信要更正的“{}”在登记的来信中没有找到；{NOT_FOUND}", self.not_found.join("”“")),
            );
        }
        for earlier in &self.earlier {
            self.says_of(earlier, &mut line);
        }
        if let Some(more @ 1..) = named::all(shown).len().checked_sub(MOST_EARLIER) {
            line("所涉来信", &rest(more, "件", &row.number));
        }
        line("同一发件人的其他来信", &self.beside.others());
        for (number, item) in (1..).zip(&shown.opinions).take(MOST_ITEMS) {
            line(&letter::label(number, item, *consultation), &table::cut(&item.text, ITEM));
        }
        line("所引内容", &table::cut(quoted, ITEM));
        if shown.opinions.is_empty() {
            line("内容", &table::cut(says, ITEM));
            line("略去", if says.contains(LEFT_OUT) { WHAT_IS_LEFT_OUT } else { "" });
        } else if let Some(more @ 1..) = shown.opinions.len().checked_sub(MOST_ITEMS) {
            line("其余意见", &rest(more, "条", &row.number));
        }
        self.brings(&mut line);
        line("标记", &sentences::flags_apart(&row.flags));
        let group = shown.membership.as_ref().map(|group| sentences::membership(group, &row.number));
        line("相同来信", &group.unwrap_or_default());
        let disputed =
            outcomes.disputed.iter().map(|number| format!("，{number} 改为{}", Status::Accepted.short()));
        let (confirmed, denied) = (outcomes.confirmed.long(), sentences::if_denied(shown, outcomes));
        let items = sentences::items_when_confirmed(shown, outcomes);
        line("确认后", &format!("{confirmed}{items}{}；否定后：{denied}", disputed.collect::<String>()));
        // A letter that only asks says so where it says what to do.
        let others =
            named::named(shown, &["withdraws", "replaces", "disowns"]).filter(|_| !outcomes.only_asks);
        for number in others {
            line("", &format!("所涉来信如也不再计入，另执行 review deny {number} --note 原因"));
        }
        for came in sentences::files_came(shown) {
            line("", &came);
        }
        lines
    }

    /// The files that came, or did not, and what was added.
    fn brings(&self, line: &mut impl FnMut(&str, &str)) {
        let Self { shown, asked, .. } = self;
        for file in &shown.attachments {
            line("附件", &sentences::file(file, EXCERPT));
        }
        for supplement in &shown.supplements {
            line("补充来信的附件", &table::cut(&supplement.files.join("、"), EXCERPT));
            line(
                &format!("{}）", letter::supplement(shown, supplement)),
                &table::cut(&supplement.comment, ITEM),
            );
            let lacks = supplement.flags.iter().any(|flag| flag == Flag::AttachmentMissing.as_str());
            line("注意", if lacks { "补充来信提到附件，但没有收到；请来信人重发" } else { "" });
        }
        let has_none = shown.attachments.is_empty()
            && shown.supplements.iter().all(|supplement| supplement.files.is_empty());
        if has_none && asked.is_about_a_file {
            line("注意", "来信人问到附件，但本件和补充来信都没有收到附件；请告知来信人，并请其重发");
        }
        if asked.is_about_a_phone
            && let Some(office) = self.consultation.map(|found| found.office_phones.join("、"))
        {
            let told = format!("公告和回执中的电话：{office}；来信人说的可能是它");
            line("注意", if office.is_empty() { "" } else { &told });
        }
        if !has_none {
            line("打开附件", &format!("show {} --save-attachments 文件夹", shown.row.number));
        }
    }

    /// When a letter was sent by its writer's own date, when it came, and the close: what a dispute of its time is decided by.
    fn times(&self, of: &Shown) -> String {
        let sent = sent(of).map_or_else(|| "来信没有写明".to_owned(), |at| format!("{at}（发件人所写）"));
        let closes = self.consultation.filter(|_| of.consultation == self.shown.consultation);
        let closes = closes.map_or_else(String::new, |found| format!("；{} 截止", found.closes_in_words));
        format!("{sent}；收到时间：{}{closes}", when(of.row.received_at))
    }

    /// What an earlier letter says that this one speaks of: whoever decides need not look it up.
    fn says_of(&self, earlier: &Shown, line: &mut impl FnMut(&str, &str)) {
        let row = &earlier.row;
        line("所涉来信", &format!("{}　{}　{}", row.number, who(row), sentences::standing(row)));
        for (number, item) in (1..).zip(&earlier.opinions).take(MOST_EARLIER) {
            let label = letter::label(number, item, self.consultation);
            line(&format!("　所涉{label}"), &table::cut(&item.text, EXCERPT));
        }
        if let Some(more @ 1..) = earlier.opinions.len().checked_sub(MOST_EARLIER) {
            line("　其余意见", &rest(more, "条", &row.number));
        }
    }
}

/// A case that waits as the workbook has it: what to do about it, and what the block of it says beside.
pub(in crate::cli) fn in_workbook(
    store: &Store,
    settings: &Settings,
    number: &str,
) -> Result<(String, String), Failure> {
    let case = Case::read(store, settings, number, true)?;
    Ok(case.map(|case| case.in_workbook()).unwrap_or_default())
}

fn labelled(label: &str, value: &str) -> String {
    if label.is_empty() { value.to_owned() } else { format!("{label}：{value}") }
}

/// What is not printed, and where it is.
fn rest(count: usize, of: &str, number: &str) -> String {
    format!("其余 {count} {of}见 show {number}")
}

/// Who wrote, as far as it is known.
fn who(row: &ListRow) -> String {
    let name =
        row.organization.as_ref().or(row.name.as_ref()).map_or_else(|| whom::nameless(row), String::as_str);
    let occupation = row.occupation.as_deref().map_or_else(String::new, |found| format!("（{found}）"));
    let signed = if row.signatories > 1 { format!("等{}人", row.signatories) } else { String::new() };
    let address =
        if row.from_address.is_empty() { String::new() } else { format!("　{}", row.from_address) };
    format!("{name}{signed}{occupation}{address}")
}
