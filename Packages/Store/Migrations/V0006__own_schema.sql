-- A schema of our own. Whatever runs of before must be stopped for this one; from here on migrations only add
-- (docs/releases.md).
-- Frozen once it has landed: a change is a new file.

-- The move ---------------------------------------------------------------------------------------------------------

DO $$
DECLARE
  name text;
  running text;
BEGIN
  -- Where they are not here, they are in `public`: the migrator has made sure that those are ours. One by one, since others
  -- may have tables there too; indexes, types and triggers go with them.
  IF to_regclass('users') IS NULL THEN
    FOREACH name IN ARRAY ARRAY[
      'schema_migrations', 'instance', 'users', 'user_groups', 'user_groups_users', 'passkeys', 'spent_challenges',
      'sessions', 'proofs', 'one_time_codes', 'clients', 'client_secrets', 'grants', 'interactions', 'authorizations',
      'data_keys', 'signing_keys', 'retired_names', 'custom_claims', 'email_verifications', 'clients_allowed_groups',
      'attempts', 'signup_tokens', 'signup_tokens_groups', 'known_devices', 'api_keys', 'settings', 'images', 'uploads',
      'outbox', 'audit_log', 'audit_seals', 'refresh_tokens', 'revoked_tokens']
    LOOP
      EXECUTE format('ALTER TABLE public.%I SET SCHEMA %I', name, current_schema());
    END LOOP;
    FOREACH name IN ARRAY ARRAY['refuse_names_of_others', 'remember_longer_tokens', 'close_setup'] LOOP
      EXECUTE format('ALTER FUNCTION public.%I() SET SCHEMA %I', name, current_schema());
    END LOOP;
  END IF;

  -- What runs of before would find nothing any more. It may just be leaving.
  IF EXISTS (SELECT FROM instance) THEN
    FOR attempt IN 1..30 LOOP
      PERFORM pg_stat_clear_snapshot();
      SELECT string_agg(DISTINCT application_name, ', ' ORDER BY application_name) INTO running FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'latchkey-%';
      EXIT WHEN running IS NULL;
      PERFORM pg_sleep(0.1);
    END LOOP;
    IF running IS NOT NULL THEN
      RAISE EXCEPTION '% still use this database. Stop Latchkey everywhere, then run `latchkey migrate` again', running;
    END IF;
  END IF;
END $$;

-- Words ------------------------------------------------------------------------------------------------------------

-- What a person agreed to is a consent; what came of an authorization is a grant (RFC 6749).
ALTER TABLE grants RENAME TO consents;
ALTER INDEX grants_client RENAME TO consents_client;
DO $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'consents'::regclass AND conname LIKE 'grants\_%' LOOP
    EXECUTE format('ALTER TABLE consents RENAME CONSTRAINT %I TO %I', name, replace(name, 'grants_', 'consents_'));
  END LOOP;
END $$;

-- Nothing has read it since V0005.
ALTER TABLE authorizations DROP COLUMN requested_at;
