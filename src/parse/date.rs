//! Dates as mail has them (RFC 5322 sections 3.3 and 4.3), and as programs that did not read it write them.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::vocabulary::{SHANGHAI_OFFSET_SECONDS, WrittenTime};

/// The longest text looked at for a date, in bytes.
const DATE_BYTES: usize = 200;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// What the words of a date said so far.
#[derive(Debug, Default)]
struct Parts {
    numbers: Vec<Number>,
    /// What the signs between the numbers of the day say of their order.
    order: Option<Order>,
    month: Option<i8>,
    /// Hour, minute, second.
    clock: Option<(i8, i8, i8)>,
    afternoon: Option<bool>,
    offset: Option<i32>,
    /// A zone's name said UTC; a number behind it overrides.
    named_utc: bool,
}

/// How three numbers that end in the year stand to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// `13.03.2024`, as in most of Europe.
    DayFirst,
    /// `3/13/2024`: which is which only a number beyond 12 tells, or the clock of twelve hours beside it.
    Slashes,
}

/// Reads the order off the first three numbers with one sign between them.
fn order(text: &str) -> Option<Order> {
    text.split_whitespace().find_map(|word| {
        let is_day = |sign: char| {
            let numbers: Vec<&str> = word.trim_matches(',').split(sign).collect();
            let [first, second, third] = numbers.as_slice() else { return false };
            let is_number = |number: &&str, digits: std::ops::RangeInclusive<usize>| {
                digits.contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
            };
            is_number(first, 1..=2) && is_number(second, 1..=2) && is_number(third, 2..=4)
        };
        if is_day('.') {
            return Some(Order::DayFirst);
        }
        (is_day('/') || is_day('-')).then_some(Order::Slashes)
    })
}

/// Twelve in Chinese and Japanese, as programs in such a locale write months: `三月`, `十二月`, `3月`.
fn chinese_month(word: &str) -> Option<i8> {
    let name = word.strip_suffix('月')?;
    let digits = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];
    let index = digits.iter().position(|digit| *digit == name)?;
    i8::try_from(index + 1).ok()
}

/// The months of the other locales of Java and JavaScript that letters come from, by their beginnings.
const FOREIGN_MONTHS: [(&str, i8); 18] = [
    ("janv", 1),
    ("jän", 1),
    ("ene", 1),
    ("févr", 2),
    ("fevr", 2),
    ("mär", 3),
    ("mrz", 3),
    ("avr", 4),
    ("abr", 4),
    ("mai", 5),
    ("juin", 6),
    ("juil", 7),
    ("août", 8),
    ("aou", 8),
    ("ago", 8),
    ("okt", 10),
    ("déc", 12),
    ("dez", 12),
];

/// A number with its count of digits.
#[derive(Debug, Clone, Copy)]
struct Number {
    value: i32,
    digits: usize,
}

/// Reads a date. `12 Mar 2024 9:50:1 +0800 (CST)`, `Tue Mar 12 09:50:01 2024`, `2024-03-12T09:50:01+08:00`,
/// `2024年3月12日 9:50` all do. A bare `CST` is China Standard Time, as is the time of who names no zone.
pub(super) fn read(text: &str) -> Option<WrittenTime> {
    let text: String = text.chars().take(DATE_BYTES).collect();
    let (plain, comment) = split_comments(&text);
    let mut parts = Parts { order: order(&plain), ..Parts::default() };
    for word in words(&plain) {
        parts.take(&word);
    }
    if parts.offset.is_none() {
        parts.offset = words(&comment).iter().find_map(|word| offset(word));
    }
    parts.finish()
}

/// The text outside and inside of parentheses.
fn split_comments(text: &str) -> (String, String) {
    let (mut plain, mut comment) = (String::new(), String::new());
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            c => comment.push(c),
        }
        if matches!(c, '(' | ')' | '（' | '）') {
            plain.push(' ');
            comment.push(' ');
        }
    }
    (plain, comment)
}

/// The words of a date: runs of digits with colons, runs of letters, signs kept with the digits behind them.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut after_clock = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let c = match c {
            '：' => ':',
            '０'..='９' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        };
        let same_kind = word.chars().last().is_none_or(|last| {
            let digits = |c: char| c.is_ascii_digit() || matches!(c, ':' | '+' | '-');
            digits(last) == digits(c)
        });
        let sign = matches!(c, '+' | '-')
            && chars.peek().is_some_and(char::is_ascii_digit)
            && (c == '+' || after_clock);
        if !same_kind || sign || !(c.is_alphanumeric() || c == ':') {
            if !word.is_empty() {
                after_clock |= word.contains(':');
                words.push(std::mem::take(&mut word));
            }
            after_clock |= words.last().is_some_and(|last| last.contains(':'));
        }
        if sign || c.is_alphanumeric() || c == ':' {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The offset that a zone's name or number says, in seconds east of UTC.
fn offset(word: &str) -> Option<i32> {
    if let Some(sign) = word.chars().next().filter(|c| matches!(c, '+' | '-')) {
        let digits: String = word.chars().filter(char::is_ascii_digit).collect();
        let number: i32 = digits.parse().ok()?;
        let seconds = match digits.len() {
            1 | 2 => number * 3600,
            3 | 4 => (number / 100) * 3600 + (number % 100) * 60,
            _ => return None,
        };
        return (seconds < 86_400).then_some(if sign == '-' { -seconds } else { seconds });
    }
    let hours = match word.to_ascii_uppercase().as_str() {
        "Z" | "UT" | "UTC" | "GMT" => 0,
        // Coremail and others write CST for China Standard Time; US Central is not meant in this mailbox.
        "CST" | "CCT" | "BJT" | "HKT" | "SGT" => return Some(SHANGHAI_OFFSET_SECONDS),
        "JST" | "KST" => 9,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "MST" | "PDT" => -7,
        "MDT" => -6,
        "PST" => -8,
        "CET" | "MET" | "BST" => 1,
        "CEST" | "EET" => 2,
        _ => return None,
    };
    Some(hours * 3600)
}

impl Parts {
    fn take(&mut self, word: &str) {
        if word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) && self.clock.is_none() {
            self.clock = clock(word);
        } else if word.starts_with(['+', '-']) {
            self.offset = self.offset.or_else(|| offset(word));
        } else if word.starts_with(|c: char| c.is_ascii_digit()) {
            if let Ok(value) = word.parse() {
                self.numbers.push(Number { value, digits: word.len() });
            }
        } else {
            self.take_name(word);
        }
    }

    fn take_name(&mut self, word: &str) {
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            // The number before it is the month, wherever it stands: `12 3月 2024`.
            "月" if self.month.is_none() => {
                self.month = self.numbers.pop().and_then(|number| i8::try_from(number.value).ok());
            }
            "am" | "上午" | "凌晨" | "早上" => self.afternoon = Some(false),
            "pm" | "下午" | "晚上" | "傍晚" => self.afternoon = Some(true),
            _ => {
                let foreign =
                    FOREIGN_MONTHS.iter().find(|(name, _)| lower.starts_with(name)).map(|(_, month)| *month);
                let english =
                    lower.get(..3).and_then(|three| MONTHS.iter().position(|month| *month == three));
                let month = foreign
                    .or_else(|| english.and_then(|index| i8::try_from(index + 1).ok()))
                    .or_else(|| chinese_month(&lower));
                match (month, self.month) {
                    (Some(month), None) => self.month = Some(month),
                    // GMT+0800 says both: the number counts, and it comes later.
                    _ if self.clock.is_some() && self.offset.is_none() => match offset(word) {
                        Some(0) => self.named_utc = true,
                        other => self.offset = other,
                    },
                    _ => {}
                }
            }
        }
    }

    fn finish(&self) -> Option<WrittenTime> {
        let (year, month, day) = match (self.month, self.numbers.as_slice()) {
            // 12 Mar 2024; Mar 12 2024; 2024 Mar 12
            (Some(month), [first, second, ..]) if first.digits >= 4 => (*first, month, second.value),
            (Some(month), [first, second, ..]) => (*second, month, first.value),
            // 2024-03-12, 2024年3月12日
            (None, [first, second, third, ..]) if first.digits == 4 => {
                (*first, i8::try_from(second.value).ok()?, third.value)
            }
            (None, [first, second, year, ..]) if self.order.is_some() => {
                let day_first = self.order == Some(Order::DayFirst) || first.value > 12;
                // 3/4/2024 may be either, unless a clock of twelve hours is American.
                let is_certain =
                    day_first || second.value > 12 || first.value == second.value || self.afternoon.is_some();
                let (day, month) = if day_first { (first, second) } else { (second, first) };
                let month = is_certain.then(|| i8::try_from(month.value).ok()).flatten()?;
                (*year, month, day.value)
            }
            // 20240312
            (None, [all, ..]) if all.digits == 8 => {
                let year = Number { value: all.value / 10_000, digits: 4 };
                (year, i8::try_from(all.value / 100 % 100).ok()?, all.value % 100)
            }
            _ => return None,
        };
        let (mut hour, minute, second) = self.clock.unwrap_or_default();
        match self.afternoon {
            Some(true) if hour < 12 => hour += 12,
            Some(false) if hour == 12 => hour = 0,
            _ => {}
        }
        let civil =
            DateTime::new(full_year(year)?, month, i8::try_from(day).ok()?, hour, minute, second, 0).ok()?;
        let offset_seconds = self.offset.unwrap_or(if self.named_utc { 0 } else { SHANGHAI_OFFSET_SECONDS });
        let zone = TimeZone::fixed(Offset::from_seconds(offset_seconds).ok()?);
        Some(WrittenTime { instant: zone.to_timestamp(civil).ok()?, offset_seconds })
    }
}

/// `9:50:1`; a leap second is the second before it.
fn clock(word: &str) -> Option<(i8, i8, i8)> {
    let mut numbers = word.split(':').map(str::parse::<i8>);
    let hour = numbers.next()?.ok()?;
    let minute = numbers.next()?.ok()?;
    let second = numbers.next().and_then(Result::ok).unwrap_or(0);
    Some((hour, minute, if second == 60 { 59 } else { second }))
}

/// Years of two and three digits as RFC 5322 section 4.3 has them.
fn full_year(year: Number) -> Option<i16> {
    let value = match year.digits {
        1 | 2 if year.value < 50 => year.value + 2000,
        1..=3 => year.value + 1900,
        _ => year.value,
    };
    i16::try_from(value).ok().filter(|value| (1970..=9999).contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Option<String> {
        read(text).map(|time| time.as_written())
    }

    #[test]
    fn forms_of_dates() {
        for (text, expected) in [
            ("Tue, 12 Mar 2024 10:00:02 +0800", "2024-03-12T10:00:02+08:00"),
            ("Tue, 12 Mar 2024 10:00:02 +0800 (CST)", "2024-03-12T10:00:02+08:00"),
            ("Tue, 12 Mar 2024 9:50:1 +0800", "2024-03-12T09:50:01+08:00"),
            ("Tue,12 Mar 2024 10:00:02 CST", "2024-03-12T10:00:02+08:00"),
            ("Tue 12 Mar 2024 10:00 GMT", "2024-03-12T10:00:00+00:00"),
            ("12 Mar 24 10:00:02 -0500", "2024-03-12T10:00:02-05:00"),
            ("12 Mar 98 10:00:02 EST", "1998-03-12T10:00:02-05:00"),
            ("12 Mar 102 10:00:02 +0000", "2002-03-12T10:00:02+00:00"),
            ("Tue Mar 12 10:00:02 2024", "2024-03-12T10:00:02+08:00"),
            ("Tue Mar 12 10:00:02 CST 2024", "2024-03-12T10:00:02+08:00"),
            ("Tue Mar 12 2024 10:00:02 GMT+0800 (中国标准时间)", "2024-03-12T10:00:02+08:00"),
            ("2024-03-12T10:00:02+08:00", "2024-03-12T10:00:02+08:00"),
            ("2024-03-12 10:00:02 -0700", "2024-03-12T10:00:02-07:00"),
            ("2024-03-12T02:00:02Z", "2024-03-12T02:00:02+00:00"),
            ("2024年3月12日 10:00", "2024-03-12T10:00:00+08:00"),
            ("2024年3月12日 下午2:05", "2024-03-12T14:05:00+08:00"),
            ("Tue, 12 Mar 2024 10:00:60 +0800", "2024-03-12T10:00:59+08:00"),
            ("12 March 2024 10:00:02 (CST)", "2024-03-12T10:00:02+08:00"),
            ("12-Mar-2024 10:00:02 +0800", "2024-03-12T10:00:02+08:00"),
            ("Tue, 12 Mar 2024 10:00:02+0800", "2024-03-12T10:00:02+08:00"),
            ("Tue, 12 Mar 2024 10:00:02 -0000", "2024-03-12T10:00:02+00:00"),
            ("星期二, 12 三月 2024 10:00:02 +0800 (CST)", "2024-03-12T10:00:02+08:00"),
            ("周二, 12 十二月 2023 10:00:02 +0800", "2023-12-12T10:00:02+08:00"),
            ("星期二 三月 12 10:00:02 CST 2024", "2024-03-12T10:00:02+08:00"),
            ("火, 12 3月 2024 10:00:02 +0900", "2024-03-12T10:00:02+09:00"),
            ("3/13/2024 11:30:00 PM +0800", "2024-03-13T23:30:00+08:00"),
            ("3/4/2024 11:30:00 PM", "2024-03-04T23:30:00+08:00"),
            ("13/3/2024 23:30", "2024-03-13T23:30:00+08:00"),
            ("13.03.2024 23:30:00 +0100", "2024-03-13T23:30:00+01:00"),
            ("2024/3/13 23:30:00", "2024-03-13T23:30:00+08:00"),
            ("Mi., 13 März 2024 23:30:00 +0100", "2024-03-13T23:30:00+01:00"),
            ("mer., 13 févr. 2024 23:30:00 +0100", "2024-02-13T23:30:00+01:00"),
            ("二零二四 2024年3月12日 晚上8:05", "2024-03-12T20:05:00+08:00"),
        ] {
            assert_eq!(written(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "3/4/2024 10:00",
            "99 Foo 2024",
            "Tue, 32 Mar 2024 10:00:00 +0800",
            "12 Mar 2024 25:00:00 +0800",
        ] {
            assert_eq!(written(text), None, "{text}");
        }
    }
}
