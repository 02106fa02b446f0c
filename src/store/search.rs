//! The index in which `search` looks a text up, and the looking up.
//!
//! Chinese is written without blanks, so the index has no words but what any text is made of: each character of a letter, and each
//! two that stand side by side. A text of one or two characters is one of these; a longer one stands only where all its pairs
//! stand, and there it is compared with what was written. `search_due` has the letters whose texts changed (triggers of the
//! schema say so, whoever changes them); COMMIT indexes them, so the index is never behind what is committed. It is FTS5's,
//! without the texts and without places in them (<https://sqlite.org/fts5.html>, sections 4.4.3 and 4.6).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::staff::{Filter, ListFilter, ListRow};
use super::{Result, Store};

/// Letters that are compared with a text at a time.
const PIECE: i64 = 256;

/// What a letter is found by: who wrote, what he wrote, its subject, and what was added.
const TEXTS: &str = "
    SELECT full_text FROM submission WHERE id = ?1 UNION ALL SELECT comment FROM submission WHERE id = ?1
    UNION ALL SELECT text FROM opinion WHERE submission_id = ?1
    UNION ALL SELECT comment FROM supplement WHERE submission_id = ?1 UNION ALL SELECT from_address FROM supplement WHERE submission_id = ?1
    UNION ALL SELECT coalesce(name, '') FROM submission WHERE id = ?1 UNION ALL SELECT coalesce(organization, '') FROM submission WHERE id = ?1
    UNION ALL SELECT from_address FROM submission WHERE id = ?1 UNION ALL SELECT phones FROM submission WHERE id = ?1
    UNION ALL SELECT coalesce(m.subject, '') FROM submission AS s JOIN message AS m ON m.id = s.message_id WHERE s.id = ?1";

/// A character, or two that stand side by side.
type Term = (char, Option<char>);

/// A character as it is looked up; `None`: blanks, and signs that FTS5 takes for them.
fn looked_up(c: char) -> Option<char> {
    let is_sign = c.is_ascii() && !c.is_ascii_alphanumeric() || c.is_whitespace() || c.is_control();
    (!is_sign).then(|| c.to_ascii_lowercase())
}

/// What stands in some texts, each once however often it does: a text of many megabytes has no more of them than a language has.
#[derive(Debug, Default)]
struct Terms {
    found: Vec<Term>,
    /// Until there are so many, nothing is looked through for what stands there twice.
    room: usize,
}

impl Terms {
    fn put(&mut self, term: Term) {
        /// Some letters' worth.
        const ROOM: usize = 1 << 14;
        if self.found.len() >= self.room {
            self.sort();
            self.room = ROOM.max(2 * self.found.len());
        }
        self.found.push(term);
    }

    fn sort(&mut self) {
        self.found.sort_unstable();
        self.found.dedup();
    }

    /// The pairs of a text, and its single characters.
    fn read(&mut self, text: &str) {
        let mut before = None;
        for c in text.chars() {
            let c = looked_up(c);
            if let Some(c) = c {
                self.put((c, None));
                if let Some(before) = before {
                    self.put((before, Some(c)));
                }
            }
            before = c;
        }
    }

    /// In order.
    fn all(mut self) -> Vec<Term> {
        self.sort();
        self.found
    }
}

/// What FTS5 is asked for a text: all its pairs, and the characters that stand alone. `None`: nothing in it is looked up.
fn asked(text: &str) -> Option<String> {
    let mut terms = Terms::default();
    terms.read(text);
    let all = terms.all();
    let paired: BTreeSet<char> =
        all.iter().filter_map(|&(first, second)| Some([first, second?])).flatten().collect();
    let wanted: BTreeSet<Term> =
        all.into_iter().filter(|(first, second)| second.is_some() || !paired.contains(first)).collect();
    let quoted = wanted.into_iter().map(|term| format!("\"{}\"", Written(term)));
    let asked = quoted.collect::<Vec<_>>().join(" AND ");
    (!asked.is_empty()).then_some(asked)
}

/// The same for several words, all of which must stand there.
fn asked_all(words: &[String]) -> Option<String> {
    let asked: Vec<String> = words.iter().filter_map(|word| asked(word)).collect();
    (!asked.is_empty()).then(|| asked.join(" AND "))
}

struct Written(Term);

impl std::fmt::Display for Written {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self((first, second)) = self;
        formatter.write_char(*first)?;
        second.map_or(Ok(()), |second| formatter.write_char(second))
    }
}

/// What stands in the texts of a letter, as FTS5 takes it; `None`: there is no such letter.
fn indexed(connection: &Connection, id: i64) -> Result<Option<String>> {
    let mut texts = connection.prepare_cached(TEXTS)?;
    let mut rows = texts.query([id])?;
    let (mut whole, mut terms, mut is_there) = (String::new(), Terms::default(), false);
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        is_there = true;
        // Items are most often pieces of what is there already.
        if !whole.contains(&text) {
            terms.read(&text);
            // Not copied: it may be long.
            if text.len() > whole.len() {
                whole = text;
            }
        }
    }
    if !is_there {
        return Ok(None);
    }
    let found = terms.all();
    let mut written = String::with_capacity(found.len() * 7);
    for term in found {
        // Writing into a String does not fail.
        let _ = write!(written, "{} ", Written(term));
    }
    Ok(Some(written))
}

/// Indexes anew the letters that are marked. What was indexed of them is taken out by its terms, which FTS5 has to be told:
/// those of the texts in `before`, the store as it was committed last. Nobody knows them where letters were changed without
/// indexing, by another program or while a trigger was missing, or where there is no `before`: then all are indexed anew.
pub(super) fn index_due(connection: &Connection, before: Option<&Connection>) -> Result<()> {
    const IS_DUE: &str = "SELECT EXISTS (SELECT 1 FROM search_due)";
    let is_due = |store: &Connection| -> Result<bool> {
        Ok(store.prepare_cached(IS_DUE)?.query_row([], |row| row.get(0))?)
    };
    if !is_due(connection)? {
        return Ok(());
    }
    let known = match before {
        Some(before) if !is_due(before)? => Some(before),
        _ => None,
    };
    if known.is_none() {
        connection.execute(MARK_ALL, [])?;
        connection.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')", [])?;
    }
    let due: Vec<i64> = connection
        .prepare_cached("SELECT submission_id FROM search_due")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut is_indexed =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM search_index_docsize WHERE id = ?1)")?;
    let mut take_out = connection
        .prepare_cached("INSERT INTO search_index (search_index, rowid, terms) VALUES ('delete', ?1, ?2)")?;
    let mut put = connection.prepare_cached("INSERT INTO search_index (rowid, terms) VALUES (?1, ?2)")?;
    for id in due {
        if let Some(before) = known
            && is_indexed.query_row([id], |row| row.get(0))?
            && let Some(terms) = indexed(before, id)?
        {
            take_out.execute((id, terms))?;
        }
        if let Some(terms) = indexed(connection, id)? {
            put.execute((id, terms))?;
        }
    }
    connection.prepare_cached("DELETE FROM search_due")?.execute([])?;
    Ok(())
}

/// Marks every letter.
pub(super) const MARK_ALL: &str = "INSERT OR IGNORE INTO search_due SELECT id FROM submission";
/// Letters that stand in no index though they are not marked.
pub(super) const UNFOUND: &str = "SELECT number FROM submission AS s WHERE NOT EXISTS (SELECT 1 FROM search_index_docsize AS d WHERE d.id = s.id)
     AND NOT EXISTS (SELECT 1 FROM search_due AS d WHERE d.submission_id = s.id)";

impl Filter {
    /// What holds of a submission `s`, looked up where there is something to look up.
    pub(super) fn looked_up(&self) -> (String, Vec<Value>) {
        let (condition, values) = self.condition();
        let Some(asked) = asked_all(&self.words) else { return (condition, values) };
        let found = "s.id IN (SELECT rowid FROM search_index WHERE search_index MATCH ?)";
        (format!("{found} AND {condition}"), std::iter::once(asked.into()).chain(values).collect())
    }
}

impl Store {
    /// The newest letters in which a text stands, as the filter has it, in the order of filing; whether there are more. What it
    /// costs hangs on how many are wanted, and for a text of three characters and more on how often its pairs stand apart.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn search(&self, filter: &Filter, most: usize) -> Result<(Vec<ListRow>, bool)> {
        let enough = most.saturating_add(1);
        let Some(asked) = asked_all(&filter.words) else {
            let mut found =
                self.list(&ListFilter { filter: filter.clone(), most: enough, ..ListFilter::default() })?;
            let more = found.len() > most;
            found.drain(..usize::from(more));
            return Ok((found, more));
        };
        let mut below = i64::MAX;
        let mut found = Vec::new();
        while found.len() < enough {
            let among: Vec<i64> = self
                .connection
                .prepare_cached(
                    "SELECT rowid FROM search_index WHERE search_index MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
                )?
                .query_map((&asked, below, PIECE), |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let Some(last) = among.last() else { break };
            below = *last;
            let piece = Filter { among: Some(among), ..filter.clone() };
            let most = enough - found.len();
            // `list` gives the oldest first.
            let rows = self.list(&ListFilter { filter: piece, most, ..ListFilter::default() })?;
            found.extend(rows.into_iter().rev());
        }
        let more = found.len() > most;
        found.truncate(most);
        found.reverse();
        Ok((found, more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_looked_up_by_its_pairs() {
        let cases = [
            ("证", Some("\"证\"")),
            ("居住", Some("\"居住\"")),
            ("居住证", Some("\"住证\" AND \"居住\"")),
            ("住 居", Some("\"住\" AND \"居\"")),
            ("Wi-Fi", Some("\"fi\" AND \"wi\"")),
            ("A", Some("\"a\"")),
            ("𠮷家", Some("\"𠮷家\"")),
            ("，", Some("\"，\"")),
            ("%", None),
            ("\" OR *", Some("\"or\"")),
            ("", None),
        ];
        for (text, wanted) in cases {
            assert_eq!(asked(text).as_deref(), wanted, "{text}");
        }
    }
}
