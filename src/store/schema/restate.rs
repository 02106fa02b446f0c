//! The step to version 5: what older versions wrote as sentences becomes words with parameters, in every row.
//!
//! A row whose seal held is sealed again, by an event whose actor names this step. A row whose seal was broken before is
//! restated too and its seal stays broken: the step must not hide what somebody did.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::params;
use serde_json::{Value, json};

use super::{old_sentences, whole_seals};
use crate::store::evidence::{DIGEST_DIGITS, entry_digest, letters_of, message_digest};
use crate::store::facts::{self, Fact};
use crate::store::{Result, Writing};
use crate::vocabulary::StoredReason;

/// Who seals again in this step.
const ACTOR: &str = "migration_5";

/// Restates everything.
pub(super) fn restate(writing: &Writing<'_>, now: Timestamp) -> Result<()> {
    let counts = json!({
        "entries": entries(writing, now)?,
        "messages": submissions(writing, now)? + loose_messages(writing, now)?,
        "acknowledgements": acknowledgements(writing)?,
        "gaps": gaps(writing)?,
    });
    breaker(writing)?;
    let any = counts.as_object().is_some_and(|counts| counts.values().any(|count| count.as_u64() != Some(0)));
    if any { writing.log(now, ACTOR, "restated", None, &counts) } else { Ok(()) }
}

/// The entries whose reason was more than a word.
fn entries(writing: &Writing<'_>, now: Timestamp) -> Result<u64> {
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
    let mut seals: HashMap<i64, String> = changed.iter().map(|(id, _)| (*id, String::new())).collect();
    latest_seals(writing, &mut seals)?;
    for (id, reason) in &changed {
        let holds = seals.get(id) == Some(&entry_digest(&writing.transaction, *id)?);
        writing
            .transaction
            .prepare_cached("UPDATE mailbox_entry SET reason = ?2, reason_detail = ?3 WHERE id = ?1")?
            .execute(params![id, reason.word, detail(reason)])?;
        if holds {
            writing.seal_entry(now, ACTOR, *id)?;
        }
    }
    Ok(changed.len() as u64)
}

/// Puts the latest seal of each entry to its id, for those that are asked for.
fn latest_seals(writing: &Writing<'_>, seals: &mut HashMap<i64, String>) -> Result<()> {
    let mut statement = writing
        .transaction
        .prepare("SELECT detail FROM event WHERE action IN ('entries_sealed', 'entry_sealed') ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let detail: Value = serde_json::from_str(&row.get::<_, String>(0)?).unwrap_or_default();
        let number = |key: &str| detail.get(key).and_then(Value::as_i64);
        let text = |key: &str| detail.get(key).and_then(Value::as_str).unwrap_or_default();
        // One row, or a run of them from the first.
        let (first, digests) = match (number("entry"), number("first")) {
            (Some(id), _) => (id, text("row")),
            (None, Some(first)) => (first, text("rows")),
            (None, None) => continue,
        };
        for (id, digest) in (first..).zip(digests.as_bytes().chunks(DIGEST_DIGITS)) {
            if let Some(seal) = seals.get_mut(&id) {
                *seal = String::from_utf8_lossy(digest).into_owned();
            }
        }
    }
    Ok(())
}

/// The messages of each submission, and its seal.
fn submissions(writing: &Writing<'_>, now: Timestamp) -> Result<u64> {
    let mut count = 0;
    for id in ids(writing, "SELECT id FROM submission ORDER BY id")? {
        let holds = whole_seals::holds(writing, id)?;
        let mut changed = false;
        for message in letters_of(&writing.transaction, id)? {
            changed |= message_restated(writing, message)?;
            count += 1;
        }
        if changed && holds {
            writing.seal_submission(now, ACTOR, id)?;
        }
    }
    Ok(count)
}

/// Messages of no submission: the quarantined ones.
fn loose_messages(writing: &Writing<'_>, now: Timestamp) -> Result<u64> {
    let loose = ids(
        writing,
        "SELECT id FROM message WHERE id NOT IN (SELECT message_id FROM submission UNION ALL SELECT message_id FROM supplement)
         ORDER BY id",
    )?;
    let mut seals: HashMap<i64, String> = HashMap::new();
    {
        let mut statement = writing.transaction.prepare(
            "SELECT json_extract(detail, '$.message'), json_extract(detail, '$.row') FROM event
             WHERE action = 'message_sealed' ORDER BY id",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            let (id, seal) = row?;
            seals.insert(id, seal);
        }
    }
    for id in &loose {
        let holds = seals.get(id) == Some(&message_digest(&writing.transaction, *id)?);
        if message_restated(writing, *id)? && holds {
            writing.seal_message(now, ACTOR, *id)?;
        }
    }
    Ok(loose.len() as u64)
}

/// Restates one message; whether anything changed.
fn message_restated(writing: &Writing<'_>, id: i64) -> Result<bool> {
    let (received, evidence): (Option<String>, Option<String>) = writing
        .transaction
        .prepare_cached("SELECT received_evidence, evidence FROM message WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if received.is_none() && evidence.is_none() {
        return Ok(false);
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
    Ok(true)
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
