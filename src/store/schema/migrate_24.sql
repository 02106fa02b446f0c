-- From version 23 to version 24: which letters were decided on and not answered, and which wait while others are asked. The views name wishes
-- not to be named or published beside each opinion, and no place where there is no clause.
CREATE TABLE awaiting (
    submission_id INTEGER PRIMARY KEY REFERENCES submission (id),
    state         INTEGER NOT NULL -- -1: to be decided; 1: decided on, and its writer is not answered; 2: waits, and staff wrote down how far they are
) STRICT;
CREATE INDEX awaiting_by_state ON awaiting (state);
CREATE TRIGGER submission_awaits AFTER UPDATE OF status, review_reasons ON submission WHEN old.review_reasons <> '[]' OR new.review_reasons <> '[]'
BEGIN INSERT INTO awaiting VALUES (new.id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER supplement_awaits AFTER INSERT ON supplement WHEN EXISTS (SELECT 1 FROM awaiting WHERE submission_id = new.submission_id)
BEGIN UPDATE awaiting SET state = -1 WHERE submission_id = new.submission_id; END;
CREATE TRIGGER correction_awaits AFTER INSERT ON correction WHEN new.field = 'review_note'
BEGIN INSERT INTO awaiting VALUES (new.submission_id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER event_awaits AFTER INSERT ON event WHEN new.action = 'released' AND new.submission_id IS NOT NULL
BEGIN INSERT INTO awaiting VALUES (new.submission_id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
INSERT INTO awaiting SELECT id, -1 FROM submission WHERE review_reasons <> '[]';
