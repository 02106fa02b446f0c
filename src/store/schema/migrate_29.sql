-- From version 28 to version 29: whoever was told that his letter is looked at is owed what came of it, so that all are looked at anew. The
-- views call a name that was erased so.
DROP TABLE awaiting;
CREATE TABLE awaiting (
    submission_id INTEGER PRIMARY KEY REFERENCES submission (id),
    state         INTEGER NOT NULL -- -1: to be decided; 1: decided on, and its writer is owed an answer, or word that it does not count or is late; 2: waits, and staff wrote down how far they are; 3: counts, and its writer was told only that it is looked at
) STRICT;
CREATE INDEX awaiting_by_state ON awaiting (state);
INSERT INTO awaiting SELECT id, -1 FROM submission WHERE review_reasons <> '[]';
