//! What staff call the fields that they correct, flags and outcomes: other words than those of `rules/words.toml`.

use unicode_normalization::UnicodeNormalization;

use super::language::language_table;

language_table!(
    /// Words with the field, the flag or the outcome that they mean.
    TYPED, "language/typed.tsv");

/// Text as it is compared with what somebody typed: of one width, without blanks.
pub fn folded(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// A number of people without the measure word behind it: 27人.
pub fn people(text: &str) -> &str {
    let longest = TYPED.longest_first("people");
    longest.into_iter().find_map(|word| text.strip_suffix(word)).unwrap_or(text)
}

/// What stands between the ends of a range of numbers, beside a dash.
pub fn to() -> impl Iterator<Item = &'static str> {
    TYPED.words("to")
}

/// The field, the flag or the outcome that a word means; a word may mean one of each.
pub fn meanings(word: &str) -> impl Iterator<Item = &'static str> {
    let word = folded(word);
    TYPED.rows().iter().filter(move |row| folded(row.word) == word).map(|row| row.meaning)
}

/// What is kept beside a value that was registered for the words which somebody typed: in the note of a correction.
pub fn in_note(typed: &str) -> String {
    format!("{}“{typed}”", TYPED.words("as typed").next().unwrap_or_default())
}

/// The words that a note keeps so.
pub fn of_note(note: &str) -> Option<&str> {
    let (before, after) = note.rsplit_once('“')?;
    let before = TYPED.words("as typed").find_map(|word| before.strip_suffix(word))?;
    let is_whole = before.is_empty() || before.ends_with('（');
    after.strip_suffix('”').or_else(|| after.strip_suffix("”）")).filter(|_| is_whole)
}
