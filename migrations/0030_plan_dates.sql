-- The first day on which a version of a plan can be joined, as YYYY-MM-DD in the time zone of the club. Of the versions
-- whose day has come, the newest counts. The versions that exist have been in effect since they were made.
ALTER TABLE plan_versions ADD COLUMN effective_on TEXT NOT NULL DEFAULT '1970-01-01';
