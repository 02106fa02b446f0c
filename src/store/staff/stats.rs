//! Figures for reports: how many, from whom, about what, and whether the sum is whole.

use rusqlite::OptionalExtension;

use crate::store::read::{Counts, is_forged, names, texts, unsigned};
use crate::store::{Result, Store};

/// The figures of one consultation. 收到 is every submission, whatever became of it; 计入 are those that stand in 意见汇总:
/// `accepted` and `late`. Texts and senders are compared of all but `denied` and `handled`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// `submission.consultation`
    pub consultation: String,
    /// 收到, in 件.
    pub received: u64,
    /// Different texts among the compared, exact copies being one.
    pub texts: u64,
    /// The same, near copies being one too.
    pub texts_grouped: u64,
    /// Of those, submissions without any text.
    pub without_text: u64,
    /// Different sending addresses of the compared.
    pub senders: u64,
    /// 计入, in 件.
    pub counted: u64,
    /// 计入, in 人次: a joint letter counts its signatories.
    pub persons: u64,
    /// 计入, in 条.
    pub items: u64,
    /// 计入, with all of their opinion in a file from which nobody entered it, in 件.
    pub unentered: u64,
    /// All submissions by status.
    pub by_status: Counts,
    /// Received ones by timeliness.
    pub by_timeliness: Counts,
    /// Received ones by day in Beijing, `YYYY-MM-DD`, in order; days without any are left out.
    pub by_day: Counts,
    /// Received ones by day and hour in Beijing (`00` to `23`), in order.
    pub by_hour: Vec<(String, String, u64)>,
    /// Counted ones that came late by the clock and that a person counts as in time.
    pub counted_in_time: u64,
    /// Counted ones by occupation; `未填写` where none is given.
    pub by_occupation: Counts,
    /// Counted ones by 个人, 单位, 联名, 匿名.
    pub by_proposer: Counts,
    /// Counted ones by what kind of sender wrote; an empty word where an older version filed them.
    pub by_sender_kind: Counts,
    /// Counted ones by clause: its code, 条 and 件; most 条 first.
    pub by_clause: Vec<(String, u64, u64)>,
    /// Groups of the same letter, by number.
    pub groups: Vec<GroupFigures>,
}

/// A group of the same letter from several senders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFigures {
    /// 组号
    pub number: u64,
    /// Number of the first that counts; where none does, of the first.
    pub leader: String,
    /// 件, without what the same sender repeated and what was found not to belong here.
    pub submissions: u64,
    /// Different sending addresses.
    pub senders: u64,
    /// Exact copies of the leader among the 件, itself included.
    pub exact: u64,
    /// Repetitions by the same senders.
    pub repeated: u64,
    /// First and last arrival, UTC.
    pub first: String,
    /// Last arrival, UTC.
    pub last: String,
    /// The leader's name, for masking.
    pub leader_names: Vec<String>,
    /// The leader's first opinion item that counts; its comment where it has none.
    pub comment: String,
}

/// Whether every entry of the mailbox is accounted for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completeness {
    /// All entries ever seen.
    pub entries: u64,
    /// By disposition.
    pub by_disposition: Counts,
    /// Announced, but not handed over yet.
    pub gaps: u64,
    /// Entries that became a submission, and submissions.
    pub submissions: (u64, u64),
    /// Entries that became a supplement, and supplements.
    pub supplements: (u64, u64),
}

impl Completeness {
    /// Whether the sums agree.
    pub fn holds(&self) -> bool {
        self.entries == self.by_disposition.iter().map(|(_, count)| count).sum::<u64>()
            && self.submissions.0 == self.submissions.1
            && self.supplements.0 == self.supplements.1
    }
}

const COUNTED: &str = "consultation = ?1 AND status IN ('accepted', 'late')";

impl Store {
    /// Figures of every consultation in the store and in `configured`, and the sum over the mailbox; all as of one instant.
    /// They are read from the sums that the store keeps: no letter is counted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn statistics(&self, configured: &[String]) -> Result<(Vec<Figures>, Completeness)> {
        // One snapshot, whatever the daemon files meanwhile.
        let snapshot = self.connection.unchecked_transaction()?;
        let mut ids = configured.to_vec();
        let mut statement =
            self.connection.prepare_cached("SELECT DISTINCT consultation FROM sum_by_kind ORDER BY 1")?;
        for id in statement.query_map([], |row| row.get(0))? {
            let id: String = id?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let figures = ids.iter().map(|id| self.figures(id)).collect::<Result<_>>()?;
        let completeness = self.completeness()?;
        snapshot.finish()?;
        Ok((figures, completeness))
    }

    fn figures(&self, id: &str) -> Result<Figures> {
        let mut figures = Figures { consultation: id.to_owned(), ..Figures::default() };
        let by = |what: &str, which: &str, order: &str| {
            self.counts_of(
                &format!(
                    "SELECT {what}, sum(letters) FROM sum_by_kind WHERE {which} GROUP BY 1 ORDER BY {order}"
                ),
                id,
            )
        };
        let received = "consultation = ?1";
        figures.by_status = by("status", received, "1")?;
        figures.received = figures.by_status.iter().map(|(_, count)| count).sum();
        figures.unentered = self.count_unentered(Some(id))?.letters;
        figures.by_timeliness = by("timeliness", received, "1")?;
        let counted = by(
            "timeliness",
            "consultation = ?1 AND status = 'accepted' AND timeliness IN ('late', 'late_sent_in_time')",
            "1",
        )?;
        figures.counted_in_time = counted.iter().map(|(_, count)| count).sum();
        figures.by_occupation = by("iif(occupation = '', '未填写', occupation)", COUNTED, "2 DESC, 1")?;
        figures.by_proposer = by("proposer", COUNTED, "2 DESC, 1")?;
        figures.by_sender_kind = by("sender_kind", COUNTED, "2 DESC, 1")?;
        self.totals(&mut figures)?;
        self.by_time(&mut figures)?;
        let mut clauses = self.connection.prepare_cached(
            "SELECT iif(clause = '', '未标注', clause), sum(items), sum(letters) FROM sum_by_clause WHERE consultation = ?1 GROUP BY clause ORDER BY 2 DESC, 1",
        )?;
        let rows = clauses.query_map([id], |row| Ok((row.get(0)?, unsigned(row, 1)?, unsigned(row, 2)?)))?;
        figures.by_clause = rows.collect::<rusqlite::Result<_>>()?;
        figures.groups = self.groups(id)?;
        Ok(figures)
    }

    /// Letters and people that count, their items, and how many texts and senders differ.
    fn totals(&self, figures: &mut Figures) -> Result<()> {
        self.connection.query_row(
            &format!(
                "SELECT coalesce(sum(letters), 0), coalesce(sum(persons), 0),
                    (SELECT coalesce(sum(items), 0) FROM sum_by_clause WHERE consultation = ?1) FROM sum_by_kind WHERE {COUNTED}"
            ),
            [&figures.consultation],
            |row| {
                figures.counted = unsigned(row, 0)?;
                figures.persons = unsigned(row, 1)?;
                figures.items = unsigned(row, 2)?;
                Ok(())
            },
        )?;
        // What an old program erased is compared with nothing: each is of a sender of its own.
        let heard: u64 = self.connection.query_row(
            "SELECT coalesce(sum(letters), 0) FROM sum_by_kind WHERE consultation = ?1 AND status NOT IN ('handled', 'denied')",
            [&figures.consultation],
            |row| unsigned(row, 0),
        )?;
        let mut statement = self.connection.prepare_cached(
            "SELECT letters, texts, grouped, senders, without_text FROM sum_of_texts WHERE consultation = ?1",
        )?;
        let compared = statement
            .query_row([&figures.consultation], |row| {
                figures.texts = unsigned(row, 1)?;
                figures.texts_grouped = unsigned(row, 2)?;
                figures.senders = unsigned(row, 3)?;
                figures.without_text = unsigned(row, 4)?;
                unsigned(row, 0)
            })
            .optional()?;
        let alone = heard.saturating_sub(compared.unwrap_or_default());
        figures.senders += alone;
        figures.without_text += alone;
        Ok(())
    }

    fn by_time(&self, figures: &mut Figures) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT substr(hour, 1, 10), substr(hour, 12), sum(letters) FROM sum_by_hour WHERE consultation = ?1
             GROUP BY hour ORDER BY hour",
        )?;
        let rows = statement
            .query_map([&figures.consultation], |row| Ok((row.get(0)?, row.get(1)?, unsigned(row, 2)?)))?;
        for row in rows {
            let (day, hour, count): (String, String, u64) = row?;
            match figures.by_day.last_mut() {
                Some((last, sum)) if *last == day => *sum += count,
                _ => figures.by_day.push((day.clone(), count)),
            }
            figures.by_hour.push((day, hour, count));
        }
        Ok(())
    }

    fn groups(&self, id: &str) -> Result<Vec<GroupFigures>> {
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT w.group_number, first.number, g.letters, g.senders, coalesce(own.exact, 0), g.repeated, coalesce(g.first, ''), coalesce(g.last, ''), ",
            names!("first"),
            ", coalesce((SELECT o.text FROM opinion AS o WHERE o.submission_id = first.id AND o.adoption IS NOT '非意见' ORDER BY o.ordinal LIMIT 1), first.comment)
             FROM wording AS w CROSS JOIN sum_of_group AS g ON g.wording_id = w.id
                  CROSS JOIN submission AS first ON first.id = coalesce((SELECT s.id FROM submission AS s
                    WHERE s.id = w.submission_id AND s.status NOT IN ('duplicate', 'handled', 'denied', 'erased') AND NOT ",
            is_forged!(),
            "), (SELECT min(s.id) FROM likeness AS o
                    JOIN submission AS s ON s.message_id = o.message_id
                    WHERE o.leader_id = w.id AND s.status NOT IN ('duplicate', 'handled', 'denied', 'erased') AND NOT ",
            is_forged!(),
            "), w.submission_id)
                  CROSS JOIN likeness AS lead ON lead.message_id = first.message_id LEFT JOIN sum_of_wording AS own ON own.wording_id = lead.wording_id
             WHERE w.consultation = ?1 AND w.group_number IS NOT NULL AND g.members > 0 ORDER BY 1",
        ))?;
        let rows = statement.query_map([id], |row| {
            Ok(GroupFigures {
                number: unsigned(row, 0)?,
                leader: row.get(1)?,
                submissions: unsigned(row, 2)?,
                senders: unsigned(row, 3)?,
                exact: unsigned(row, 4)?,
                repeated: unsigned(row, 5)?,
                first: row.get(6)?,
                last: row.get(7)?,
                leader_names: texts(row, 8)?,
                comment: row.get(9)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn completeness(&self) -> Result<Completeness> {
        let count =
            |sql: &str| -> Result<u64> { Ok(self.connection.query_row(sql, [], |row| unsigned(row, 0))?) };
        // Copies by their bytes, and the same mail from another server, share the first one's message and make no row of their own.
        let became = |dispositions: &str| {
            count(&format!(
                "SELECT coalesce(sum(entries), 0) FROM sum_of_entries WHERE disposition IN ({dispositions}) AND reason NOT IN ('same_bytes', 'same_message', 'came_later')"
            ))
        };
        Ok(Completeness {
            entries: count("SELECT coalesce(sum(entries), 0) FROM sum_of_entries")?,
            by_disposition: self
                .counts("SELECT disposition, sum(entries) FROM sum_of_entries GROUP BY 1 ORDER BY 1")?,
            gaps: count("SELECT count(*) FROM gap")?,
            submissions: (
                became("'filed', 'duplicate'")?,
                count("SELECT coalesce(sum(letters), 0) FROM sum_by_kind")?,
            ),
            supplements: (
                became("'supplement'")?,
                count("SELECT coalesce(sum(supplements), 0) FROM sum_of_supplements")?,
            ),
        })
    }

    fn counts_of(&self, sql: &str, id: &str) -> Result<Counts> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([id], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
