-- From version 1 to version 2.

-- What staff changed by hand; append-only, but for values that an erasure blanks.
CREATE TABLE correction (
    id            INTEGER PRIMARY KEY,
    submission_id INTEGER NOT NULL REFERENCES submission (id),
    opinion       INTEGER, -- ordinal of the opinion item; NULL: the submission itself
    field         TEXT    NOT NULL, -- the column that was changed; status: confirmed, denied or taken up again
    old_value     TEXT,
    new_value     TEXT,
    actor         TEXT    NOT NULL, -- who
    at            TEXT    NOT NULL,
    note          TEXT,             -- why, in the person's words
    after_message INTEGER NOT NULL  -- the last message.id then: later messages were judged with it known
) STRICT;
CREATE INDEX correction_by_submission ON correction (submission_id);
CREATE TRIGGER correction_is_append_only_1 BEFORE UPDATE ON correction
WHEN new.id IS NOT old.id OR new.submission_id IS NOT old.submission_id OR new.opinion IS NOT old.opinion OR new.field IS NOT old.field
    OR new.actor IS NOT old.actor OR new.at IS NOT old.at OR new.after_message IS NOT old.after_message
    OR new.old_value IS NOT NULL OR new.new_value IS NOT NULL OR new.note IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;
CREATE TRIGGER correction_is_append_only_2 BEFORE DELETE ON correction
BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;
CREATE TRIGGER correction_is_append_only_3 BEFORE INSERT ON correction
WHEN new.id <> -1 AND new.id <= (SELECT max(id) FROM correction)
BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;

DROP VIEW 待核邮件;
CREATE VIEW 待核邮件 AS
SELECT s.number AS 编号,
       datetime(s.received_at, '+8 hours') AS 收到时间,
       m.subject AS 主题,
       s.from_address AS 发件地址,
       (SELECT group_concat(CASE reason.value
                   WHEN 'near_miss' THEN '主题不符'
                   WHEN 'late_sent_in_time' THEN '逾期到达、截止前发出'
                   WHEN 'before_open' THEN '早于征集开始'
                   WHEN 'only_quoted' THEN '只有引用内容'
                   WHEN 'withdraw' THEN '要求撤回或删除'
                   WHEN 'info_disclosure' THEN '像信息公开申请'
                   WHEN 'machine_suspected' THEN '可能是自动发送'
                   WHEN 'empty_body' THEN '没有正文'
                   WHEN 'several_from' THEN '多个发件人'
                   WHEN 'no_arrival_time' THEN '到达时间不明'
                   WHEN 'ruled_otherwise' THEN '按现行规则不会单独登记'
                   ELSE reason.value END, '、')
        FROM json_each(s.review_reasons) AS reason) AS 待核原因,
       s.comment AS 内容,
       (SELECT group_concat(CASE r.kind WHEN 'withdraws' THEN '撤回' WHEN 'replaces' THEN '替换' WHEN 'personal_data' THEN '个人信息请求'
                                        WHEN 'repeats' THEN '内容同' WHEN 'recalled' THEN '发件方撤回' ELSE r.kind END
                            || iif(r.submission_id = s.id, ' ' || e.number, '（对本件）'), '、')
        FROM relation AS r JOIN submission AS e ON e.id = r.earlier_id
        WHERE r.submission_id = s.id OR r.earlier_id = s.id) AS 涉及来信
FROM submission AS s JOIN message AS m ON m.id = s.message_id
WHERE s.status = 'review'
ORDER BY s.received_at;

-- Filed messages that mailbox.after_filing is still to mark or move on the server.
CREATE TABLE pending_mark (
    folder          TEXT    NOT NULL,
    uid_validity    INTEGER NOT NULL,
    uid             INTEGER NOT NULL,
    attempts        INTEGER NOT NULL, -- counted before each attempt
    next_attempt_at TEXT    NOT NULL,
    PRIMARY KEY (folder, uid_validity, uid)
) STRICT;
-- ---- evidence and storms
CREATE TABLE seal (
    submission_id INTEGER PRIMARY KEY REFERENCES submission (id),
    salt          BLOB    NOT NULL -- random bytes in the digests of the submission's latest seal; drawn anew at every seal
) STRICT;
CREATE INDEX event_by_submission ON event (submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX acknowledgement_by_submission ON acknowledgement (submission_id);
DROP INDEX acknowledgement_by_recipient;
CREATE INDEX acknowledgement_by_recipient ON acknowledgement (recipient COLLATE NOCASE, queued_at, state) WHERE state <> 'withheld';
CREATE INDEX acknowledgement_by_domain ON acknowledgement (lower(substr(recipient, instr(recipient, '@') + 1)), queued_at, state)
    WHERE state <> 'withheld';
-- ---- end of evidence and storms

DROP INDEX submission_by_content;
DROP INDEX supplement_by_content;

-- One wording of an opinion within a consultation, and the wording it is a near copy of.
CREATE TABLE wording (
    id            INTEGER PRIMARY KEY,
    consultation  TEXT    NOT NULL, -- id of the consultation; texts of two consultations are never compared
    sha256        TEXT    NOT NULL, -- SHA-256, hex, of the letters, digits and Han of the opinion part; of the attachments where it only points to them
    submission_id INTEGER NOT NULL REFERENCES submission (id), -- the first submission that has it
    leader_id     INTEGER REFERENCES wording (id), -- the wording it is a near copy of; NULL when it leads
    similarity    REAL    NOT NULL, -- share of the shingles of both that stand in both; 1 when it leads
    group_number  INTEGER,          -- 组号 of a leader, given out when a second sender writes the same
    compared      TEXT,             -- of a leader: what later texts are measured against; NULL for texts too short
    UNIQUE (consultation, sha256)
) STRICT;
CREATE UNIQUE INDEX wording_by_group ON wording (consultation, group_number) WHERE group_number IS NOT NULL;

-- Where near copies meet: keys of the leading wordings' shingles.
CREATE TABLE wording_band (
    band       INTEGER NOT NULL,
    wording_id INTEGER NOT NULL REFERENCES wording (id),
    PRIMARY KEY (band, wording_id)
) STRICT, WITHOUT ROWID;

-- What later mail is compared with: one row for each message that became a submission or a supplement.
CREATE TABLE likeness (
    message_id     INTEGER PRIMARY KEY REFERENCES message (id),
    submission_id  INTEGER NOT NULL REFERENCES submission (id),
    sender         TEXT    NOT NULL, -- from_address in one spelling; 'erased <id>' after erasure
    opinion_sha256 TEXT,             -- opinion part and attachments: the same again from one sender is a duplicate; NULL in duplicates
    wording_id     INTEGER REFERENCES wording (id), -- NULL for supplements and where there is nothing to compare
    leader_id      INTEGER REFERENCES wording (id)  -- the wording whose group it belongs to; NULL for texts too short
) STRICT;
CREATE INDEX likeness_by_sender ON likeness (sender, opinion_sha256);
CREATE INDEX likeness_by_leader ON likeness (leader_id, sender);
-- Erasure takes the address and the words; the counts stay.
CREATE TRIGGER likeness_is_erased AFTER UPDATE OF status ON submission WHEN new.status = 'erased'
BEGIN
    UPDATE likeness SET sender = 'erased ' || new.id, opinion_sha256 = NULL WHERE submission_id = new.id;
    DELETE FROM wording_band WHERE wording_id IN (SELECT id FROM wording WHERE submission_id = new.id);
    UPDATE wording SET compared = NULL WHERE submission_id = new.id;
END;

-- What one mail says of an earlier submission: a proposal for staff; nothing is changed by it.
CREATE TABLE relation (
    id            INTEGER PRIMARY KEY,
    kind          TEXT    NOT NULL CHECK (kind IN ('withdraws', 'replaces', 'personal_data', 'repeats', 'recalled')),
    earlier_id    INTEGER NOT NULL REFERENCES submission (id),
    submission_id INTEGER REFERENCES submission (id), -- the later submission; NULL for a supplement and for a recall notice
    message_id    INTEGER REFERENCES message (id),    -- the mail that says so; NULL for a recall notice, which is not kept
    basis         TEXT    NOT NULL CHECK (basis IN ('answers', 'number', 'latest_of_sender', 'same_sender', 'same_content', 'message_id', 'subject')),
    created_at    TEXT    NOT NULL,
    UNIQUE (message_id, earlier_id, kind)
) STRICT;
CREATE INDEX relation_by_earlier ON relation (earlier_id);
CREATE INDEX relation_by_submission ON relation (submission_id);

CREATE VIEW 相同来信 AS
SELECT w.consultation AS 征求意见,
       w.group_number AS 组号,
       (SELECT number FROM submission WHERE id = w.submission_id) AS 代表编号,
       sum(s.status NOT IN ('duplicate', 'denied')) AS 件数,
       count(DISTINCT l.sender) AS 发件地址数,
       sum(s.status NOT IN ('duplicate', 'denied') AND l.wording_id = w.id) AS 完全相同件数,
       sum(s.status = 'duplicate') AS 同一发件人重复件数,
       datetime(min(s.received_at), '+8 hours') AS 首封时间,
       datetime(max(s.received_at), '+8 hours') AS 末封时间,
       (SELECT comment FROM submission WHERE id = w.submission_id) AS 代表内容
FROM wording AS w JOIN likeness AS l ON l.leader_id = w.id JOIN submission AS s ON s.message_id = l.message_id
WHERE w.group_number IS NOT NULL GROUP BY w.id ORDER BY 1, 2;

CREATE VIEW 相同来信明细 AS
SELECT w.consultation AS 征求意见,
       w.group_number AS 组号,
       s.number AS 编号,
       datetime(s.received_at, '+8 hours') AS 收到时间,
       s.from_address AS 发件地址,
       coalesce(s.organization, s.name) AS 提出单位或个人,
       CASE s.status WHEN 'accepted' THEN '已登记' WHEN 'review' THEN '待核' WHEN 'late' THEN '逾期' WHEN 'duplicate' THEN '重复'
                     WHEN 'denied' THEN '不属于' WHEN 'erased' THEN '已删除' ELSE s.status END AS 状态,
       CASE WHEN s.id = w.submission_id THEN '代表件' WHEN l.wording_id = w.id THEN '完全相同'
            ELSE printf('近似 %.2f', min(own.similarity, 0.99)) END AS 与代表件
FROM wording AS w JOIN likeness AS l ON l.leader_id = w.id JOIN submission AS s ON s.message_id = l.message_id
     JOIN wording AS own ON own.id = l.wording_id
WHERE w.group_number IS NOT NULL ORDER BY 1, 2, s.id;

CREATE VIEW 撤回与替换 AS
SELECT e.number AS 涉及编号,
       CASE e.status WHEN 'accepted' THEN '已登记' WHEN 'review' THEN '待核' WHEN 'late' THEN '逾期' WHEN 'duplicate' THEN '重复'
                     WHEN 'denied' THEN '不属于' WHEN 'erased' THEN '已删除' ELSE e.status END AS 涉及件状态,
       CASE r.kind WHEN 'withdraws' THEN '请求撤回' WHEN 'replaces' THEN '请求替换' WHEN 'personal_data' THEN '个人信息请求'
                   WHEN 'repeats' THEN '内容相同' WHEN 'recalled' THEN '发件方撤回邮件通知' ELSE r.kind END AS 事项,
       CASE r.basis WHEN 'answers' THEN '是对该件回执的回复' WHEN 'number' THEN '信中写明编号' WHEN 'latest_of_sender' THEN '同一发件人最近一件'
                    WHEN 'same_sender' THEN '同一发件人更早的来信' WHEN 'same_content' THEN '同一发件人内容相同'
                    WHEN 'message_id' THEN '通知指明该邮件' WHEN 'subject' THEN '同一发件人主题相同' ELSE r.basis END AS 依据,
       CASE WHEN s.number IS NOT NULL THEN s.number WHEN r.message_id IS NOT NULL THEN '（补充来信）' ELSE '（通知，未登记）' END AS 提出于,
       datetime(r.created_at, '+8 hours') AS 登记时间
FROM relation AS r JOIN submission AS e ON e.id = r.earlier_id LEFT JOIN submission AS s ON s.id = r.submission_id
ORDER BY r.id;

CREATE VIEW 收件概况 AS
SELECT s.consultation AS 征求意见,
       count(*) AS 收到件数,
       count(DISTINCT l.wording_id) AS 不同内容数,
       count(DISTINCT coalesce(w.leader_id, w.id)) AS 同文归并后内容数,
       count(DISTINCT l.sender) AS 发件地址数
FROM submission AS s LEFT JOIN likeness AS l ON l.message_id = s.message_id LEFT JOIN wording AS w ON w.id = l.wording_id
WHERE s.status <> 'denied' GROUP BY 1 ORDER BY 1;
