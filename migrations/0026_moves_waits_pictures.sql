-- The waitlist offers only times that became free after joining; pictures store how dark the backdrop of text on them
-- must be, and why an upload was rejected.

-- The starts that were free when the person joined and still are, as a JSON list of UTC milliseconds. They are not
-- offered.
ALTER TABLE waits ADD COLUMN open_starts TEXT NOT NULL DEFAULT '[]';

-- Entries that still count: waiting, or with an offer that may return to waiting.
CREATE INDEX waits_counting ON waits (club_id) WHERE state IN ('waiting', 'offered');

-- Spans that a booking or a hold released while people were waiting, until they are processed. There is one row per resource;
-- all rows of a booking have the same id.
CREATE TABLE freed_spans (
    id BIGINT NOT NULL,
    resource_id BIGINT NOT NULL,
    from_cell BIGINT NOT NULL,
    to_cell BIGINT NOT NULL,
    PRIMARY KEY (id, resource_id, from_cell)
);

-- How dark the backdrop of text on a photograph must be, from 1 to 5, so that the text has a contrast of 4.5:1. 5
-- is enough on any photograph.
ALTER TABLE pictures ADD COLUMN scrim BIGINT NOT NULL DEFAULT 5;
-- Why an upload was rejected.
ALTER TABLE pictures ADD COLUMN problem TEXT;
