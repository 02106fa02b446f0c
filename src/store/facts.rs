//! Single facts, one row each (table `fact`).

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::read::instant;
use super::{Result, Store};
use crate::vocabulary::rfc3339_utc;

/// What is remembered as a single fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// When the store was created: the first contact with the mailbox.
    CreatedAt,
    /// When the last complete pass over the mailbox began.
    LastPassStartedAt,
    /// When it ended.
    LastPassFinishedAt,
    /// What stopped the last pass; empty when nothing did.
    LastPassProblem,
    /// Why acknowledgements are held, as a word; empty while the breaker is closed.
    Breaker,
    /// What goes with the word, as JSON.
    BreakerDetail,
    /// When the breaker opened or closed last.
    BreakerSince,
    /// When a person closed the breaker last; only what left since then is counted.
    BreakerReleasedAt,
}

impl Fact {
    /// `fact.key`
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::LastPassStartedAt => "last_pass_started_at",
            Self::LastPassFinishedAt => "last_pass_finished_at",
            Self::LastPassProblem => "last_pass_problem",
            Self::Breaker => "breaker",
            Self::BreakerDetail => "breaker_detail",
            Self::BreakerSince => "breaker_since",
            Self::BreakerReleasedAt => "breaker_released_at",
        }
    }
}

impl Store {
    /// When this store was created: the first contact with the mailbox.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn created_at(&self) -> Result<Timestamp> {
        Ok(self.fact_instant(Fact::CreatedAt)?.unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// A single fact.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn fact(&self, fact: Fact) -> Result<Option<String>> {
        read(&self.connection, fact)
    }

    /// A fact that is an instant.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn fact_instant(&self, fact: Fact) -> Result<Option<Timestamp>> {
        Ok(instant(self.fact(fact)?))
    }

    /// Remembers a single fact.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remember(&mut self, fact: Fact, value: &str) -> Result<()> {
        write(&self.connection, fact, value)
    }

    /// Remembers an instant as a fact.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remember_instant(&mut self, fact: Fact, at: Timestamp) -> Result<()> {
        self.remember(fact, &rfc3339_utc(at))
    }
}

pub(super) fn read(connection: &Connection, fact: Fact) -> Result<Option<String>> {
    Ok(connection
        .prepare_cached("SELECT value FROM fact WHERE key = ?1")?
        .query_row([fact.key()], |row| row.get(0))
        .optional()?)
}

pub(super) fn write(connection: &Connection, fact: Fact, value: &str) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO fact (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute([fact.key(), value])?;
    Ok(())
}
