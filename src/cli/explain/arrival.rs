//! When a mail arrived, and what that rests on.

use serde_json::Value;

use super::Case;
use crate::cli::corrections::ERASED;
use crate::cli::submissions::when;
use crate::store::ExplainedMessage;
use crate::vocabulary::{ArrivalEvidence, ReceivedBasis, ReviewReason, Timeliness, Word};
use crate::words;

/// The title of the step.
pub(super) const TITLE: &str = "到达";

/// How the lines begin that say when it was sent by its own date, and that only arrival counts.
const SAYS_ITSELF: &str = "发件人自称";
const ONLY_OURS: &str = "到达时间只看本单位服务器的接收记录";

/// Whether a line says nothing but when the mail was sent by its own date, and what counts.
pub(super) fn is_of_its_time(line: &str) -> bool {
    line.starts_with(SAYS_ITSELF) || line.starts_with(ONLY_OURS)
}

/// When it arrived, by which clock, and what other clocks say.
pub(super) fn lines(message: &ExplainedMessage, case: &Case<'_>) -> Vec<String> {
    let Some(basis_word) = message.received_basis.as_deref() else { return Vec::new() };
    let basis = words::long(ReceivedBasis::KIND, basis_word);
    let mut lines = vec![format!("{}（北京时间），依据{basis}", when(message.received_at))];
    // What the record said went with the address that stood in it.
    let is_erased = text(&message.received_evidence.detail, "/line").is_empty();
    let record = words::tell(ArrivalEvidence::KIND, &message.received_evidence);
    lines.push(if is_erased && record.ends_with('：') { format!("{record}{ERASED}") } else { record });
    lines.extend(message.sent_as_written.as_deref().map(|sent| {
        let sent = sent.parse().map_or_else(|_| sent.to_owned(), |at| when(Some(at)));
        format!("{SAYS_ITSELF} {sent} 发出（Date 字段，不作依据）")
    }));
    let beyond = text(&message.evidence, "/arrival/beyond/line");
    if !beyond.is_empty() {
        let sent = text(&message.evidence, "/arrival/beyond/sent");
        lines.push(format!(
            "发件方的接收记录写有 {sent}（在本单位服务器之前，发件人自己也能写上，不作依据）：{beyond}"
        ));
    }
    let above = text(&message.evidence, "/arrival/above/line");
    if !above.is_empty() {
        let at = text(&message.evidence, "/arrival/above/at");
        lines.push(format!("本单位服务器在其上的接收记录写有 {at}：{above}"));
    }
    let is_uid = case.explained.uid.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(kept) =
        message.internal_date.filter(|_| is_uid && basis_word == ReceivedBasis::Received.as_str())
    {
        lines.push(format!("邮箱服务器记录的时间为 {}（INTERNALDATE）", when(Some(kept))));
    }
    let reasons = case.submission.map(|shown| shown.row.review_reasons.as_slice());
    if reasons
        .is_some_and(|reasons| reasons.iter().any(|reason| reason == ReviewReason::ArrivalDisputed.as_str()))
    {
        lines.push("以上各时间对是否按时说法不一，因此交人工核对".to_owned());
    }
    let filed = message.filed.as_ref();
    if filed.is_some_and(|filed| filed.timeliness == Timeliness::LateSentInTime.as_str()) {
        lines.push(format!("{ONLY_OURS}；发件方写的时间在截止之前，真假须由人工核对"));
    }
    lines
}

/// A word of the evidence, or nothing.
pub(super) fn text<'a>(evidence: &'a Value, pointer: &str) -> &'a str {
    evidence.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
