-- From version 20 to version 21: an index for `search` that every SQLite can open; one with `contentless_delete` needs that of 2023.
DROP TABLE search_index;
CREATE VIRTUAL TABLE search_index USING fts5 (
    terms, content = '', detail = 'none', tokenize = 'ascii'
);
INSERT INTO search_due SELECT id FROM submission WHERE true ON CONFLICT DO NOTHING;
