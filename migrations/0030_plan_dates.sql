-- The first day on which a version of a plan can be joined, as YYYY-MM-DD in the time zone of the club. Of the versions
-- that have started, the newest applies. The existing versions have been in effect since they were created.
ALTER TABLE plan_versions ADD COLUMN effective_on TEXT NOT NULL DEFAULT '1970-01-01';
