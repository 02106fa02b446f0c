//! Takes typed values out of one section and remembers what is wrong with each.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use config::{Map, Value, ValueKind};
use jiff::Timestamp;
use jiff::civil::Date;

use super::problem::Problems;
use super::written::host_problem;
use crate::vocabulary::SHANGHAI_OFFSET_SECONDS;

/// One section of the configuration while its keys are being taken.
pub(super) struct Section<'p> {
    /// Its name with a trailing dot (`mailbox.`), or empty.
    prefix: String,
    /// Where it stands, for keys that are missing.
    file: PathBuf,
    table: Map<String, Value>,
    known: Vec<&'static str>,
    taken: Vec<&'static str>,
    problems: &'p mut Problems,
}

/// A date or an instant, as a person wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// A whole day in Beijing.
    Day(Date),
    /// An instant.
    Instant(Timestamp),
}

impl Moment {
    /// The instant, or the day's first instant in Beijing.
    pub(super) fn start(self) -> Timestamp {
        match self {
            Self::Instant(instant) => instant,
            Self::Day(day) => beijing_midnight(day),
        }
    }
}

/// The first instant of a day in Beijing.
pub(super) fn beijing_midnight(day: Date) -> Timestamp {
    let offset = jiff::tz::Offset::from_seconds(SHANGHAI_OFFSET_SECONDS).unwrap_or(jiff::tz::Offset::UTC);
    offset.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl<'p> Section<'p> {
    /// A section found in a layer; `prefix` ends in a dot unless it is the top of a file.
    pub(super) fn new(
        prefix: impl Into<String>,
        file: &Path,
        table: Map<String, Value>,
        problems: &'p mut Problems,
    ) -> Self {
        Self {
            prefix: prefix.into(),
            file: file.to_path_buf(),
            table,
            known: Vec::new(),
            taken: Vec::new(),
            problems,
        }
    }

    /// Whether no key was written at all.
    pub(super) fn is_blank(&self) -> bool {
        self.table.is_empty()
    }

    /// Remembers a problem with a key of this section; the value that cannot be given.
    pub(super) fn wrong<T>(&mut self, key: &str, message: impl Into<String>) -> Option<T> {
        self.problem(key, message);
        None
    }

    /// Remembers a problem with a key of this section.
    pub(super) fn problem(&mut self, key: &str, message: impl Into<String>) {
        self.problem_in(None, key, message);
    }

    fn problem_in(&mut self, origin: Option<&str>, key: &str, message: impl Into<String>) {
        let file = origin.map_or_else(|| self.file.display().to_string(), place);
        self.problems.add(file, format!("{}{key}", self.prefix), message);
    }

    /// Remembers what is probably not meant by a key of this section.
    pub(super) fn remark(&mut self, key: &str, message: impl Into<String>) {
        self.problems.remark(self.file.display().to_string(), format!("{}{key}", self.prefix), message);
    }

    /// Whether a key is written and was not taken yet.
    pub(super) fn is_present(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether a key that begins so was written, among those taken.
    pub(super) fn was_taken(&self, beginning: &str) -> bool {
        self.taken.iter().any(|key| key.starts_with(beginning))
    }

    /// The file that the section stands in.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Accepts keys without looking at them.
    pub(super) fn ignore(&mut self, keys: &[&'static str]) {
        self.known.extend(keys);
        self.table.retain(|key, _| !keys.contains(&key.as_str()));
    }

    fn take(&mut self, key: &'static str) -> Option<(Option<String>, Value)> {
        self.known.push(key);
        let value = self.table.remove(key)?;
        self.taken.push(key);
        Some((value.origin().map(ToOwned::to_owned), value))
    }

    /// A value as `read` takes it (told whether it comes from the environment); where that is `None`, `wrong` says what
    /// would be right.
    fn read<T>(
        &mut self,
        key: &'static str,
        wrong: impl Into<String>,
        read: impl FnOnce(Value, bool) -> Option<T>,
    ) -> Option<T> {
        let (origin, value) = self.take(key)?;
        let found = read(value, is_environment(origin.as_deref()));
        if found.is_none() {
            self.problem_in(origin.as_deref(), key, wrong);
        }
        found
    }

    /// A text; blank counts as absent.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        self.text_as_written(key).map(|text| text.trim().to_owned())
    }

    /// A text with the blanks around it.
    fn text_as_written(&mut self, key: &'static str) -> Option<String> {
        let text = self.read(key, "must be a text in quotes", |value, _| match value.kind {
            ValueKind::String(text) => Some(text),
            ValueKind::I64(number) => Some(number.to_string()),
            _ => None,
        });
        text.filter(|text| !text.trim().is_empty())
    }

    /// A host that must be there; `example` says what would be right.
    pub(super) fn required_host(&mut self, key: &'static str, example: &str) -> Option<String> {
        let before = self.problems.0.len();
        let host = self.text_as_written(key);
        match host.as_deref().map(host_problem) {
            Some(Some(problem)) => {
                let host = host.unwrap_or_default();
                return self.wrong(key, format!("\"{host}\" {problem}: like {key} = \"{example}\""));
            }
            None if self.problems.0.len() == before => {
                self.problem(key, format!("is missing; write for example {key} = \"{example}\""));
            }
            _ => {}
        }
        host
    }

    /// Whether a key is written and says nothing: `subject_tag = ""`.
    pub(super) fn is_blank_text(&self, key: &str) -> bool {
        let value = self.table.get(key).map(|value| &value.kind);
        matches!(value, Some(ValueKind::String(text)) if text.trim().is_empty())
    }

    /// A text that must be there; `example` says what would be right.
    pub(super) fn required_text(&mut self, key: &'static str, example: &str) -> Option<String> {
        let before = self.problems.0.len();
        let text = self.text(key);
        if text.is_none() && self.problems.0.len() == before {
            self.problem(key, format!("is missing; write for example {key} = \"{example}\""));
        }
        text
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, key: &'static str, default: T, words: &[(&str, T)]) -> T {
        let Some(text) = self.text(key) else { return default };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let allowed: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        self.problem(key, format!("\"{text}\" is not known; write {}", allowed.join(" or ")));
        default
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, key: &'static str, default: bool) -> bool {
        let read = self.read(key, "must be true or false", |value, from_environment| {
            let may_be = from_environment || matches!(value.kind, ValueKind::Boolean(_));
            value.into_bool().ok().filter(|_| may_be)
        });
        read.unwrap_or(default)
    }

    /// A whole number within bounds.
    pub(super) fn number<T>(&mut self, key: &'static str, default: T, least: T, most: T) -> T
    where
        T: Copy + Ord + TryFrom<i64> + std::fmt::Display,
    {
        let wrong = format!("must be a whole number from {least} to {most}");
        let read = self.read(key, wrong, |value, from_environment| {
            let may_be = from_environment || matches!(value.kind, ValueKind::I64(_));
            let number = T::try_from(value.into_int().ok()?).ok()?;
            (may_be && (least..=most).contains(&number)).then_some(number)
        });
        read.unwrap_or(default)
    }

    /// A length of time: whole seconds, or a number with `s`, `m`, `h` or `d`.
    pub(super) fn duration(&mut self, key: &'static str, default: Duration, least: Duration) -> Duration {
        let wrong = format!(
            "must be a time of at least {} s, as whole seconds or like \"90s\", \"5m\", \"2h\", \"1d\"",
            least.as_secs()
        );
        let read = self.read(key, wrong, |value, _| {
            parse_duration(&value.into_string().ok()?).filter(|duration| *duration >= least)
        });
        read.unwrap_or(default)
    }

    /// A list of texts; in the environment, one text with commas.
    pub(super) fn list(&mut self, key: &'static str) -> Option<Vec<String>> {
        let wrong = "must be a list of texts, like [\"…\", \"…\"]; in the environment, a text with commas and without brackets";
        let items: Vec<String> = self.read(key, wrong, |value, from_environment| match value.kind {
            ValueKind::Array(items) => items
                .into_iter()
                .map(|item| match item.kind {
                    ValueKind::String(text) => Some(text),
                    _ => None,
                })
                .collect(),
            ValueKind::String(text)
                if from_environment && !text.contains(['[', ']', '"', ';', '，', '；']) =>
            {
                Some(text.split(',').map(str::to_owned).collect())
            }
            _ => None,
        })?;
        Some(items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
    }

    /// An array as it stands.
    pub(super) fn array(&mut self, key: &'static str) -> Vec<Value> {
        self.read(key, "must be a list", |value, _| value.into_array().ok()).unwrap_or_default()
    }

    /// A path, relative to the file it stands in.
    pub(super) fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        let (origin, value) = self.take(key)?;
        let ValueKind::String(text) = value.kind else {
            self.problem_in(origin.as_deref(), key, "must be a path in quotes");
            return None;
        };
        if text.trim().is_empty() {
            self.problem_in(origin.as_deref(), key, "is empty; write a path, or leave the key out");
            return None;
        }
        Some(beside(origin.as_deref().map_or(&*self.file, Path::new), &text))
    }

    /// A date or an instant.
    pub(super) fn moment(&mut self, key: &'static str) -> Option<Moment> {
        let (origin, value) = self.take(key)?;
        let text = value.into_string().unwrap_or_default();
        let text = text.trim();
        if let Ok(day) = text.parse::<Date>()
            && text.len() == 10
        {
            return Some(Moment::Day(day));
        }
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(Moment::Instant(instant));
        }
        self.problem_in(
            origin.as_deref(),
            key,
            format!("\"{text}\" is neither a day like \"2024-03-13\" (Beijing) nor an instant like \"2024-03-13T18:00:00+08:00\""),
        );
        None
    }

    /// A section inside this one.
    pub(super) fn section(&mut self, key: &'static str) -> Section<'_> {
        let wrong = format!("must be a section [{}{key}]", self.prefix);
        let table = self.read(key, wrong, |value, _| value.into_table().ok()).unwrap_or_default();
        Section::new(format!("{}{key}.", self.prefix), &self.file, table, self.problems)
    }

    /// Every key with its value, for sections whose keys are free.
    pub(super) fn values(&mut self) -> Vec<(String, Value)> {
        let mut values: Vec<_> = std::mem::take(&mut self.table).into_iter().collect();
        values.sort_by(|one, other| one.0.cmp(&other.0));
        values
    }

    /// The same, where the values are texts.
    pub(super) fn rest(&mut self) -> Vec<(String, Option<String>, String)> {
        let text = |(key, value): (String, Value)| {
            let origin = value.origin().map(ToOwned::to_owned);
            (key, origin, value.into_string().unwrap_or_default())
        };
        self.values().into_iter().map(text).collect()
    }

    /// Reports every key that nothing asked for.
    pub(super) fn finish(mut self) {
        let mut known = std::mem::take(&mut self.known);
        known.sort_unstable();
        known.dedup();
        for (key, origin, _) in self.rest() {
            let message = format!("is not known here; known are: {}", known.join(", "));
            self.problem_in(origin.as_deref(), &key, message);
        }
    }
}

/// Where a value comes from, as a message names it: the `config` crate calls files as the working folder sees them.
fn place(origin: &str) -> String {
    if is_environment(Some(origin)) {
        return origin.to_owned();
    }
    plain(Path::new(origin)).display().to_string()
}

/// A path relative to the folder of the file it was written in, made absolute: a Maildir's path is its folder's name in
/// the store, and must not depend on where the program was started. The environment has no folder of its own.
pub(super) fn beside(file: &Path, path: &str) -> PathBuf {
    let path = Path::new(path.trim());
    // As the config crate has it, it begins where the program was started: a folder that its user may not even enter.
    let file = plain(file);
    let joined = match file.parent() {
        Some(folder) if path.is_relative() && file.is_file() => folder.join(path),
        _ => path.to_path_buf(),
    };
    plain(&joined)
}

/// An absolute path without `..`.
fn plain(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut plain = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// Whether a value comes from an environment variable: such values are texts, whatever they mean.
fn is_environment(origin: Option<&str>) -> bool {
    origin.is_none_or(|origin| origin == "the environment")
}

/// Whole seconds, or a number with `s`, `m`, `h` or `d`.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(digits)?;
    let seconds_per_unit = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    digits.trim().parse::<u64>().ok()?.checked_mul(seconds_per_unit).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_or_carry_a_unit() {
        assert_eq!(parse_duration("90"), Some(Duration::from_secs(90)));
        assert_eq!(parse_duration("5m"), Some(Duration::from_mins(5)));
        assert_eq!(parse_duration("2h"), Some(Duration::from_hours(2)));
        assert_eq!(parse_duration("1d"), Some(Duration::from_hours(24)));
        for wrong in ["", "m", "1w", "-3s", "1.5h", "99999999999999999999"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_beijing() {
        let day: Date = "2024-03-13".parse().unwrap();
        assert_eq!(beijing_midnight(day).to_string(), "2024-03-12T16:00:00Z");
    }
}
