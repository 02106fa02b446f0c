-- Step from version 5 to 6.

-- Answers are counted by the mailbox that an address reaches and by the registered domain.
ALTER TABLE acknowledgement ADD COLUMN mailbox_key TEXT;
ALTER TABLE acknowledgement ADD COLUMN house TEXT;
DROP INDEX acknowledgement_by_recipient;
DROP INDEX acknowledgement_by_domain;
CREATE INDEX acknowledgement_by_mailbox ON acknowledgement (mailbox_key, queued_at, state) WHERE state <> 'withheld';
CREATE INDEX acknowledgement_by_house ON acknowledgement (house, queued_at, state) WHERE state <> 'withheld';

CREATE INDEX submission_by_original ON submission (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX opinion_by_message ON opinion (message_id);

-- The seals in force: what the event log says of each sealed row last, at hand for whoever changes it.
CREATE TABLE sealed_row (
    name   TEXT    NOT NULL, -- the table
    row_id INTEGER NOT NULL,
    digest BLOB    NOT NULL, -- empty where the row was not what its seal said when the store was brought to this version
    PRIMARY KEY (name, row_id)
) STRICT, WITHOUT ROWID;
