-- From version 32 to version 33: a letter that counts and only points to a file or behind a link stands on a list until what it says is entered.
CREATE TRIGGER file_awaits AFTER INSERT ON submission WHEN instr(new.flags, '"attachment_only"') OR instr(new.flags, '"cloud_attachment"')
BEGIN INSERT INTO awaiting VALUES (new.id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER flagged_awaits AFTER UPDATE OF status, flags ON submission
WHEN instr(old.flags || new.flags, '"attachment_only"') OR instr(old.flags || new.flags, '"cloud_attachment"')
BEGIN INSERT INTO awaiting VALUES (new.id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER later_file_awaits AFTER INSERT ON supplement WHEN instr(new.flags, '"attachment_only"') OR instr(new.flags, '"cloud_attachment"')
BEGIN INSERT INTO awaiting VALUES (new.submission_id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
CREATE TRIGGER item_awaits AFTER INSERT ON opinion WHEN EXISTS (SELECT 1 FROM awaiting WHERE submission_id = new.submission_id AND state = 5)
BEGIN UPDATE awaiting SET state = -1 WHERE submission_id = new.submission_id; END;
CREATE TRIGGER entered_awaits AFTER INSERT ON correction WHEN new.field IN ('items', 'adoption')
BEGIN INSERT INTO awaiting VALUES (new.submission_id, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1; END;
INSERT INTO awaiting SELECT id, -1 FROM submission AS s
    WHERE instr(flags, '"attachment_only"') OR instr(flags, '"cloud_attachment"')
        OR EXISTS (SELECT 1 FROM supplement AS p WHERE p.submission_id = s.id
            AND (instr(p.flags, '"attachment_only"') OR instr(p.flags, '"cloud_attachment"')))
    ON CONFLICT (submission_id) DO UPDATE SET state = -1;
