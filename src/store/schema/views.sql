-- Views for staff, with Chinese names and Beijing time. They hold nothing: a store that is brought up to date gets them anew.
-- What a word is called comes from the table `word`; one that is not there stays as it is.
-- A column in angle brackets is x as a cell: what a citizen or a clerk wrote, with an apostrophe before it where a spreadsheet would take it for a formula.

CREATE VIEW 意见汇总 AS
SELECT s.consultation AS 征求意见,
       s.number AS 编号,
       coalesce(o.ordinal, '') AS 条号,
       datetime(coalesce(p.received_at, s.received_at), '+8 hours') AS 收到时间,
       coalesce(status.short, s.status) AS 状态,
       '电子邮件' AS 渠道,
       coalesce(⟨s.organization⟩, ⟨s.name⟩) AS 提出单位或个人,
       (SELECT short FROM word WHERE kind = 'proposer' AND word =
            CASE WHEN s.organization IS NOT NULL THEN 'organization'
                 WHEN EXISTS (SELECT 1 FROM json_each(s.flags) WHERE value = 'joint') THEN 'joint'
                 WHEN EXISTS (SELECT 1 FROM json_each(s.flags) WHERE value = 'anonymous') THEN 'anonymous'
                 ELSE 'individual' END) AS 类别,
       coalesce(sender.short, s.sender_kind, '未判定') AS 来信人类别,
       coalesce(s.occupation, '未填写') AS 职业,
       ⟨o.clause⟩ AS 对应条款,
       coalesce(⟨o.text⟩, CASE WHEN EXISTS (SELECT 1 FROM json_each(s.flags) WHERE value = 'no_objection') THEN '（无意见）'
                             WHEN EXISTS (SELECT 1 FROM json_each(s.flags) WHERE value = 'attachment_only') THEN '（见附件）'
                             ELSE '' END) AS 意见建议内容,
       o.adoption AS 采纳情况,
       ⟨o.adoption_reason⟩ AS 理由,
       CASE WHEN p.id IS NULL THEN '' WHEN p.timeliness = 'on_time' THEN '补充来信' ELSE '补充来信（逾期）' END AS 备注
FROM submission AS s LEFT JOIN opinion AS o ON o.submission_id = s.id AND o.adoption IS NOT '非意见'
     LEFT JOIN supplement AS p ON p.message_id = o.message_id
     LEFT JOIN word AS sender ON sender.kind = 'sender_kind' AND sender.word = s.sender_kind
     LEFT JOIN word AS status ON status.kind = 'status' AND status.word = s.status
WHERE s.status IN ('accepted', 'late');

CREATE VIEW 待核邮件 AS
SELECT s.consultation AS 征求意见,
       s.number AS 编号,
       datetime(s.received_at, '+8 hours') AS 收到时间,
       ⟨m.subject⟩ AS 主题,
       ⟨s.from_address⟩ AS 发件地址,
       coalesce(sender.short, s.sender_kind, '未判定') AS 来信人类别,
       (SELECT group_concat(coalesce(w.short, reason.value), '、')
        FROM json_each(s.review_reasons) AS reason LEFT JOIN word AS w ON w.kind = 'review_reason' AND w.word = reason.value) AS 待核原因,
       ⟨s.comment⟩ AS 内容,
       (SELECT group_concat(coalesce(w.short, r.kind) || iif(r.submission_id = s.id, ' ' || e.number, '（对本件）'), '、')
        FROM relation AS r JOIN submission AS e ON e.id = r.earlier_id
             LEFT JOIN word AS w ON w.kind = 'relation_kind' AND w.word = r.kind
        WHERE r.submission_id = s.id OR r.earlier_id = s.id) AS 涉及来信,
       (SELECT group_concat(iif(a.message_id = s.message_id, '', '补充来信（邮件 ' || a.message_id || '）：') || coalesce(⟨a.filename⟩, a.media_type), '、')
        FROM attachment AS a
        WHERE a.message_id = s.message_id OR a.message_id IN (SELECT message_id FROM supplement WHERE submission_id = s.id)) AS 附件
FROM submission AS s JOIN message AS m ON m.id = s.message_id
     LEFT JOIN word AS sender ON sender.kind = 'sender_kind' AND sender.word = s.sender_kind
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
       sum(status IN ('handled', 'denied', 'erased')) AS 不计入
FROM submission GROUP BY 1, 2 ORDER BY 1, 2;

CREATE VIEW 职业分布 AS
SELECT consultation AS 征求意见, coalesce(occupation, '未填写') AS 职业, count(*) AS 件数, sum(signatories) AS 人次
FROM submission WHERE status IN ('accepted', 'late') GROUP BY 1, 2 ORDER BY 1, 3 DESC;

CREATE VIEW 条款分布 AS
SELECT s.consultation AS 征求意见, coalesce(o.clause, '未标注') AS 条款, count(*) AS 条数, count(DISTINCT s.id) AS 件数
FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id
WHERE s.status IN ('accepted', 'late') AND o.adoption IS NOT '非意见' GROUP BY 1, 2 ORDER BY 1, 3 DESC;

CREATE VIEW 回执情况 AS
SELECT s.consultation AS 征求意见,
       s.number AS 编号,
       coalesce(kind.short, a.kind) AS 类型,
       coalesce(state.short, a.state) AS 状态,
       coalesce(reason.short, a.reason) ||
           coalesce('：' || coalesce(json_extract(a.reason_detail, '$.code') || ' ' || json_extract(a.reason_detail, '$.reply'),
                                    json_extract(a.reason_detail, '$.words')), '') AS 原因,
       a.attempts AS 次数,
       datetime(a.sent_at, '+8 hours') AS 发出时间, datetime(a.next_attempt_at, '+8 hours') AS 下次尝试
FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id
     LEFT JOIN word AS kind ON kind.kind = 'acknowledgement_kind' AND kind.word = a.kind
     LEFT JOIN word AS state ON state.kind = 'acknowledgement_state' AND state.word = a.state
     LEFT JOIN word AS reason ON reason.kind = iif(a.state = 'withheld', 'withheld_reason', 'send_reason') AND reason.word = a.reason
ORDER BY a.id;

CREATE VIEW 相同来信 AS
SELECT w.consultation AS 征求意见,
       w.group_number AS 组号,
       (SELECT number FROM submission WHERE id = w.submission_id) AS 代表编号,
       sum(s.status NOT IN ('duplicate', 'handled', 'denied')) AS 件数,
       count(DISTINCT l.sender) AS 发件地址数,
       sum(s.status NOT IN ('duplicate', 'handled', 'denied') AND l.wording_id = w.id) AS 完全相同件数,
       sum(s.status = 'duplicate') AS 同一发件人重复件数,
       datetime(min(s.received_at), '+8 hours') AS 首封时间,
       datetime(max(s.received_at), '+8 hours') AS 末封时间,
       (SELECT ⟨comment⟩ FROM submission WHERE id = w.submission_id) AS 代表内容
FROM wording AS w JOIN likeness AS l ON l.leader_id = w.id JOIN submission AS s ON s.message_id = l.message_id
WHERE w.group_number IS NOT NULL
  AND NOT (s.status = 'review' AND EXISTS (SELECT 1 FROM json_each(s.review_reasons) WHERE value = 'authentication_failed'))
GROUP BY w.id ORDER BY 1, 2;

CREATE VIEW 相同来信明细 AS
SELECT w.consultation AS 征求意见,
       w.group_number AS 组号,
       s.number AS 编号,
       datetime(s.received_at, '+8 hours') AS 收到时间,
       ⟨s.from_address⟩ AS 发件地址,
       coalesce(⟨s.organization⟩, ⟨s.name⟩) AS 提出单位或个人,
       coalesce(status.short, s.status) AS 状态,
       CASE WHEN s.id = w.submission_id THEN '代表件' WHEN l.wording_id = w.id THEN '完全相同'
            ELSE printf('近似 %.2f', min(own.similarity, 0.99)) END AS 与代表件
FROM wording AS w JOIN likeness AS l ON l.leader_id = w.id JOIN submission AS s ON s.message_id = l.message_id
     JOIN wording AS own ON own.id = l.wording_id
     LEFT JOIN word AS status ON status.kind = 'status' AND status.word = s.status
WHERE w.group_number IS NOT NULL
  AND NOT (s.status = 'review' AND EXISTS (SELECT 1 FROM json_each(s.review_reasons) WHERE value = 'authentication_failed'))
ORDER BY 1, 2, s.id;

CREATE VIEW 撤回与替换 AS
SELECT e.consultation AS 征求意见,
       e.number AS 涉及编号,
       coalesce(status.short, e.status) AS 涉及件状态,
       coalesce(kind.short, r.kind) AS 事项,
       coalesce(basis.short, r.basis) AS 依据,
       CASE WHEN s.number IS NOT NULL THEN s.number WHEN r.message_id IS NOT NULL THEN '（补充来信）' ELSE '（通知，未登记）' END AS 提出于,
       datetime(r.created_at, '+8 hours') AS 登记时间
FROM relation AS r JOIN submission AS e ON e.id = r.earlier_id LEFT JOIN submission AS s ON s.id = r.submission_id
     LEFT JOIN word AS status ON status.kind = 'status' AND status.word = e.status
     LEFT JOIN word AS kind ON kind.kind = 'relation_kind' AND kind.word = r.kind
     LEFT JOIN word AS basis ON basis.kind = 'relation_basis' AND basis.word = r.basis
ORDER BY r.id;

CREATE VIEW 改列来信 AS
SELECT s.consultation AS 征求意见,
       s.number AS 编号,
       n.old_value AS 原编号,
       c.old_value AS 原征求意见,
       n.new_value AS 改列编号,
       c.new_value AS 改列征求意见,
       datetime(n.at, '+8 hours') AS 改列时间,
       ⟨n.actor⟩ AS 经办人,
       ⟨n.note⟩ AS 备注
FROM correction AS n JOIN submission AS s ON s.id = n.submission_id
     JOIN correction AS c ON c.id BETWEEN n.id + 1 AND n.id + 2 AND c.submission_id = n.submission_id AND c.field = 'consultation'
WHERE n.field = 'number' ORDER BY n.id;

CREATE VIEW 收件概况 AS
SELECT s.consultation AS 征求意见,
       count(*) AS 收到件数,
       count(DISTINCT l.wording_id) AS 不同内容数,
       count(DISTINCT coalesce(w.leader_id, w.id)) AS 相近来信合并后内容数,
       count(DISTINCT l.sender) AS 发件地址数
FROM submission AS s LEFT JOIN likeness AS l ON l.message_id = s.message_id LEFT JOIN wording AS w ON w.id = l.wording_id
WHERE s.status NOT IN ('handled', 'denied') GROUP BY 1 ORDER BY 1;
