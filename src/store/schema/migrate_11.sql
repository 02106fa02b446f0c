-- From version 10 to version 11: a letter that was told that somebody looks may be told afterwards what came of it.
CREATE TABLE acknowledgement_11 (
    id                INTEGER PRIMARY KEY,
    submission_id     INTEGER NOT NULL REFERENCES submission (id),
    message_id        INTEGER NOT NULL REFERENCES message (id),
    kind              TEXT    NOT NULL CHECK (kind IN ('accepted', 'near_miss', 'late', 'late_sent_in_time', 'duplicate', 'supplement', 'review')),
    recipient         TEXT,
    state             TEXT    NOT NULL CHECK (state IN ('queued', 'sent', 'deferred', 'failed', 'withheld')),
    reason            TEXT,
    attempts          INTEGER NOT NULL,
    queued_at         TEXT    NOT NULL,
    next_attempt_at   TEXT,
    sent_at           TEXT,
    rfc822_message_id TEXT UNIQUE,
    envelope_from     TEXT,
    octets            BLOB,
    reason_detail     TEXT,
    mailbox_key       TEXT,
    house             TEXT
) STRICT;
INSERT INTO acknowledgement_11 (id, submission_id, message_id, kind, recipient, state, reason, attempts, queued_at, next_attempt_at, sent_at, rfc822_message_id, envelope_from, octets, reason_detail, mailbox_key, house)
SELECT id, submission_id, message_id, kind, recipient, state, reason, attempts, queued_at, next_attempt_at, sent_at, rfc822_message_id, envelope_from, octets, reason_detail, mailbox_key, house FROM acknowledgement;
DROP TABLE acknowledgement;
ALTER TABLE acknowledgement_11 RENAME TO acknowledgement;
CREATE UNIQUE INDEX acknowledgement_once ON acknowledgement (submission_id, kind) WHERE state <> 'withheld';
CREATE UNIQUE INDEX acknowledgement_by_message ON acknowledgement (message_id, kind);
CREATE INDEX acknowledgement_due ON acknowledgement (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX acknowledgement_by_submission ON acknowledgement (submission_id);
CREATE INDEX acknowledgement_by_mailbox ON acknowledgement (mailbox_key, queued_at, state) WHERE state <> 'withheld';
CREATE INDEX acknowledgement_by_house ON acknowledgement (house, queued_at, state) WHERE state <> 'withheld';
CREATE INDEX acknowledgement_by_sent_at ON acknowledgement (sent_at);
