-- Step from version 9 to 10: the views speak of the notice, and say what is to be done.
ALTER TABLE word ADD COLUMN to_do TEXT NOT NULL DEFAULT '';

CREATE TABLE notice (
    id        TEXT    PRIMARY KEY,
    position  INTEGER NOT NULL,
    name      TEXT    NOT NULL,
    title     TEXT    NOT NULL,
    opens     TEXT,
    closes    TEXT    NOT NULL,
    opens_on  TEXT,
    closes_on TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_clause (
    consultation TEXT    NOT NULL,
    code         TEXT    NOT NULL,
    position     INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    PRIMARY KEY (consultation, code)
) STRICT, WITHOUT ROWID;

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
INSERT INTO notice_clause (consultation, code, position, name)
    SELECT DISTINCT s.consultation, o.clause, 999998, '' FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id WHERE o.clause IS NOT NULL;
