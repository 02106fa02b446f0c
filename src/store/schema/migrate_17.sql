-- From version 16 to version 17: the groups are sealed (group_seals.rs), and a change of an item's place says whose item it is.
ALTER TABLE opinion_group_change ADD COLUMN submission_id INTEGER REFERENCES submission (id);
UPDATE opinion_group_change SET submission_id = (SELECT submission_id FROM opinion WHERE id = opinion_id);
CREATE INDEX opinion_group_change_by_submission ON opinion_group_change (submission_id) WHERE submission_id IS NOT NULL;
CREATE TRIGGER opinion_group_change_is_append_only_2 BEFORE UPDATE ON opinion_group_change
WHEN new.id IS NOT old.id OR new.group_id IS NOT old.group_id OR new.opinion_id IS NOT old.opinion_id OR new.field IS NOT old.field
    OR new.actor IS NOT old.actor OR new.at IS NOT old.at OR new.submission_id IS NOT old.submission_id
    OR new.old_value IS NOT NULL OR new.new_value IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'opinion_group_change is append-only'); END;
CREATE TRIGGER opinion_group_change_is_append_only_3 BEFORE INSERT ON opinion_group_change
WHEN new.id <> -1 AND new.id <= (SELECT max(id) FROM opinion_group_change)
BEGIN SELECT RAISE(ABORT, 'opinion_group_change is append-only'); END;
