//! The consultations and the office's settings, compiled for reading many letters.

use jiff::{SignedDuration, Timestamp};

use super::judged_by::JudgedBy;
use super::likeness::titles;
use crate::deadline;
use crate::details::Lexicon;
use crate::parse::Message;
use crate::sender::{self, Sender};
use crate::subject::Tag;
use crate::vocabulary::{Consultation, EntryTime, FetchedMessage};

/// The consultations with everything derived from them once.
#[derive(Debug)]
pub struct Rules {
    pub(super) consultations: Vec<Rule>,
    judged_by: JudgedBy,
    pub(super) trusted_received_hosts: Vec<String>,
    trusted_authserv_ids: Vec<String>,
    replies_per_day: u32,
    internaldate_is_arrival: bool,
}

/// Replies that become part of one submission on one day, where nothing else is configured.
const REPLIES_PER_DAY: u32 = 20;

/// A consultation that closed so long ago is the one that late mail means, where none is open.
const MEANT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) consultation: Consultation,
    pub(super) tag: Tag,
    pub(super) lexicon: Lexicon,
    pub(super) titles: Vec<String>,
}

impl Rules {
    /// Compiles the consultations. `trusted_received_hosts` are those of [`deadline::arrival`].
    pub fn new(consultations: &[Consultation], trusted_received_hosts: &[String]) -> Self {
        let judged_by = JudgedBy::new(consultations);
        let consultations = consultations
            .iter()
            .map(|consultation| Rule {
                consultation: consultation.clone(),
                tag: Tag::new(consultation),
                lexicon: Lexicon::new(consultation),
                titles: titles(&consultation.title),
            })
            .collect();
        Self {
            consultations,
            judged_by,
            trusted_received_hosts: trusted_received_hosts.to_vec(),
            // The hosts that write believable Received lines write believable Authentication-Results.
            trusted_authserv_ids: trusted_received_hosts.to_vec(),
            replies_per_day: REPLIES_PER_DAY,
            internaldate_is_arrival: true,
        }
    }

    /// So many replies become part of one submission on one day.
    #[must_use]
    pub const fn taking(mut self, replies_per_day: u32) -> Self {
        self.replies_per_day = replies_per_day;
        self
    }

    pub(super) const fn replies_per_day(&self) -> u32 {
        self.replies_per_day
    }

    /// Whether the mailbox's INTERNALDATE tells when a letter arrived; after a migration that made all dates new, it does not.
    #[must_use]
    pub const fn with_internaldate_as_arrival(mut self, holds: bool) -> Self {
        self.internaldate_is_arrival = holds;
        self
    }

    /// The mailbox's own time of a message, where it is believed.
    pub(super) fn entry_time(&self, fetched: &FetchedMessage) -> Option<EntryTime> {
        fetched.time.filter(|time| self.internaldate_is_arrival || matches!(time, EntryTime::File(_)))
    }

    /// Further hosts whose `Authentication-Results:` are believed (RFC 8601 section 2.5: the authserv-id), lower case,
    /// `.ln.gov.cn` for a whole domain.
    #[must_use]
    pub fn trusting(mut self, authserv_ids: &[String]) -> Self {
        self.trusted_authserv_ids.extend_from_slice(authserv_ids);
        self
    }

    /// The consultations, told apart from others.
    pub const fn judged_by(&self) -> &JudgedBy {
        &self.judged_by
    }

    /// The consultation at an index of [`super::Filing::consultation`].
    pub fn consultation(&self, index: usize) -> Option<&Consultation> {
        self.consultations.get(index).map(|rule| &rule.consultation)
    }

    /// What our own mail system says of a message's sender.
    pub fn sender(&self, message: &Message) -> Sender {
        let trusted_lines = deadline::trusted_lines(&message.received, &self.trusted_received_hosts);
        sender::judge(message, trusted_lines, &self.trusted_authserv_ids)
    }

    /// Whether a consultation is among them.
    pub fn knows(&self, id: &str) -> bool {
        self.index_of(id).is_some()
    }

    /// The consultation of this id.
    pub fn consultation_named(&self, id: &str) -> Option<&Consultation> {
        self.index_of(id).and_then(|index| self.consultation(index))
    }

    /// The one consultation that was open then; where none was, the one that had just closed.
    pub(super) fn only_open(&self, at: Timestamp) -> Option<usize> {
        let within = |most: SignedDuration| {
            let rules = self.consultations.iter().enumerate();
            let mut found = rules.filter(move |(_, Rule { consultation, .. })| {
                consultation.opens.is_none_or(|opens| opens <= at) && consultation.time_beside(at) <= most
            });
            (found.next().map(|(index, _)| index), found.next().is_some())
        };
        match within(SignedDuration::ZERO) {
            (None, _) => Some(within(MEANT_FOR)).filter(|(_, several)| !several)?.0,
            (one, several) => one.filter(|_| !several),
        }
    }

    pub(super) fn index_of(&self, id: &str) -> Option<usize> {
        self.consultations.iter().position(|rule| rule.consultation.id == id)
    }
}
