-- Step from version 5 to 6.
CREATE INDEX opinion_by_message ON opinion (message_id);

-- The same as seal for each supplement, which has a seal of its own.
CREATE TABLE supplement_seal (
    message_id INTEGER PRIMARY KEY REFERENCES message (id),
    salt       BLOB    NOT NULL -- random bytes in the digests of the supplement's latest seal; drawn anew at every seal
) STRICT;
