-- Calendars are read from this index alone: it contains every column that the query needs.

DROP INDEX allocations_by_resource;
CREATE INDEX allocations_by_resource ON allocations (resource_id, from_cell, to_cell, until, booking_id) WHERE live;
DROP INDEX allocations_by_time;
CREATE INDEX allocations_by_time ON allocations (from_cell, resource_id, to_cell, until, booking_id) WHERE live;
