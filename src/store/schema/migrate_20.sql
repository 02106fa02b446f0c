-- From version 19 to version 20: an index for `search`, and one of what waits.
-- What waits for a person, in the order in which it is listed.
CREATE INDEX submission_waits ON submission (received_at) WHERE status = 'review';
-- Which letters hold a character, or two that stand side by side: what `search` asks (src/store/search.rs). Neither texts nor places are kept in it.
CREATE VIRTUAL TABLE search_index USING fts5 (
    terms, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii'
);
-- Whose texts changed; COMMIT indexes them and empties this table.
CREATE TABLE search_due (
    submission_id INTEGER PRIMARY KEY
) STRICT;
CREATE TRIGGER submission_is_searched_1 AFTER INSERT ON submission
BEGIN INSERT INTO search_due VALUES (new.id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER submission_is_searched_2 AFTER UPDATE OF message_id, full_text, comment, name, organization, from_address, phones ON submission
BEGIN INSERT INTO search_due VALUES (new.id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER submission_is_searched_3 AFTER DELETE ON submission
BEGIN INSERT INTO search_due VALUES (old.id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER opinion_is_searched_1 AFTER INSERT ON opinion
BEGIN INSERT INTO search_due VALUES (new.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER opinion_is_searched_2 AFTER UPDATE OF submission_id, text ON opinion
BEGIN INSERT INTO search_due VALUES (old.submission_id), (new.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER opinion_is_searched_3 AFTER DELETE ON opinion
BEGIN INSERT INTO search_due VALUES (old.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER supplement_is_searched_1 AFTER INSERT ON supplement
BEGIN INSERT INTO search_due VALUES (new.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER supplement_is_searched_2 AFTER UPDATE OF submission_id, comment, from_address ON supplement
BEGIN INSERT INTO search_due VALUES (old.submission_id), (new.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER supplement_is_searched_3 AFTER DELETE ON supplement
BEGIN INSERT INTO search_due VALUES (old.submission_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER message_is_searched AFTER UPDATE OF subject ON message
BEGIN INSERT INTO search_due SELECT id FROM submission WHERE message_id = new.id ON CONFLICT DO NOTHING; END;
INSERT INTO search_due SELECT id FROM submission;
