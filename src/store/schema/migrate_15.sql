-- From version 14 to version 15: opinion items are decided in groups.
-- One group (类) of opinion items that are decided together: proposed by the program, named and decided by staff.
CREATE TABLE opinion_group (
    id              INTEGER PRIMARY KEY,
    consultation    TEXT    NOT NULL, -- id of the consultation
    number          INTEGER NOT NULL, -- 类号, within the consultation; never given out twice
    point           TEXT,             -- 意见要点, in the clerk's words
    adoption        TEXT,             -- as in opinion: what is decided on every item that has no decision of its own
    adoption_reason TEXT,
    handler         TEXT,             -- 承办处室
    published       TEXT,             -- 公开: 是 or 否
    remark          TEXT,             -- 备注
    UNIQUE (consultation, number)
) STRICT;

-- Which group an opinion item is in.
CREATE TABLE opinion_group_member (
    opinion_id INTEGER PRIMARY KEY REFERENCES opinion (id),
    group_id   INTEGER NOT NULL REFERENCES opinion_group (id),
    remark     TEXT -- 备注 on the item
) STRICT;
CREATE INDEX opinion_group_member_by_group ON opinion_group_member (group_id);
CREATE TRIGGER opinion_leaves_its_group BEFORE DELETE ON opinion
BEGIN DELETE FROM opinion_group_member WHERE opinion_id = old.id; END;

-- What staff changed of a group, or of an item's place in one; append-only.
CREATE TABLE opinion_group_change (
    id         INTEGER PRIMARY KEY,
    group_id   INTEGER NOT NULL REFERENCES opinion_group (id), -- for the place of an item: the group that it left
    opinion_id INTEGER, -- the item; NULL: the group itself
    field      TEXT    NOT NULL, -- the column that was changed; group: the item went to another one
    old_value  TEXT,
    new_value  TEXT,
    actor      TEXT    NOT NULL,
    at         TEXT    NOT NULL
) STRICT;
CREATE TRIGGER opinion_group_change_is_append_only_1 BEFORE DELETE ON opinion_group_change
BEGIN SELECT RAISE(ABORT, 'opinion_group_change is append-only'); END;
