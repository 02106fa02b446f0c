//! Single facts, one row each (table `fact`).

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde_json::json;

use super::read::instant;
use super::{Maker, Result, Store, Writing};
use crate::respond::Origin;
use crate::vocabulary::rfc3339_utc;
use crate::world::{self, Home};

/// The word of a store that a program made because there was none.
const BY_ITSELF: &str = "itself";

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
    /// Which kind of trouble that was, as a word of `LaneFault`.
    LastPassFault,
    /// When the mailbox is asked again after a pass that failed.
    NextPassAt,
    /// How full the mailbox is, as JSON; empty where the server does not tell.
    MailboxQuota,
    /// Of which files beside the store whoever erases was told, one in a line.
    OldFilesTold,
    /// What keeps acknowledgements from leaving; empty while nothing does.
    OutboxProblem,
    /// Which kind of trouble that is, as a word of `LaneFault`.
    OutboxFault,
    /// Since when.
    OutboxFaultSince,
    /// The SMTP server that answers left through last, as `host:port`.
    AnsweredThrough,
    /// Why acknowledgements are held, as a word; empty while the breaker is closed.
    Breaker,
    /// What goes with the word, as JSON.
    BreakerDetail,
    /// When the breaker opened or closed last.
    BreakerSince,
    /// When a person closed the breaker last; only what left since then is counted.
    BreakerReleasedAt,
    /// `itself`: a program that found no store made this one. Older stores, and those that a person made, have none.
    MadeBy,
    /// When a person let the answers go that such a store holds back.
    FirstContactReleasedAt,
    /// Until when the mail server's certificate is good; empty where the connection has none.
    MailboxCertificateUntil,
    /// The same of the SMTP server.
    OutboxCertificateUntil,
    /// What whoever is alerted was told last, as JSON.
    AlertsTold,
    /// When a backup took the store's place last.
    RestoredAt,
    /// The machine and path at which the store is at home, as JSON.
    Home,
    /// 0:00 of the first day with a right clock, where the clock was wrong when the store was made; empty while that day is
    /// not known.
    ClockRightSince,
    /// When the clock jumped last, by itself.
    ClockJumpedAt,
    /// How far, in seconds; less than nothing: back.
    ClockJumpSeconds,
    /// What keeps the reading copy from being made; empty while nothing does.
    ReadingCopyProblem,
    /// What tells the configuration that the daemon works by from another one.
    ConfigurationDigest,
    /// Why the daemon could not take the configuration that it was to read again; empty while it could.
    ConfigurationProblem,
    /// `message.id` up to which everything filed is compared with what came before.
    PlacedUpTo,
    /// The digest of what its views call each word: what another version wrote there is told from what somebody changed.
    WordsDigest,
}

impl Fact {
    /// Each there is.
    pub(super) const ALL: [Self; 31] = [
        Self::CreatedAt,
        Self::LastPassStartedAt,
        Self::LastPassFinishedAt,
        Self::LastPassProblem,
        Self::LastPassFault,
        Self::NextPassAt,
        Self::MailboxQuota,
        Self::OldFilesTold,
        Self::OutboxProblem,
        Self::OutboxFault,
        Self::OutboxFaultSince,
        Self::AnsweredThrough,
        Self::Breaker,
        Self::BreakerDetail,
        Self::BreakerSince,
        Self::BreakerReleasedAt,
        Self::MadeBy,
        Self::FirstContactReleasedAt,
        Self::MailboxCertificateUntil,
        Self::OutboxCertificateUntil,
        Self::AlertsTold,
        Self::RestoredAt,
        Self::Home,
        Self::ClockRightSince,
        Self::ClockJumpedAt,
        Self::ClockJumpSeconds,
        Self::ReadingCopyProblem,
        Self::ConfigurationDigest,
        Self::ConfigurationProblem,
        Self::PlacedUpTo,
        Self::WordsDigest,
    ];

    /// `fact.key`
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::LastPassStartedAt => "last_pass_started_at",
            Self::LastPassFinishedAt => "last_pass_finished_at",
            Self::LastPassProblem => "last_pass_problem",
            Self::LastPassFault => "last_pass_fault",
            Self::NextPassAt => "next_pass_at",
            Self::MailboxQuota => "mailbox_quota",
            Self::OldFilesTold => "old_files_told",
            Self::OutboxProblem => "outbox_problem",
            Self::OutboxFault => "outbox_fault",
            Self::OutboxFaultSince => "outbox_fault_since",
            Self::AnsweredThrough => "answered_through",
            Self::Breaker => "breaker",
            Self::BreakerDetail => "breaker_detail",
            Self::BreakerSince => "breaker_since",
            Self::BreakerReleasedAt => "breaker_released_at",
            Self::MadeBy => "made_by",
            Self::FirstContactReleasedAt => "first_contact_released_at",
            Self::MailboxCertificateUntil => "mailbox_certificate_until",
            Self::OutboxCertificateUntil => "outbox_certificate_until",
            Self::AlertsTold => "alerts_told",
            Self::RestoredAt => "restored_at",
            Self::Home => "home",
            Self::ClockRightSince => "clock_right_since",
            Self::ClockJumpedAt => "clock_jumped_at",
            Self::ClockJumpSeconds => "clock_jump_seconds",
            Self::ReadingCopyProblem => "reading_copy_problem",
            Self::ConfigurationDigest => "configuration_digest",
            Self::ConfigurationProblem => "configuration_problem",
            Self::PlacedUpTo => "placed_up_to",
            Self::WordsDigest => "words_digest",
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

    /// How the store began.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn origin(&self) -> Result<Origin> {
        origin(&self.connection)
    }

    /// Where the store is at home; `None`: an older version made it, and no daemon has opened it since.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn home(&self) -> Result<Option<Home>> {
        Ok(self.fact(Fact::Home)?.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Remembers where the store is at home.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remember_home(&mut self, home: &Home) -> Result<()> {
        self.remember(Fact::Home, &json!(home).to_string())
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
        self.in_place()?;
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

impl Writing<'_> {
    /// How the store began.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn origin(&self) -> Result<Origin> {
        origin(&self.transaction)
    }

    /// Lets the answers go, by a person's decision, that the store holds back because nobody made it, and makes it at home
    /// here. Those that are withheld already are queued one by one. Whether it held anything back.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn release_first_contact(&self, home: &Home, actor: &str, now: Timestamp) -> Result<bool> {
        let copied = read(&self.transaction, Fact::Home)?
            .and_then(|text| serde_json::from_str::<Home>(&text).ok())
            .is_some_and(|recorded| !recorded.is_same(home));
        let Origin { by_itself, restored_at, .. } = origin(&self.transaction)?;
        let restored = restored_at.is_some();
        write(&self.transaction, Fact::Home, &json!(home).to_string())?;
        write(&self.transaction, Fact::FirstContactReleasedAt, &rfc3339_utc(now))?;
        if copied || by_itself || restored {
            let detail = json!({ "made_by_itself": by_itself, "copied": copied, "restored": restored });
            self.log(now, actor, "first_contact_released", None, &detail)?;
        }
        Ok(copied || by_itself || restored)
    }
}

/// Writes the facts of a new store.
pub(super) fn begin(connection: &Connection, now: Timestamp, maker: Maker) -> Result<()> {
    write(connection, Fact::CreatedAt, &rfc3339_utc(now))?;
    if maker == Maker::Itself {
        write(connection, Fact::MadeBy, BY_ITSELF)?;
    }
    if now < world::built() {
        write(connection, Fact::ClockRightSince, "")?;
    }
    Ok(())
}

fn origin(connection: &Connection) -> Result<Origin> {
    let right_since = read(connection, Fact::ClockRightSince)?;
    let released_at = instant(read(connection, Fact::FirstContactReleasedAt)?);
    let restored_at = instant(read(connection, Fact::RestoredAt)?);
    Ok(Origin {
        created_at: instant(read(connection, Fact::CreatedAt)?).unwrap_or(Timestamp::UNIX_EPOCH),
        made_by_wrong_clock: right_since.is_some(),
        right_since: instant(right_since),
        by_itself: read(connection, Fact::MadeBy)?.is_some_and(|word| word == BY_ITSELF)
            && released_at.is_none(),
        restored_at: restored_at.filter(|restored| released_at.is_none_or(|released| released < *restored)),
    })
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
