//! The answer itself: what became of the mail and why, in a sentence or two.

use serde_json::Value;

use super::Case;
use super::steps::belongs;
use crate::cli::sentences;
use crate::cli::submissions::{numbers, when};
use crate::config::Settings;
use crate::store::{ListRow, Shown};
use crate::vocabulary::{
    Adoption, Disposition, EntryReason, Flag, RelationBasis, RelationKind, ReviewReason, Status, Timeliness,
    Word,
};
use crate::words;

/// Says what became of the mail.
pub(super) fn of(case: &Case<'_>, settings: &Settings) -> String {
    let Case { explained, submission: of, .. } = *case;
    let why = sentences::entry(&explained.reason);
    let number = of.map_or("", |shown| shown.row.number.as_str());
    match Disposition::from_word(&explained.disposition) {
        Some(Disposition::NotOurs) => {
            format!(
                "与征集无关：{why}。未登记、未答复，不在意见汇总中，未保存主题和正文，邮箱中的原件未作改动。"
            )
        }
        Some(Disposition::Automatic) => {
            let bounced = explained.bounced.as_ref().map_or_else(String::new, |number| {
                format!("退回的是编号 {number} 的回执，该回执已记为发送失败。")
            });
            format!(
                "是机器自动发出的邮件，不是来信：{why}。{bounced}未登记、未答复，不在意见汇总中，未保存主题和正文。"
            )
        }
        Some(Disposition::Quarantined) if explained.reason.word == EntryReason::SameBytes.word() => {
            "与以前读到的一封未能处理的邮件逐字节相同，一并隔离待查，不在意见汇总中。须由人工查看。"
                .to_owned()
        }
        Some(Disposition::Quarantined) if explained.reason.word == Status::Erased.as_str() => {
            format!("未能处理，曾隔离待查：{why}。没有登记，不在意见汇总中。")
        }
        Some(Disposition::Quarantined) => {
            format!("未能处理，隔离待查：{why}。须由人工查看。没有登记，不在意见汇总中。")
        }
        Some(Disposition::Duplicate) if explained.reason.word == EntryReason::SameBytes.word() => match of {
            Some(shown) => format!(
                "与编号 {number} 的邮件逐字节相同，是同一封邮件，不再登记，不再答复。{}",
                of_other(&shown.row)
            ),
            None => "与以前读到的一封邮件逐字节相同，不再登记，不再答复。".to_owned(),
        },
        Some(Disposition::Supplement) => format!(
            "并入编号 {number}，作为补充，不另给编号：{}。{}{}{}",
            explained.message.as_ref().and_then(|message| belongs(&message.evidence)).unwrap_or(why),
            asked(case),
            match explained.message.as_ref().and_then(|message| message.filed.as_ref()) {
                Some(filed) if filed.timeliness != Timeliness::OnTime.as_str() =>
                    format!("补充到达的时间：{}，已注明。", words::short(Timeliness::KIND, &filed.timeliness)),
                _ => String::new(),
            },
            of.map_or_else(String::new, |shown| of_other(&shown.row))
        ),
        Some(Disposition::Filed | Disposition::Duplicate) | None => match of {
            Some(shown) => submission(shown, &why, settings),
            None => why,
        },
    }
}

/// What a supplement did to the submission that it belongs to: a wish to withdraw it makes it wait for a person.
fn asked(case: &Case<'_>) -> String {
    let filed = case.explained.message.as_ref().and_then(|message| message.filed.as_ref());
    let (Some(filed), Some(shown)) = (filed, case.submission) else { return String::new() };
    let asks = |word: &&String| {
        ReviewReason::ASKED.iter().any(|asks| asks.as_str() == **word) && filed.flags.contains(word)
    };
    let Some(reason) = shown.row.review_reasons.iter().find(asks) else { return String::new() };
    if !took_up(case, shown) {
        return format!(
            "该编号此前已经人工核对，现为“{}”；本次来信没有新的材料，不再转为待核。",
            words::short(Status::KIND, &shown.row.status)
        );
    }
    let now = match Status::from_word(&shown.row.status) {
        Some(Status::Review) => String::new(),
        _ => format!("，现为“{}”", words::short(Status::KIND, &shown.row.status)),
    };
    format!("该编号因此转为待核（{}）{now}。", words::long(ReviewReason::KIND, reason))
}

/// Whether a supplement took its submission up again; events of earlier versions do not name it.
fn took_up(case: &Case<'_>, shown: &Shown) -> bool {
    let by = shown.events.iter().filter(|event| event.action == "reopened").filter_map(|event| {
        let detail: Value = serde_json::from_str(&event.detail).ok()?;
        detail.get("message").map(Value::as_i64)
    });
    let by: Vec<Option<i64>> = by.collect();
    let own = case.explained.message.as_ref().map(|message| message.id);
    by.is_empty() || by.contains(&own)
}

/// The status that staff gave it, if it is the one it has: from where.
fn decided(shown: &Shown) -> Option<&str> {
    let last = shown.corrections.iter().rev().find(|correction| correction.field == "status")?;
    let holds = last.new_value.as_deref() == Some(shown.row.status.as_str());
    last.old_value.as_deref().filter(|_| holds)
}

/// Of what was denied: the later letters that asked for it, and what the clerk noted.
fn why_denied(shown: &Shown) -> String {
    let own = shown.row.number.as_str();
    let asks = |kind: &str| {
        [RelationKind::Withdraws, RelationKind::Replaces, RelationKind::Disowns]
            .iter()
            .any(|asks| asks.as_str() == kind)
    };
    let by = shown.relations.iter().filter(|relation| {
        relation.earlier == own
            && asks(&relation.kind)
            && relation.basis != RelationBasis::SameSender.as_str()
    });
    let by = by.filter_map(|relation| {
        let what = words::short(RelationKind::KIND, &relation.kind);
        Some(format!("来信 {} {what}", relation.later.as_deref()?))
    });
    let last = shown.corrections.iter().rev().find(|correction| correction.field == "status");
    let note = last.and_then(|correction| correction.note.as_ref()).map(|note| format!("原因：{note}"));
    let why: Vec<String> = by.chain(note).collect();
    if why.is_empty() { String::new() } else { format!("（{}）", why.join("；")) }
}

/// How a letter that counts stands in the table: without an item there is a line and nothing to be found by its words.
fn in_table(shown: &Shown) -> String {
    let items = shown.opinions.iter().filter(|item| !is_none(item.adoption.as_deref()));
    let (all, count) = (shown.opinions.len(), items.count());
    let has = |flag: Flag| shown.row.flags.iter().any(|word| word == flag.as_str());
    match count {
        0 if has(Flag::NoObjection) => {
            "来信表示无意见，没有意见条目：意见汇总只有一行“（无意见）”，计件不计条。".to_owned()
        }
        0 if has(Flag::AttachmentOnly) => {
            "意见在附件中，没有意见条目：意见汇总只有一行“（见附件）”，计件不计条；用 item add 加上才列。"
                .to_owned()
        }
        0 if all > 0 => "条目都列为非意见：意见汇总只有一行，没有内容，计件不计条。".to_owned(),
        0 => "没有读出意见条目：意见汇总只有一行，没有内容，计件不计条；漏读的用 item add 加上。".to_owned(),
        _ if count < all => {
            format!("意见汇总列有其 {count} 条，列为非意见的 {} 条不列。", all - count)
        }
        _ => format!("意见汇总列有其 {count} 条。"),
    }
}

fn is_none(adoption: Option<&str>) -> bool {
    adoption == Some(Adoption::NoOpinion.as_str())
}

/// Where to look for what a mail says that is filed under a number.
fn of_other(row: &ListRow) -> String {
    let counts = [Status::Accepted, Status::Late].map(Status::as_str).contains(&row.status.as_str());
    let (number, status) = (&row.number, sentences::standing(row));
    if counts {
        format!("其中如有意见，列在 {number} 之下。")
    } else {
        format!("其中如有意见，列在 {number} 之下，该件现为“{status}”，意见汇总不列。")
    }
}

fn submission(shown: &Shown, why: &str, settings: &Settings) -> String {
    let row = &shown.row;
    let number = &numbers(row);
    let closes = settings
        .consultations
        .iter()
        .find(|found| found.id == shown.consultation)
        .map_or("征集截止时间", |found| found.closes_in_words.as_str());
    let reasons = sentences::review(&row.review_reasons);
    let arrived = when(row.received_at);
    match Status::from_word(&row.status) {
        Some(Status::Accepted) if !reasons.is_empty() => {
            format!(
                "登记为编号 {number}，经人工核对计入意见（原因曾为：{reasons}），到达时间以 {arrived} 为准。{}",
                in_table(shown)
            )
        }
        Some(Status::Accepted) => {
            format!("登记为编号 {number}，计入意见：{why}，按时到达。{}", in_table(shown))
        }
        Some(Status::Review) => format!(
            "登记为编号 {number}，等待人工核对：{reasons}。核对后计入的，到达时间仍以 {arrived} 为准，来信人无须重发。意见汇总现在不列，核对后计入的才列。"
        ),
        Some(Status::Late) => {
            let by = match sentences::dispute_denied(row) {
                Some(denied) => format!("经人工核对，{denied}，"),
                None if decided(shown).is_some() => "经人工核对，".to_owned(),
                None => String::new(),
            };
            format!(
                "登记为编号 {number}，{by}列为逾期：{arrived} 到达，征集已于 {closes}截止。意见汇总仍列，注明逾期，stats 的“计入”含逾期的；情况说明和工作簿的各数只计已登记的，逾期的另行列明。{}",
                in_table(shown)
            )
        }
        Some(Status::Duplicate) => format!(
            "登记为编号 {number}，列为重复，不重复计数：与同一发件人的编号 {original} {}内容相同。意见汇总不列本件，意见列在 {original} 之下，只计一次（该件现在怎样，见 explain {original}）。",
            if shown.repeats_supplement { "的补充" } else { "" },
            original = shown.duplicate_of.as_deref().unwrap_or("（已删除）"),
        ),
        Some(Status::Handled) => format!(
            "登记为编号 {number}，{}：经人工核对，只有请求或询问，没有意见建议（{reasons}）。意见汇总不列。",
            words::long(Status::KIND, &row.status)
        ),
        Some(Status::Denied) => {
            format!("登记为编号 {number}，{}{}。意见汇总不列。", sentences::denied(row), why_denied(shown))
        }
        Some(Status::Erased) => {
            format!("登记为编号 {number}，整件已按要求删除，只留编号、日期和计数：不再计入，意见汇总不列。")
        }
        None => format!("登记为编号 {number}：{why}。"),
    }
}
