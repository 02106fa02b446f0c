-- From version 31 to version 32: what was granted and is not done stands on a list, so that letters that others take back are looked at too. What
-- did not count before it was erased does not count after it, and the views say of a wish what staff decided on it.
DROP TRIGGER submission_awaits;
DROP TRIGGER event_awaits;
CREATE TRIGGER submission_awaits AFTER UPDATE OF status, review_reasons ON submission WHEN old.review_reasons <> '[]' OR new.review_reasons <> '[]'
BEGIN INSERT INTO awaiting VALUES (new.id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1;
    INSERT INTO awaiting SELECT earlier_id, -1 FROM relation WHERE submission_id = new.id AND kind IN ('withdraws', 'replaces')
        ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER event_awaits AFTER INSERT ON event WHEN new.action IN ('released', 'erased') AND new.submission_id IS NOT NULL
BEGIN INSERT INTO awaiting VALUES (new.submission_id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1;
    UPDATE awaiting SET state = -1 WHERE submission_id IN (SELECT submission_id FROM relation WHERE earlier_id = new.submission_id); END;
-- What was decided before is looked at anew too: who was told late and counts since is owed a word.
INSERT INTO awaiting SELECT id, -1 FROM submission AS s
    WHERE review_reasons <> '[]' OR EXISTS (SELECT 1 FROM correction AS c WHERE c.submission_id = s.id AND c.field = 'status')
        OR EXISTS (SELECT 1 FROM relation AS r WHERE r.earlier_id = s.id AND r.kind IN ('withdraws', 'replaces'))
    ON CONFLICT (submission_id) DO UPDATE SET state = -1;
