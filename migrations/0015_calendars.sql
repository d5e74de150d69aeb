-- Calendars are read whole from their index: what is asked of an allocation stands in it, so that no row is looked up.

DROP INDEX allocations_by_resource;
CREATE INDEX allocations_by_resource ON allocations (resource_id, from_cell, to_cell, until, booking_id) WHERE live;
DROP INDEX allocations_by_time;
CREATE INDEX allocations_by_time ON allocations (from_cell, resource_id, to_cell, until, booking_id) WHERE live;
