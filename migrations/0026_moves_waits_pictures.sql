-- The waitlist offers only what has become free since somebody joined; pictures know how dark the ground of text on them
-- must be, and why one could not be used.

-- The starts that were free already when somebody joined and still are, as a JSON list of UTC milliseconds: of them
-- nothing is offered.
ALTER TABLE waits ADD COLUMN open_starts TEXT NOT NULL DEFAULT '[]';

-- Those that still count: who waits, and who has an offer and may come back to waiting.
CREATE INDEX waits_counting ON waits (club_id) WHERE state IN ('waiting', 'offered');

-- What a booking or a hold gave back while somebody waited, until it has been looked at; a row for each resource, all rows
-- of one booking under the same id.
CREATE TABLE freed_spans (
    id BIGINT NOT NULL,
    resource_id BIGINT NOT NULL,
    from_cell BIGINT NOT NULL,
    to_cell BIGINT NOT NULL,
    PRIMARY KEY (id, resource_id, from_cell)
);

-- How dark the ground of text on a photograph must be, from 1 to 5, so that the text keeps a contrast of 4.5:1 on it; 5
-- is enough on any.
ALTER TABLE pictures ADD COLUMN scrim BIGINT NOT NULL DEFAULT 5;
-- Why a picture that came could not be used.
ALTER TABLE pictures ADD COLUMN problem TEXT;
