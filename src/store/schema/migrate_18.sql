-- From version 17 to version 18: an erasure blanks a note and leaves the values beside it, or the other way round.
DROP TRIGGER correction_is_append_only_1;
CREATE TRIGGER correction_is_append_only_1 BEFORE UPDATE ON correction
WHEN new.id IS NOT old.id OR new.submission_id IS NOT old.submission_id OR new.opinion IS NOT old.opinion OR new.field IS NOT old.field
    OR new.actor IS NOT old.actor OR new.at IS NOT old.at OR new.after_message IS NOT old.after_message
    OR new.old_value IS NOT NULL AND new.old_value IS NOT old.old_value OR new.new_value IS NOT NULL AND new.new_value IS NOT old.new_value
    OR new.note IS NOT NULL AND new.note IS NOT old.note
BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;
