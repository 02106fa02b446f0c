//! The circuit breaker as it is remembered: whether it is open, why and since when.

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::json;

use crate::store::facts::{self, Fact};
use crate::store::reasons::detail;
use crate::store::{Result, Store, Writing};
use crate::vocabulary::{BreakerReason, StoredReason, rfc3339_utc};

impl Store {
    /// Why the breaker is open; `None` while it is closed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn breaker(&self) -> Result<Option<StoredReason>> {
        breaker(&self.connection)
    }

    /// Since when it is open.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn breaker_since(&self) -> Result<Option<Timestamp>> {
        self.fact_instant(Fact::BreakerSince)
    }
}

impl Writing<'_> {
    /// Remembers that the breaker opened or closed, or that it is open for another reason or another count.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_breaker(&self, reason: Option<&BreakerReason>, now: Timestamp) -> Result<()> {
        let before = breaker(&self.transaction)?;
        self.write_breaker(reason)?;
        let event = match (&before, reason) {
            (None, Some(_)) => "breaker_opened",
            (Some(_), None) => "breaker_closed",
            _ => return Ok(()),
        };
        facts::write(&self.transaction, Fact::BreakerSince, &rfc3339_utc(now))?;
        let why = reason.map(StoredReason::from).unwrap_or_default();
        let detail = json!({ "reason": why.word, "reason_detail": why.detail });
        self.log(now, "acknowledge", event, None, &detail)
    }

    /// Closes the circuit breaker by a person's decision: what left before now is counted no more. Why it was open;
    /// `None` when it was closed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn resume_breaker(&self, actor: &str, now: Timestamp) -> Result<Option<StoredReason>> {
        let Some(before) = breaker(&self.transaction)? else { return Ok(None) };
        self.write_breaker(None)?;
        for fact in [Fact::BreakerSince, Fact::BreakerReleasedAt] {
            facts::write(&self.transaction, fact, &rfc3339_utc(now))?;
        }
        let detail = json!({ "reason": before.word, "reason_detail": before.detail });
        self.log(now, actor, "breaker_released", None, &detail)?;
        Ok(Some(before))
    }

    fn write_breaker(&self, reason: Option<&BreakerReason>) -> Result<()> {
        let word = reason.map_or("", BreakerReason::as_str);
        facts::write(&self.transaction, Fact::Breaker, word)?;
        facts::write(&self.transaction, Fact::BreakerDetail, &reason.and_then(detail).unwrap_or_default())
    }
}

fn breaker(connection: &Connection) -> Result<Option<StoredReason>> {
    let Some(word) = facts::read(connection, Fact::Breaker)?.filter(|word| !word.is_empty()) else {
        return Ok(None);
    };
    let detail = facts::read(connection, Fact::BreakerDetail)?;
    Ok(Some(StoredReason::read(Some(word), detail.as_deref())))
}
