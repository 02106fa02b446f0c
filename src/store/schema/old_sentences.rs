//! The sentences in which versions before 5 wrote reasons and evidence, and what they say as a word with parameters. Only
//! the migration reads them. What nobody knows is kept as it was written.

use serde_json::{Value, json};

use crate::vocabulary::{
    ArrivalEvidence, Machine, Mark, SendFailure, Silence, StoredReason, SubjectEvidence,
};

/// `mailbox_entry.reason` and `gap.reason`: `auto_reply: auto-submitted: auto-replied`, `answers LNZX-2024-0001`.
pub(super) fn entry(sentence: &str) -> StoredReason {
    for (prefix, word) in [("answers ", "answers"), ("same_content as ", "same_content")] {
        if let Some(number) = sentence.strip_prefix(prefix) {
            return reason(word, json!({ "number": number }));
        }
    }
    match sentence.split_once(": ") {
        Some((word, sign)) if Machine::from_word(word).is_some() => {
            reason(word, json!({ "mark": mark(sign) }))
        }
        Some(("refused", words)) => reason("refused", json!({ "words": words })),
        Some(("unreadable_file", problem)) => reason("unreadable_file", json!({ "problem": problem })),
        Some((word, rest)) if is_word(word) => reason(word, json!({ "as_written": rest })),
        None if is_word(sentence) => reason(sentence, Value::Null),
        _ => as_written(sentence),
    }
}

/// `acknowledgement.reason` of an answer that is withheld: `marked_no_answer: no_reply_address: from noreply`.
pub(super) fn withheld(sentence: &str) -> StoredReason {
    match sentence.split_once(": ") {
        Some(("marked_no_answer", sign)) => {
            let sign = sign.strip_prefix("machine_suspected: ").unwrap_or(sign);
            reason("marked_no_answer", json!({ "mark": mark(sign) }))
        }
        Some(("not_composed", problem)) => reason("not_composed", json!({ "problem": problem })),
        _ => entry(sentence),
    }
}

/// `acknowledgement.reason` of an answer that waits or was given up: `given up 120 h after queueing: 452 disk full`.
/// `returned`: the log says that it came back.
pub(super) fn send(sentence: &str, returned: bool) -> StoredReason {
    if returned {
        return reason("returned", json!({ "words": sentence }));
    }
    let given_up = sentence.strip_prefix("given up ").and_then(|rest| rest.split_once(" h after queueing: "));
    if let Some((hours, last)) = given_up
        && let Ok(hours) = hours.parse::<u64>()
    {
        return reason("given_up", json!({ "hours": hours, "last": failure(last) }));
    }
    StoredReason::from(&failure(sentence))
}

fn failure(sentence: &str) -> SendFailure {
    let code = sentence.split_once(' ').and_then(|(code, reply)| Some((code.parse::<u16>().ok()?, reply)));
    if let Some((code @ 400..=599, reply)) = code {
        return SendFailure::Refused { code, reply: reply.to_owned() };
    }
    let (unknown, seen) = match sentence.strip_prefix("outcome unknown: ") {
        Some(seen) => (true, seen),
        None => (false, sentence),
    };
    let mut parts = seen.splitn(3, ": ");
    let broken = (parts.next(), parts.next(), parts.next());
    match broken {
        (Some(server), Some(step), Some(problem)) if server.starts_with("SMTP ") || unknown => {
            let (server, step, seen) = (server.to_owned(), step.to_owned(), silence(problem));
            if unknown {
                SendFailure::OutcomeUnknown { server, step, seen }
            } else {
                SendFailure::Broken { server, step, seen }
            }
        }
        _ => SendFailure::Unavailable { problem: sentence.to_owned() },
    }
}

fn silence(problem: &str) -> Silence {
    let seconds = problem.strip_prefix("no answer within ").and_then(|rest| rest.strip_suffix(" s"));
    match seconds.and_then(|seconds| std::time::Duration::try_from_secs_f64(seconds.parse().ok()?).ok()) {
        Some(limit) => Silence::NoAnswer { limit_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX) },
        None if problem == "the server closed the connection" => Silence::Closed,
        None => Silence::Unusable { problem: problem.to_owned() },
    }
}

/// The fact `breaker`: `caps.per_hour = 500: 500 answers left within the last hour`.
pub(super) fn breaker(sentence: &str) -> StoredReason {
    let parts = sentence.split_once(" = ").and_then(|(word, rest)| {
        let (cap, rest) = rest.split_once(": ")?;
        let sent = rest.split_once(' ')?.0;
        Some((word, cap.parse::<u32>().ok()?, sent.parse::<u32>().ok()?))
    });
    match parts {
        Some((word, cap, sent)) => reason(word, json!({ "cap": cap, "sent": sent })),
        None => as_written(sentence),
    }
}

/// By what a machine betrayed itself: `auto-submitted: auto-replied`, `return-path: <>`, `list-id`.
pub(super) fn mark(sentence: &str) -> Mark {
    let owned = str::to_owned;
    match sentence.split_once(": ") {
        None if sentence == "no_from" => Mark::NoFrom,
        None if sentence == "no_from_address" => Mark::NoFromAddress,
        None => Mark::Field { field: owned(sentence) },
        Some(("report", report_type)) => Mark::Report { report_type: owned(report_type) },
        Some(("subject", marker)) => Mark::Subject { marker: owned(marker) },
        Some(("return-path", "<>")) => Mark::NullReturnPath,
        Some((field @ ("from" | "return-path"), local)) => {
            Mark::Address { field: owned(field), local: owned(local) }
        }
        Some(("no_reply_address", address)) => {
            let (field, local) = address.split_once(' ').unwrap_or(("", address));
            Mark::NoReplyAddress { field: owned(field), local: owned(local) }
        }
        Some((field, value)) => Mark::FieldValue { field: owned(field), value: owned(value) },
    }
}

/// `subject.evidence` in `message.evidence`, beside its reason.
pub(super) fn subject(word: &str, sentence: &str) -> SubjectEvidence {
    let text = || sentence.to_owned();
    let title = |edits, ask: &str| match (edits, ask.to_owned()) {
        (0, ask) => SubjectEvidence::Title { ask },
        (edits, ask) => SubjectEvidence::NearTitle { edits, ask },
    };
    match sentence {
        "no subject" => return SubjectEvidence::NoSubject,
        "ask words and nothing else" => return SubjectEvidence::AskWords,
        "an application for disclosure" => return SubjectEvidence::Disclosure,
        "neither title nor anchor nor ask word alone" | "" => return SubjectEvidence::Nothing,
        "whole tag" | "the whole tag inside a call for opinions" => return SubjectEvidence::Tag,
        "whole title, no ask word" | "the whole title inside a call for opinions" => return title(0, ""),
        _ if matches!(word, "anchor" | "anchor_and_ask_word") => {
            return SubjectEvidence::Anchor { text: text() };
        }
        _ if word.starts_with("leading_") => return SubjectEvidence::Marker { marker: text() },
        _ => {}
    }
    if let Some(ask) = sentence.strip_prefix("whole title, ask word ") {
        return title(0, ask);
    }
    if let Some((edits, rest)) =
        sentence.strip_prefix("title with ").and_then(|rest| rest.split_once(" edits"))
        && let Ok(edits) = edits.parse()
    {
        return title(edits, rest.strip_prefix(", ask word ").unwrap_or_default());
    }
    if let Some((characters, run)) = sentence.split_once(" characters of the title: ")
        && let Ok(characters) = characters.parse()
    {
        return SubjectEvidence::Run { characters, text: run.to_owned() };
    }
    match sentence.split_once(": ") {
        Some(("title", _)) => title(0, ""),
        Some(("title without issuer", text)) => SubjectEvidence::TitleWithoutIssuer { text: text.to_owned() },
        Some(("anchor", text)) => SubjectEvidence::Anchor { text: text.to_owned() },
        Some(("number", number)) => SubjectEvidence::Number { number: number.to_owned() },
        _ => SubjectEvidence::AsWritten { text: text() },
    }
}

/// `message.received_evidence`: `boundary line: from …`, `INTERNALDATE: no Received line`.
pub(super) fn arrival(sentence: &str) -> ArrivalEvidence {
    let line = str::to_owned;
    match sentence.split_once(": ") {
        Some(("boundary line", rest)) => ArrivalEvidence::BoundaryLine { line: line(rest) },
        Some(("trusted line above a boundary line without a readable time", rest)) => {
            ArrivalEvidence::LineAboveBoundary { line: line(rest) }
        }
        Some(("lowest trusted line", rest)) => ArrivalEvidence::LowestTrustedLine { line: line(rest) },
        Some(("INTERNALDATE" | "the file's modification time", why)) => match why {
            "no Received line" => ArrivalEvidence::NoReceivedLine,
            "no Received line of a trusted host at the top" => ArrivalEvidence::NoTrustedLine,
            "no trusted Received line bears a readable time" => ArrivalEvidence::NoReadableTime,
            _ => ArrivalEvidence::AsWritten { text: line(sentence) },
        },
        _ if sentence.starts_with("no clock gave the arrival") => ArrivalEvidence::NoClock,
        _ => ArrivalEvidence::AsWritten { text: line(sentence) },
    }
}

fn reason(word: &str, detail: Value) -> StoredReason {
    StoredReason { word: word.to_owned(), detail }
}

fn as_written(sentence: &str) -> StoredReason {
    reason("as_written", json!({ "text": sentence }))
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_a_word_and_what_goes_with_it() {
        let rows: [(StoredReason, &str, Value); 15] = [
            (entry("no_tag"), "no_tag", Value::Null),
            (entry("answers LNZX-2024-0001"), "answers", json!({ "number": "LNZX-2024-0001" })),
            (entry("same_content as LNZX-2024-0001"), "same_content", json!({ "number": "LNZX-2024-0001" })),
            (
                entry("auto_reply: auto-submitted: auto-replied"),
                "auto_reply",
                json!({ "mark": { "word": "field_value", "field": "auto-submitted", "value": "auto-replied" } }),
            ),
            (entry("refused: [INUSE] mailbox: busy"), "refused", json!({ "words": "[INUSE] mailbox: busy" })),
            (entry("older_rule: why"), "older_rule", json!({ "as_written": "why" })),
            (entry("A sentence."), "as_written", json!({ "text": "A sentence." })),
            (withheld("disabled"), "disabled", Value::Null),
            (
                withheld("marked_no_answer: machine_suspected: list-id"),
                "marked_no_answer",
                json!({ "mark": { "word": "field", "field": "list-id" } }),
            ),
            (
                withheld("not_composed: line 3: no such name"),
                "not_composed",
                json!({ "problem": "line 3: no such name" }),
            ),
            (
                send("451 4.7.1 later: please", false),
                "refused",
                json!({ "code": 451, "reply": "4.7.1 later: please" }),
            ),
            (send("user unknown", true), "returned", json!({ "words": "user unknown" })),
            (
                send("given up 120 h after queueing: SMTP mx:25: RCPT TO: no answer within 0.5 s", false),
                "given_up",
                json!({ "hours": 120, "last": { "word": "broken", "server": "SMTP mx:25", "step": "RCPT TO",
                    "seen": { "word": "no_answer", "limit_ms": 500 } } }),
            ),
            (
                send("outcome unknown: SMTP mx:25: message content: the server closed the connection", false),
                "outcome_unknown",
                json!({ "server": "SMTP mx:25", "step": "message content", "seen": { "word": "closed" } }),
            ),
            (
                breaker("caps.per_day = 500: 501 answers left within the last 24 hours"),
                "caps.per_day",
                json!({ "cap": 500, "sent": 501 }),
            ),
        ];
        for (found, word, detail) in rows {
            assert_eq!((found.word.as_str(), found.detail), (word, detail));
        }
    }

    /// A mark's sentence, which is still made for people, says what it said.
    #[test]
    fn marks_come_back_from_their_sentences() {
        let owned = str::to_owned;
        for sign in [
            Mark::Field { field: owned("list-id") },
            Mark::FieldValue { field: owned("precedence"), value: owned("bulk") },
            Mark::Report { report_type: owned("delivery-status") },
            Mark::Subject { marker: owned("自动回复：") },
            Mark::NullReturnPath,
            Mark::Address { field: owned("return-path"), local: owned("+auto_") },
            Mark::NoReplyAddress { field: owned("from"), local: owned("noreply") },
            Mark::NoFrom,
            Mark::NoFromAddress,
        ] {
            assert_eq!(mark(&sign.to_string()), sign);
        }
    }

    #[test]
    fn what_is_not_known_is_kept() {
        let words = "title of some older form";
        assert_eq!(subject("shared_run", words), SubjectEvidence::AsWritten { text: words.to_owned() });
        assert_eq!(arrival(words), ArrivalEvidence::AsWritten { text: words.to_owned() });
        assert_eq!(
            arrival("INTERNALDATE: moon"),
            ArrivalEvidence::AsWritten { text: "INTERNALDATE: moon".to_owned() }
        );
        assert_eq!(
            send(words, false),
            StoredReason { word: "unavailable".to_owned(), detail: json!({ "problem": words }) }
        );
    }
}
