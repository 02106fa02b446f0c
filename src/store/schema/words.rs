//! The table `word`: what the views call each word, as of the program that last opened the store for writing.

use rusqlite::{Connection, TransactionBehavior};

use crate::store::facts::Fact;
use crate::store::{Result, facts};
use crate::vocabulary::sha256_hex;
use crate::words;

/// Gives the store today's words, where it has others. Whoever only reads sees those that are there.
pub(in crate::store) fn refresh_words(connection: &mut Connection) -> Result<()> {
    if are_current(connection)? {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("DELETE FROM word", [])?;
    {
        let mut insert = transaction
            .prepare("INSERT INTO word (kind, word, short, long, to_do) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (kind, word, row) in words::rows() {
            insert.execute(told(kind, word, row))?;
        }
    }
    facts::write(&transaction, Fact::WordsDigest, &digest(&transaction)?)?;
    Ok(transaction.commit()?)
}

/// The digest of the words that stand there.
fn digest(connection: &Connection) -> Result<String> {
    let mut statement =
        connection.prepare("SELECT kind, word, short, long, to_do FROM word ORDER BY kind, word")?;
    let mut rows = statement.query([])?;
    let mut all = String::new();
    while let Some(row) = rows.next()? {
        for column in 0..5 {
            all.push_str(&row.get::<_, String>(column)?);
            all.push('\0');
        }
    }
    Ok(sha256_hex(all.as_bytes()))
}

/// Whether the words that stand there are as a program of another version put them: whoever opens the store for writing puts today's
/// in their place.
pub(in crate::store) fn are_of_another_version(connection: &Connection) -> Result<bool> {
    Ok(!are_current(connection)? && facts::read(connection, Fact::WordsDigest)? == Some(digest(connection)?))
}

/// A row of the table. What would stand for a parameter is left out of the short text: the views have none.
fn told(kind: &str, word: &str, row: &words::Row) -> [String; 5] {
    let short = words::fill(row.short(), &serde_json::Map::new());
    [kind, word, &short, row.long(), row.to_do().unwrap_or_default()].map(str::to_owned)
}

/// Whether the store has today's words.
pub(in crate::store) fn are_current(connection: &Connection) -> Result<bool> {
    let mut statement =
        connection.prepare("SELECT kind, word, short, long, to_do FROM word ORDER BY kind, word")?;
    let mut stored = statement.query([])?;
    let mut ours = words::rows();
    loop {
        match (stored.next()?, ours.next()) {
            (None, None) => return Ok(true),
            (Some(found), Some((kind, word, row)))
                if told(kind, word, row).iter().zip(0..).all(|(ours, column)| {
                    found.get_ref(column).is_ok_and(|text| text.as_str() == Ok(ours))
                }) => {}
            _ => return Ok(false),
        }
    }
}
