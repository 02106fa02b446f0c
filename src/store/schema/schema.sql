-- One entry ever seen in one folder of the mailbox. Every entry has exactly one row.
CREATE TABLE mailbox_entry (
    id           INTEGER PRIMARY KEY,
    folder       TEXT    NOT NULL, -- folder name, decoded; a path for Maildirs and imported files
    uid_validity INTEGER NOT NULL, -- IMAP UIDVALIDITY; 0 for files
    uid          ANY     NOT NULL, -- IMAP UID (integer), Maildir base name or file name (text); with @ and the beginning of the digest where other bytes have the name already
    sha256       TEXT,             -- SHA-256 of the raw bytes, hex; kept for mail that is not ours too
    size_bytes   INTEGER NOT NULL, -- size of the message as the mailbox announced it
    disposition  TEXT    NOT NULL CHECK (disposition IN ('filed', 'supplement', 'duplicate', 'not_ours', 'automatic', 'quarantined')),
    reason       TEXT    NOT NULL, -- why, as a word
    message_id   INTEGER REFERENCES message (id), -- the kept message; NULL when none is kept
    seen_at      TEXT    NOT NULL, -- when this program recorded the entry
    message_id_sha256 TEXT,        -- SHA-256 of the Message-ID, hex: finds an entry of which nothing else is kept
    reason_detail TEXT,            -- JSON: what goes with the reason (a number, a mark, a server's words); NULL when nothing does
    listed_size_bytes INTEGER,     -- RFC822.SIZE as listed, where it is another than size_bytes and the bytes were found the same; learned later, not sealed
    listed_date   TEXT,            -- INTERNALDATE or the file's time as listed, UTC; NULL: not known yet; learned later, not sealed
    judged_by     TEXT,            -- not_ours: beginning of the digest of the consultations it was judged by; NULL: not known; not sealed
    UNIQUE (folder, uid_validity, uid)
) STRICT;
CREATE INDEX mailbox_entry_not_ours ON mailbox_entry (folder, id) WHERE disposition = 'not_ours';
CREATE INDEX mailbox_entry_by_disposition ON mailbox_entry (disposition, reason);
CREATE INDEX mailbox_entry_by_sha256 ON mailbox_entry (sha256);
CREATE INDEX mailbox_entry_by_message_id_sha256 ON mailbox_entry (message_id_sha256);
CREATE INDEX mailbox_entry_by_message ON mailbox_entry (message_id);
CREATE INDEX mailbox_entry_of_bounces ON mailbox_entry (seen_at) WHERE reason = 'bounce';

-- One distinct raw message that is kept.
CREATE TABLE message (
    id                INTEGER PRIMARY KEY,
    sha256            TEXT    NOT NULL UNIQUE, -- SHA-256 of the raw bytes, hex
    rfc822_message_id TEXT,                    -- Message-ID without angle brackets; NULL when the message has none
    subject           TEXT,                    -- decoded subject; NULL when there is no such field
    raw               BLOB,                    -- the raw bytes, zstd; NULL after erasure
    size_bytes        INTEGER NOT NULL,        -- length of the raw bytes
    sent_at           TEXT,                    -- Date:, UTC; the sender's word
    sent_as_written   TEXT,                    -- Date: with the offset as written
    internal_date     TEXT,                    -- INTERNALDATE or file time, UTC
    received_at       TEXT,                    -- arrival in the designated system, UTC
    received_basis    TEXT CHECK (received_basis IN ('received', 'internaldate', 'file')), -- which clock received_at rests on
    received_evidence TEXT,                    -- what received_at rests on, as a word
    evidence          TEXT,                    -- JSON: what each step saw; NULL when the message could not be read
    received_evidence_detail TEXT              -- JSON: what goes with the word, such as the boundary Received line; NULL when nothing does
) STRICT;
CREATE INDEX message_by_rfc822_message_id ON message (rfc822_message_id);

-- One submission (件).
CREATE TABLE submission (
    id                    INTEGER PRIMARY KEY,
    number                TEXT    NOT NULL UNIQUE, -- registration number, as told to the citizen
    consultation          TEXT    NOT NULL,        -- id of the consultation
    message_id            INTEGER NOT NULL UNIQUE REFERENCES message (id),
    status                TEXT    NOT NULL CHECK (status IN ('accepted', 'review', 'late', 'duplicate', 'handled', 'denied', 'erased')),
    subject_match         TEXT    NOT NULL CHECK (subject_match IN ('match', 'near_miss')),
    timeliness            TEXT    NOT NULL CHECK (timeliness IN ('on_time', 'late', 'late_sent_in_time', 'before_open')),
    review_reasons        TEXT    NOT NULL,        -- JSON list: why a person must look
    received_at           TEXT    NOT NULL,        -- arrival that counts, UTC
    from_address          TEXT    NOT NULL,        -- address of the first From mailbox; '' when there is none
    name                  TEXT,                    -- the writer or contact person, when certain
    name_hint             TEXT,                    -- display name or 李女士: not certain
    organization          TEXT,                    -- the organisation that speaks
    occupation            TEXT,                    -- one of the notice's values
    occupation_as_written TEXT,                    -- the writer's own words
    phones                TEXT    NOT NULL,        -- JSON list of digits
    emails                TEXT    NOT NULL,        -- JSON list of addresses given in the text
    signatories           INTEGER NOT NULL,        -- 人次: people who sign
    comment               TEXT    NOT NULL,        -- what was written now, without quotes and footers
    full_text             TEXT    NOT NULL,        -- the whole text
    flags                 TEXT    NOT NULL,        -- JSON list
    duplicate_of          INTEGER REFERENCES submission (id),
    content_sha256        TEXT,                    -- digest for the same-content rule; NULL when there is no content
    filed_at              TEXT    NOT NULL,
    sender_kind           TEXT CHECK (sender_kind IN ('citizen', 'enterprise', 'association', 'agency')) -- who speaks; NULL: filed by version 6 or older and not read anew
) STRICT;
-- What is counted of a letter stands together, in the order of filing: reports need not turn over every letter for it.
CREATE INDEX submission_counted ON submission (consultation, status, message_id, received_at, timeliness, occupation, sender_kind, signatories,
    organization, name, flags);
CREATE INDEX submission_by_arrival ON submission (received_at);
-- What waits for a person, in the order in which it is listed.
CREATE INDEX submission_waits ON submission (received_at) WHERE status = 'review';
CREATE INDEX submission_by_original ON submission (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- Text that a citizen added to an earlier submission by answering its acknowledgement.
CREATE TABLE supplement (
    id             INTEGER PRIMARY KEY,
    submission_id  INTEGER NOT NULL REFERENCES submission (id),
    message_id     INTEGER NOT NULL UNIQUE REFERENCES message (id),
    received_at    TEXT    NOT NULL, -- arrival, UTC
    timeliness     TEXT    NOT NULL CHECK (timeliness IN ('on_time', 'late', 'late_sent_in_time', 'before_open')),
    from_address   TEXT    NOT NULL,
    comment        TEXT    NOT NULL,
    full_text      TEXT    NOT NULL,
    flags          TEXT    NOT NULL, -- JSON list
    details        TEXT    NOT NULL, -- JSON: name, occupation, phones … that this text gives
    content_sha256 TEXT
) STRICT;
CREATE INDEX supplement_by_submission ON supplement (submission_id, message_id);
CREATE INDEX supplement_by_arrival ON supplement (submission_id, received_at);

-- One opinion item (条): what adoption is decided on.
CREATE TABLE opinion (
    id              INTEGER PRIMARY KEY,
    submission_id   INTEGER NOT NULL REFERENCES submission (id),
    message_id      INTEGER NOT NULL REFERENCES message (id), -- the submission's own message, or a supplement's
    ordinal         INTEGER NOT NULL, -- 1, 2, … within the submission
    clause          TEXT,             -- suggested clause code; staff confirm
    text            TEXT    NOT NULL,
    adoption        TEXT,             -- 采纳, 部分采纳, 不采纳, 研究中
    adoption_reason TEXT,
    UNIQUE (submission_id, ordinal)
) STRICT;
CREATE INDEX opinion_by_message ON opinion (message_id);
-- What views count and list of a letter's items, without their texts.
CREATE INDEX opinion_by_clause ON opinion (submission_id, clause, adoption);
CREATE INDEX opinion_decided ON opinion (submission_id, adoption) WHERE adoption IS NOT NULL;

-- How many items a submission has and which clauses they name, as the views say it. Kept, for counting and ordering them anew for each letter is a
-- sixth of what the longest view costs. What changes an item puts -1 here, and COMMIT counts; until then, and where no row is, the views count.
CREATE TABLE submission_items (
    submission_id INTEGER PRIMARY KEY REFERENCES submission (id),
    items         INTEGER NOT NULL, -- those that are opinions; -1: to be counted
    clauses       TEXT              -- in the order of the notice; NULL when none is named
) STRICT;
CREATE INDEX submission_items_to_count ON submission_items (items) WHERE items = -1;
CREATE TRIGGER opinion_is_counted_1 AFTER INSERT ON opinion
BEGIN
    INSERT INTO submission_items (submission_id, items) VALUES (new.submission_id, -1)
        ON CONFLICT (submission_id) DO UPDATE SET items = -1;
END;
CREATE TRIGGER opinion_is_counted_2 AFTER UPDATE OF submission_id, clause, adoption ON opinion
BEGIN UPDATE submission_items SET items = -1 WHERE submission_id IN (old.submission_id, new.submission_id); END;
CREATE TRIGGER opinion_is_counted_3 AFTER DELETE ON opinion
BEGIN UPDATE submission_items SET items = -1 WHERE submission_id = old.submission_id; END;
-- The order of clauses is the notice's.
CREATE TRIGGER opinion_is_counted_4 AFTER UPDATE OF consultation ON submission
BEGIN UPDATE submission_items SET items = -1 WHERE submission_id = new.id; END;

-- Which letters hold a character, or two that stand side by side: what `search` asks (src/store/search.rs). Neither texts nor places are kept in it.
CREATE VIRTUAL TABLE search_index USING fts5 (
    terms, content = '', detail = 'none', tokenize = 'ascii'
);
-- Whose texts changed; COMMIT indexes them and empties this table.
CREATE TABLE search_due (
    submission_id INTEGER PRIMARY KEY
) STRICT;
CREATE TRIGGER submission_is_searched_1 AFTER INSERT ON submission
BEGIN INSERT INTO search_due VALUES (new.id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER submission_is_searched_2 AFTER UPDATE OF message_id, full_text, comment, name, organization, from_address, phones ON submission
BEGIN INSERT INTO search_due VALUES (new.id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER submission_is_searched_3 AFTER DELETE ON submission
BEGIN INSERT INTO search_due VALUES (old.id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER opinion_is_searched_1 AFTER INSERT ON opinion
BEGIN INSERT INTO search_due VALUES (new.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER opinion_is_searched_2 AFTER UPDATE OF submission_id, text ON opinion
BEGIN INSERT INTO search_due VALUES (old.submission_id), (new.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER opinion_is_searched_3 AFTER DELETE ON opinion
BEGIN INSERT INTO search_due VALUES (old.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER supplement_is_searched_1 AFTER INSERT ON supplement
BEGIN INSERT INTO search_due VALUES (new.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER supplement_is_searched_2 AFTER UPDATE OF submission_id, comment, from_address ON supplement
BEGIN INSERT INTO search_due VALUES (old.submission_id), (new.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER supplement_is_searched_3 AFTER DELETE ON supplement
BEGIN INSERT INTO search_due VALUES (old.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER message_is_searched AFTER UPDATE OF subject ON message
BEGIN INSERT INTO search_due SELECT id FROM submission WHERE message_id = new.id ON CONFLICT DO NOTHING; END;

-- One attachment of a kept message; its bytes are in message.raw.
CREATE TABLE attachment (
    id         INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES message (id),
    ordinal    INTEGER NOT NULL, -- 1, 2, … within the message
    filename   TEXT,
    media_type TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256     TEXT    NOT NULL,
    fault      TEXT,             -- why nobody can open it, as far as its name and its beginning say; NULL when nothing does, or an older version filed it
    UNIQUE (message_id, ordinal)
) STRICT;

-- One reply, queued or withheld; each message is answered once with each text.
CREATE TABLE acknowledgement (
    id                INTEGER PRIMARY KEY,
    submission_id     INTEGER NOT NULL REFERENCES submission (id),
    message_id        INTEGER NOT NULL REFERENCES message (id), -- the message that is answered
    kind              TEXT    NOT NULL CHECK (kind IN ('accepted', 'near_miss', 'late', 'late_sent_in_time', 'duplicate', 'supplement', 'review')),
    recipient         TEXT,             -- NULL when none could be determined
    state             TEXT    NOT NULL CHECK (state IN ('queued', 'sent', 'deferred', 'failed', 'withheld')),
    reason            TEXT,             -- why withheld, deferred or failed, as a word
    attempts          INTEGER NOT NULL, -- counted before each attempt
    queued_at         TEXT    NOT NULL,
    next_attempt_at   TEXT,             -- due from then on; NULL when nothing more will be tried
    sent_at           TEXT,             -- when the SMTP server took it
    rfc822_message_id TEXT UNIQUE,      -- of the reply, without angle brackets; the same on every attempt
    envelope_from     TEXT,             -- NULL is the null reverse-path
    octets            BLOB,             -- the composed reply; NULL when withheld
    reason_detail     TEXT,             -- JSON: what goes with the reason, such as a server's words; NULL when nothing does
    mailbox_key       TEXT,             -- recipient in the one spelling that per_address counts by; NULL in rows of version 5
    house             TEXT              -- the registered domain that per_domain counts by; NULL where strangers share it
) STRICT;
-- However many messages point to one submission: each kind of reply leaves once.
CREATE UNIQUE INDEX acknowledgement_once ON acknowledgement (submission_id, kind) WHERE state <> 'withheld';
CREATE UNIQUE INDEX acknowledgement_by_message ON acknowledgement (message_id, kind);
CREATE INDEX acknowledgement_due ON acknowledgement (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX acknowledgement_by_submission ON acknowledgement (submission_id);
CREATE INDEX acknowledgement_by_mailbox ON acknowledgement (mailbox_key, queued_at, state) WHERE state <> 'withheld';
CREATE INDEX acknowledgement_by_house ON acknowledgement (house, queued_at, state) WHERE state <> 'withheld';
CREATE INDEX acknowledgement_by_state ON acknowledgement (state, reason);
CREATE INDEX acknowledgement_by_sent_at ON acknowledgement (sent_at);

-- What happened; append-only, each row chained to the one before.
CREATE TABLE event (
    id            INTEGER PRIMARY KEY,
    at            TEXT    NOT NULL,
    actor         TEXT    NOT NULL, -- 'intake', 'acknowledge', or a person's login name
    action        TEXT    NOT NULL,
    submission_id INTEGER REFERENCES submission (id),
    detail        TEXT    NOT NULL, -- JSON, no personal data
    hash          TEXT    NOT NULL  -- SHA-256 over the previous hash and this row, hex
) STRICT;
CREATE TRIGGER event_is_append_only_1 BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_is_append_only_2 BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
-- INSERT OR REPLACE deletes without asking a DELETE trigger. An id that SQLite chooses is -1 here.
CREATE TRIGGER event_is_append_only_3 BEFORE INSERT ON event
WHEN new.id <> -1 AND new.id <= (SELECT max(id) FROM event)
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;

CREATE INDEX event_by_submission ON event (submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX event_of_bounces ON event (at) WHERE action = 'bounced';
CREATE INDEX event_of_closing ON event (id) WHERE action IN ('closed', 'close_undone');

-- What makes the digests in the event log impossible to guess from.
CREATE TABLE seal (
    submission_id INTEGER PRIMARY KEY REFERENCES submission (id),
    salt          BLOB    NOT NULL -- random bytes in the digests of what belongs to the submission; drawn anew when it is erased
) STRICT;

-- The seals in force: what the event log says of each sealed row last, at hand for whoever changes it.
CREATE TABLE sealed_row (
    name   TEXT    NOT NULL, -- the table
    row_id INTEGER NOT NULL,
    digest BLOB    NOT NULL, -- empty where the row was not what its seal said when the store was brought to this version
    PRIMARY KEY (name, row_id)
) STRICT, WITHOUT ROWID;

-- How far each IMAP folder is recorded.
CREATE TABLE folder (
    folder       TEXT    PRIMARY KEY,
    uid_validity INTEGER NOT NULL,
    last_uid     INTEGER NOT NULL, -- every UID up to here has an entry or stands in gap
    uid_next     INTEGER,          -- UIDNEXT as last heard; NULL when the server does not say
    doubt_from   INTEGER           -- from this UID on UIDs may name other letters than those recorded: the bytes are still to be compared; NULL: no doubt
) STRICT;

-- How each folder fared on the last pass that looked into it.
CREATE TABLE folder_pass (
    folder     TEXT PRIMARY KEY,
    read_at    TEXT, -- when it was last read to its end; NULL when it never was
    problem    TEXT, -- why it cannot be read; NULL while it can
    failing_at TEXT  -- since when
) STRICT;

-- Entries that were listed but could not be read yet; fetched again on later passes.
CREATE TABLE gap (
    folder          TEXT    NOT NULL,
    uid_validity    INTEGER NOT NULL,
    uid             ANY     NOT NULL,
    attempts        INTEGER NOT NULL,
    reason          TEXT    NOT NULL, -- as a word
    first_seen_at   TEXT    NOT NULL,
    next_attempt_at TEXT    NOT NULL,
    reason_detail   TEXT,             -- JSON: what goes with the reason, such as a server's words; NULL when nothing does
    PRIMARY KEY (folder, uid_validity, uid)
) STRICT;

-- Filed messages that mailbox.after_filing is still to mark or move on the server.
CREATE TABLE pending_mark (
    folder          TEXT    NOT NULL,
    uid_validity    INTEGER NOT NULL,
    uid             INTEGER NOT NULL,
    attempts        INTEGER NOT NULL, -- counted before each attempt
    next_attempt_at TEXT    NOT NULL,
    PRIMARY KEY (folder, uid_validity, uid)
) STRICT;

-- The last number given out under each prefix.
CREATE TABLE number_sequence (
    prefix TEXT    PRIMARY KEY,
    last   INTEGER NOT NULL
) STRICT;

-- Single facts: created_at, last_pass_started_at, last_pass_finished_at, last_pass_problem …
CREATE TABLE fact (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- What staff changed by hand; append-only, but for values that an erasure blanks.
CREATE TABLE correction (
    id            INTEGER PRIMARY KEY,
    submission_id INTEGER NOT NULL REFERENCES submission (id),
    opinion       INTEGER, -- ordinal of the opinion item; NULL: the submission itself
    field         TEXT    NOT NULL, -- the column that was changed; status: confirmed, denied or taken up again
    old_value     TEXT,
    new_value     TEXT,
    actor         TEXT    NOT NULL, -- who
    at            TEXT    NOT NULL,
    note          TEXT,             -- why, in the person's words
    after_message INTEGER NOT NULL  -- the last message.id then: later messages were judged with it known
) STRICT;
CREATE INDEX correction_by_submission ON correction (submission_id);
CREATE INDEX correction_of_numbers ON correction (old_value) WHERE field = 'number';
CREATE TRIGGER correction_is_append_only_1 BEFORE UPDATE ON correction
WHEN new.id IS NOT old.id OR new.submission_id IS NOT old.submission_id OR new.opinion IS NOT old.opinion OR new.field IS NOT old.field
    OR new.actor IS NOT old.actor OR new.at IS NOT old.at OR new.after_message IS NOT old.after_message
    OR new.old_value IS NOT NULL AND new.old_value IS NOT old.old_value OR new.new_value IS NOT NULL AND new.new_value IS NOT old.new_value
    OR new.note IS NOT NULL AND new.note IS NOT old.note
BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;
CREATE TRIGGER correction_is_append_only_2 BEFORE DELETE ON correction
BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;
CREATE TRIGGER correction_is_append_only_3 BEFORE INSERT ON correction
WHEN new.id <> -1 AND new.id <= (SELECT max(id) FROM correction)
BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;

-- What letters wait for beside a decision: kept, so that counting and listing them reads no letter. What may change it puts -1 here, and COMMIT
-- decides anew; a letter that waits for nothing such has no row.
CREATE TABLE awaiting (
    submission_id INTEGER PRIMARY KEY REFERENCES submission (id),
    state         INTEGER NOT NULL, -- -1: to be decided; 0: waits only by file; 1: decided on, and its writer is owed an answer, or word that it does not count or is late; 2: waits, and staff wrote down how far they are; 3: counts, and its writer was told only that it is looked at; 4: what was granted to its writer is not done: something is registered still, or counts still
    file          INTEGER NOT NULL DEFAULT 0 -- it counts, and all of its opinion stands elsewhere: 0: no, or it was entered; 1: in a file, to be entered; 2: behind a link, to be fetched and entered; 3: in a file that nobody can open: its writer is owed word of that
) STRICT;
CREATE INDEX awaiting_by_state ON awaiting (state);
CREATE INDEX awaiting_by_file ON awaiting (file) WHERE file > 0;
CREATE TRIGGER letter_awaits AFTER INSERT ON submission WHEN instr(new.flags, '"attachment_only"') OR instr(new.flags, '"cloud_attachment"')
BEGIN INSERT INTO awaiting (submission_id, state) VALUES (new.id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER submission_awaits AFTER UPDATE OF status, review_reasons, flags ON submission
WHEN old.review_reasons <> '[]' OR new.review_reasons <> '[]' OR old.flags <> new.flags OR EXISTS (SELECT 1 FROM awaiting WHERE submission_id = new.id)
BEGIN INSERT INTO awaiting (submission_id, state) VALUES (new.id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1;
    INSERT INTO awaiting (submission_id, state) SELECT earlier_id, -1 FROM relation WHERE submission_id = new.id AND kind IN ('withdraws', 'replaces')
        ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER supplement_awaits AFTER INSERT ON supplement
WHEN instr(new.flags, '"attachment_only"') OR instr(new.flags, '"cloud_attachment"') OR EXISTS (SELECT 1 FROM awaiting WHERE submission_id = new.submission_id)
BEGIN INSERT INTO awaiting (submission_id, state) VALUES (new.submission_id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER item_awaits AFTER INSERT ON opinion WHEN EXISTS (SELECT 1 FROM awaiting WHERE submission_id = new.submission_id)
BEGIN UPDATE awaiting SET state = -1 WHERE submission_id = new.submission_id; END;
CREATE TRIGGER item_gone_awaits AFTER DELETE ON opinion
BEGIN INSERT INTO awaiting (submission_id, state) VALUES (old.submission_id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER item_counts_awaits AFTER UPDATE OF adoption ON opinion WHEN (old.adoption IS '非意见') <> (new.adoption IS '非意见')
BEGIN INSERT INTO awaiting (submission_id, state) VALUES (new.submission_id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER file_awaits AFTER INSERT ON attachment
BEGIN UPDATE awaiting SET state = -1 WHERE submission_id IN (SELECT id FROM submission WHERE message_id = new.message_id
    UNION ALL SELECT submission_id FROM supplement WHERE message_id = new.message_id); END;
CREATE TRIGGER correction_awaits AFTER INSERT ON correction WHEN new.field = 'review_note'
BEGIN INSERT INTO awaiting (submission_id, state) VALUES (new.submission_id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER event_awaits AFTER INSERT ON event WHEN new.action IN ('released', 'erased') AND new.submission_id IS NOT NULL
BEGIN INSERT INTO awaiting (submission_id, state) VALUES (new.submission_id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1;
    UPDATE awaiting SET state = -1 WHERE submission_id IN (SELECT submission_id FROM relation WHERE earlier_id = new.submission_id); END;

-- One wording of an opinion within a consultation, and the wording it is a near copy of.
CREATE TABLE wording (
    id            INTEGER PRIMARY KEY,
    consultation  TEXT    NOT NULL, -- id of the consultation; texts of two consultations are never compared
    sha256        TEXT    NOT NULL, -- SHA-256, hex, of the letters, digits and Han of the opinion part; of the attachments where it only points to them
    submission_id INTEGER NOT NULL REFERENCES submission (id), -- the first submission that has it
    leader_id     INTEGER REFERENCES wording (id), -- the wording it is a near copy of; NULL when it leads
    similarity    REAL    NOT NULL, -- share of the shingles of both that stand in both; 1 when it leads
    group_number  INTEGER,          -- 组号 of a leader, given out when a second sender writes the same
    compared      TEXT,             -- of a leader: what later texts are measured against; NULL for texts too short
    UNIQUE (consultation, sha256)
) STRICT;
CREATE UNIQUE INDEX wording_by_group ON wording (consultation, group_number) WHERE group_number IS NOT NULL;

-- Where near copies meet: keys of the leading wordings' shingles.
CREATE TABLE wording_band (
    band       INTEGER NOT NULL,
    wording_id INTEGER NOT NULL REFERENCES wording (id),
    PRIMARY KEY (band, wording_id)
) STRICT, WITHOUT ROWID;

-- What later mail is compared with: one row for each message that became a submission or a supplement.
CREATE TABLE likeness (
    message_id     INTEGER PRIMARY KEY REFERENCES message (id),
    submission_id  INTEGER NOT NULL REFERENCES submission (id),
    sender         TEXT    NOT NULL, -- from_address in one spelling; 'erased <id>' after erasure
    opinion_sha256 TEXT,             -- opinion part and attachments: the same again from one sender is a duplicate; NULL in duplicates
    wording_id     INTEGER REFERENCES wording (id), -- NULL for supplements and where there is nothing to compare
    leader_id      INTEGER REFERENCES wording (id)  -- the wording whose group it belongs to; NULL for texts too short
) STRICT;
CREATE INDEX likeness_by_sender ON likeness (sender, opinion_sha256);
CREATE INDEX likeness_of_sender ON likeness (sender);
CREATE INDEX likeness_by_submission ON likeness (submission_id, message_id);
CREATE INDEX likeness_by_leader ON likeness (leader_id, sender);
-- Erasure takes the address and the words; the counts stay.
CREATE TRIGGER likeness_is_erased AFTER UPDATE OF status ON submission WHEN new.status = 'erased'
BEGIN
    UPDATE likeness SET sender = 'erased ' || new.id, opinion_sha256 = NULL WHERE submission_id = new.id;
    DELETE FROM wording_band WHERE wording_id IN (SELECT id FROM wording WHERE submission_id = new.id);
    UPDATE wording SET compared = NULL WHERE submission_id = new.id;
END;

-- What one mail says of an earlier submission: a proposal for staff; nothing is changed by it.
CREATE TABLE relation (
    id            INTEGER PRIMARY KEY,
    kind          TEXT    NOT NULL CHECK (kind IN ('withdraws', 'replaces', 'disowns', 'personal_data', 'corrects', 'disputes', 'repeats', 'recalled')),
    earlier_id    INTEGER NOT NULL REFERENCES submission (id),
    submission_id INTEGER REFERENCES submission (id), -- the later submission; NULL for a supplement and for a recall notice
    message_id    INTEGER REFERENCES message (id),    -- the mail that says so; NULL for a recall notice, which is not kept
    basis         TEXT    NOT NULL CHECK (basis IN ('answers', 'number', 'latest_of_sender', 'same_sender', 'same_content', 'message_id', 'subject')),
    created_at    TEXT    NOT NULL,
    UNIQUE (message_id, earlier_id, kind)
) STRICT;
CREATE INDEX relation_by_earlier ON relation (earlier_id);
CREATE INDEX relation_by_submission ON relation (submission_id);

-- What the words of this store are called: put here when it is opened for writing, and joined by the views.
CREATE TABLE word (
    kind  TEXT NOT NULL, -- which list: status, review_reason, …
    word  TEXT NOT NULL, -- as it stands in a column
    short TEXT NOT NULL, -- Chinese, for tables
    long  TEXT NOT NULL, -- Chinese, for sentences
    to_do TEXT NOT NULL, -- Chinese: what staff do about it; '' where they need not act
    PRIMARY KEY (kind, word)
) STRICT, WITHOUT ROWID;

-- What the notices say, as the program that last opened the store for writing was configured; the views join it.
CREATE TABLE notice (
    id        TEXT    PRIMARY KEY, -- submission.consultation
    position  INTEGER NOT NULL,    -- place in the configuration
    name      TEXT    NOT NULL,    -- what the views call it; each has its own
    title     TEXT    NOT NULL,    -- the document's title as published
    opens     TEXT,                -- beginning in words of the clock, Beijing time; NULL when the notice names none
    closes    TEXT    NOT NULL,    -- end in words of the clock, Beijing time: 2024-03-13 24:00:00
    opens_on  TEXT,                -- first day
    closes_on TEXT    NOT NULL     -- last day
) STRICT, WITHOUT ROWID;

-- The clauses of each draft in order: those that the notice names, then others that opinions name.
CREATE TABLE notice_clause (
    consultation TEXT    NOT NULL, -- notice.id
    code         TEXT    NOT NULL, -- opinion.clause
    position     INTEGER NOT NULL, -- 1, 2, … in the order of the draft
    name         TEXT    NOT NULL, -- the clause's catch-word; '' when the notice does not name it
    PRIMARY KEY (consultation, code)
) STRICT, WITHOUT ROWID;
-- A clause that an opinion names and the notice does not is given its place when the store is opened for writing next.
-- Not OR IGNORE: the statement that a trigger runs for decides what a conflict does.
CREATE TRIGGER opinion_names_clause_1 AFTER INSERT ON opinion WHEN new.clause IS NOT NULL
BEGIN
    INSERT INTO notice_clause (consultation, code, position, name)
        SELECT s.consultation, new.clause, 999998, '' FROM submission AS s WHERE s.id = new.submission_id
            AND NOT EXISTS (SELECT 1 FROM notice_clause AS c WHERE c.consultation = s.consultation AND c.code = new.clause);
END;
CREATE TRIGGER opinion_names_clause_2 AFTER UPDATE OF clause ON opinion WHEN new.clause IS NOT NULL
BEGIN
    INSERT INTO notice_clause (consultation, code, position, name)
        SELECT s.consultation, new.clause, 999998, '' FROM submission AS s WHERE s.id = new.submission_id
            AND NOT EXISTS (SELECT 1 FROM notice_clause AS c WHERE c.consultation = s.consultation AND c.code = new.clause);
END;

-- One group (类) of opinion items that are decided together: proposed by the program, named and decided by staff.
CREATE TABLE opinion_group (
    id              INTEGER PRIMARY KEY,
    consultation    TEXT    NOT NULL, -- id of the consultation
    number          INTEGER NOT NULL, -- 类号, within the consultation; never given out twice
    point           TEXT,             -- 意见要点, in the clerk's words
    adoption        TEXT,             -- as in opinion: what is decided on every item that has no decision of its own
    adoption_reason TEXT,
    handler         TEXT,             -- 承办处室
    published       TEXT,             -- 公开: 是 or 否
    remark          TEXT,             -- 备注
    UNIQUE (consultation, number)
) STRICT;

-- Which group an opinion item is in.
CREATE TABLE opinion_group_member (
    opinion_id INTEGER PRIMARY KEY REFERENCES opinion (id),
    group_id   INTEGER NOT NULL REFERENCES opinion_group (id),
    remark     TEXT -- 备注 on the item
) STRICT;
CREATE INDEX opinion_group_member_by_group ON opinion_group_member (group_id);
CREATE TRIGGER opinion_leaves_its_group BEFORE DELETE ON opinion
BEGIN DELETE FROM opinion_group_member WHERE opinion_id = old.id; END;

-- What staff changed of a group, or of an item's place in one; append-only, but for values that an erasure blanks.
CREATE TABLE opinion_group_change (
    id         INTEGER PRIMARY KEY,
    group_id   INTEGER NOT NULL REFERENCES opinion_group (id), -- for the place of an item: the group that it left
    opinion_id INTEGER, -- the item; NULL: the group itself
    field      TEXT    NOT NULL, -- the column that was changed; group: the item went to another one
    old_value  TEXT,
    new_value  TEXT,
    actor      TEXT    NOT NULL,
    at         TEXT    NOT NULL,
    submission_id INTEGER REFERENCES submission (id) -- whose item it is; NULL: the group itself
) STRICT;
CREATE INDEX opinion_group_change_by_submission ON opinion_group_change (submission_id) WHERE submission_id IS NOT NULL;
CREATE TRIGGER opinion_group_change_is_append_only_1 BEFORE DELETE ON opinion_group_change
BEGIN SELECT RAISE(ABORT, 'opinion_group_change is append-only'); END;
CREATE TRIGGER opinion_group_change_is_append_only_2 BEFORE UPDATE ON opinion_group_change
WHEN new.id IS NOT old.id OR new.group_id IS NOT old.group_id OR new.opinion_id IS NOT old.opinion_id OR new.field IS NOT old.field
    OR new.actor IS NOT old.actor OR new.at IS NOT old.at OR new.submission_id IS NOT old.submission_id
    OR new.old_value IS NOT NULL OR new.new_value IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'opinion_group_change is append-only'); END;
CREATE TRIGGER opinion_group_change_is_append_only_3 BEFORE INSERT ON opinion_group_change
WHEN new.id <> -1 AND new.id <= (SELECT max(id) FROM opinion_group_change)
BEGIN SELECT RAISE(ABORT, 'opinion_group_change is append-only'); END;
