-- Renames tables, columns, and stored kinds to the terms that the code uses.

UPDATE jobs SET kind = 'bookings.match_waitlist' WHERE kind = 'bookings.look';
UPDATE jobs SET kind = 'bookings.run_maintenance' WHERE kind = 'bookings.sweep';
UPDATE jobs SET kind = 'membership.run_billing_day' WHERE kind = 'membership.turn';
UPDATE jobs SET kind = 'membership.notify' WHERE kind = 'membership.told';
UPDATE jobs SET kind = 'people.checkpoint' WHERE kind = 'people.seal';
UPDATE jobs SET kind = 'people.email_confirmed' WHERE kind = 'people.proven';
UPDATE jobs SET kind = 'people.reset_requested' WHERE kind = 'people.reset_asked';
UPDATE jobs SET kind = 'people.address_change_requested' WHERE kind = 'people.address_asked';

UPDATE notifications SET kind = 'membership.notify' WHERE kind = 'membership.told';
UPDATE notifications SET kind = 'people.reset_requested' WHERE kind = 'people.reset_asked';
UPDATE notifications SET kind = 'people.address_change_requested' WHERE kind = 'people.address_asked';

UPDATE mails SET kind = 'membership.notify' WHERE kind = 'membership.told';
UPDATE mails SET kind = 'people.reset_requested' WHERE kind = 'people.reset_asked';
UPDATE mails SET kind = 'people.address_change_requested' WHERE kind = 'people.address_asked';
UPDATE mails SET how = 'file' WHERE how = 'kept';

UPDATE offers SET outcome = 'announced' WHERE outcome = 'told';

ALTER TABLE picture_spots RENAME TO picture_slots;
ALTER TABLE picture_slots RENAME COLUMN spot TO slot;
ALTER TABLE picture_slots RENAME COLUMN hung_by TO published_by;
ALTER TABLE picture_slots RENAME COLUMN hung_at TO published_at;
DROP INDEX picture_spots_of_picture;
CREATE INDEX picture_slots_of_picture ON picture_slots (picture_id);
ALTER TABLE pictures RENAME COLUMN spot TO slot;

ALTER TABLE club_numbers RENAME TO club_settings;

ALTER TABLE replies RENAME COLUMN asker TO requester;
DROP INDEX replies_by_asker;
CREATE INDEX replies_by_requester ON replies (requester) WHERE requester IS NOT NULL;
