//! What tells who somebody is, all of it: what must not stand in what is published. Units that wrote are somebody too.

use crate::store::{Result, Store};

/// A word that tells of a person, or of a unit that wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Personal {
    /// A name.
    Name(String),
    /// The name of a unit.
    Unit(String),
    /// A telephone number.
    Phone(String),
    /// An address.
    Address(String),
    /// A registration number, which its writer holds.
    Number(String),
}

impl Store {
    /// Every name of a person or a unit, telephone number, address and registration number that the store knows, now and before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn personal_words(&self) -> Result<Vec<Personal>> {
        let mut statement = self.connection.prepare(
            "SELECT 'name', name FROM submission UNION SELECT 'name', name_hint FROM submission
             UNION SELECT 'unit', organization FROM submission
             UNION SELECT 'unit', details ->> '$.organization' FROM supplement WHERE json_valid(details)
             UNION SELECT 'unit', old_value FROM correction WHERE field = 'organization'
             UNION SELECT 'unit', new_value FROM correction WHERE field = 'organization'
             UNION SELECT 'number', number FROM submission UNION SELECT 'address', from_address FROM submission
             UNION SELECT 'address', from_address FROM supplement
             UNION SELECT 'address', j.value FROM submission AS s, json_each(s.emails) AS j
             UNION SELECT 'phone', j.value FROM submission AS s, json_each(s.phones) AS j
             UNION SELECT iif(field = 'name', 'name', 'number'), old_value FROM correction WHERE field IN ('name', 'number')
             UNION SELECT iif(field = 'name', 'name', 'number'), new_value FROM correction WHERE field IN ('name', 'number')
             UNION SELECT iif(k.field = 'phones', 'phone', 'address'), j.value FROM correction AS k, json_each(iif(json_valid(k.old_value), k.old_value, '[]')) AS j
                WHERE k.field IN ('phones', 'emails')",
        )?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)))?;
        let mut words = Vec::new();
        for row in rows {
            let (kind, Some(word)) = row? else { continue };
            // One character tells nobody.
            if word.trim().chars().count() < 2 {
                continue;
            }
            words.push(match kind.as_str() {
                "name" => Personal::Name(word),
                "unit" => Personal::Unit(word),
                "phone" => Personal::Phone(word),
                "address" => Personal::Address(word),
                _ => Personal::Number(word),
            });
        }
        Ok(words)
    }
}
