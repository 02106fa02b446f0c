-- One entry ever seen in one folder of the mailbox. Every entry has exactly one row.
CREATE TABLE mailbox_entry (
    id           INTEGER PRIMARY KEY,
    folder       TEXT    NOT NULL, -- folder name, decoded; a path for Maildirs and imported files
    uid_validity INTEGER NOT NULL, -- IMAP UIDVALIDITY; 0 for files
    uid          ANY     NOT NULL, -- IMAP UID (integer), Maildir base name or file name (text)
    sha256       TEXT,             -- SHA-256 of the raw bytes, hex; kept for mail that is not ours too
    size_bytes   INTEGER NOT NULL, -- size of the message as the mailbox announced it
    disposition  TEXT    NOT NULL CHECK (disposition IN ('filed', 'supplement', 'duplicate', 'not_ours', 'automatic', 'quarantined')),
    reason       TEXT    NOT NULL, -- why, in a stable word or two
    message_id   INTEGER REFERENCES message (id), -- the kept message; NULL when none is kept
    seen_at      TEXT    NOT NULL, -- when this program recorded the entry
    message_id_sha256 TEXT,        -- SHA-256 of the Message-ID, hex: finds an entry of which nothing else is kept
    UNIQUE (folder, uid_validity, uid)
) STRICT;
CREATE INDEX mailbox_entry_by_sha256 ON mailbox_entry (sha256);
CREATE INDEX mailbox_entry_by_message_id_sha256 ON mailbox_entry (message_id_sha256);
CREATE INDEX mailbox_entry_by_message ON mailbox_entry (message_id);

-- One distinct raw message that is kept.
CREATE TABLE message (
    id                INTEGER PRIMARY KEY,
    sha256            TEXT    NOT NULL UNIQUE, -- SHA-256 of the raw bytes, hex
    rfc822_message_id TEXT,                    -- Message-ID without angle brackets; NULL when the message has none
    subject           TEXT,                    -- decoded subject; NULL when there is no such field
    raw               BLOB,                    -- the raw bytes, zstd; NULL after erasure
    size_bytes        INTEGER NOT NULL,        -- length of the raw bytes
    sent_at           TEXT,                    -- Date:, UTC; the sender's word
    sent_as_written   TEXT,                    -- Date: with the offset as written
    internal_date     TEXT,                    -- INTERNALDATE or file time, UTC
    received_at       TEXT,                    -- arrival in the designated system, UTC
    received_basis    TEXT CHECK (received_basis IN ('received', 'internaldate', 'file')), -- which clock received_at rests on
    received_evidence TEXT,                    -- the boundary Received line, or why another clock was used
    evidence          TEXT                     -- JSON: what each step saw; NULL when the message could not be read
) STRICT;
CREATE INDEX message_by_rfc822_message_id ON message (rfc822_message_id);

-- One submission (件).
CREATE TABLE submission (
    id                    INTEGER PRIMARY KEY,
    number                TEXT    NOT NULL UNIQUE, -- registration number, as told to the citizen
    consultation          TEXT    NOT NULL,        -- id of the consultation
    message_id            INTEGER NOT NULL UNIQUE REFERENCES message (id),
    status                TEXT    NOT NULL CHECK (status IN ('accepted', 'review', 'late', 'duplicate', 'denied', 'erased')),
    subject_match         TEXT    NOT NULL CHECK (subject_match IN ('match', 'near_miss')),
    timeliness            TEXT    NOT NULL CHECK (timeliness IN ('on_time', 'late', 'late_sent_in_time', 'before_open')),
    review_reasons        TEXT    NOT NULL,        -- JSON list: why a person must look
    received_at           TEXT    NOT NULL,        -- arrival that counts, UTC
    from_address          TEXT    NOT NULL,        -- address of the first From mailbox; '' when there is none
    name                  TEXT,                    -- the writer or contact person, when certain
    name_hint             TEXT,                    -- display name or 李女士: not certain
    organization          TEXT,                    -- the organisation that speaks
    occupation            TEXT,                    -- one of the notice's values
    occupation_as_written TEXT,                    -- the writer's own words
    phones                TEXT    NOT NULL,        -- JSON list of digits
    emails                TEXT    NOT NULL,        -- JSON list of addresses given in the text
    signatories           INTEGER NOT NULL,        -- 人次: people who sign
    comment               TEXT    NOT NULL,        -- what was written now, without quotes and footers
    full_text             TEXT    NOT NULL,        -- the whole text
    flags                 TEXT    NOT NULL,        -- JSON list
    duplicate_of          INTEGER REFERENCES submission (id),
    content_sha256        TEXT,                    -- digest for the same-content rule; NULL when there is no content
    filed_at              TEXT    NOT NULL
) STRICT;
CREATE INDEX submission_by_status ON submission (consultation, status);

-- Text that a citizen added to an earlier submission by answering its acknowledgement.
CREATE TABLE supplement (
    id             INTEGER PRIMARY KEY,
    submission_id  INTEGER NOT NULL REFERENCES submission (id),
    message_id     INTEGER NOT NULL UNIQUE REFERENCES message (id),
    received_at    TEXT    NOT NULL, -- arrival, UTC
    timeliness     TEXT    NOT NULL CHECK (timeliness IN ('on_time', 'late', 'late_sent_in_time', 'before_open')),
    from_address   TEXT    NOT NULL,
    comment        TEXT    NOT NULL,
    full_text      TEXT    NOT NULL,
    flags          TEXT    NOT NULL, -- JSON list
    details        TEXT    NOT NULL, -- JSON: name, occupation, phones … that this text gives
    content_sha256 TEXT
) STRICT;
CREATE INDEX supplement_by_submission ON supplement (submission_id);

-- One opinion item (条): what adoption is decided on.
CREATE TABLE opinion (
    id              INTEGER PRIMARY KEY,
    submission_id   INTEGER NOT NULL REFERENCES submission (id),
    message_id      INTEGER NOT NULL REFERENCES message (id), -- the submission's own message, or a supplement's
    ordinal         INTEGER NOT NULL, -- 1, 2, … within the submission
    clause          TEXT,             -- suggested clause code; staff confirm
    text            TEXT    NOT NULL,
    adoption        TEXT,             -- 采纳, 部分采纳, 不采纳, 研究中
    adoption_reason TEXT,
    UNIQUE (submission_id, ordinal)
) STRICT;

-- One attachment of a kept message; its bytes are in message.raw.
CREATE TABLE attachment (
    id         INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES message (id),
    ordinal    INTEGER NOT NULL, -- 1, 2, … within the message
    filename   TEXT,
    media_type TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256     TEXT    NOT NULL,
    UNIQUE (message_id, ordinal)
) STRICT;

-- One reply, queued or withheld; at most one per message answered.
CREATE TABLE acknowledgement (
    id                INTEGER PRIMARY KEY,
    submission_id     INTEGER NOT NULL REFERENCES submission (id),
    message_id        INTEGER NOT NULL UNIQUE REFERENCES message (id), -- the message that is answered
    kind              TEXT    NOT NULL CHECK (kind IN ('accepted', 'near_miss', 'late', 'duplicate', 'supplement', 'review')),
    recipient         TEXT,             -- NULL when none could be determined
    state             TEXT    NOT NULL CHECK (state IN ('queued', 'sent', 'deferred', 'failed', 'withheld')),
    reason            TEXT,             -- why withheld, deferred or failed
    attempts          INTEGER NOT NULL, -- counted before each attempt
    queued_at         TEXT    NOT NULL,
    next_attempt_at   TEXT,             -- due from then on; NULL when nothing more will be tried
    sent_at           TEXT,             -- when the SMTP server took it
    rfc822_message_id TEXT UNIQUE,      -- of the reply, without angle brackets; the same on every attempt
    envelope_from     TEXT,             -- NULL is the null reverse-path
    octets            BLOB              -- the composed reply; NULL when withheld
) STRICT;
-- However many messages point to one submission: each kind of reply leaves once.
CREATE UNIQUE INDEX acknowledgement_once ON acknowledgement (submission_id, kind) WHERE state <> 'withheld';
CREATE INDEX acknowledgement_due ON acknowledgement (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX acknowledgement_by_submission ON acknowledgement (submission_id);
CREATE INDEX acknowledgement_by_recipient ON acknowledgement (recipient COLLATE NOCASE, queued_at, state) WHERE state <> 'withheld';
CREATE INDEX acknowledgement_by_domain ON acknowledgement (lower(substr(recipient, instr(recipient, '@') + 1)), queued_at, state)
    WHERE state <> 'withheld';
CREATE INDEX acknowledgement_by_sent_at ON acknowledgement (sent_at);

-- What happened; append-only, each row chained to the one before.
CREATE TABLE event (
    id            INTEGER PRIMARY KEY,
    at            TEXT    NOT NULL,
    actor         TEXT    NOT NULL, -- 'intake', 'acknowledge', or a person's login name
    action        TEXT    NOT NULL,
    submission_id INTEGER REFERENCES submission (id),
    detail        TEXT    NOT NULL, -- JSON, no personal data
    hash          TEXT    NOT NULL  -- SHA-256 over the previous hash and this row, hex
) STRICT;
CREATE TRIGGER event_is_append_only_1 BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_is_append_only_2 BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
-- INSERT OR REPLACE deletes without asking a DELETE trigger. An id that SQLite chooses is -1 here.
CREATE TRIGGER event_is_append_only_3 BEFORE INSERT ON event
WHEN new.id <> -1 AND new.id <= (SELECT max(id) FROM event)
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;

CREATE INDEX event_by_submission ON event (submission_id) WHERE submission_id IS NOT NULL;

-- What makes the digests in the event log impossible to guess from.
CREATE TABLE seal (
    submission_id INTEGER PRIMARY KEY REFERENCES submission (id),
    salt          BLOB    NOT NULL -- random bytes in the digests of the submission's latest seal; drawn anew at every seal
) STRICT;

-- How far each IMAP folder is recorded.
CREATE TABLE folder (
    folder       TEXT    PRIMARY KEY,
    uid_validity INTEGER NOT NULL,
    last_uid     INTEGER NOT NULL  -- every UID up to here has an entry or stands in gap
) STRICT;

-- Entries that were listed but could not be read yet; fetched again on later passes.
CREATE TABLE gap (
    folder          TEXT    NOT NULL,
    uid_validity    INTEGER NOT NULL,
    uid             ANY     NOT NULL,
    attempts        INTEGER NOT NULL,
    reason          TEXT    NOT NULL,
    first_seen_at   TEXT    NOT NULL,
    next_attempt_at TEXT    NOT NULL,
    PRIMARY KEY (folder, uid_validity, uid)
) STRICT;

-- Filed messages that mailbox.after_filing is still to mark or move on the server.
CREATE TABLE pending_mark (
    folder          TEXT    NOT NULL,
    uid_validity    INTEGER NOT NULL,
    uid             INTEGER NOT NULL,
    attempts        INTEGER NOT NULL, -- counted before each attempt
    next_attempt_at TEXT    NOT NULL,
    PRIMARY KEY (folder, uid_validity, uid)
) STRICT;

-- The last number given out under each prefix.
CREATE TABLE number_sequence (
    prefix TEXT    PRIMARY KEY,
    last   INTEGER NOT NULL
) STRICT;

-- Single facts: created_at, last_pass_started_at, last_pass_finished_at, last_pass_problem …
CREATE TABLE fact (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

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

CREATE VIEW 意见汇总 AS
SELECT row_number() OVER (ORDER BY s.received_at, s.id, o.ordinal) AS 序号,
       s.number AS 编号,
       datetime(s.received_at, '+8 hours') AS 收到时间,
       '电子邮件' AS 渠道,
       coalesce(s.organization, s.name) AS 提出单位或个人,
       CASE WHEN s.organization IS NOT NULL THEN '单位' WHEN s.flags LIKE '%"joint"%' THEN '联名'
            WHEN s.flags LIKE '%"anonymous"%' THEN '匿名' ELSE '个人' END AS 类别,
       coalesce(s.occupation, '未填写') AS 职业,
       o.clause AS 对应条款,
       coalesce(o.text, CASE WHEN s.flags LIKE '%"no_objection"%' THEN '（无意见）'
                             WHEN s.flags LIKE '%"attachment_only"%' THEN '（见附件）' ELSE '' END) AS 意见建议内容,
       o.adoption AS 采纳情况,
       o.adoption_reason AS 理由,
       CASE WHEN p.id IS NULL THEN '' WHEN p.timeliness = 'on_time' THEN '补充来信' ELSE '补充来信（逾期）' END AS 备注
FROM submission AS s LEFT JOIN opinion AS o ON o.submission_id = s.id
     LEFT JOIN supplement AS p ON p.message_id = o.message_id
WHERE s.status IN ('accepted', 'late');

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

CREATE VIEW 每日收件 AS
SELECT consultation AS 征求意见,
       date(received_at, '+8 hours') AS 日期,
       count(*) AS 件数,
       sum(status = 'accepted') AS 已登记,
       sum(status = 'review') AS 待核,
       sum(status = 'late') AS 逾期,
       sum(status = 'duplicate') AS 重复,
       sum(status IN ('denied', 'erased')) AS 不计入
FROM submission GROUP BY 1, 2 ORDER BY 1, 2;

CREATE VIEW 职业分布 AS
SELECT consultation AS 征求意见, coalesce(occupation, '未填写') AS 职业, count(*) AS 件数, sum(signatories) AS 人次
FROM submission WHERE status IN ('accepted', 'late') GROUP BY 1, 2 ORDER BY 1, 3 DESC;

CREATE VIEW 条款分布 AS
SELECT s.consultation AS 征求意见, coalesce(o.clause, '未标注') AS 条款, count(*) AS 条数, count(DISTINCT s.id) AS 件数
FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id
WHERE s.status IN ('accepted', 'late') GROUP BY 1, 2 ORDER BY 1, 3 DESC;

CREATE VIEW 回执情况 AS
SELECT s.number AS 编号,
       CASE a.kind WHEN 'accepted' THEN '已收到' WHEN 'near_miss' THEN '主题不符' WHEN 'late' THEN '已过截止'
                   WHEN 'duplicate' THEN '内容重复' WHEN 'supplement' THEN '补充' WHEN 'review' THEN '正在核对' ELSE a.kind END AS 类型,
       CASE a.state WHEN 'queued' THEN '待发' WHEN 'sent' THEN '已发' WHEN 'deferred' THEN '暂缓' WHEN 'failed' THEN '失败'
                    WHEN 'withheld' THEN '不发' ELSE a.state END AS 状态,
       a.reason AS 原因, a.attempts AS 次数,
       datetime(a.sent_at, '+8 hours') AS 发出时间, datetime(a.next_attempt_at, '+8 hours') AS 下次尝试
FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id
ORDER BY a.id;

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
