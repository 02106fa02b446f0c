//! The steps in their order, each with what it saw.

use serde_json::Value;

use crate::cli::submissions::{acknowledgement_in_chinese, timeliness_in_chinese, when};
use crate::cli::{table, words};
use crate::config::Settings;
use crate::mail::{Consultation, Disposition};
use crate::store::{AcknowledgementRow, Explained, ExplainedMessage, Shown};

/// Cells of an opinion item's beginning.
const ITEM_CELLS: usize = 60;

/// One step.
pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) lines: Vec<String>,
}

/// Every step that was taken.
pub(super) fn all(explained: &Explained, settings: &Settings) -> Vec<Step> {
    let mut steps = vec![Step { title: "取件", lines: fetched(explained) }];
    let mut step = |title, lines: Vec<String>| {
        if !lines.is_empty() {
            steps.push(Step { title, lines });
        }
    };
    let Some(message) = &explained.message else {
        step("判断", words::looked_for(&explained.reason));
        return steps;
    };
    let evidence = &message.evidence;
    let consultation = text(evidence, "/consultation");
    let consultation = settings.consultations.iter().find(|found| found.id == consultation);
    step("到达", arrival(message));
    // What could not be read was not judged either.
    if !evidence.is_null() && explained.disposition != Disposition::Quarantined.as_str() {
        step("正文", body(message));
        step("来源", vec![origin(evidence)]);
        step("归属", vec![thread(evidence, consultation)]);
        step("主题", subject(message, consultation));
    }
    if let Some(shown) = &explained.submission {
        let membership = shown.membership.iter().map(|group| words::membership(group, &shown.row.number));
        step("相同来信", membership.collect());
        let relations = shown.relations.iter().map(|relation| words::relation(relation, &shown.row.number));
        step("涉及来信", relations.collect());
    }
    if let (Some(filed), Some(consultation)) = (&message.filed, consultation) {
        step("时限", timeliness(&filed.timeliness, consultation));
    }
    step("引用和落款", cut(evidence));
    step("提取", details(evidence, explained.submission.as_ref()));
    step("意见条目", opinions(message));
    if let Some(filed) = &message.filed {
        let flags = filed.flags.iter().map(|flag| format!("{}（{flag}）", words::flag(flag)));
        step("标记", flags.collect());
        step("回执", message.acknowledgement.as_ref().map(acknowledgement).unwrap_or_default());
    }
    steps
}

fn fetched(explained: &Explained) -> Vec<String> {
    let digest = explained
        .sha256
        .as_deref()
        .map_or_else(|| "没有取得原件".to_owned(), |sha256| format!("SHA-256 {sha256}"));
    vec![
        format!(
            "文件夹 {}，UID {}，{} 字节，读取于 {}",
            explained.folder,
            explained.uid,
            explained.size_bytes,
            when(explained.seen_at)
        ),
        digest,
    ]
}

fn arrival(message: &ExplainedMessage) -> Vec<String> {
    let basis = match message.received_basis.as_deref() {
        Some("received") => "依据本单位边界服务器写的 Received 记录；其下各行发件人可以伪造，不看",
        Some("internaldate") => "依据邮箱服务器的接收时间（INTERNALDATE）",
        Some("file") => "依据文件时间",
        _ => return Vec::new(),
    };
    let mut lines = vec![format!("{}（北京时间），{basis}", when(message.received_at))];
    lines.extend(message.received_evidence.as_deref().map(words::arrival));
    lines.extend(
        message.sent_as_written.as_deref().map(|sent| format!("发件人自称 {sent}（Date 字段，不作依据）")),
    );
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
        if evidence.pointer("/body/limit_reached").and_then(Value::as_bool) == Some(true) {
            lines.push("邮件超过读取上限，只读了前面的部分；原件完整保存".to_owned());
        }
    }
    lines.extend(message.attachments.iter().map(|(filename, media_type, size)| {
        format!("附件 {}（{media_type}，{size} 字节）", filename.as_deref().unwrap_or("（无名）"))
    }));
    lines
}

fn origin(evidence: &Value) -> String {
    match (text(evidence, "/origin"), text(evidence, "/origin/suspected"), text(evidence, "/origin/mark")) {
        ("person", ..) => "没有自动回复、退信、回执、列表邮件的标志，按个人来信处理".to_owned(),
        (_, "", mark) => format!("自动发送（{mark}）"),
        (_, suspected, _) => {
            format!("有一个不足以断定的标志（{suspected}），照常登记，交人工核对，不自动答复")
        }
    }
}

fn thread(evidence: &Value, consultation: Option<&Consultation>) -> String {
    let answers = text(evidence, "/thread/answers");
    let numbers: Vec<&str> = texts(evidence, "/thread/numbers");
    if !answers.is_empty() {
        return format!("回复了编号 {answers} 的回执，或由同一发件人提到该编号");
    }
    let about = consultation.map_or_else(String::new, |found| format!("，按征集“{}”判断", found.title));
    match numbers.as_slice() {
        [] => format!("没有回复本系统的回执，也没有提到登记编号，是新的来信{about}"),
        _ => format!("提到编号 {}，但不是该编号的发件人所写，按新的来信处理{about}", numbers.join("、")),
    }
}

fn subject(message: &ExplainedMessage, consultation: Option<&Consultation>) -> Vec<String> {
    let evidence = &message.evidence;
    let mut lines = vec![format!("来信主题为“{}”", message.subject.as_deref().unwrap_or("（无主题）"))];
    let stripped = texts(evidence, "/subject/stripped");
    if !stripped.is_empty() {
        lines.push(format!("比较时去掉开头的“{}”", stripped.join(" ")));
    }
    if !text(evidence, "/thread/answers").is_empty() {
        lines.push("是对回执的回复，主题不另作要求".to_owned());
        return lines;
    }
    if let Some(consultation) = consultation
        && text(evidence, "/subject/outcome") != "match"
    {
        lines.push(format!("公告要求注明“{}”", consultation.subject_tag));
    }
    let found = words::subject_evidence(text(evidence, "/subject/evidence"));
    let why = words::reason(text(evidence, "/subject/reason"));
    let outcome = match text(evidence, "/subject/outcome") {
        "match" => "符合",
        "near_miss" => "不完全符合，须人工核对",
        _ => "与本次征集无关",
    };
    lines.push(if found.is_empty() {
        format!("{outcome}：{why}")
    } else {
        format!("{outcome}：{why}（{found}）")
    });
    lines
}

fn timeliness(word: &str, consultation: &Consultation) -> Vec<String> {
    let opens = consultation.opens.map_or_else(String::new, |opens| format!("{} 开始，", when(Some(opens))));
    vec![format!(
        "{}（征集 {opens}{} 截止，北京时间；以到达时间为准，不看发件时间）",
        timeliness_in_chinese(word),
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

fn details(evidence: &Value, submission: Option<&Shown>) -> Vec<String> {
    let occupation = submission.and_then(|shown| shown.row.occupation.as_deref());
    let items = evidence.pointer("/details").and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .map(|item| {
            let part = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
            let field = words::field(part("field"));
            let written = table::cut(part("as_written"), ITEM_CELLS);
            let place = match (item.get("line").and_then(Value::as_u64).unwrap_or(0), written.is_empty()) {
                (0, true) => return field.to_owned(),
                (0, false) => format!("“{written}”"),
                (line, _) => format!("第 {line} 行“{written}”"),
            };
            let mapped = match occupation {
                Some(occupation) if part("field") == "occupation" && occupation != part("as_written") => {
                    format!("，归入“{occupation}”")
                }
                _ => String::new(),
            };
            format!("{field}：{place}，依据{}{mapped}", words::rule(part("rule")))
        })
        .collect()
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

fn acknowledgement(row: &AcknowledgementRow) -> Vec<String> {
    let recipient =
        row.recipient.as_deref().map_or_else(String::new, |address| format!("，收件人 {address}"));
    let reason = match row.reason.as_deref() {
        Some(reason) if row.state == "withheld" => format!("：{}", words::withheld(reason)),
        Some(reason) => format!("：{reason}"),
        None => String::new(),
    };
    let attempts = if row.attempts > 1 { format!("，试发 {} 次", row.attempts) } else { String::new() };
    vec![format!(
        "“{}”，{}{reason}{recipient}{attempts}",
        words::kind(&row.kind),
        acknowledgement_in_chinese(&row.state)
    )]
}

fn text<'a>(evidence: &'a Value, pointer: &str) -> &'a str {
    evidence.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn texts<'a>(evidence: &'a Value, pointer: &str) -> Vec<&'a str> {
    let items = evidence.pointer(pointer).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).collect()
}
