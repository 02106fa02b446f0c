-- From version 3 to version 4.

-- What the words of this store are called: put here when it is opened for writing, and joined by the views.
CREATE TABLE word (
    kind  TEXT NOT NULL, -- which list: status, review_reason, …
    word  TEXT NOT NULL, -- as it stands in a column
    short TEXT NOT NULL, -- Chinese, for tables
    long  TEXT NOT NULL, -- Chinese, for sentences
    PRIMARY KEY (kind, word)
) STRICT, WITHOUT ROWID;
