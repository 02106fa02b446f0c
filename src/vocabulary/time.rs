//! Instants, and how people in China read them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// Asia/Shanghai has been UTC+8 without daylight saving time since 1991; a fixed offset needs no
/// time-zone database on the machine.
pub const SHANGHAI_OFFSET_SECONDS: i32 = 8 * 3600;

/// An instant together with the UTC offset its writer used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenTime {
    /// The instant.
    pub instant: Timestamp,
    /// The offset as written, in seconds east of UTC.
    pub offset_seconds: i32,
}

impl WrittenTime {
    /// The time as its writer put it, RFC 3339 with the offset as written.
    pub fn as_written(&self) -> String {
        match Offset::from_seconds(self.offset_seconds) {
            Ok(offset) => self.instant.display_with_offset(offset).to_string(),
            Err(_) => self.instant.to_string(),
        }
    }
}

/// The civil time in Beijing.
pub fn shanghai(instant: Timestamp) -> DateTime {
    let offset = Offset::from_seconds(SHANGHAI_OFFSET_SECONDS).unwrap_or(Offset::UTC);
    TimeZone::fixed(offset).to_datetime(instant)
}

/// 0:00 of that day in Beijing.
pub fn start_of_day(instant: Timestamp) -> Timestamp {
    let seconds = instant.as_second() + i64::from(SHANGHAI_OFFSET_SECONDS);
    Timestamp::from_second(instant.as_second() - seconds.rem_euclid(86_400)).unwrap_or(instant)
}

/// `2024年3月12日10时00分`, Beijing time.
pub fn chinese_minute(instant: Timestamp) -> String {
    let t = shanghai(instant);
    format!("{}年{}月{}日{}时{:02}分", t.year(), t.month(), t.day(), t.hour(), t.minute())
}

/// `2024年3月12日`, Beijing time.
pub fn chinese_date(instant: Timestamp) -> String {
    let t = shanghai(instant);
    format!("{}年{}月{}日", t.year(), t.month(), t.day())
}

/// `2024-03-12T02:00:02Z`: the one form in which times stand in the store (RFC 3339, UTC, whole
/// seconds: texts then sort as instants do).
pub fn rfc3339_utc(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
