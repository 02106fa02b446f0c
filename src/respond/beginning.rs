//! From which arrival on answers leave.

use jiff::{SignedDuration, Timestamp};

/// Two clocks of one machine, a little apart.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(2);

/// How a store began, as far as answering depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// When it was made, by the clock of then.
    pub created_at: Timestamp,
    /// That clock was wrong: it showed a time before the program was built.
    pub made_by_wrong_clock: bool,
    /// 0:00 of the first day with a right clock, where `created_at` is not to be believed.
    pub right_since: Option<Timestamp>,
    /// A program that found no store made it, and nobody has said that its answers may leave.
    pub by_itself: bool,
    /// When a backup took its place, and nobody has said since that its answers may leave.
    pub restored_at: Option<Timestamp>,
}

impl Origin {
    /// Whether the time at which the store was made can be right. `built`: when the program was; a clock that shows less is
    /// wrong itself and says nothing about another time.
    pub fn is_believable(&self, now: Timestamp, built: Timestamp) -> bool {
        let in_the_past = self.created_at <= now.saturating_add(TOLERANCE).unwrap_or(Timestamp::MAX);
        !self.made_by_wrong_clock && self.right_since.is_none() && (in_the_past || now < built)
    }

    /// When the store was made, as far as it can be believed; the end of time when it is not known yet.
    pub fn began(&self, now: Timestamp, built: Timestamp) -> Timestamp {
        if self.is_believable(now, built) {
            self.created_at
        } else {
            self.right_since.unwrap_or(Timestamp::MAX)
        }
    }
}

/// The two instants before which no answer leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginning {
    /// Nothing that arrived before it is answered: `acknowledgement.not_before`, or the store's own beginning.
    pub not_before: Timestamp,
    /// What `not_before` lets pass and arrived before this waits for a person: the store was not made by one, and another
    /// may have answered it.
    pub first_contact: Option<Timestamp>,
    /// The same of what arrived before this: the store that a backup replaced may have answered it.
    pub restored: Option<Timestamp>,
}

/// Decides. `written`: `acknowledgement.not_before`; `leaves`: answers leave the machine.
pub fn beginning(
    written: Option<Timestamp>,
    origin: &Origin,
    leaves: bool,
    now: Timestamp,
    built: Timestamp,
) -> Beginning {
    let began = origin.began(now, built);
    Beginning {
        not_before: written.unwrap_or(began),
        first_contact: (origin.by_itself && leaves).then_some(began),
        restored: origin.restored_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const BUILT: &str = "2026-02-01T00:00:00Z";

    #[test]
    fn a_creation_that_cannot_be_counts_from_the_first_day_with_a_right_clock() {
        let day = at("2026-03-05T16:00:00Z");
        let now = at("2026-03-06T04:00:00Z");
        let origin = |created, wrong, right_since| Origin {
            created_at: at(created),
            made_by_wrong_clock: wrong,
            right_since,
            by_itself: false,
            restored_at: None,
        };
        for (origin, now, began) in [
            (origin("2026-03-01T00:00:00Z", false, None), now, at("2026-03-01T00:00:00Z")),
            // An older program made it.
            (origin("2025-03-01T00:00:00Z", false, None), now, at("2025-03-01T00:00:00Z")),
            (origin("2037-03-01T00:00:00Z", false, None), now, Timestamp::MAX),
            (origin("2037-03-01T00:00:00Z", false, Some(day)), now, day),
            (origin("1970-01-01T00:10:00Z", true, None), at("1970-01-01T00:20:00Z"), Timestamp::MAX),
            (origin("1970-01-01T00:10:00Z", true, Some(day)), now, day),
            // The battery is flat today: that says nothing about the day on which the store was made.
            (origin("2026-03-01T00:00:00Z", false, None), Timestamp::UNIX_EPOCH, at("2026-03-01T00:00:00Z")),
        ] {
            assert_eq!(origin.began(now, at(BUILT)), began, "{origin:?}");
        }
    }

    #[test]
    fn a_store_that_nobody_made_holds_what_is_older_than_itself_back_whatever_not_before_says() {
        let (created, now) = (at("2026-03-01T00:00:00Z"), at("2026-03-06T04:00:00Z"));
        let early = at("2024-01-01T00:00:00Z");
        for (by_itself, leaves, written, not_before, first_contact) in [
            (true, true, Some(early), early, Some(created)),
            (true, true, None, created, Some(created)),
            (true, false, Some(early), early, None),
            (false, true, Some(early), early, None),
            (false, true, None, created, None),
        ] {
            let restored_at = (!by_itself).then_some(now);
            let origin = Origin {
                created_at: created,
                made_by_wrong_clock: false,
                right_since: None,
                by_itself,
                restored_at,
            };
            let found = beginning(written, &origin, leaves, now, at(BUILT));
            assert_eq!(
                found,
                Beginning { not_before, first_contact, restored: restored_at },
                "{by_itself} {leaves} {written:?}"
            );
        }
    }
}
