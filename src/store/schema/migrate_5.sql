-- From version 4 to version 5: a reason is a word, and what goes with it stands beside it.
ALTER TABLE mailbox_entry ADD COLUMN reason_detail TEXT;
ALTER TABLE message ADD COLUMN received_evidence_detail TEXT;
ALTER TABLE acknowledgement ADD COLUMN reason_detail TEXT;
ALTER TABLE gap ADD COLUMN reason_detail TEXT;
