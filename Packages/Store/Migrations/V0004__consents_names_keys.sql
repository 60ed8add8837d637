-- Consents that somebody gave, names that are one person's, and outcomes that can be told again.
-- Frozen once it has landed: a change is a new file.

-- A client that asks for no consent has a grant all the same, since tokens live by it: NULL says that nothing was agreed to.
ALTER TABLE grants ALTER COLUMN scopes DROP NOT NULL;

-- The request that had a notice tried again: repeated, it counts the same ones.
ALTER TABLE outbox ADD COLUMN retried_by bytea;
