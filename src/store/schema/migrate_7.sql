-- From version 6 to version 7: what kind of sender wrote. `reprocess` tells it of what was filed before.
ALTER TABLE submission ADD COLUMN sender_kind TEXT CHECK (sender_kind IN ('citizen', 'enterprise', 'association', 'agency'));
