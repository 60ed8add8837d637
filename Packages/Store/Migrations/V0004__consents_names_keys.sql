-- Consents that somebody gave, names that are one person's, keys that apps have seen, sessions of a passkey, and outcomes
-- that can be told again.
-- Frozen once it has landed: a change is a new file.

-- A client that asks for no consent has a grant all the same, since tokens live by it: NULL says that nothing was agreed to.
ALTER TABLE grants ALTER COLUMN scopes DROP NOT NULL;

-- The request that had a notice tried again: repeated, it counts the same ones.
ALTER TABLE outbox ADD COLUMN retried_by bytea;

-- A username that is somebody else's e-mail address would pass for them at apps that match by name, and the other way
-- round. Each column has its own unique index; what lies across the two is refused here, whoever writes, under the name of
-- the index that it would break if there were one.
CREATE FUNCTION refuse_names_of_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- `Users.LockAccounts`: of two who write at once, the second sees what the first took.
  PERFORM pg_advisory_xact_lock(hashtextextended('accounts', 0));
  IF (TG_OP = 'INSERT' OR lower(NEW.username) <> lower(OLD.username)) AND position('@' IN NEW.username) > 0
    AND EXISTS (SELECT 1 FROM users u WHERE lower(u.email) = lower(NEW.username) AND u.id <> NEW.id)
  THEN
    RAISE unique_violation USING MESSAGE = 'the username is the e-mail address of another', CONSTRAINT = 'users_username_key';
  END IF;
  IF (TG_OP = 'INSERT' OR lower(NEW.email) IS DISTINCT FROM lower(OLD.email))
    AND EXISTS (SELECT 1 FROM users u WHERE lower(u.username) = lower(NEW.email) AND u.id <> NEW.id)
  THEN
    RAISE unique_violation USING MESSAGE = 'the e-mail address is the username of another', CONSTRAINT = 'users_email_key';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER users_names BEFORE INSERT OR UPDATE OF username, email ON users
  FOR EACH ROW EXECUTE FUNCTION refuse_names_of_others();

-- Until when access tokens may live of clients that are gone, or whose tokens live shorter by now: a retired key is believed
-- at least as long. By triggers, since whatever route a client takes, what it was given is out there.
ALTER TABLE instance ADD COLUMN tokens_until timestamptz;
CREATE FUNCTION remember_longer_tokens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE instance SET tokens_until = greatest(tokens_until, now() + make_interval(mins => OLD.access_token_minutes));
  RETURN NULL;
END $$;
CREATE TRIGGER clients_gone AFTER DELETE ON clients FOR EACH ROW EXECUTE FUNCTION remember_longer_tokens();
CREATE TRIGGER clients_shorter AFTER UPDATE OF access_token_minutes ON clients
  FOR EACH ROW WHEN (NEW.access_token_minutes < OLD.access_token_minutes) EXECUTE FUNCTION remember_longer_tokens();

-- The passkey that began a session; NULL for those that a code or an account's making began. Removing it ends them.
ALTER TABLE sessions ADD COLUMN passkey_id uuid;

-- A person who changes their own address waits a day for codes by mail, since a stolen session could have changed it. What was
-- sent to the address before, as a hash, ends the wait.
ALTER TABLE users ADD COLUMN codes_from timestamptz, ADD COLUMN codes_confirm_hash bytea;

-- A command on the machine opens set-up again, whoever is there, until somebody has come in or its time is over; each time
-- with another code.
ALTER TABLE instance ADD COLUMN setup_reopened_until timestamptz, ADD COLUMN setup_openings integer NOT NULL DEFAULT 0;

-- Whose network left this with us before anybody signed in: so many of each, and of each client, at most.
ALTER TABLE interactions ADD COLUMN network text;
CREATE INDEX interactions_network ON interactions (network, created_at) WHERE network IS NOT NULL;
CREATE INDEX interactions_strangers ON interactions (client_id, created_at) WHERE network IS NOT NULL;

-- Set-up makes the first person, and is closed while there is anybody (`Instance.isSetupOpen`). When the last one goes, it stays
-- closed: whoever comes after them is no stranger. The user of STATIC_API_KEY is nobody.
CREATE FUNCTION close_setup() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.user_id = OLD.id AND k.is_static) THEN
    UPDATE instance SET setup_completed_at = now() WHERE setup_completed_at IS NULL;
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER users_close_setup BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION close_setup();
