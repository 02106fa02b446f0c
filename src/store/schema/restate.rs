//! The step to version 5: what older versions wrote as sentences becomes words with parameters, in every row.
//!
//! The step to version 6 seals the rows again, those whose seal held before this one.

use jiff::Timestamp;
use rusqlite::params;
use serde_json::{Value, json};

use super::old_sentences;
use crate::store::facts::{self, Fact};
use crate::store::{Result, Writing};
use crate::vocabulary::StoredReason;

/// Who restates.
const ACTOR: &str = "migration_5";

/// Restates everything.
pub(super) fn restate(writing: &Writing<'_>, now: Timestamp) -> Result<()> {
    let counts = json!({
        "entries": entries(writing)?,
        "messages": messages(writing)?,
        "acknowledgements": acknowledgements(writing)?,
        "gaps": gaps(writing)?,
    });
    breaker(writing)?;
    let any = counts.as_object().is_some_and(|counts| counts.values().any(|count| count.as_u64() != Some(0)));
    if any { writing.log(now, ACTOR, "restated", None, &counts) } else { Ok(()) }
}

/// The entries whose reason was more than a word.
fn entries(writing: &Writing<'_>) -> Result<u64> {
    let changed: Vec<(i64, StoredReason)> = {
        let mut statement =
            writing.transaction.prepare("SELECT id, reason FROM mailbox_entry ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        let restated = rows.map(|row| {
            let (id, sentence) = row?;
            let reason = old_sentences::entry(&sentence);
            Ok((reason.word != sentence).then_some((id, reason)))
        });
        restated.filter_map(Result::transpose).collect::<Result<_>>()?
    };
    for (id, reason) in &changed {
        writing
            .transaction
            .prepare_cached("UPDATE mailbox_entry SET reason = ?2, reason_detail = ?3 WHERE id = ?1")?
            .execute(params![id, reason.word, detail(reason)])?;
    }
    Ok(changed.len() as u64)
}

fn messages(writing: &Writing<'_>) -> Result<u64> {
    let all = ids(writing, "SELECT id FROM message ORDER BY id")?;
    all.iter().try_for_each(|id| message_restated(writing, *id))?;
    Ok(all.len() as u64)
}

fn message_restated(writing: &Writing<'_>, id: i64) -> Result<()> {
    let (received, evidence): (Option<String>, Option<String>) = writing
        .transaction
        .prepare_cached("SELECT received_evidence, evidence FROM message WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if received.is_none() && evidence.is_none() {
        return Ok(());
    }
    let received = received.map(|sentence| StoredReason::from(&old_sentences::arrival(&sentence)));
    let restated = evidence.map(|text| match serde_json::from_str(&text) {
        Ok(evidence) => structured(evidence).to_string(),
        Err(_) => text,
    });
    writing
        .transaction
        .prepare_cached(
            "UPDATE message SET received_evidence = ?2, received_evidence_detail = ?3, evidence = ?4 WHERE id = ?1",
        )?
        .execute(params![
            id,
            received.as_ref().map(|received| &received.word),
            received.as_ref().and_then(detail),
            restated
        ])?;
    Ok(())
}

/// `message.evidence` with what were sentences in it.
fn structured(mut evidence: Value) -> Value {
    let word = evidence.pointer("/subject/reason").and_then(Value::as_str).unwrap_or_default().to_owned();
    replace(&mut evidence, "/subject/evidence", |sentence| json!(old_sentences::subject(&word, sentence)));
    replace(&mut evidence, "/arrival/evidence", |sentence| json!(old_sentences::arrival(sentence)));
    if let Some(origin) = evidence.get_mut("origin") {
        let part = |key: &str| origin.get(key).and_then(Value::as_str);
        let restated = match (origin.as_str(), part("suspected"), part("machine"), part("mark")) {
            (Some(person), ..) => json!({ "word": person }),
            (_, Some(sign), ..) => json!({ "word": "suspected", "mark": old_sentences::mark(sign) }),
            (_, _, Some(kind), Some(sign)) => json!({ "word": kind, "mark": old_sentences::mark(sign) }),
            _ => origin.clone(),
        };
        *origin = restated;
    }
    evidence
}

fn replace(evidence: &mut Value, pointer: &str, restate: impl FnOnce(&str) -> Value) {
    if let Some(value) = evidence.pointer_mut(pointer)
        && let Some(sentence) = value.as_str()
    {
        *value = restate(sentence);
    }
}

/// Their reason stands in no seal: sending changes it.
fn acknowledgements(writing: &Writing<'_>) -> Result<u64> {
    let rows: Vec<(i64, String, String, bool)> = {
        let mut statement = writing.transaction.prepare(
            "SELECT id, state, reason, state = 'failed' AND EXISTS (SELECT 1 FROM event AS e
                WHERE e.submission_id = acknowledgement.submission_id AND e.action = 'bounced'
                  AND json_extract(e.detail, '$.acknowledgement') = acknowledgement.id)
             FROM acknowledgement WHERE reason IS NOT NULL",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for (id, state, sentence, returned) in &rows {
        let reason = match state.as_str() {
            "withheld" => old_sentences::withheld(sentence),
            _ => old_sentences::send(sentence, *returned),
        };
        writing
            .transaction
            .prepare_cached("UPDATE acknowledgement SET reason = ?2, reason_detail = ?3 WHERE id = ?1")?
            .execute(params![id, reason.word, detail(&reason)])?;
    }
    Ok(rows.len() as u64)
}

fn gaps(writing: &Writing<'_>) -> Result<u64> {
    let rows: Vec<(String, i64, rusqlite::types::Value, String)> = {
        let mut statement =
            writing.transaction.prepare("SELECT folder, uid_validity, uid, reason FROM gap")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for (folder, validity, uid, sentence) in &rows {
        let reason = old_sentences::entry(sentence);
        writing
            .transaction
            .prepare_cached(
                "UPDATE gap SET reason = ?4, reason_detail = ?5 WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3",
            )?
            .execute(params![folder, validity, uid, reason.word, detail(&reason)])?;
    }
    Ok(rows.len() as u64)
}

fn breaker(writing: &Writing<'_>) -> Result<()> {
    let Some(sentence) =
        facts::read(&writing.transaction, Fact::Breaker)?.filter(|sentence| !sentence.is_empty())
    else {
        return Ok(());
    };
    let reason = old_sentences::breaker(&sentence);
    facts::write(&writing.transaction, Fact::Breaker, &reason.word)?;
    facts::write(&writing.transaction, Fact::BreakerDetail, &detail(&reason).unwrap_or_default())
}

fn detail(reason: &StoredReason) -> Option<String> {
    (!reason.detail.is_null()).then(|| reason.detail.to_string())
}

fn ids(writing: &Writing<'_>, sql: &str) -> Result<Vec<i64>> {
    let mut statement = writing.transaction.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
