-- Why: questions are grouped, followed up, and promised an answer in writing; lists across events need to know.
-- The question that leads the group.
ALTER TABLE questions ADD COLUMN lead TEXT;
-- The question it follows up.
ALTER TABLE questions ADD COLUMN parent TEXT;
-- Taken: by when, and who sees to it (JSON), with the due time beside it for lists.
ALTER TABLE questions ADD COLUMN promise TEXT;
ALTER TABLE questions ADD COLUMN due_at BIGINT;
-- JSON: the answer given in writing.
ALTER TABLE questions ADD COLUMN answer TEXT;
CREATE INDEX questions_by_state ON questions (state, due_at);
