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

-- The same as seal for each supplement, which has a seal of its own.
CREATE TABLE supplement_seal (
    message_id INTEGER PRIMARY KEY REFERENCES message (id),
    salt       BLOB    NOT NULL -- random bytes in the digests of the supplement's latest seal; drawn anew at every seal
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
