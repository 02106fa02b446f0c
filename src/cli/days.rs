//! Days and hours of a consultation as reports have them: every day from the first to the last, and below them those after the
//! close; the hours of the day of the close, and of today while it is open.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::store::Counts;
use crate::vocabulary::{Consultation, SHANGHAI_OFFSET_SECONDS, shanghai};

/// Longest span that is printed day by day; of a longer one only the days with mail.
const MOST_DAYS: usize = 400;

/// How much came on each day.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Days {
    /// Up to the day of the close, days without mail with 0.
    pub(super) in_time: Counts,
    /// After it, the days with mail.
    pub(super) late: Counts,
}

/// Sorts the days with mail, and adds those without.
pub(super) fn days(with_mail: &Counts, consultation: Option<&Consultation>, now: Timestamp) -> Days {
    let last_in_time = consultation.map(deadline_day);
    let is_late =
        |day: &str| last_in_time.zip(day.parse::<Date>().ok()).is_some_and(|(last, day)| day > last);
    let (late, in_time): (Counts, Counts) = with_mail.iter().cloned().partition(|(day, _)| is_late(day));
    let day = |found: Option<&(String, u64)>| found.and_then(|(day, _)| day.parse::<Date>().ok());
    let opens = consultation.and_then(|found| found.opens).filter(|opens| *opens <= now);
    let opens = opens.map(|opens| shanghai(opens).date());
    let today = shanghai(now).date();
    let last = last_in_time.map(|last| last.min(today)).into_iter().chain(day(in_time.last())).max();
    let first = opens.into_iter().chain(day(in_time.first())).min();
    let (Some(first), Some(last)) = (first, last) else { return Days { in_time, late } };
    let mut filled = Counts::new();
    let mut at = first;
    while at <= last {
        if filled.len() >= MOST_DAYS {
            return Days { in_time, late };
        }
        let count = in_time.iter().find(|(day, _)| *day == at.to_string()).map_or(0, |(_, count)| *count);
        filled.push((at.to_string(), count));
        let Ok(next) = at.tomorrow() else { break };
        at = next;
    }
    Days { in_time: filled, late }
}

/// The last day on which letters come in time.
pub(super) fn deadline_day(consultation: &Consultation) -> Date {
    shanghai(consultation.closes - SignedDuration::from_nanos(1)).date()
}

/// 0:00 of a day in Beijing.
pub(super) fn start(day: Date) -> Option<Timestamp> {
    let offset = Offset::from_seconds(SHANGHAI_OFFSET_SECONDS).ok()?;
    TimeZone::fixed(offset).to_timestamp(day.at(0, 0, 0, 0)).ok()
}

/// Today, where the consultation is open and this is not the day of its close.
pub(super) fn today(consultation: &Consultation, now: Timestamp) -> Option<Date> {
    let is_open = now < consultation.closes && consultation.opens.is_none_or(|opens| now >= opens);
    let today = shanghai(now).date();
    (is_open && today != deadline_day(consultation)).then_some(today)
}

/// The hours of a day, from the first with mail to the last, those between without mail with 0.
pub(super) fn hours(by_hour: &[(String, String, u64)], day: &str) -> Counts {
    let of_day: Vec<(u8, u64)> = by_hour
        .iter()
        .filter(|(found, ..)| found == day)
        .filter_map(|(_, hour, count)| Some((hour.parse().ok()?, *count)))
        .collect();
    let (Some((first, _)), Some((last, _))) = (of_day.first(), of_day.last()) else { return Counts::new() };
    let count = |hour: u8| of_day.iter().find(|(found, _)| *found == hour).map_or(0, |(_, count)| *count);
    (*first..=*last).map(|hour| (format!("{hour:02}"), count(hour))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn counts(all: &[(&str, u64)]) -> Counts {
        all.iter().map(|(day, count)| ((*day).to_owned(), *count)).collect()
    }

    #[test]
    fn days_without_mail_are_counted_and_late_ones_stand_apart() {
        let consultation = Consultation {
            opens: Some(at("2024-03-09T16:00:00Z")),
            closes: at("2024-03-13T16:00:00Z"),
            ..Consultation::default()
        };
        let with_mail = counts(&[("2024-03-11", 2), ("2024-03-13", 1), ("2024-03-20", 4)]);
        let found = days(&with_mail, Some(&consultation), at("2024-04-01T00:00:00Z"));
        let due = [("2024-03-10", 0), ("2024-03-11", 2), ("2024-03-12", 0), ("2024-03-13", 1)];
        assert_eq!(found, Days { in_time: counts(&due), late: counts(&[("2024-03-20", 4)]) });
        // While it is open, up to today.
        let now = at("2024-03-12T01:00:00Z");
        let found = days(&counts(&[("2024-03-11", 2)]), Some(&consultation), now);
        assert_eq!(found.in_time, counts(&[("2024-03-10", 0), ("2024-03-11", 2), ("2024-03-12", 0)]));
        assert_eq!(today(&consultation, now).map(|day| day.to_string()).as_deref(), Some("2024-03-12"));
        assert_eq!(today(&consultation, at("2024-03-13T01:00:00Z")), None, "the day of the close");
        assert_eq!(today(&consultation, at("2024-03-14T01:00:00Z")), None);
        // What the configuration does not know any more, and what came before it opened.
        assert_eq!(days(&with_mail, None, now).in_time.len(), 10);
        let early = counts(&[("2024-03-08", 1)]);
        assert_eq!(days(&early, Some(&consultation), at("2024-04-01T00:00:00Z")).in_time.len(), 6);
        assert_eq!(days(&counts(&[("2000-01-01", 1)]), Some(&consultation), now).in_time.len(), 1);
    }

    #[test]
    fn hours_without_mail_are_zero_between_those_with_some() {
        let hour = |day: &str, hour: &str, count| (day.to_owned(), hour.to_owned(), count);
        let all = [hour("2024-03-13", "09", 2), hour("2024-03-13", "11", 1), hour("2024-03-14", "08", 1)];
        assert_eq!(hours(&all, "2024-03-13"), counts(&[("09", 2), ("10", 0), ("11", 1)]));
        assert!(hours(&all, "2024-03-12").is_empty());
    }
}
