//! Sentences for staff that are made of words of the database and what belongs to them.

use std::fmt::Write;

use serde_json::{Value, json};

use super::table;
use crate::lane::Refusal;
use crate::mask;
use crate::ruling::only_asks;
use crate::store::{
    AcknowledgementRow, FileRow, ListRow, Membership, NumbersOfOthers, Outcomes, RelationRow, Shown,
};
use crate::vocabulary::{
    AcknowledgementKind, AcknowledgementState, CorrectionField, EntryReason, FileFault, Flag, Machine, Mark,
    RelationBasis, RelationKind, ReviewReason, SendReason, Status, StoredReason, Timeliness, WithheldReason,
    Word,
};
use crate::words::{self, Chinese};

/// Marks that say more than the reason that they stand with: there is nobody whom an answer would reach.
const NOBODY: [&str; 3] = ["no_reply_address", "no_from", "no_from_address"];

/// The title of the step that says who really sent a mail.
pub(super) const SENT_BY: &str = "代发";

/// Who really sent it, where its writer is somebody else.
pub(super) fn sent_by(evidence: &Value) -> Vec<String> {
    let by = evidence.get("sent_by").and_then(Value::as_str);
    by.map(|by| format!("代发：邮件写明由 {by} 代发件人发出")).into_iter().collect()
}

/// Why an entry was treated so: `mailbox_entry.reason`.
pub(super) fn entry(reason: &StoredReason) -> String {
    words::tell_short(EntryReason::KIND, reason)
}

/// The same for a mail of which nothing is kept, with what was looked for and not found.
pub(super) fn looked_for(reason: &StoredReason) -> Vec<String> {
    let mut lines = vec![entry(reason)];
    let row = words::row(EntryReason::KIND, &reason.word);
    lines.extend(row.filter(|row| row.long() != row.short()).map(|row| row.long().to_owned()));
    lines.extend(row.and_then(words::Row::to_do).map(ToOwned::to_owned));
    if Machine::from_word(&reason.word).is_some() {
        let mark = "括号内是邮件自带的标志：邮件头字段，或主题开头的字样。个人写的信不会带有这样的标志";
        lines.push(mark.to_owned());
    }
    lines
}

/// `submission.flags` as they stand in a column.
pub(super) fn flags(value: &str) -> String {
    match serde_json::from_str::<Vec<String>>(value) {
        Ok(flags) => listed(Flag::KIND, &flags),
        Err(_) => value.to_owned(),
    }
}

/// Words of one kind behind one another, as they stand in tables.
pub(super) fn listed(kind: &str, found: &[String]) -> String {
    found.iter().map(|word| words::short(kind, word)).collect::<Vec<_>>().join("、")
}

/// What decides where several things are in question.
fn deciding(reasons: &[String]) -> Option<ReviewReason> {
    const FIRST: [ReviewReason; 26] = [
        ReviewReason::AuthenticationFailed,
        ReviewReason::Disowned,
        ReviewReason::Withdraw,
        ReviewReason::PersonalData,
        ReviewReason::CorrectionRequest,
        ReviewReason::PublicationRequest,
        ReviewReason::LateDisputed,
        ReviewReason::NotLate,
        ReviewReason::Question,
        ReviewReason::DetailsDiffer,
        ReviewReason::InfoDisclosure,
        ReviewReason::MachineSuspected,
        ReviewReason::NearMiss,
        ReviewReason::SeveralFrom,
        ReviewReason::OnlyQuoted,
        ReviewReason::EmptyBody,
        ReviewReason::NothingSaid,
        ReviewReason::Unreadable,
        ReviewReason::BeforeOpen,
        ReviewReason::LateSentInTime,
        ReviewReason::NoArrivalTime,
        ReviewReason::ArrivalDisputed,
        ReviewReason::OriginalDenied,
        ReviewReason::RepliesCapped,
        ReviewReason::RuledOtherwise,
        ReviewReason::VouchedCopy,
    ];
    FIRST.into_iter().find(|reason| reasons.iter().any(|word| word == reason.as_str()))
}

/// Flags one after the other, parted so that what is called by several words stays one.
pub(super) fn flags_apart(found: &[String]) -> String {
    found.iter().map(|word| words::short(Flag::KIND, word)).collect::<Vec<_>>().join("；")
}

/// How a case was denied, by what was in question.
pub(super) fn denied(row: &ListRow) -> &'static str {
    words::long("denial", denial(row, row.stood.as_deref()))
}

/// What a denial will make of a case that waits. A dispute of lateness ends under one word, whether it came as an answer to the
/// receipt or as a letter of its own.
pub(super) fn if_denied(shown: &Shown, outcomes: &Outcomes) -> String {
    // Who takes it for left out would tell the citizen so.
    const LISTED: &str = "（意见汇总仍列，注明逾期）";
    let disputes = shown.row.review_reasons.iter().any(|word| word == ReviewReason::LateDisputed.as_str());
    let not_granted = words::short("denial", ReviewReason::LateDisputed.as_str());
    match (outcomes.denied, disputes) {
        (Status::Late, true) => format!("{not_granted}，仍为{}{LISTED}", Status::Late.short()),
        (Status::Late, false) => format!("{}{LISTED}", Status::Late.long()),
        (_, true) if !outcomes.disputed.is_empty() => format!(
            "{not_granted}，{} 仍为{}{LISTED}，本件不另计件",
            outcomes.disputed.join("、"),
            Status::Late.short()
        ),
        (denied, _) => denied.long().to_owned(),
    }
}

/// What a letter without items counts for when it is confirmed: whoever confirms it may still have to write them in.
pub(super) fn items_when_confirmed(shown: &Shown, outcomes: &Outcomes) -> &'static str {
    let has = |flag: Flag| shown.row.flags.iter().any(|word| word == flag.as_str());
    let counts = [Status::Accepted, Status::Late].contains(&outcomes.confirmed);
    match () {
        () if !counts || !shown.opinions.is_empty() => "",
        () if has(Flag::NoObjection) => "（无意见，计件不计条）",
        () if has(Flag::AttachmentOnly) => {
            "（计件；附件中的意见看过以后用 item add 逐条加上，才计条；请其重发的，重发时写明编号即并入本件，不影响先确认）"
        }
        () => "（计件；没有读出意见，看过以后有的用 item add 加上，才计条）",
    }
}

/// What will be said of a case that stands so and is denied now.
pub(super) fn denied_now(row: &ListRow) -> &'static str {
    words::short("denial", denial(row, Some(&row.status)))
}

/// The row of the table `denial`. What counted already was not denied for a reason to review it, but perhaps
/// because a later letter takes it back; and who only asked, of another
/// letter, did not get what he asked for: a letter that is withdrawn is the other one.
fn denial(row: &ListRow, stood: Option<&str>) -> &'static str {
    if matches!(stood.and_then(Status::from_word), Some(Status::Accepted | Status::Late)) {
        return match row.asked_out.as_deref().and_then(RelationKind::from_word) {
            Some(RelationKind::Disowns) => ReviewReason::Disowned.as_str(),
            Some(_) => ReviewReason::Withdraw.as_str(),
            None => "by_decision",
        };
    }
    let flags: Vec<Flag> = row.flags.iter().filter_map(|word| Flag::from_word(word)).collect();
    let reasons: Vec<ReviewReason> =
        row.review_reasons.iter().filter_map(|word| ReviewReason::from_word(word)).collect();
    let asks = only_asks(&flags, &reasons, usize::from(row.has_items));
    match deciding(&row.review_reasons) {
        Some(ReviewReason::AuthenticationFailed) => ReviewReason::AuthenticationFailed.as_str(),
        // Neither of them asks for anything to be done.
        Some(reason @ (ReviewReason::LateDisputed | ReviewReason::NothingSaid)) => reason.as_str(),
        Some(_) if asks => "request",
        Some(reason) => reason.as_str(),
        None => "by_decision",
    }
}

/// Where a submission stands, and why it waits or does not count: that is a reason of the status, whatever else was found.
pub(super) fn standing(row: &ListRow) -> String {
    let status = words::short(Status::KIND, &row.status);
    let why = match Status::from_word(&row.status) {
        Some(Status::Review | Status::Handled) => match deciding(&row.review_reasons) {
            Some(reason) if row.review_reasons.len() > 1 => format!("{}等", reason.short()),
            Some(reason) => reason.short().to_owned(),
            None => String::new(),
        },
        Some(Status::Denied) => words::short("denial", denial(row, row.stood.as_deref())).to_owned(),
        Some(Status::Late) if dispute_denied(row).is_some() => {
            dispute_denied(row).unwrap_or_default().to_owned()
        }
        _ => counted_in_time(&row.status, &row.timeliness).unwrap_or_default().to_owned(),
    };
    if why.is_empty() { status.to_owned() } else { format!("{status}（{why}）") }
}

/// A late letter of which a person found that it is late, as its sender disputed.
pub(super) fn dispute_denied(row: &ListRow) -> Option<&'static str> {
    let disputed = row.review_reasons.iter().any(|word| word == ReviewReason::LateDisputed.as_str());
    let is_denied = disputed
        && row.status == Status::Late.as_str()
        && row.stood.as_deref() == Some(Status::Review.as_str());
    is_denied.then(|| words::short("denial", ReviewReason::LateDisputed.as_str()))
}

/// What a person made of a letter that came late by the clock: it counts as in time.
pub(super) fn counted_in_time(status: &str, timeliness: &str) -> Option<&'static str> {
    let is_late =
        [Timeliness::Late, Timeliness::LateSentInTime].iter().any(|late| late.as_str() == timeliness);
    (is_late && status == Status::Accepted.as_str()).then_some("计入按时")
}

/// A file of a letter: what it is, and that nobody can open it. `most`: how much of its name there is room for, in columns.
pub(super) fn file(file: &FileRow, most: usize) -> String {
    let name = table::cut(file.filename.as_deref().unwrap_or("（无名）"), most);
    let fault =
        file.fault.as_deref().map(|fault| format!("，打不开：{}", words::short(FileFault::KIND, fault)));
    format!("{name}（{}，{} 字节{}）", file.media_type, file.size_bytes, fault.unwrap_or_default())
}

/// Of a letter without the file that it speaks of, or with nothing at all, the later mails that brought files.
pub(super) fn files_came(shown: &Shown) -> Vec<String> {
    let lacks = |words: &[String], word: &str| words.iter().any(|found| found == word);
    let is_lacking = lacks(&shown.row.review_reasons, ReviewReason::EmptyBody.as_str())
        || lacks(&shown.row.flags, Flag::AttachmentMissing.as_str());
    let brought = shown.supplements.iter().filter(|supplement| is_lacking && !supplement.files.is_empty());
    brought
        .map(|supplement| {
            let files = table::cut(&supplement.files.join("、"), 60);
            format!("附件已由补充来信送达（邮件 {}）：{files}", supplement.message)
        })
        .collect()
}

/// `submission.review_reasons`, one after the other.
pub(super) fn review(reasons: &[String]) -> String {
    reasons.iter().map(|word| words::long(ReviewReason::KIND, word)).collect::<Vec<_>>().join("；")
}

/// What to confirm and what to deny of a case that waits, by its reason.
pub(super) fn to_do(word: &str) -> &'static str {
    words::row(ReviewReason::KIND, word).and_then(words::Row::to_do).unwrap_or("请核对后确认或否定")
}

/// A column that staff correct or `reprocess` compares, or a flag that a piece of evidence supports.
pub(super) fn column(name: &str) -> &str {
    [CorrectionField::KIND, "column"]
        .into_iter()
        .find_map(|kind| words::row(kind, name))
        .map_or_else(|| words::short(Flag::KIND, name), words::Row::short)
}

/// A list of opinion items as a correction keeps it: how many, or each with its text.
pub(super) fn items(value: &str, in_full: bool) -> String {
    let items: Vec<Value> = serde_json::from_str(value).unwrap_or_default();
    let mut text = format!("{} 条", items.len());
    if in_full {
        for (number, item) in (1..).zip(&items) {
            let of = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
            let clause = Some(of("clause")).filter(|clause| !clause.is_empty());
            let clause = clause.map_or_else(String::new, |clause| format!("〔{clause}〕"));
            let adoption = Some(of("adoption")).filter(|adoption| !adoption.is_empty());
            let adoption = adoption.map_or_else(String::new, |adoption| format!("（{adoption}）"));
            let _ = write!(text, "\n  {number}. {clause}{}{adoption}", of("text"));
        }
    }
    text
}

/// A column's value with what tells who somebody is masked; running text by the words of [`mask::text`] only.
pub(super) fn masked(field: &str, value: &str) -> String {
    match field {
        "name" | "name_hint" => mask::name(value),
        "phones" => each(value, mask::phone),
        "emails" | "from_address" => each(value, mask::email),
        _ => mask::text(value),
    }
}

/// A column's value as it was typed; a list as people write it.
pub(super) fn list_in_words(field: &str, value: &str) -> String {
    if ["phones", "emails"].contains(&field) { each(value, ToOwned::to_owned) } else { value.to_owned() }
}

fn each(value: &str, said: fn(&str) -> String) -> String {
    match serde_json::from_str::<Vec<String>>(value) {
        Ok(items) => items.iter().map(|item| said(item)).collect::<Vec<_>>().join("、"),
        Err(_) => said(value),
    }
}

/// `acknowledgement.reason`: why an answer is withheld, waits or was given up. An address that nobody reads is a robot's.
pub(super) fn answer(state: &str, reason: &StoredReason) -> String {
    if state != AcknowledgementState::Withheld.as_str() {
        return words::tell(SendReason::KIND, reason);
    }
    match reason.detail.get("mark") {
        Some(mark) if NOBODY.contains(&mark.get("word").and_then(Value::as_str).unwrap_or_default()) => {
            words::tell_value(Mark::KIND, mark)
        }
        _ => words::tell(WithheldReason::KIND, reason),
    }
}

/// `“意见建议已收到”，2024-03-12 10:05:00 已发出`: an answer, and where it stands.
pub(super) fn answered(answer: &AcknowledgementRow) -> String {
    let kind = words::long(AcknowledgementKind::KIND, &answer.kind);
    let state = words::short(AcknowledgementState::KIND, &answer.state);
    let at = |time: &Option<String>| time.as_deref().and_then(|time| time.parse().ok());
    let (sent, next) = (at(&answer.sent_at), at(&answer.next_attempt_at));
    let state = match AcknowledgementState::from_word(&answer.state) {
        Some(AcknowledgementState::Sent) if sent.is_some() => format!("{} {state}出", table::when(sent)),
        Some(AcknowledgementState::Deferred) if next.is_some() => {
            format!("{state}，{} 再试", table::when(next))
        }
        _ => state.to_owned(),
    };
    let why = self::answer(&answer.state, &answer.reason);
    let why = if why.is_empty() { why } else { format!("：{why}") };
    format!("“{kind}”，{state}{why}")
}

/// `相同来信第 3 组，共 25 件，本件与代表件 LNZX-2024-0007 近似 0.93`
pub(super) fn membership(group: &Membership, number: &str) -> String {
    let Membership { number: group_number, leader, submissions, senders, .. } = group;
    // What does not count still is what the others are compared with.
    let instead = match &group.counts_first {
        Some(first) if first == number => "（已不计入，只作比对；计入的以本件为首）".to_owned(),
        Some(first) => format!("（已不计入，只作比对；计入的以 {first} 为首）"),
        None => String::new(),
    };
    let blank = if instead.is_empty() { " " } else { "" };
    let place = if leader == number {
        format!(
            "本件为代表件{}",
            if instead.is_empty() { "（最先到的一件，其余与它比对）" } else { &instead }
        )
    } else if group.exact {
        format!("本件与代表件 {leader}{instead}{blank}完全相同")
    } else {
        // Two digits must not round a near copy up to an exact one.
        format!(
            "本件与代表件 {leader}{instead}{blank}近似 {:.2}（文字重合的比例，1 为完全相同）",
            group.similarity.min(0.99)
        )
    };
    format!("相同来信第 {group_number} 组，共 {submissions} 件、{senders} 个发件地址，{place}")
}

/// Of a letter that gives numbers of letters that are not known to be its sender's, whose they are; without one of them.
pub(super) fn of_others(numbers: &NumbersOfOthers, but: &str) -> Vec<String> {
    let NumbersOfOthers { strangers, without_address, erased } = numbers;
    let told = [
        (strangers, "但不是该编号的发件人所写"),
        (without_address, "该件的发件地址已删除，是不是同一发件人所写，不能再核对"),
        (erased, "该件已删除"),
    ];
    let told = told.into_iter().filter_map(|(numbers, what)| {
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).filter(|number| *number != but).collect();
        (!numbers.is_empty()).then(|| format!("提到编号 {}，{what}", numbers.join("、")))
    });
    told.collect()
}

/// The same for what is shown.
pub(super) fn strangers(shown: &Shown) -> String {
    of_others(&shown.numbers_of_others, "").join("；")
}

/// What a submission says of an earlier one, or a later mail says of it; `number` is the one that is shown, empty when
/// it is a supplement of it.
pub(super) fn relation(relation: &RelationRow, number: &str) -> String {
    let what = words::long(RelationKind::KIND, &relation.kind);
    let basis = words::short(RelationBasis::KIND, &relation.basis);
    let by = match &relation.later {
        Some(later) if later == number => "本件".to_owned(),
        Some(later) => format!("来信 {later} "),
        None if relation.by_supplement => "补充来信".to_owned(),
        None => "邮件系统通知：".to_owned(),
    };
    let of = if relation.earlier == number { "本件" } else { relation.earlier.as_str() };
    format!("{by}{what} {of}（{basis}；{}）", how_decided(relation))
}

/// What staff made of what a letter says of an earlier one.
fn how_decided(relation: &RelationRow) -> &'static str {
    let (earlier, later) = &relation.stand;
    let (earlier, later) = (Status::from_word(earlier), Status::from_word(later));
    let kind = RelationKind::from_word(&relation.kind);
    let takes_back = matches!(
        kind,
        Some(
            RelationKind::Withdraws | RelationKind::Replaces | RelationKind::Disowns | RelationKind::Recalled
        )
    );
    if later == Some(Status::Review) {
        return "由工作人员决定";
    }
    match earlier {
        Some(Status::Erased) if takes_back => return "该件已删除",
        Some(Status::Denied) if takes_back => return "已办理，该件不计入",
        _ if !relation.is_decided => return "由工作人员决定",
        _ => {}
    }
    let is_refused = later == Some(Status::Denied) || relation.later.is_none() && takes_back;
    match (kind, earlier) {
        (Some(RelationKind::Disputes), Some(Status::Late)) => "异议未予认可，该件仍为逾期",
        (Some(RelationKind::Disputes), Some(Status::Accepted)) => "已认可，该件按时计入",
        _ if is_refused => "未予办理",
        _ if takes_back => "已核对，该件没有改动",
        _ => "已核对",
    }
}

/// Why an answer cannot be let go.
pub(super) fn refusal(refused: &Refusal) -> String {
    let mut parameters = serde_json::Map::new();
    if let Refusal::NotComposed(problem) = refused {
        parameters.insert("problem".to_owned(), json!(problem));
    }
    words::fill(refused.short(), &parameters)
}
