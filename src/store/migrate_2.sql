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
       s.comment AS 内容
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
