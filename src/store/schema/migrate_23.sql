-- From version 22 to version 23: what `status` counts, without reading every row of the mailbox and of the outbox.
CREATE INDEX mailbox_entry_by_disposition ON mailbox_entry (disposition, reason);
CREATE INDEX acknowledgement_by_state ON acknowledgement (state, reason);
CREATE INDEX opinion_decided ON opinion (submission_id, adoption) WHERE adoption IS NOT NULL;
