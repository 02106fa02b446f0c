-- From version 13 to version 14: two more words for what a mail says of an earlier letter; each row is what it was.
CREATE TABLE relation_14 (
    id            INTEGER PRIMARY KEY,
    kind          TEXT    NOT NULL CHECK (kind IN ('withdraws', 'replaces', 'disowns', 'personal_data', 'corrects', 'disputes', 'repeats', 'recalled')),
    earlier_id    INTEGER NOT NULL REFERENCES submission (id),
    submission_id INTEGER REFERENCES submission (id),
    message_id    INTEGER REFERENCES message (id),
    basis         TEXT    NOT NULL CHECK (basis IN ('answers', 'number', 'latest_of_sender', 'same_sender', 'same_content', 'message_id', 'subject')),
    created_at    TEXT    NOT NULL,
    UNIQUE (message_id, earlier_id, kind)
) STRICT;
INSERT INTO relation_14 (id, kind, earlier_id, submission_id, message_id, basis, created_at)
SELECT id, kind, earlier_id, submission_id, message_id, basis, created_at FROM relation;
DROP TABLE relation;
ALTER TABLE relation_14 RENAME TO relation;
CREATE INDEX relation_by_earlier ON relation (earlier_id);
CREATE INDEX relation_by_submission ON relation (submission_id);
