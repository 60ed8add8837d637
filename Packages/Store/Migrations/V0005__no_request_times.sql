-- Tokens say nothing any more of when their request arrived: programs of before still write it, those of today do not.
ALTER TABLE authorizations ALTER COLUMN requested_at DROP NOT NULL;
