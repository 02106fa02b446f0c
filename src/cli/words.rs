//! The words of the database, for staff.

use crate::mask;
use crate::store::{Membership, RelationRow};
use crate::vocabulary::{Flag, ReviewReason};

/// Why an entry was treated so: `mailbox_entry.reason`.
pub(super) fn reason(reason: &str) -> String {
    if let Some(number) = reason.strip_prefix("answers ") {
        return format!("是编号 {number} 的补充");
    }
    if let Some(number) = reason.strip_prefix("same_content as ") {
        return format!("同一发件人以前来信（编号 {number}）内容相同");
    }
    let (word, mark) = reason.split_once(": ").unwrap_or((reason, ""));
    let words = match word {
        "exact_title" => "主题含完整标题和意见建议字样",
        "exact_tag" => "主题含公告要求的完整字样",
        "title_within_5_percent" => "主题中的标题只有个别字出入，发文地一致，并有意见建议字样",
        "notice" => "主题像是公告或征求意见函本身，不是意见",
        "title_without_ask_word" => "主题含完整标题，但没有意见建议字样",
        "other_issuer" => "标题与本次征集相近，但发文地不同",
        "title_within_15_percent" => "主题中的标题与本次征集相近",
        "shared_run" => "主题与标题有较长的相同部分",
        "anchor" | "anchor_and_ask_word" => "主题提到本次征集的关键词",
        "bare_ask_words" => "主题只有意见建议字样",
        "empty_subject" => "没有主题",
        "mentions_number" => "主题不符，但提到本系统的登记编号",
        "mentioned_in_body" => "主题不符，但正文或附件名提到本次征集",
        "no_tag" => "主题与任何征集无关",
        "no_consultation" => "没有对应的征集",
        "info_disclosure" => "政府信息公开申请，不属于征求意见",
        "leading_auto_reply_marker" => "主题以自动回复字样开头",
        "leading_bounce_marker" => "主题以退信字样开头",
        "leading_receipt_marker" => "主题以回执字样开头",
        "leading_recall_marker" => "主题以撤回字样开头",
        "auto_reply" => "自动回复",
        "bounce" => "退信",
        "receipt" => "已读回执",
        "recall" => "撤回通知",
        "generated" => "系统自动生成",
        "same_bytes" => "同一封邮件以前已经读到",
        "row_restored" => "条目的记录曾经缺失，已按保存的原件补回",
        "empty" => "邮件是空的",
        "no_header" => "没有邮件头，不是完整的邮件",
        "panicked" => "程序读取失败，原件已保存，请报告",
        "empty_body" | "short_body" | "not_mentioned" | "unreadable_answer" | "refused" | "session_ended" => {
            "邮件服务器始终没有给出原件，请到邮箱中查看"
        }
        other => other,
    };
    if mark.is_empty() { words.to_owned() } else { format!("{words}（{mark}）") }
}

/// The same for a mail of which nothing is kept, with what was looked for and not found.
pub(super) fn looked_for(why: &str) -> Vec<String> {
    let mut lines = vec![reason(why)];
    lines.extend(
        match why.split(':').next().unwrap_or_default() {
            "no_tag" => Some(
                "主题中没有任何征集的标题、相近的标题、与标题相同的长句或关键词；正文前部和附件名也没有提到",
            ),
            "auto_reply" | "bounce" | "receipt" | "recall" | "generated" => {
                Some("括号内是邮件自带的标志：邮件头字段，或主题开头的字样。个人写的信不会带有这样的标志")
            }
            "info_disclosure" => Some("申请公开政府信息须另行办理，请工作人员到邮箱中查看原件"),
            _ => None,
        }
        .map(ToOwned::to_owned),
    );
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

/// `message.received_basis`.
pub(super) fn basis(word: &str) -> &str {
    match word {
        "received" => "本单位边界服务器的 Received 记录",
        "internaldate" => "邮箱服务器的接收时间（INTERNALDATE）",
        "file" => "文件时间",
        other => other,
    }
}

/// `submission.flags` as they stand in a column.
pub(super) fn flags(value: &str) -> String {
    match serde_json::from_str::<Vec<String>>(value) {
        Ok(words) => words.iter().map(|word| flag(word)).collect::<Vec<_>>().join("、"),
        Err(_) => value.to_owned(),
    }
}

/// How a case was denied, by what was in question. Where several things were, the one that decides comes first.
pub(super) fn denied(reasons: &[String]) -> &'static str {
    const WORDS: [(ReviewReason, &str); 11] = [
        (ReviewReason::Withdraw, "经人工核对，已按来信人的请求撤回，不计入意见"),
        (ReviewReason::InfoDisclosure, "经人工核对是政府信息公开申请，另行办理，不计入意见"),
        (ReviewReason::MachineSuspected, "经人工核对是自动发送的邮件，不计入意见"),
        (ReviewReason::NearMiss, "经人工核对不属于本次征集，不计入意见"),
        (ReviewReason::SeveralFrom, "经人工核对，不能认定是谁所写，不计入意见"),
        (ReviewReason::OnlyQuoted, "经人工核对，只有引用或转发的内容，不计入意见"),
        (ReviewReason::EmptyBody, "经人工核对，没有可计入的内容"),
        (ReviewReason::BeforeOpen, "经人工核对，早于征集开始，不计入意见"),
        (ReviewReason::LateSentInTime, "经人工核对列为逾期，不计入意见"),
        (ReviewReason::NoArrivalTime, "经人工核对，不能认定到达时间，不计入意见"),
        (ReviewReason::RuledOtherwise, "经人工核对不应单独登记，不计入意见"),
    ];
    WORDS
        .iter()
        .find(|(reason, _)| reasons.iter().any(|word| word == reason.as_str()))
        .map_or("经人工决定不计入意见", |(_, words)| *words)
}

/// `submission.review_reasons`.
pub(super) fn review(word: &str) -> &str {
    match ReviewReason::from_word(word) {
        Some(ReviewReason::NearMiss) => "主题与公告要求不完全一致",
        Some(ReviewReason::LateSentInTime) => "逾期到达，但发出时间在截止之前",
        Some(ReviewReason::BeforeOpen) => "早于征集开始",
        Some(ReviewReason::OnlyQuoted) => "只有引用或转发的内容",
        Some(ReviewReason::Withdraw) => "要求撤回、替换以前的意见，或提出个人信息请求",
        Some(ReviewReason::InfoDisclosure) => "像是政府信息公开申请",
        Some(ReviewReason::MachineSuspected) => "可能是自动发送",
        Some(ReviewReason::EmptyBody) => "没有正文",
        Some(ReviewReason::SeveralFrom) => "有多个发件人，不能确定是谁写的",
        Some(ReviewReason::NoArrivalTime) => "无法确定到达时间",
        Some(ReviewReason::RuledOtherwise) => "按现行规则不会单独登记（重新判定时发现）",
        None => word,
    }
}

/// What to confirm and what to deny of a case that waits, by its reason.
pub(super) fn to_do(word: &str) -> &'static str {
    match ReviewReason::from_word(word) {
        Some(ReviewReason::NearMiss) => "属于本次征集的确认，不属于的否定",
        Some(ReviewReason::LateSentInTime) => "认可在截止前发出的确认（计入按时），不认可的否定（列为逾期）",
        Some(ReviewReason::BeforeOpen) => "仍作为意见的确认，不作为的否定",
        Some(ReviewReason::OnlyQuoted) => "引用的内容就是来信人意见的确认，否则否定",
        Some(ReviewReason::Withdraw) => "意见仍保留的确认，同意撤回的否定；要求更正、删除的另行办理",
        Some(ReviewReason::InfoDisclosure) => "同时是意见的确认，只是公开申请的转办后否定",
        Some(ReviewReason::MachineSuspected) => "确系本人所写的确认，自动发送的否定",
        Some(ReviewReason::EmptyBody) => "仍应计入的确认，没有内容可计的否定",
        Some(ReviewReason::SeveralFrom) => "能认定来信人的确认，不能的否定",
        Some(ReviewReason::NoArrivalTime) => "认可登记时间为到达时间的确认，否则否定",
        Some(ReviewReason::RuledOtherwise) => "仍应单独登记的确认，不应的否定",
        None => "请核对后确认或否定",
    }
}

/// A column that staff correct or `reprocess` compares, as `table.column`.
pub(super) fn column(table: &str, field: &str) -> String {
    let words = match (table, field) {
        ("mailbox_entry", "disposition") => "去向",
        ("mailbox_entry", "reason") => "判定理由",
        ("mailbox_entry" | "message", "message_id_sha256" | "rfc822_message_id") => "邮件标识",
        ("message", "evidence") => "判定依据",
        ("opinion", "opinion") => "意见条目",
        (_, "attachment") => "附件",
        (_, "subject") => "主题",
        (_, "sent_at" | "sent_as_written") => "发件时间",
        (_, "received_at") => "收到时间",
        (_, "received_basis") => "收到时间依据",
        (_, "received_evidence") => "收到时间证据",
        (_, "consultation") => "征求意见",
        (_, "status") => "状态",
        (_, "subject_match") => "主题判断",
        (_, "timeliness") => "时限",
        (_, "review_reasons") => "待核原因",
        (_, "from_address") => "发件地址",
        (_, "occupation_as_written") => "职业原文",
        (_, "signatories") => "人次",
        (_, "comment") => "来信内容",
        (_, "full_text") => "全文",
        (_, "flags") => "标记",
        (_, "duplicate_of") => "重复于",
        (_, "content_sha256") => "内容摘要值",
        (_, "details") => "补充的信息",
        (_, "clause") => "对应条款",
        (_, "text") => "意见内容",
        (_, "adoption") => "采纳情况",
        (_, "adoption_reason") => "理由",
        _ => return self::field(field).to_owned(),
    };
    words.to_owned()
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

/// `submission.flags`.
pub(super) fn flag(word: &str) -> &str {
    match Flag::from_word(word) {
        Some(Flag::NoObjection) => "无意见",
        Some(Flag::Joint) => "联名",
        Some(Flag::Anonymous) => "要求匿名",
        Some(Flag::NoPublish) => "要求不公开",
        Some(Flag::AttachmentOnly) => "意见在附件中",
        Some(Flag::CloudAttachment) => "含网盘附件链接",
        Some(Flag::IdNumber) => "含身份证号",
        Some(Flag::Sensitive) => "含敏感个人信息",
        Some(Flag::Withdraw) => "要求撤回",
        Some(Flag::InfoDisclosure) => "信息公开申请",
        Some(Flag::OnlyQuoted) => "只有引用内容",
        Some(Flag::MessageIdReused) => "邮件标识重复使用",
        Some(Flag::QuotedCut) => "已切除引用",
        Some(Flag::CharsetRepaired) => "编码经修复",
        Some(Flag::CharsetLossy) => "有无法识别的字符",
        Some(Flag::Oversize) => "超过大小上限，只读取了一部分",
        Some(Flag::DetailsMissing) => "未留姓名、职业、电话",
        None => word,
    }
}

/// `acknowledgement.kind`.
pub(super) fn kind(word: &str) -> &str {
    match word {
        "accepted" => "已收到",
        "near_miss" => "主题不符，正在核对",
        "late" => "已过截止时间",
        "duplicate" => "内容与前次一致",
        "supplement" => "补充内容已收到",
        "review" => "已收到，正在核对",
        other => other,
    }
}

/// `acknowledgement.reason` of an answer that is withheld.
pub(super) fn withheld(reason: &str) -> &str {
    if reason.starts_with("marked_no_answer: no_reply_address") {
        return "发件人是自动发信地址";
    }
    if reason.starts_with("marked_no_answer: no_from") {
        return "没有可用的发件人地址";
    }
    match reason.split(':').next().unwrap_or_default() {
        "disabled" => "回执功能已关闭",
        "before_not_before" => "早于开始答复的时间（acknowledgement.not_before）",
        "no_arrival_time" => "无法确定到达时间",
        "own_address" => "发件人是本单位地址",
        "machine_suspected" => "可能是自动发送",
        "marked_no_answer" => "来信要求不要自动答复",
        "robot_address" => "发件人是自动发信地址",
        "only_quoted" => "只有引用内容，由工作人员答复",
        "info_disclosure" => "像是信息公开申请，由工作人员答复",
        "withdraw" => "要求撤回，由工作人员答复",
        "agency_no_objection" => "单位来函无意见，不自动答复",
        "several_from" => "有多个发件人",
        "no_reply_address" => "没有可用的回信地址",
        "authentication_failed" => "发件人身份验证未通过",
        "spam_flagged" => "被反垃圾系统标记",
        "sender_mismatch" => "信封发件人与发件人不一致，且无法验证",
        "delivered_twice" => "同一封邮件经两条途径到达，已答复过",
        "answered_again" => "此前的补充或重复来信已答复过，不再答复",
        "address_cap" => "该地址当日答复已达上限",
        "domain_cap" => "该邮箱域名当日答复已达上限",
        _ => reason,
    }
}

/// Why the breaker is open; the key stays, for it is what an operator looks for.
pub(super) fn breaker(reason: &str) -> String {
    let (cap, _) = reason.split_once(": ").unwrap_or((reason, ""));
    let window = if cap.starts_with("caps.per_day") { "24 小时" } else { "一小时" };
    format!("{window}内发出的回执达到上限（{cap}），其余回执暂存")
}

/// Rows that do not go together, as `reconcile` found them.
pub(super) fn inconsistency(word: &str) -> &str {
    match word {
        "filed_without_submission" => "条目为登记，但没有登记件",
        "supplement_without_row" => "条目为补充，但没有补充内容",
        "duplicate_without_submission" => "条目为重复，但没有登记件，或登记件没有注明与哪一件重复",
        "same_bytes_without_first" => "条目为同一封邮件，但没有更早的条目",
        "quarantined_without_message" => "条目为隔离，但没有保存原件",
        "recorded_and_owed" => "条目已有记录，却仍在待补取之列",
        "submission_without_entry" => "登记件没有对应的邮箱条目",
        "supplement_without_entry" => "补充内容没有对应的邮箱条目",
        "position_behind_entries" => "收取位置落后于已有记录的条目",
        other => other,
    }
}

/// The column or flag that a piece of evidence supports.
pub(super) fn field(word: &str) -> &str {
    match word {
        "name" => "姓名",
        "name_hint" => "姓名线索",
        "organization" => "单位",
        "occupation" => "职业",
        "phones" => "电话",
        "emails" => "邮箱",
        "signatories" => "联名人数",
        other => flag(other),
    }
}

/// The rule by which a value was found.
pub(super) fn rule(word: &str) -> &str {
    match word {
        "label" => "标签",
        "table_column" => "表格栏目",
        "table_cell" => "表格中的标签",
        "next_line" => "上一行的标签",
        "self_introduction" => "自我介绍",
        "signature_line" => "落款",
        "letterhead" => "抬头",
        "subject" => "主题",
        "display_name" => "发件人显示名",
        "address" => "邮箱地址",
        "behind_name" => "姓名之后",
        "wording" => "用语",
        "withdraws" => "请求撤回",
        "replaces" => "请求以本封替换",
        "personal_data" => "关于个人信息的请求",
        other => other,
    }
}

/// `同文来信第 3 组，共 25 件，本件与代表件 LNZX-2024-0007 近似 0.93`
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
    format!("同文来信第 {group_number} 组，共 {submissions} 件、{senders} 个发件地址，{place}")
}

/// What a submission says of an earlier one, or a later mail says of it; `number` is the one that is shown, empty when
/// it is a supplement of it.
pub(super) fn relation(relation: &RelationRow, number: &str) -> String {
    let what = match relation.kind.as_str() {
        "withdraws" => "请求撤回",
        "replaces" => "请求替换",
        "personal_data" => "就个人信息提出请求，涉及",
        "repeats" => "内容与之相同：",
        "recalled" => "发件方撤回了邮件：",
        other => other,
    };
    let basis = match relation.basis.as_str() {
        "answers" => "是对该件回执的回复",
        "number" => "信中写明编号",
        "latest_of_sender" => "同一发件人最近一件",
        "same_sender" => "同一发件人更早的来信",
        "same_content" => "同一发件人内容相同",
        "message_id" => "通知指明该邮件",
        "subject" => "同一发件人主题相同",
        other => other,
    };
    let by = match &relation.later {
        Some(later) if later == number => "本件".to_owned(),
        Some(later) => format!("来信 {later} "),
        None if relation.by_supplement => "补充来信".to_owned(),
        None => "邮件系统通知：".to_owned(),
    };
    let of = if relation.earlier == number { "本件" } else { relation.earlier.as_str() };
    format!("{by}{what} {of}（{basis}；由工作人员决定）")
}
