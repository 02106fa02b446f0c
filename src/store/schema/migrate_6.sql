-- Step from version 5 to 6.

-- Answers are counted by the mailbox that an address reaches and by the registered domain.
ALTER TABLE acknowledgement ADD COLUMN mailbox_key TEXT;
ALTER TABLE acknowledgement ADD COLUMN house TEXT;
DROP INDEX acknowledgement_by_recipient;
DROP INDEX acknowledgement_by_domain;
CREATE INDEX acknowledgement_by_mailbox ON acknowledgement (mailbox_key, queued_at, state) WHERE state <> 'withheld';
CREATE INDEX acknowledgement_by_house ON acknowledgement (house, queued_at, state) WHERE state <> 'withheld';

CREATE INDEX submission_by_original ON submission (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX opinion_by_message ON opinion (message_id);

-- The seals in force: what the event log says of each sealed row last, at hand for whoever changes it.
CREATE TABLE sealed_row (
    name   TEXT    NOT NULL, -- the table
    row_id INTEGER NOT NULL,
    digest BLOB    NOT NULL, -- empty where the row was not what its seal said when the store was brought to this version
    PRIMARY KEY (name, row_id)
) STRICT, WITHOUT ROWID;

-- What is asked for one sender, one original, one bounce is found by an index.
CREATE INDEX likeness_of_sender ON likeness (sender);
CREATE INDEX likeness_by_submission ON likeness (submission_id, message_id);
CREATE INDEX mailbox_entry_of_bounces ON mailbox_entry (seen_at) WHERE reason = 'bounce';
CREATE INDEX event_of_bounces ON event (at) WHERE action = 'bounced';
DROP INDEX supplement_by_submission;
CREATE INDEX supplement_by_submission ON supplement (submission_id, message_id);
CREATE INDEX supplement_by_arrival ON supplement (submission_id, received_at);

-- How each folder fared on the last pass that looked into it.
CREATE TABLE folder_pass (
    folder     TEXT PRIMARY KEY,
    read_at    TEXT, -- when it was last read to its end; NULL when it never was
    problem    TEXT, -- why it cannot be read; NULL while it can
    failing_at TEXT  -- since when
) STRICT;

-- What tells two letters under one UID apart.
ALTER TABLE mailbox_entry ADD COLUMN listed_size_bytes INTEGER;
ALTER TABLE mailbox_entry ADD COLUMN listed_date TEXT;
ALTER TABLE folder ADD COLUMN uid_next INTEGER;
ALTER TABLE folder ADD COLUMN doubt_from INTEGER;
-- Letters that were given up without their bytes are asked for again while they lie in the mailbox.
INSERT INTO gap (folder, uid_validity, uid, attempts, reason, first_seen_at, next_attempt_at, reason_detail)
    SELECT folder, uid_validity, uid, 1, reason, seen_at, seen_at, reason_detail FROM mailbox_entry AS e
    WHERE disposition = 'quarantined' AND sha256 IS NULL AND message_id IS NULL AND typeof(uid) = 'integer'
        AND EXISTS (SELECT 1 FROM folder AS f WHERE f.folder = e.folder AND f.uid_validity = e.uid_validity)
    ON CONFLICT DO NOTHING;

-- By which consultations a letter was found to be for none of them: by others, it is judged again.
ALTER TABLE mailbox_entry ADD COLUMN judged_by TEXT;
CREATE INDEX mailbox_entry_not_ours ON mailbox_entry (folder, id) WHERE disposition = 'not_ours';

-- Numbers that a submission had before it was moved to another consultation are found by an index.
CREATE INDEX correction_of_numbers ON correction (old_value) WHERE field = 'number';
