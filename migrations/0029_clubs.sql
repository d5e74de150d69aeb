-- Several clubs in one database: their hosts, their staff, and the club of each job, notification, and row of the
-- audit log. A `club_id` of 0 means the default club (the first one that was created), also for rows from before there
-- were several clubs.

ALTER TABLE clubs ADD COLUMN slug TEXT;
UPDATE clubs SET slug = 'club-' || CAST(id AS TEXT);
UPDATE clubs SET slug = 'main' WHERE id = (SELECT MIN(id) FROM clubs);
CREATE UNIQUE INDEX clubs_by_slug ON clubs (slug);

-- The host names of a club, in lower case and without a port. Links in emails use the one with the lowest position.
CREATE TABLE club_hosts (
    host TEXT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    position BIGINT NOT NULL
);

-- The roles of people in a club. A person without a row is an ordinary account there.
CREATE TABLE club_roles (
    club_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    PRIMARY KEY (club_id, person_id)
);
CREATE INDEX club_roles_of_person ON club_roles (person_id);
INSERT INTO club_roles (club_id, person_id, role)
SELECT COALESCE((SELECT MIN(id) FROM clubs), 0), id, role FROM people WHERE role <> 'account';
ALTER TABLE people DROP COLUMN role;

-- Versions of the cached data of one club; `versions` has those of the data that all clubs share.
CREATE TABLE club_versions (
    club_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (club_id, name)
);

ALTER TABLE jobs ADD COLUMN club_id BIGINT NOT NULL DEFAULT 0;
UPDATE jobs SET club_id = COALESCE((SELECT MIN(id) FROM clubs), 0);

ALTER TABLE notifications ADD COLUMN club_id BIGINT NOT NULL DEFAULT 0;
UPDATE notifications SET club_id = COALESCE((SELECT MIN(id) FROM clubs), 0);

ALTER TABLE freed_spans ADD COLUMN club_id BIGINT NOT NULL DEFAULT 0;
UPDATE freed_spans SET club_id = COALESCE((SELECT MIN(id) FROM clubs), 0);

-- Rows of the log are never changed, so older rows have 0; their checkpoints do not cover the column.
ALTER TABLE audit ADD COLUMN club_id BIGINT NOT NULL DEFAULT 0;
