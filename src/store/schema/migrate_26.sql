-- From version 25 to version 26: what reports count stands together, and letters are found by their arrival.
DROP INDEX submission_by_status;
CREATE INDEX submission_counted ON submission (consultation, status, message_id, received_at, timeliness, occupation, sender_kind, signatories,
    organization, name, flags);
CREATE INDEX submission_by_arrival ON submission (received_at);
