-- Why: the askers of a taken question are told once what became of it, however often the job runs.
ALTER TABLE questions ADD COLUMN told_at BIGINT;
