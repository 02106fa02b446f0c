-- From version 1 to version 2.

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
CREATE TRIGGER correction_is_append_only_1 BEFORE UPDATE ON correction
WHEN new.id IS NOT old.id OR new.submission_id IS NOT old.submission_id OR new.opinion IS NOT old.opinion OR new.field IS NOT old.field
    OR new.actor IS NOT old.actor OR new.at IS NOT old.at OR new.after_message IS NOT old.after_message
    OR new.old_value IS NOT NULL OR new.new_value IS NOT NULL OR new.note IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;
CREATE TRIGGER correction_is_append_only_2 BEFORE DELETE ON correction
BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;
CREATE TRIGGER correction_is_append_only_3 BEFORE INSERT ON correction
WHEN new.id <> -1 AND new.id <= (SELECT max(id) FROM correction)
BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;

-- Filed messages that mailbox.after_filing is still to mark or move on the server.
CREATE TABLE pending_mark (
    folder          TEXT    NOT NULL,
    uid_validity    INTEGER NOT NULL,
    uid             INTEGER NOT NULL,
    attempts        INTEGER NOT NULL, -- counted before each attempt
    next_attempt_at TEXT    NOT NULL,
    PRIMARY KEY (folder, uid_validity, uid)
) STRICT;
-- ---- evidence and storms
CREATE TABLE seal (
    submission_id INTEGER PRIMARY KEY REFERENCES submission (id),
    salt          BLOB    NOT NULL -- random bytes in the digests of the submission's latest seal; drawn anew at every seal
) STRICT;
CREATE INDEX event_by_submission ON event (submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX acknowledgement_by_submission ON acknowledgement (submission_id);
DROP INDEX acknowledgement_by_recipient;
CREATE INDEX acknowledgement_by_recipient ON acknowledgement (recipient COLLATE NOCASE, queued_at, state) WHERE state <> 'withheld';
CREATE INDEX acknowledgement_by_domain ON acknowledgement (lower(substr(recipient, instr(recipient, '@') + 1)), queued_at, state)
    WHERE state <> 'withheld';
-- ---- end of evidence and storms

DROP INDEX submission_by_content;
DROP INDEX supplement_by_content;

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
    kind          TEXT    NOT NULL CHECK (kind IN ('withdraws', 'replaces', 'personal_data', 'repeats', 'recalled')),
    earlier_id    INTEGER NOT NULL REFERENCES submission (id),
    submission_id INTEGER REFERENCES submission (id), -- the later submission; NULL for a supplement and for a recall notice
    message_id    INTEGER REFERENCES message (id),    -- the mail that says so; NULL for a recall notice, which is not kept
    basis         TEXT    NOT NULL CHECK (basis IN ('answers', 'number', 'latest_of_sender', 'same_sender', 'same_content', 'message_id', 'subject')),
    created_at    TEXT    NOT NULL,
    UNIQUE (message_id, earlier_id, kind)
) STRICT;
CREATE INDEX relation_by_earlier ON relation (earlier_id);
CREATE INDEX relation_by_submission ON relation (submission_id);
