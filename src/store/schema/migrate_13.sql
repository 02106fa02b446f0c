-- From version 12 to version 13: items are counted without their texts being read; the views differ.
CREATE INDEX opinion_by_clause ON opinion (submission_id, clause, adoption);
