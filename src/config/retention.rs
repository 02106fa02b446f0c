//! `[retention]`: how long the office keeps what tells who wrote, counted from the end of a consultation.

use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use super::section::Section;
use crate::vocabulary::{SHANGHAI_OFFSET_SECONDS, shanghai};

/// `[retention] after_close`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Whole years.
    pub years: i16,
    /// Days.
    pub days: i32,
}

impl Term {
    /// Years or days: `2y`, `90d`.
    fn parse(text: &str) -> Option<Self> {
        let number =
            |unit: char| text.trim().strip_suffix(unit).and_then(|digits| digits.trim().parse::<u16>().ok());
        match (number('y'), number('d')) {
            (Some(years @ 1..=100), _) => Some(Self { years: i16::try_from(years).ok()?, days: 0 }),
            (_, Some(days @ 1..=36_500)) => Some(Self { years: 0, days: i32::from(days) }),
            _ => None,
        }
    }

    /// When it ends that began then, by the calendar in Beijing.
    pub fn end(self, began: Timestamp) -> Timestamp {
        let span = Span::new().years(self.years).days(self.days);
        let offset = Offset::from_seconds(SHANGHAI_OFFSET_SECONDS).unwrap_or(Offset::UTC);
        let end = shanghai(began).checked_add(span).and_then(|end| offset.to_timestamp(end));
        end.unwrap_or(Timestamp::MAX)
    }
}

pub(super) fn retention(mut section: Section<'_>) -> Option<Term> {
    let written = section.text("after_close");
    let term = written.as_deref().and_then(Term::parse);
    if written.is_some() && term.is_none() {
        section.problem("after_close", "must be years or days, like \"2y\" or \"90d\"");
    }
    section.finish();
    term
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_years_or_days_and_ends_by_the_calendar() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let end = |text: &str, began: &str| Term::parse(text).map(|term| term.end(at(began)));
        let closes = "2024-02-29T16:00:00Z";
        assert_eq!(end("2y", closes), Some(at("2026-02-28T16:00:00Z")));
        assert_eq!(end(" 30d ", closes), Some(at("2024-03-30T16:00:00Z")));
        for wrong in ["", "2", "y", "0y", "2m", "-1d", "101y", "2 y d", "99999d"] {
            assert_eq!(Term::parse(wrong), None, "{wrong}");
        }
    }
}
