//! What became of each answer, as the event log tells it: the columns that sending changes are in no seal.

use std::collections::HashMap;

use rusqlite::Connection;
use serde_json::Value;

use crate::store::Result;

/// The last thing that the log says of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    /// It left at this time, after so many attempts.
    Sent(String, Option<i64>),
    /// It was given up, or came back.
    Failed,
    /// A person took it back before it left.
    Held,
    /// A person wants it tried again, or sent after all.
    Waits,
}

/// The fates of all answers that the log speaks of, by `acknowledgement.id`.
#[derive(Debug, Default)]
pub(in crate::store) struct Fates(HashMap<i64, Fate>);

impl Fates {
    /// Takes one event, in the order of the log.
    pub(in crate::store) fn note(&mut self, at: &str, action: &str, detail: &Value) {
        let fate = match action {
            // Older events do not say after how many attempts.
            "sent" => Fate::Sent(at.to_owned(), detail.get("attempts").and_then(Value::as_i64)),
            "failed" | "bounced" => Fate::Failed,
            "held" => Fate::Held,
            "retried" | "released" => Fate::Waits,
            "answered_anew" if detail.get("state").and_then(Value::as_str) == Some("queued") => Fate::Waits,
            _ => return,
        };
        if let Some(id) = detail.get("acknowledgement").and_then(Value::as_i64) {
            self.0.insert(id, fate);
        }
    }

    /// Answers whose row tells something else than the log: id and the submission's number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(in crate::store) fn contradicted(
        &self,
        connection: &Connection,
    ) -> Result<Vec<(i64, Option<String>)>> {
        let mut statement = connection.prepare(
            "SELECT a.id, a.state, a.sent_at, s.number, a.attempts FROM acknowledgement AS a
             LEFT JOIN submission AS s ON s.id = a.submission_id ORDER BY a.id",
        )?;
        let mut rows = statement.query([])?;
        let mut wrong = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, state): (i64, String) = (row.get(0)?, row.get(1)?);
            let sent_at: Option<String> = row.get(2)?;
            let made: i64 = row.get(4)?;
            let agrees = match self.0.get(&id) {
                Some(Fate::Sent(at, attempts)) => {
                    state == "sent"
                        && sent_at.as_deref() == Some(at)
                        && attempts.is_none_or(|attempts| attempts == made)
                }
                Some(Fate::Failed) => state == "failed",
                Some(Fate::Held) => state == "withheld" && sent_at.is_none(),
                Some(Fate::Waits) => matches!(state.as_str(), "queued" | "deferred"),
                None => matches!(state.as_str(), "queued" | "deferred" | "withheld") && sent_at.is_none(),
            };
            if !agrees {
                wrong.push((id, row.get(3)?));
            }
        }
        Ok(wrong)
    }
}
