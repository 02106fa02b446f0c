-- From version 2: the daily figures name what a person turned down, so that they add up.

DROP VIEW 每日收件;
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
