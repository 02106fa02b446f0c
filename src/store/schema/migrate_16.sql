-- From version 15 to version 16: what the views say of a submission's items is kept.
-- How many items a submission has and which clauses they name, as the views say it. Kept, for counting and ordering them anew for each letter is a
-- sixth of what the longest view costs. What changes an item puts -1 here, and COMMIT counts; until then, and where no row is, the views count.
CREATE TABLE submission_items (
    submission_id INTEGER PRIMARY KEY REFERENCES submission (id),
    items         INTEGER NOT NULL, -- those that are opinions; -1: to be counted
    clauses       TEXT              -- in the order of the notice; NULL when none is named
) STRICT;
CREATE INDEX submission_items_to_count ON submission_items (items) WHERE items = -1;
CREATE TRIGGER opinion_is_counted_1 AFTER INSERT ON opinion
BEGIN
    INSERT INTO submission_items (submission_id, items) VALUES (new.submission_id, -1)
        ON CONFLICT (submission_id) DO UPDATE SET items = -1;
END;
CREATE TRIGGER opinion_is_counted_2 AFTER UPDATE OF submission_id, clause, adoption ON opinion
BEGIN UPDATE submission_items SET items = -1 WHERE submission_id IN (old.submission_id, new.submission_id); END;
CREATE TRIGGER opinion_is_counted_3 AFTER DELETE ON opinion
BEGIN UPDATE submission_items SET items = -1 WHERE submission_id = old.submission_id; END;
-- The order of clauses is the notice's.
CREATE TRIGGER opinion_is_counted_4 AFTER UPDATE OF consultation ON submission
BEGIN UPDATE submission_items SET items = -1 WHERE submission_id = new.id; END;
INSERT INTO submission_items (submission_id, items) SELECT DISTINCT submission_id, -1 FROM opinion;
