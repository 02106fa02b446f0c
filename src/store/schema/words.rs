//! The table `word`: what the views call each word, as of the program that last opened the store for writing.

use rusqlite::{Connection, TransactionBehavior, params};

use crate::store::Result;
use crate::words;

/// Gives the store today's words, where it has others. Whoever only reads sees those that are there.
pub(in crate::store) fn refresh_words(connection: &mut Connection) -> Result<()> {
    if are_current(connection)? {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("DELETE FROM word", [])?;
    {
        let mut insert =
            transaction.prepare("INSERT INTO word (kind, word, short, long) VALUES (?1, ?2, ?3, ?4)")?;
        for (kind, word, row) in words::rows() {
            insert.execute(params![kind, word, row.short(), row.long()])?;
        }
    }
    Ok(transaction.commit()?)
}

/// Whether the store has today's words.
pub(in crate::store) fn are_current(connection: &Connection) -> Result<bool> {
    let mut statement = connection.prepare("SELECT kind, word, short, long FROM word ORDER BY kind, word")?;
    let mut stored = statement.query([])?;
    let mut ours = words::rows();
    loop {
        match (stored.next()?, ours.next()) {
            (None, None) => return Ok(true),
            (Some(found), Some((kind, word, row)))
                if [kind, word, row.short(), row.long()].into_iter().zip(0..).all(|(ours, column)| {
                    found.get_ref(column).is_ok_and(|text| text.as_str() == Ok(ours))
                }) => {}
            _ => return Ok(false),
        }
    }
}
