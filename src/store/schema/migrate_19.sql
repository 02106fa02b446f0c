-- From version 18 to version 19: whether figures are closed is found without reading the whole log.
CREATE INDEX event_of_closing ON event (id) WHERE action IN ('closed', 'close_undone');
