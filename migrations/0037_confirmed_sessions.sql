-- When the person last entered their password in a session for something that needs it (step-up, D10).
ALTER TABLE sessions ADD COLUMN confirmed_at BIGINT;
