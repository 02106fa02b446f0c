//! The steps in their order, each with what it saw.

use serde_json::Value;

use super::Case;
use super::arrival::{self, text};
use crate::cli::submissions::when;
use crate::cli::{corrections, sentences, table};
use crate::compose;
use crate::config::Settings;
use crate::store::{AcknowledgementRow, Explained, ExplainedMessage, Shown};
use crate::vocabulary::{
    AcknowledgementKind, AcknowledgementState, Consultation, CorrectionField, Disposition, EntryReason, Flag,
    Illegible, Mark, ReviewReason, SenderKind, Status, SubjectEvidence, SubjectReason, Timeliness, Verdict,
    Word,
};
use crate::words;

/// Cells of an opinion item's beginning.
const ITEM_CELLS: usize = 60;
/// The column of what kind of sender wrote, as evidence names it.
const SENDER_KIND: &str = CorrectionField::SenderKind.as_str();

/// The title of the step that reads the subject.
pub(super) const SUBJECT: &str = "主题";

/// One step.
pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) lines: Vec<String>,
}

/// Every step that was taken.
pub(super) fn all(case: &Case<'_>, settings: &Settings) -> Vec<Step> {
    let Case { explained, submission, is_first } = *case;
    let mut steps = vec![Step { title: "取件", lines: fetched(explained) }];
    let mut step = |title, lines: Vec<String>| {
        if !lines.is_empty() {
            steps.push(Step { title, lines });
        }
    };
    let Some(message) = &explained.message else {
        step("判断", sentences::looked_for(&explained.reason));
        return steps;
    };
    let evidence = &message.evidence;
    let consultation = text(evidence, "/consultation");
    let consultation = settings.consultations.iter().find(|found| found.id == consultation);
    step(arrival::TITLE, arrival::lines(message, case));
    // What could not be read was not judged either.
    if !evidence.is_null() && explained.disposition != Disposition::Quarantined.as_str() {
        step("正文", body(message));
        step("来源", vec![origin(evidence)]);
        step(sentences::SENT_BY, sentences::sent_by(evidence));
        step("发件核验", sender(evidence));
        step("归属", thread(message, consultation));
        step(SUBJECT, subject(message, consultation, submission));
    }
    if let Some(shown) = submission {
        // What stands of the submission is not said of its supplement, and "this one" would be either.
        let is_supplement = explained.disposition == Disposition::Supplement.as_str();
        let number = if is_supplement { "" } else { shown.row.number.as_str() };
        step("内容比对", compared(explained, shown));
        let membership = shown.membership.iter().filter(|_| !is_supplement);
        step("相同来信", membership.map(|group| sentences::membership(group, number)).collect());
        let relations = shown.relations.iter().filter(|_| is_first);
        let relations = relations.map(|relation| sentences::relation(relation, number));
        step("涉及来信", relations.collect());
    }
    if let (Some(filed), Some(consultation)) = (&message.filed, consultation) {
        step("时限", timeliness(&filed.timeliness, consultation));
    }
    step("引用和落款", cut(evidence));
    step("提取", details(evidence, submission, explained.disposition == Disposition::Supplement.as_str()));
    step("意见条目", opinions(message));
    if let Some(filed) = &message.filed {
        let flags = filed.flags.iter().map(|flag| format!("{}（{flag}）", words::short(Flag::KIND, flag)));
        step("标记", flags.collect());
        step("回执", message.acknowledgements.iter().map(acknowledgement).collect());
    }
    step("补充来信", submission.filter(|_| is_first).map(filled).unwrap_or_default());
    step("人工处理", submission.filter(|_| is_first).map(by_hand).unwrap_or_default());
    steps
}

/// With what the content was compared, and that it is the same.
fn compared(explained: &Explained, shown: &Shown) -> Vec<String> {
    let Some(earlier) = &shown.duplicate_of else { return Vec::new() };
    if explained.disposition == Disposition::Supplement.as_str() {
        return Vec::new();
    }
    let what = if shown.repeats_supplement { "补充" } else { "来信" };
    vec![format!("内容与编号 {earlier} 的{what}相同（同一发件人；比较意见部分和附件）")]
}

/// What was missing of the writer and came with a later letter of his.
fn filled(shown: &Shown) -> Vec<String> {
    let events = shown.events.iter().filter(|event| event.action == "filled");
    let lines = events.filter_map(|event| {
        let detail: Value = serde_json::from_str(&event.detail).ok()?;
        let fields = detail.get("fields")?.as_array()?.iter().filter_map(Value::as_str);
        let columns: Vec<&str> =
            fields.filter(|field| *field != CorrectionField::Flags.as_str()).map(sentences::column).collect();
        let message = detail.get("message")?.as_i64()?;
        let at: Option<jiff::Timestamp> = event.at.parse().ok();
        Some(format!("来信人补充来信（邮件 {message}，{}）补全：{}", when(at), columns.join("、")))
    });
    lines.collect()
}

/// What staff decided and corrected, and where today's rules took the place of earlier ones.
fn by_hand(shown: &Shown) -> Vec<String> {
    let by_people = shown.corrections.iter().filter(|correction| correction.actor != "intake");
    let corrections = by_people.map(|correction| (correction.at, corrections::said(shown, correction)));
    let again = shown.events.iter().filter(|event| event.action == "reprocessed").filter_map(|event| {
        let detail: Value = serde_json::from_str(&event.detail).ok()?;
        let fields = detail.get("fields")?.as_array()?.iter().filter_map(Value::as_str);
        let mut columns: Vec<String> = fields
            .filter_map(|field| field.split_once('.'))
            .map(|(_, column)| sentences::column(column).to_owned())
            .collect();
        columns.dedup();
        let at: Option<jiff::Timestamp> = event.at.parse().ok();
        let what = columns.join("、");
        Some((at, format!("按新规则重新判定，取代了先前的判断：{what}（{}，{}）", when(at), event.actor)))
    });
    let mut lines: Vec<(Option<jiff::Timestamp>, String)> = corrections.chain(again).collect();
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, line)| line).collect()
}

fn fetched(explained: &Explained) -> Vec<String> {
    let digest = explained
        .sha256
        .as_deref()
        .map_or_else(|| "没有取得原件".to_owned(), |sha256| format!("SHA-256 {sha256}"));
    let is_uid = explained.uid.bytes().all(|byte| byte.is_ascii_digit());
    let mut lines = vec![
        format!(
            "文件夹 {}，{} {}，{} 字节，读取于 {}",
            explained.folder,
            if is_uid { "UID" } else { "文件" },
            explained.uid,
            explained.size_bytes,
            when(explained.seen_at)
        ),
        digest,
    ];
    if explained.reason.word == EntryReason::SameBytes.word() && explained.message.is_some() {
        lines.push("以下是该邮件首次读到时的判断".to_owned());
    }
    lines
}

fn body(message: &ExplainedMessage) -> Vec<String> {
    let evidence = &message.evidence;
    let number = |pointer: &str| evidence.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
    let mut lines = Vec::new();
    if evidence.pointer("/body").is_some() {
        let source = match text(evidence, "/body/source") {
            "plain" => "取自纯文本部分",
            "html" => "由 HTML 转为文本，表格保留为栏",
            "forwarded" => "本人没有写字，取自所转发的邮件",
            "tnef" => "取自 winmail.dat（Outlook 格式）",
            _ => "没有正文",
        };
        let (all, kept) = (number("/body/characters"), number("/body/kept_characters"));
        lines.push(if kept < all {
            format!("{source}，共 {all} 字，其中本次所写 {kept} 字")
        } else {
            format!("{source}，共 {all} 字")
        });
        if number("/body/hidden_characters") > 0 {
            let hidden = number("/body/hidden_characters");
            lines.push(format!(
                "另有 {hidden} 字在来信中看不见（以样式隐藏），不作为来信内容；全文和原件中保留"
            ));
        }
        if let Some(why) = evidence.pointer("/body/illegible").and_then(Value::as_str) {
            lines.push(format!("内容无法读取：{}", words::short(Illegible::KIND, why)));
        }
        if evidence.pointer("/body/all_hidden").and_then(Value::as_bool) == Some(true) {
            lines.push("来信全部文字都被样式隐藏，收信人看不见，因此交人工核对".to_owned());
        }
        if evidence.pointer("/body/limit_reached").and_then(Value::as_bool) == Some(true) {
            lines.push("邮件超过读取上限，只读了前面的部分；原件完整保存".to_owned());
        }
    }
    lines
        .extend(message.attachments.iter().map(|file| format!("附件 {}", sentences::file(file, usize::MAX))));
    lines
}

/// What our own mail system found out about the sender, and what that rests on.
fn sender(evidence: &Value) -> Vec<String> {
    let Some(verdict) = evidence.pointer("/sender/verdict").and_then(Value::as_str) else {
        return Vec::new();
    };
    let results = texts(evidence, "/sender/results");
    let results = results.iter().map(|result| format!("采信的结果：{result}"));
    std::iter::once(words::long(Verdict::KIND, verdict).to_owned()).chain(results).collect()
}

fn origin(evidence: &Value) -> String {
    let mark = evidence.pointer("/origin/mark").map(|mark| words::tell_value(Mark::KIND, mark));
    match (text(evidence, "/origin/word"), mark.unwrap_or_default()) {
        ("person", _) => "没有自动回复、退信、回执、列表邮件的标志，按个人来信处理".to_owned(),
        ("suspected", mark) => {
            format!("有一个不足以断定的标志（{mark}），照常登记，交人工核对，不自动答复")
        }
        (_, mark) => format!("自动发送（{mark}）"),
    }
}

fn thread(message: &ExplainedMessage, consultation: Option<&Consultation>) -> Vec<String> {
    let evidence = &message.evidence;
    let numbers: Vec<&str> = texts(evidence, "/thread/numbers");
    if let Some(words) = belongs(evidence) {
        return vec![words];
    }
    let about = consultation
        .map_or_else(String::new, |found| format!("，按征集“{}”判断", compose::printed(&found.title)));
    if numbers.is_empty() && text(evidence, "/thread/beside/number").is_empty() {
        return vec![format!("没有回复本系统的回执，也没有提到登记编号，是新的来信{about}")];
    }
    let beside = text(evidence, "/thread/beside/number");
    let is_unknown =
        |number: &&str| *number != beside && message.unknown_numbers.iter().any(|found| found == number);
    let unknown: Vec<&str> = numbers.into_iter().filter(is_unknown).collect();
    let mut lines = Vec::new();
    match text(evidence, "/thread/beside/why") {
        "closed" => lines.push(format!("回复或提到编号 {beside}，该件已不计入或已删除，本信不并入")),
        "unconfirmed" => {
            lines.push(format!("提到编号 {beside}，该件的发件人未通过验证、尚待核对，本信不并入"));
        }
        "capped" => {
            lines.push(format!("回复或提到编号 {beside}，该件当日的补充已多，本信另行登记，待人工核对"));
        }
        "only_number" => {
            lines
                .push(format!("请求涉及编号 {beside}，但只写明了编号，没有回复该编号的回执；该件不因此变动"));
        }
        "other_signer" => {
            lines.push(format!("借编号 {beside} 的回执写来，但主题是完整的征集主题，署名是另一人；单独登记"));
        }
        "latest_of_sender" => {
            lines.push(format!(
                "没有写编号，也不是对回执的回复；同一发件人此前有编号 {beside}，可能指该件，由工作人员核对"
            ));
        }
        _ => {}
    }
    if !unknown.is_empty() {
        lines.push(format!("提到编号 {}，但没有这个编号的登记", unknown.join("、")));
    }
    lines.extend(sentences::of_others(&message.numbers_of_others, beside));
    lines.push(format!("按新的来信处理{about}"));
    lines
}

/// What makes a supplement one; `None` when it is none. Evidence of earlier versions does not tell the two apart.
pub(super) fn belongs(evidence: &Value) -> Option<String> {
    let number = Some(text(evidence, "/thread/answers")).filter(|number| !number.is_empty())?;
    Some(match text(evidence, "/thread/by") {
        "reply" => format!("回复了编号 {number} 的回执"),
        "number" => format!("同一发件人在信中写明编号 {number}"),
        _ => format!("回复了编号 {number} 的回执，或由同一发件人提到该编号"),
    })
}

fn subject(
    message: &ExplainedMessage,
    consultation: Option<&Consultation>,
    submission: Option<&Shown>,
) -> Vec<String> {
    let evidence = &message.evidence;
    let mut lines = vec![format!("来信主题为“{}”", message.subject.as_deref().unwrap_or("（无主题）"))];
    let stripped = texts(evidence, "/subject/stripped");
    if !stripped.is_empty() {
        lines.push(format!("比较时去掉开头的“{}”", stripped.join(" ")));
    }
    if !text(evidence, "/thread/answers").is_empty() {
        let what = if text(evidence, "/thread/by") == "number" {
            "写明了编号"
        } else {
            "是对回执的回复"
        };
        lines.push(format!("{what}，主题不另作要求"));
        return lines;
    }
    if let Some(consultation) = consultation
        && text(evidence, "/subject/outcome") != "match"
        && !consultation.subject_tag.is_empty()
    {
        lines.push(format!("公告要求注明“{}”", compose::printed(&consultation.subject_tag)));
    }
    let found = evidence
        .pointer("/subject/evidence")
        .map_or_else(String::new, |found| words::tell_value(SubjectEvidence::KIND, found));
    let reason = text(evidence, "/subject/reason");
    let why = words::short(EntryReason::KIND, reason);
    // What was sought in the subject and not found, or in which earlier letter it was, is not why it is filed.
    let found = if reason == SubjectReason::AsksOfEarlier.as_str() { String::new() } else { found };
    let outcome = match text(evidence, "/subject/outcome") {
        "match" => "符合",
        "near_miss" if submission.is_some_and(is_settled) => "不完全符合，已由人工核对",
        "near_miss" => "不完全符合，须人工核对",
        _ => "与本次征集无关",
    };
    // The same words are not said twice.
    lines.push(if found.is_empty() || why.contains(&found) {
        format!("{outcome}：{why}")
    } else {
        format!("{outcome}：{why}（{found}）")
    });
    lines
}

/// Whether its subject waited for a person and waits no more.
fn is_settled(shown: &Shown) -> bool {
    let row = &shown.row;
    row.status != Status::Review.as_str()
        && row.review_reasons.iter().any(|reason| reason == ReviewReason::NearMiss.as_str())
}

fn timeliness(word: &str, consultation: &Consultation) -> Vec<String> {
    let opens = consultation.opens.map_or_else(String::new, |opens| format!("{} 开始，", when(Some(opens))));
    vec![format!(
        "{}（征集 {opens}{} 截止，北京时间；以到达时间为准，不看发件时间）",
        words::short(Timeliness::KIND, word),
        consultation.closes_in_words
    )]
}

fn cut(evidence: &Value) -> Vec<String> {
    let header = text(evidence, "/quote_header").trim();
    let quote = (!header.is_empty()).then(|| format!("自“{header}”起是引用的旧邮件，不计入意见；全文另存"));
    let footers = texts(evidence, "/footers");
    let footers = footers.iter().map(|footer| format!("去掉客户端落款“{}”", footer.trim()));
    quote.into_iter().chain(footers).collect()
}

/// What was read of the writer. What a supplement gives was not mapped to what stands in its letter.
fn details(evidence: &Value, submission: Option<&Shown>, is_supplement: bool) -> Vec<String> {
    let mapped = submission.filter(|_| !is_supplement);
    let occupation = mapped.and_then(|shown| shown.row.occupation.as_deref());
    let items = evidence.pointer("/details").and_then(Value::as_array);
    let is_told = |item: &Value| item.get("field").and_then(Value::as_str) == Some(SENDER_KIND);
    let kind = submission.and_then(|shown| shown.row.sender_kind.as_deref());
    let plain = kind.filter(|_| !items.is_some_and(|items| items.iter().any(is_told))).map(|kind| {
        let kind = words::short(SenderKind::KIND, kind);
        format!(
            "{}：{kind}，依据{}",
            sentences::column(SENDER_KIND),
            words::short("detail_rule", "no_organization")
        )
    });
    let found = items
        .into_iter()
        .flatten()
        .map(|item| {
            let part = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
            let field = sentences::column(part("field"));
            let written = table::cut(part("as_written"), ITEM_CELLS);
            let place = match (item.get("line").and_then(Value::as_u64).unwrap_or(0), written.is_empty()) {
                (0, true) => return field.to_owned(),
                (0, false) => format!("“{written}”"),
                (line, _) => format!("第 {line} 行“{written}”"),
            };
            let mapped = match occupation {
                _ if part("field") == SENDER_KIND => {
                    format!("，归为“{}”", words::short(SenderKind::KIND, kind.unwrap_or_default()))
                }
                Some(occupation) if part("field") == "occupation" && occupation != part("as_written") => {
                    format!("，归入“{}”", compose::printed(occupation))
                }
                _ => String::new(),
            };
            format!("{field}：{place}，依据{}{mapped}", words::short("detail_rule", part("rule")))
        })
        .collect::<Vec<_>>();
    found.into_iter().chain(plain).collect()
}

fn opinions(message: &ExplainedMessage) -> Vec<String> {
    message
        .opinions
        .iter()
        .map(|(ordinal, clause, text)| {
            let clause =
                clause.as_deref().map_or_else(String::new, |clause| format!("〔建议对应 {clause}〕"));
            format!("第 {ordinal} 条{clause}：{}", table::cut(text, ITEM_CELLS))
        })
        .collect()
}

fn acknowledgement(row: &AcknowledgementRow) -> String {
    let recipient =
        row.recipient.as_deref().map_or_else(String::new, |address| format!("，收件人 {address}"));
    let reason = sentences::answer(&row.state, &row.reason);
    let reason = if reason.is_empty() { reason } else { format!("：{reason}") };
    let attempts = if row.attempts > 1 { format!("，试发 {} 次", row.attempts) } else { String::new() };
    format!(
        "“{}”，{}{reason}{recipient}{attempts}",
        words::long(AcknowledgementKind::KIND, &row.kind),
        words::short(AcknowledgementState::KIND, &row.state)
    )
}

fn texts<'a>(evidence: &'a Value, pointer: &str) -> Vec<&'a str> {
    let items = evidence.pointer(pointer).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).collect()
}
