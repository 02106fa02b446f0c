//! Rows as people see them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::read::{instant, texts, unsigned};
use crate::store::reasons::stored;
use crate::store::{Membership, NumbersOfOthers, RelationRow, Result, Store};
use crate::vocabulary::StoredReason;

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListRow {
    /// `submission.id`
    #[serde(skip)]
    pub id: i64,
    /// `submission.number`
    pub number: String,
    /// Numbers that it had before it was moved from one consultation to another.
    pub former_numbers: Vec<String>,
    /// `submission.consultation`
    pub consultation: String,
    /// `submission.status`
    pub status: String,
    /// Where it stood before the last decision or change of it.
    #[serde(skip)]
    pub stood: Option<String>,
    /// `relation.kind` of a later letter, not itself denied, that asks to take this one out.
    #[serde(skip)]
    pub asked_out: Option<String>,
    /// `submission.subject_match`
    pub subject_match: String,
    /// `submission.timeliness`
    pub timeliness: String,
    /// `submission.received_at`
    pub received_at: Option<Timestamp>,
    /// `submission.from_address`
    pub from_address: String,
    /// `submission.name`
    pub name: Option<String>,
    /// Every name that it has or had: `name`, `name_hint`, and what `correction` holds of the first.
    #[serde(skip)]
    pub names: Vec<String>,
    /// A person erased the name, or the unit's, or the whole letter: that none stands there is not its writer's doing.
    #[serde(rename = "name_erased")]
    pub is_name_erased: bool,
    /// `submission.organization`
    pub organization: Option<String>,
    /// `submission.sender_kind`; `None`: an older version filed it.
    pub sender_kind: Option<String>,
    /// `submission.occupation`
    pub occupation: Option<String>,
    /// `submission.signatories`
    pub signatories: i64,
    /// `submission.comment`
    pub comment: String,
    /// `opinion.text` of the first item that counts.
    pub opinion: Option<String>,
    /// There is such an item.
    #[serde(skip)]
    pub has_items: bool,
    /// `submission.flags`
    pub flags: Vec<String>,
    /// `submission.review_reasons`
    pub review_reasons: Vec<String>,
    /// State of its first acknowledgement.
    pub acknowledgement: Option<String>,
    /// 组号 of the letters that say the same, when others sent it too.
    pub group: Option<u32>,
}

/// One acknowledgement of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgementRow {
    /// `acknowledgement.kind`
    pub kind: String,
    /// `acknowledgement.recipient`
    pub recipient: Option<String>,
    /// `acknowledgement.state`
    pub state: String,
    /// `acknowledgement.reason`
    pub reason: StoredReason,
    /// `acknowledgement.attempts`
    pub attempts: u32,
    /// `acknowledgement.next_attempt_at`
    pub next_attempt_at: Option<String>,
    /// `acknowledgement.sent_at`
    pub sent_at: Option<String>,
}

/// A file of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileRow {
    /// `attachment.filename`
    pub filename: Option<String>,
    /// `attachment.media_type`
    pub media_type: String,
    /// `attachment.size_bytes`
    pub size_bytes: u64,
    /// `attachment.fault`
    pub fault: Option<String>,
}

/// A supplement as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SupplementRow {
    /// `supplement.from_address`
    pub from_address: String,
    /// When it arrived.
    pub received_at: Option<Timestamp>,
    /// What it says.
    pub comment: String,
    /// Its own flags: a wish not to be named may come afterwards.
    pub flags: Vec<String>,
    /// `supplement.message_id`
    pub message: i64,
    /// What its files are called; pictures in the text are none.
    pub files: Vec<String>,
    /// What it says of its writer.
    #[serde(skip)]
    pub given: SupplementDetails,
}

/// `supplement.details`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SupplementDetails {
    /// Who wrote.
    pub name: Option<String>,
    /// For whom.
    pub organization: Option<String>,
    /// One of the notice's values.
    pub occupation: Option<String>,
    /// In the writer's words.
    pub occupation_as_written: Option<String>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Addresses given in the text.
    pub emails: Vec<String>,
}

/// One opinion item of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpinionRow {
    /// `opinion.clause`
    pub clause: Option<String>,
    /// `opinion.text`
    pub text: String,
    /// `opinion.adoption`
    pub adoption: Option<String>,
    /// `opinion.adoption_reason`
    pub adoption_reason: Option<String>,
    /// When the supplement arrived that it stands in; `None`: the first letter has it.
    pub supplement_received_at: Option<Timestamp>,
}

/// One correction or decision by staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorrectionRow {
    /// `correction.id`
    pub id: i64,
    /// The correction that it takes back.
    pub undoes: Option<i64>,
    /// `correction.opinion`
    #[serde(rename = "item")]
    pub opinion: Option<i64>,
    /// `correction.field`
    pub field: String,
    /// `correction.old_value`
    #[serde(rename = "old")]
    pub old_value: Option<String>,
    /// `correction.new_value`
    #[serde(rename = "new")]
    pub new_value: Option<String>,
    /// `correction.actor`
    pub actor: String,
    /// `correction.at`
    pub at: Option<Timestamp>,
    /// `correction.note`
    pub note: Option<String>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// `event.at`
    pub at: String,
    /// `event.actor`
    pub actor: String,
    /// `event.action`
    pub action: String,
    /// `event.detail`
    pub detail: String,
}

/// Everything `show` prints of one submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// As listed.
    pub row: ListRow,
    /// `submission.consultation`
    pub consultation: String,
    /// `message.subject`
    pub subject: Option<String>,
    /// `message.sent_as_written`
    pub sent_as_written: Option<String>,
    /// `message.received_basis`
    pub received_basis: Option<String>,
    /// `submission.name_hint`
    pub name_hint: Option<String>,
    /// `submission.occupation_as_written`
    pub occupation_as_written: Option<String>,
    /// `submission.phones`
    pub phones: Vec<String>,
    /// `submission.emails`
    pub emails: Vec<String>,
    /// `submission.signatories`
    pub signatories: u32,
    /// `submission.full_text`
    pub full_text: String,
    /// Number of the submission this one repeats.
    pub duplicate_of: Option<String>,
    /// It repeats what a supplement of that one says.
    pub repeats_supplement: bool,
    /// Its opinion items, in order.
    pub opinions: Vec<OpinionRow>,
    /// What staff corrected and decided, in order.
    pub corrections: Vec<CorrectionRow>,
    /// Its files, in order.
    pub attachments: Vec<FileRow>,
    /// Its supplements, in order.
    pub supplements: Vec<SupplementRow>,
    /// Its acknowledgements.
    pub acknowledgements: Vec<AcknowledgementRow>,
    /// Its events.
    pub events: Vec<EventRow>,
    /// The group of the same letter from several senders that it belongs to.
    pub membership: Option<Membership>,
    /// What it says of earlier submissions, and what later mail says of it.
    pub relations: Vec<RelationRow>,
    /// Numbers that it gives of letters of which its sender is not known to be the writer.
    pub numbers_of_others: NumbersOfOthers,
}

pub(in crate::store) fn list_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<ListRow> {
    Ok(ListRow {
        id: row.get(0)?,
        number: row.get(1)?,
        status: row.get(2)?,
        subject_match: row.get(3)?,
        timeliness: row.get(4)?,
        received_at: instant(row.get(5)?),
        from_address: row.get(6)?,
        name: row.get(7)?,
        organization: row.get(8)?,
        occupation: row.get(9)?,
        comment: row.get(10)?,
        flags: texts(row, 11)?,
        review_reasons: texts(row, 12)?,
        acknowledgement: row.get(13)?,
        group: row.get(14)?,
        names: texts(row, 15)?,
        former_numbers: texts(row, 16)?,
        sender_kind: row.get(17)?,
        consultation: row.get(18)?,
        signatories: row.get(19)?,
        has_items: row.get::<_, Option<String>>(20)?.is_some(),
        opinion: row.get(20)?,
        stood: row.get(21)?,
        asked_out: row.get(22)?,
        is_name_erased: row.get(23)?,
    })
}

impl Store {
    /// The acknowledgements of a message or of a submission, as `key` (`message_id`, `submission_id`) says.
    pub(in crate::store) fn acknowledgements_of(
        &self,
        key: &'static str,
        id: i64,
    ) -> Result<Vec<AcknowledgementRow>> {
        let sql = format!(
            "SELECT kind, recipient, state, reason, reason_detail, attempts, next_attempt_at, sent_at FROM acknowledgement
             WHERE {key} = ?1 ORDER BY id"
        );
        self.rows(&sql, id, |row| {
            Ok(AcknowledgementRow {
                kind: row.get(0)?,
                recipient: row.get(1)?,
                state: row.get(2)?,
                reason: stored(row, 3)?,
                attempts: row.get(5)?,
                next_attempt_at: row.get(6)?,
                sent_at: row.get(7)?,
            })
        })
    }

    /// The files of a message, in order.
    pub(in crate::store) fn attachments_of(&self, message_id: i64) -> Result<Vec<FileRow>> {
        self.rows(
            "SELECT filename, media_type, size_bytes, fault FROM attachment WHERE message_id = ?1 ORDER BY ordinal",
            message_id,
            |row| {
                Ok(FileRow {
                    filename: row.get(0)?,
                    media_type: row.get(1)?,
                    size_bytes: unsigned(row, 2)?,
                    fault: row.get(3)?,
                })
            },
        )
    }
}
