-- From version 32 to version 33: a letter of whose opinion nothing is entered, for it stands in a file, is somebody's task. A file that nobody can
-- open says so.
ALTER TABLE attachment ADD COLUMN fault TEXT;
DROP TRIGGER IF EXISTS submission_awaits;
DROP TRIGGER IF EXISTS supplement_awaits;
DROP TRIGGER IF EXISTS correction_awaits;
DROP TRIGGER IF EXISTS event_awaits;
DROP TRIGGER IF EXISTS letter_awaits;
DROP TRIGGER IF EXISTS item_awaits;
DROP TRIGGER IF EXISTS item_gone_awaits;
DROP TRIGGER IF EXISTS item_counts_awaits;
DROP TRIGGER IF EXISTS file_awaits;
DROP TABLE awaiting;
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
-- What was decided before is looked at anew, and what has no item.
INSERT INTO awaiting (submission_id, state) SELECT id, -1 FROM submission AS s
    WHERE review_reasons <> '[]' OR EXISTS (SELECT 1 FROM correction AS c WHERE c.submission_id = s.id AND c.field = 'status')
        OR EXISTS (SELECT 1 FROM relation AS r WHERE r.earlier_id = s.id AND r.kind IN ('withdraws', 'replaces'))
        OR NOT EXISTS (SELECT 1 FROM opinion AS o WHERE o.submission_id = s.id AND o.adoption IS NOT '非意见')
    ON CONFLICT (submission_id) DO UPDATE SET state = -1;
