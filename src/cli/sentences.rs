//! Sentences for staff that are made of words of the database and what belongs to them.

use crate::mask;
use crate::store::{Membership, RelationRow};
use crate::vocabulary::{CorrectionField, Flag, RelationBasis, RelationKind, ReviewReason, Word};
use crate::words;

/// Why an entry was treated so: `mailbox_entry.reason`.
pub(super) fn reason(reason: &str) -> String {
    let (word, mark) = reason.split_once(": ").unwrap_or((reason, ""));
    for (beginning, word) in [("answers ", "answers"), ("same_content as ", "same_content")] {
        if let Some(number) = reason.strip_prefix(beginning) {
            let parameters = serde_json::Map::from_iter([("number".to_owned(), number.into())]);
            return words::fill(words::short("entry_reason", word), &parameters);
        }
    }
    let words = words::short("entry_reason", word);
    if mark.is_empty() { words.to_owned() } else { format!("{words}（{mark}）") }
}

/// The same for a mail of which nothing is kept, with what was looked for and not found.
pub(super) fn looked_for(why: &str) -> Vec<String> {
    let mut lines = vec![reason(why)];
    let word = why.split(':').next().unwrap_or_default();
    let row = words::row("entry_reason", word);
    lines.extend(row.filter(|row| row.long() != row.short()).map(|row| row.long().to_owned()));
    lines.extend(row.and_then(words::Row::to_do).map(ToOwned::to_owned));
    if matches!(word, "auto_reply" | "bounce" | "receipt" | "recall" | "generated") {
        let mark = "括号内是邮件自带的标志：邮件头字段，或主题开头的字样。个人写的信不会带有这样的标志";
        lines.push(mark.to_owned());
    }
    lines
}

/// What the subject's rule found, which stands in English in the record.
pub(super) fn subject_evidence(found: &str) -> String {
    const WORDS: [(&str, &str); 16] = [
        ("whole title inside a call for opinions", "完整标题，出现在征求意见的公告或函中"),
        ("the whole title inside a call for opinions", "完整标题，出现在征求意见的公告或函中"),
        ("the whole tag inside a call for opinions", "完整字样，出现在征求意见的公告或函中"),
        (" inside a call for opinions", "，出现在征求意见的公告或函中"),
        ("whole title, no ask word", "有完整标题，没有意见建议字样"),
        ("whole title, ask word ", "完整标题，意见字样："),
        ("whole tag", "完整字样"),
        (", ask word ", "，意见字样："),
        (", no ask word", "，没有意见建议字样"),
        (", other issuer", "，发文地不同"),
        (" characters of the title: ", " 字与标题相同："),
        ("title without issuer: ", "不带发文地的标题："),
        ("title: ", "标题："),
        ("anchor: ", "关键词："),
        ("number: ", "编号："),
        ("no subject", "主题为空"),
    ];
    const WHOLE: [(&str, &str); 3] = [
        ("neither title nor anchor nor ask word alone", "没有标题、没有关键词，也不是只有意见建议字样"),
        ("an application for disclosure", "申请公开政府信息"),
        ("ask words and nothing else", "只有意见建议字样"),
    ];
    if let Some((_, chinese)) = WHOLE.iter().find(|(english, _)| *english == found) {
        return (*chinese).to_owned();
    }
    let mut words = found.to_owned();
    if let Some(rest) = found.strip_prefix("title with ")
        && let Some((edits, rest)) = rest.split_once(" edits")
    {
        words = format!("与标题相差 {edits} 字{rest}");
    }
    WORDS.iter().fold(words, |words, (english, chinese)| words.replacen(english, chinese, 1))
}

/// What the arrival rests on, which stands in English in the record before the server's own line.
pub(super) fn arrival(evidence: &str) -> String {
    const WHAT: [(&str, &str); 9] = [
        ("boundary line: ", "边界记录："),
        (
            "trusted line above a boundary line without a readable time: ",
            "边界记录没有可读的时间，取其上一行：",
        ),
        ("INTERNALDATE: ", "INTERNALDATE："),
        ("the file's modification time: ", "取文件修改时间："),
        ("no Received line of a trusted host at the top", "最上面没有可信服务器写的 Received 行"),
        ("no trusted Received line bears a readable time", "可信的 Received 行都没有可读的时间"),
        ("no Received line", "没有 Received 行"),
        (
            "no clock gave the arrival; the time of reading stands in",
            "没有任何到达时间的记录，暂以读取时间代替，须人工核对",
        ),
        ("lowest trusted line: ", "最下面的可信记录："),
    ];
    WHAT.iter().fold(evidence.to_owned(), |words, (english, chinese)| match words.strip_prefix(english) {
        Some(rest) => format!("{chinese}{rest}"),
        None => words.replacen(&format!("：{english}"), &format!("：{chinese}"), 1),
    })
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

/// How a case was denied, by what was in question. Where several things were, the one that decides comes first.
pub(super) fn denied(reasons: &[String]) -> &'static str {
    const FIRST: [ReviewReason; 11] = [
        ReviewReason::Withdraw,
        ReviewReason::InfoDisclosure,
        ReviewReason::MachineSuspected,
        ReviewReason::NearMiss,
        ReviewReason::SeveralFrom,
        ReviewReason::OnlyQuoted,
        ReviewReason::EmptyBody,
        ReviewReason::BeforeOpen,
        ReviewReason::LateSentInTime,
        ReviewReason::NoArrivalTime,
        ReviewReason::RuledOtherwise,
    ];
    let decides = FIRST.into_iter().find(|reason| reasons.iter().any(|word| word == reason.as_str()));
    words::long("denial", decides.map_or("by_decision", ReviewReason::as_str))
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

/// A column's value with what tells who somebody is masked; running text by the words of [`mask::text`] only.
pub(super) fn masked(field: &str, value: &str) -> String {
    let each = |mask: fn(&str) -> String| match serde_json::from_str::<Vec<String>>(value) {
        Ok(items) => items.iter().map(|item| mask(item)).collect::<Vec<_>>().join("、"),
        Err(_) => mask(value),
    };
    match field {
        "name" | "name_hint" => mask::name(value),
        "phones" => each(mask::phone),
        "emails" | "from_address" => each(mask::email),
        _ => mask::text(value),
    }
}

/// `acknowledgement.reason` of an answer that is withheld.
pub(super) fn withheld(reason: &str) -> &str {
    let word = match reason.split(':').next().unwrap_or_default() {
        _ if reason.starts_with("marked_no_answer: no_reply_address") => "robot_address",
        _ if reason.starts_with("marked_no_answer: no_from") => "no_from",
        word => word,
    };
    words::row("withheld_reason", word).map_or(reason, words::Row::short)
}

/// Why the breaker is open; the key stays, for it is what an operator looks for.
pub(super) fn breaker(reason: &str) -> String {
    let (cap, _) = reason.split_once(": ").unwrap_or((reason, ""));
    let window = if cap.starts_with("caps.per_day") { "24 小时" } else { "一小时" };
    format!("{window}内发出的回执达到上限（{cap}），其余回执暂存")
}

/// `相同来信第 3 组，共 25 件，本件与代表件 LNZX-2024-0007 近似 0.93`
pub(super) fn membership(group: &Membership, number: &str) -> String {
    let Membership { number: group_number, leader, submissions, senders, .. } = group;
    let place = if leader == number {
        "本件为代表件".to_owned()
    } else if group.exact {
        format!("本件与代表件 {leader} 完全相同")
    } else {
        // Two digits must not round a near copy up to an exact one.
        format!("本件与代表件 {leader} 近似 {:.2}", group.similarity.min(0.99))
    };
    format!("相同来信第 {group_number} 组，共 {submissions} 件、{senders} 个发件地址，{place}")
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
    format!("{by}{what} {of}（{basis}；由工作人员决定）")
}
