//! What the notices say, for the views: the tables `notice` and `notice_clause`.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{TransactionBehavior, params};

use super::{Result, Store, schema};
use crate::details::text::numeral;
use crate::vocabulary::{Consultation, shanghai};

/// A row of `notice`, but for its id.
type Notice = (i64, String, String, Option<String>, String, Option<String>, String);

impl Store {
    /// Gives the views today's notices, where they have others. A consultation that is configured no more keeps what was known
    /// of it, for its letters stay.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn know(&mut self, consultations: &[Consultation]) -> Result<()> {
        let mut changes = Vec::new();
        for (position, of) in (1..).zip(consultations) {
            let (notice, clauses) = (notice(position, of, consultations), self.clauses(of)?);
            if self.notice(&of.id)?.as_ref() != Some(&notice) || !clauses.is_empty() {
                changes.push((of.id.as_str(), notice, clauses));
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        self.in_place()?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (id, (position, name, title, opens, closes, opens_on, closes_on), clauses) in changes {
            transaction.execute(
                "INSERT OR REPLACE INTO notice (id, position, name, title, opens, closes, opens_on, closes_on)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![id, position, name, title, opens, closes, opens_on, closes_on],
            )?;
            let are_others = !clauses.is_empty();
            for (code, place, name) in clauses {
                transaction.execute(
                    "INSERT OR REPLACE INTO notice_clause (consultation, code, position, name) VALUES (?1, ?2, ?3, ?4)",
                    params![id, code, place, name],
                )?;
            }
            if are_others {
                transaction.execute(&schema::items().reorder, [id])?;
            }
        }
        transaction.execute(&schema::items().count, [])?;
        Ok(transaction.commit()?)
    }

    /// What the views call a consultation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn called(&self, id: &str) -> Result<String> {
        Ok(self.notice(id)?.map_or_else(|| id.to_owned(), |(_, name, ..)| name))
    }

    fn notice(&self, id: &str) -> Result<Option<Notice>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT position, name, title, opens, closes, opens_on, closes_on FROM notice WHERE id = ?1",
        )?;
        let mut rows = statement.query_map([id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
        })?;
        Ok(rows.next().transpose()?)
    }

    /// The rows of `notice_clause` that are to be others: the notice's clauses in its order, then what opinions name besides.
    fn clauses(&self, of: &Consultation) -> Result<Vec<(String, i64, String)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT code, position, name FROM notice_clause WHERE consultation = ?1")?;
        let rows = statement.query_map([&of.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let stored: Vec<(String, i64, String)> = rows.collect::<rusqlite::Result<_>>()?;
        let named = |code: &str| of.clauses.iter().any(|clause| clause.code == code);
        let mut others: Vec<&str> =
            stored.iter().map(|(code, ..)| code.as_str()).filter(|code| !named(code)).collect();
        others.sort_by_cached_key(|code| place(code));
        let clauses = of.clauses.iter().map(|clause| (clause.code.as_str(), clause.name.as_str()));
        let all = clauses.chain(others.into_iter().map(|code| (code, "")));
        let wanted = (1..).zip(all).map(|(place, (code, name))| (code.to_owned(), place, name.to_owned()));
        Ok(wanted.filter(|row| !stored.contains(row)).collect())
    }
}

fn notice(position: i64, of: &Consultation, all: &[Consultation]) -> Notice {
    let shared = all.iter().filter(|other| other.short_title == of.short_title).count() > 1;
    let name = if shared { &of.title } else { &of.short_title };
    // The day that a deadline names ends at 24:00.
    let last = of.closes.checked_sub(SignedDuration::from_secs(1)).unwrap_or(of.closes);
    let (closes, last) = (shanghai(of.closes), day(last));
    let closes = if closes.time() == jiff::civil::Time::midnight() {
        format!("{last} 24:00:00")
    } else {
        closes.strftime("%Y-%m-%d %H:%M:%S").to_string()
    };
    let opens = of.opens.map(|opens| shanghai(opens).strftime("%Y-%m-%d %H:%M:%S").to_string());
    (position, name.clone(), of.title.clone(), opens, closes, of.opens.map(day), last)
}

fn day(at: Timestamp) -> String {
    shanghai(at).strftime("%Y-%m-%d").to_string()
}

/// Where a clause stands among others: its numbers as numbers, 第九条 before 第十条, 附件9 before 附件10.
fn place(code: &str) -> Vec<(u32, String)> {
    let mut parts: Vec<(u32, String)> = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let is_number = |c: char| c.is_ascii_digit() || numeral::is_numeral(c);
        let end = rest.find(|c: char| is_number(c) != is_number(first)).unwrap_or(rest.len());
        let (part, behind) = rest.split_at(end);
        parts.push(match numeral::number(part).filter(|_| is_number(first)) {
            Some(number) => (number, String::new()),
            None => (0, part.to_owned()),
        });
        rest = behind;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn clauses_stand_in_the_order_of_their_numbers() {
        let order = ["第二条", "第九条", "第九条第二款", "第十条", "第三十条", "附件2", "附件9", "附件10"];
        let mut sorted = order.to_vec();
        sorted.reverse();
        sorted.sort_by_cached_key(|code| place(code));
        assert_eq!(sorted, order);
        let mut places = vec!["二(二)10", "三(一)", "二(一)1", "二(二)3"];
        places.sort_by_cached_key(|code| place(code));
        assert_eq!(places, ["二(一)1", "二(二)3", "二(二)10", "三(一)"]);
    }
}
