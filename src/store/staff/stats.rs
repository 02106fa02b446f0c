//! Figures for reports: how many, from whom, about what, and whether the sum is whole.

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

const RECEIVED: &str = "consultation = ?1";
const COUNTED: &str = "consultation = ?1 AND status IN ('accepted', 'late')";

impl Store {
    /// Figures of every consultation in the store and in `configured`, and the sum over the mailbox; all as of one instant.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn statistics(&self, configured: &[String]) -> Result<(Vec<Figures>, Completeness)> {
        // One snapshot, whatever the daemon files meanwhile.
        let snapshot = self.connection.unchecked_transaction()?;
        let mut ids = configured.to_vec();
        let mut statement =
            self.connection.prepare_cached("SELECT DISTINCT consultation FROM submission ORDER BY 1")?;
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
        self.connection.query_row(
            "SELECT (SELECT count(*) FROM submission WHERE consultation = ?1), count(DISTINCT l.wording_id), count(DISTINCT coalesce(w.leader_id, w.id)),
                count(*) - count(l.wording_id), count(DISTINCT coalesce(l.sender, 'erased ' || s.id))
             FROM submission AS s LEFT JOIN likeness AS l ON l.message_id = s.message_id
                  LEFT JOIN wording AS w ON w.id = l.wording_id
             WHERE s.consultation = ?1 AND s.status NOT IN ('handled', 'denied')",
            [id],
            |row| {
                figures.received = unsigned(row, 0)?;
                figures.texts = unsigned(row, 1)?;
                figures.texts_grouped = unsigned(row, 2)?;
                figures.without_text = unsigned(row, 3)?;
                figures.senders = unsigned(row, 4)?;
                Ok(())
            },
        )?;
        self.connection.query_row(
            &format!(
                "SELECT count(*), coalesce(sum(signatories), 0),
                    (SELECT count(*) FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id
                     WHERE s.consultation = ?1 AND s.status IN ('accepted', 'late') AND o.adoption IS NOT '非意见')
                 FROM submission WHERE {COUNTED}"
            ),
            [id],
            |row| {
                figures.counted = unsigned(row, 0)?;
                figures.persons = unsigned(row, 1)?;
                figures.items = unsigned(row, 2)?;
                Ok(())
            },
        )?;
        let by = |what: &str, which: &str, order: &str| {
            self.counts_of(
                &format!("SELECT {what}, count(*) FROM submission WHERE {which} GROUP BY 1 ORDER BY {order}"),
                id,
            )
        };
        figures.by_status = by("status", RECEIVED, "1")?;
        figures.by_timeliness = by("timeliness", RECEIVED, "1")?;
        figures.by_day = by("date(received_at, '+8 hours')", RECEIVED, "1")?;
        let mut hours = self.connection.prepare_cached(&format!(
            "SELECT date(received_at, '+8 hours'), strftime('%H', received_at, '+8 hours'), count(*) FROM submission
             WHERE {RECEIVED} GROUP BY 1, 2 ORDER BY 1, 2"
        ))?;
        let rows = hours.query_map([id], |row| Ok((row.get(0)?, row.get(1)?, unsigned(row, 2)?)))?;
        figures.by_hour = rows.collect::<rusqlite::Result<_>>()?;
        let counted = by(
            "timeliness",
            "consultation = ?1 AND status = 'accepted' AND timeliness IN ('late', 'late_sent_in_time')",
            "1",
        )?;
        figures.counted_in_time = counted.iter().map(|(_, count)| count).sum();
        figures.by_occupation = by("coalesce(occupation, '未填写')", COUNTED, "2 DESC, 1")?;
        figures.by_proposer = by(
            "CASE WHEN organization IS NOT NULL THEN 'organization'
                  WHEN EXISTS (SELECT 1 FROM json_each(flags) WHERE value = 'joint') THEN 'joint'
                  WHEN EXISTS (SELECT 1 FROM json_each(flags) WHERE value = 'anonymous') THEN 'anonymous'
                  WHEN name IS NULL THEN 'unnamed'
                  ELSE 'individual' END",
            COUNTED,
            "2 DESC, 1",
        )?;
        figures.by_sender_kind = by("coalesce(sender_kind, '')", COUNTED, "2 DESC, 1")?;
        let mut clauses = self.connection.prepare_cached(
            "SELECT coalesce(o.clause, '未标注'), count(*), count(DISTINCT s.id)
             FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id
             WHERE s.consultation = ?1 AND s.status IN ('accepted', 'late') AND o.adoption IS NOT '非意见' GROUP BY 1 ORDER BY 2 DESC, 1",
        )?;
        let rows = clauses.query_map([id], |row| Ok((row.get(0)?, unsigned(row, 1)?, unsigned(row, 2)?)))?;
        figures.by_clause = rows.collect::<rusqlite::Result<_>>()?;
        figures.groups = self.groups(id)?;
        Ok(figures)
    }

    fn groups(&self, id: &str) -> Result<Vec<GroupFigures>> {
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT w.group_number, first.number, sum(s.status NOT IN ('duplicate', 'handled', 'denied')), count(DISTINCT iif(s.status NOT IN ('duplicate', 'handled', 'denied'), l.sender, NULL)),
                sum(s.status NOT IN ('duplicate', 'handled', 'denied') AND l.wording_id IS lead.wording_id), sum(s.status = 'duplicate'),
                min(s.received_at), max(s.received_at), ",
            names!("first"),
            ", coalesce((SELECT o.text FROM opinion AS o WHERE o.submission_id = first.id AND o.adoption IS NOT '非意见' ORDER BY o.ordinal LIMIT 1), first.comment)
             FROM wording AS w CROSS JOIN submission AS first ON first.id = coalesce((SELECT s.id FROM submission AS s
                    WHERE s.id = w.submission_id AND s.status NOT IN ('duplicate', 'handled', 'denied', 'erased') AND NOT ",
            is_forged!(),
            "), (SELECT min(s.id) FROM likeness AS o
                    JOIN submission AS s ON s.message_id = o.message_id
                    WHERE o.leader_id = w.id AND s.status NOT IN ('duplicate', 'handled', 'denied', 'erased') AND NOT ",
            is_forged!(),
            "), w.submission_id)
                  CROSS JOIN likeness AS lead ON lead.message_id = first.message_id
                  CROSS JOIN likeness AS l ON l.leader_id = w.id JOIN submission AS s ON s.message_id = l.message_id
             WHERE w.consultation = ?1 AND w.group_number IS NOT NULL AND NOT ",
            is_forged!(),
            " GROUP BY w.id ORDER BY 1",
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
                "SELECT count(*) FROM mailbox_entry WHERE disposition IN ({dispositions}) AND reason NOT IN ('same_bytes', 'same_message', 'came_later')"
            ))
        };
        Ok(Completeness {
            entries: count("SELECT count(*) FROM mailbox_entry")?,
            by_disposition: self
                .counts("SELECT disposition, count(*) FROM mailbox_entry GROUP BY 1 ORDER BY 1")?,
            gaps: count("SELECT count(*) FROM gap")?,
            submissions: (became("'filed', 'duplicate'")?, count("SELECT count(*) FROM submission")?),
            supplements: (became("'supplement'")?, count("SELECT count(*) FROM supplement")?),
        })
    }

    fn counts_of(&self, sql: &str, id: &str) -> Result<Counts> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([id], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
