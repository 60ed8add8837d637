-- People and groups: who may use what, ways in, keys of the API, settings, images, mail, and the record of it all.
-- Frozen once it has landed: a change is a new file.

-- People ---------------------------------------------------------------------------------------------------------

-- What a search of people looks through, so that it reads one column whatever it looks for.
ALTER TABLE users ADD COLUMN search_text text GENERATED ALWAYS AS (
  lower(username || ' ' || coalesce(email, '') || ' ' || first_name || ' ' || last_name || ' ' || display_name)) STORED;
-- A list of people walks the index of its order alone, which therefore holds the column that it is made of.
CREATE INDEX users_created ON users (created_at, id);
CREATE INDEX users_by_username ON users (lower(username), id) INCLUDE (username);
CREATE INDEX users_by_email ON users (lower(email), id) INCLUDE (email);
CREATE INDEX users_by_display_name ON users (lower(display_name), id) INCLUDE (display_name);
CREATE INDEX users_by_first_name ON users (lower(first_name), id) INCLUDE (first_name);
CREATE INDEX users_by_last_name ON users (lower(last_name), id) INCLUDE (last_name);
-- Few of many: whether one is the last.
CREATE INDEX users_administrators ON users (id) WHERE is_admin;

-- Names and addresses that somebody gave up: not at once another's, since apps match accounts by them.
CREATE TABLE retired_names (
  -- 'username' or 'email'.
  kind text NOT NULL CHECK (kind IN ('username', 'email')),
  -- Lower case.
  name text NOT NULL,
  user_id uuid NOT NULL,
  retired_at timestamptz NOT NULL DEFAULT now(),
  free_at timestamptz NOT NULL,
  PRIMARY KEY (kind, name)
);
CREATE INDEX retired_names_expiry ON retired_names (free_at);

-- A claim of a user or of a group's members; the value is text that may be JSON.
CREATE TABLE custom_claims (
  user_id uuid REFERENCES users ON DELETE CASCADE,
  group_id uuid REFERENCES user_groups ON DELETE CASCADE,
  key text NOT NULL,
  value text NOT NULL,
  CONSTRAINT custom_claims_owner CHECK ((user_id IS NULL) <> (group_id IS NULL))
);
CREATE UNIQUE INDEX custom_claims_user ON custom_claims (user_id, key) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX custom_claims_group ON custom_claims (group_id, key) WHERE group_id IS NOT NULL;

-- What was sent to prove an address: it dies with its use, its day, or a change of the address.
CREATE TABLE email_verifications (
  token_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  -- The address that it was sent to.
  email text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  used_by bytea
);
CREATE INDEX email_verifications_user ON email_verifications (user_id);
CREATE INDEX email_verifications_expiry ON email_verifications (expires_at);

-- Clients --------------------------------------------------------------------------------------------------------

ALTER TABLE clients
  ADD COLUMN is_group_restricted boolean NOT NULL DEFAULT false,
  -- Which known app it was made from.
  ADD COLUMN known_app text,
  ADD COLUMN created_by uuid;

CREATE TABLE clients_allowed_groups (
  client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
  group_id uuid NOT NULL REFERENCES user_groups ON DELETE CASCADE,
  PRIMARY KEY (client_id, group_id)
);
CREATE INDEX clients_allowed_groups_group ON clients_allowed_groups (group_id);

ALTER TABLE client_secrets DROP CONSTRAINT client_secrets_algorithm_check;
-- Ours are random, so that a plain hash tells nothing; one that a person chose is hashed under a key.
ALTER TABLE client_secrets ADD CONSTRAINT client_secrets_algorithm_check CHECK (algorithm IN ('sha256', 'hmac-sha256'));
ALTER TABLE client_secrets ADD COLUMN last_used_at timestamptz;

-- Ways in --------------------------------------------------------------------------------------------------------

ALTER TABLE one_time_codes
  -- 'admin', 'command' or 'email'.
  ADD COLUMN origin text NOT NULL DEFAULT 'admin',
  -- Who handed it out; null for the command line and for mail that a person asked for.
  ADD COLUMN created_by uuid,
  -- SHA-256 of the browser's cookie that asked for it by mail: it works there alone.
  ADD COLUMN browser_hash bytea,
  -- Wrong codes that this browser has tried since.
  ADD COLUMN attempts integer NOT NULL DEFAULT 0;
CREATE INDEX one_time_codes_user ON one_time_codes (user_id);
CREATE INDEX one_time_codes_browser ON one_time_codes (browser_hash) WHERE browser_hash IS NOT NULL;

-- Attempts at short codes, counted for all instances: per account and per address.
CREATE TABLE attempts (
  -- 'account:…' or 'address:…' and what was tried.
  subject text NOT NULL,
  -- The beginning of the window that is counted in.
  since timestamptz NOT NULL,
  count integer NOT NULL,
  PRIMARY KEY (subject, since)
);
CREATE INDEX attempts_since ON attempts (since);

-- Links by which people sign up.
CREATE TABLE signup_tokens (
  id uuid PRIMARY KEY,
  -- SHA-256: the token has over 100 random bits, and is derived from the id under a server key.
  token_hash bytea NOT NULL CONSTRAINT signup_tokens_hash_key UNIQUE,
  usage_limit integer NOT NULL CHECK (usage_limit BETWEEN 1 AND 100),
  usage_count integer NOT NULL DEFAULT 0,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CONSTRAINT signup_tokens_uses CHECK (usage_count <= usage_limit)
);
CREATE INDEX signup_tokens_expiry ON signup_tokens (expires_at);

CREATE TABLE signup_tokens_groups (
  token_id uuid NOT NULL REFERENCES signup_tokens ON DELETE CASCADE,
  group_id uuid NOT NULL REFERENCES user_groups ON DELETE CASCADE,
  PRIMARY KEY (token_id, group_id)
);

-- Browsers that a person has signed in with before: a sign-in with another one is told by mail.
CREATE TABLE known_devices (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  -- SHA-256 of address and user agent.
  device_hash bytea NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, device_hash)
);

-- Keys of the API ------------------------------------------------------------------------------------------------

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  name text NOT NULL,
  description text,
  -- SHA-256: the key has over 128 random bits. Null never: what is revoked is deleted.
  key_hash bytea NOT NULL CONSTRAINT api_keys_hash_key UNIQUE,
  -- STATIC_API_KEY: made at the start, gone when the variable is.
  is_static boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  expiration_email_sent boolean NOT NULL DEFAULT false
);
CREATE INDEX api_keys_user ON api_keys (user_id);

-- Settings and images --------------------------------------------------------------------------------------------

CREATE TABLE settings (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  -- What the administrator chose, by the REST API's names; what is absent has its default.
  chosen jsonb NOT NULL DEFAULT '{}',
  -- What the environment says while UI_CONFIG_DISABLED is set: then this alone counts.
  environment jsonb,
  -- Secrets among them, sealed under the key that services share, by name.
  sealed jsonb NOT NULL DEFAULT '{}',
  environment_sealed jsonb,
  -- What the administrator put away of the first steps, by name.
  first_steps_skipped text[] NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO settings DEFAULT VALUES;

CREATE TABLE images (
  -- 'application/logo-light', 'client/<id>/light', 'user/<id>', 'user/<id>/small', …
  name text PRIMARY KEY,
  -- Whose it is; it goes with them.
  user_id uuid REFERENCES users ON DELETE CASCADE,
  client_id text REFERENCES clients ON DELETE CASCADE,
  content_type text NOT NULL,
  bytes bytea NOT NULL,
  -- A hash of the bytes: the address under which a browser may keep them for ever.
  version text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX images_user ON images (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX images_client ON images (client_id) WHERE client_id IS NOT NULL;
-- The versions of what they have, where lists and pages read them.
ALTER TABLE users ADD COLUMN picture_version text;
ALTER TABLE clients ADD COLUMN logo_version text, ADD COLUMN dark_logo_version text;

-- Uploads that have not arrived whole.
CREATE TABLE uploads (
  id uuid NOT NULL,
  part integer NOT NULL,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  bytes bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (id, part)
);
CREATE INDEX uploads_user ON uploads (user_id);
CREATE INDEX uploads_expiry ON uploads (expires_at);

-- Mail -----------------------------------------------------------------------------------------------------------

-- What is to be sent, written with its cause, delivered by any instance of the service that it names.
CREATE TABLE outbox (
  id uuid PRIMARY KEY,
  service text NOT NULL,
  kind text NOT NULL,
  -- Whom it is about, for the administrator who looks why it failed.
  user_id uuid,
  -- Sealed under the key that services share: it may hold a code that signs in.
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Of no use afterwards: then it is not sent any more.
  useful_until timestamptz,
  due_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  leased_until timestamptz,
  leased_by uuid,
  last_error text,
  delivered_at timestamptz,
  failed_at timestamptz
);
CREATE INDEX outbox_due ON outbox (service, due_at) WHERE delivered_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_done ON outbox (coalesce(delivered_at, failed_at));

-- The record -----------------------------------------------------------------------------------------------------

-- What happened. Nobody changes an entry; a batch's number is added when it is sealed. No reference to users: an entry
-- outlives whom it is about.
CREATE TABLE audit_log (
  id uuid PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  event text NOT NULL,
  -- Whom it is about.
  user_id uuid,
  username text,
  -- Who did it; null for what people do to themselves and for nobody.
  actor_id uuid,
  actor_name text,
  session_id uuid,
  api_key_id uuid,
  client_id text,
  client_name text,
  address text NOT NULL,
  user_agent text NOT NULL,
  -- Texts by name: the REST API's `data`.
  data jsonb NOT NULL DEFAULT '{}',
  -- The fields that changed: {"name": {"before": …, "after": …}}.
  changes jsonb,
  request_id bytea NOT NULL,
  batch bigint
);
CREATE INDEX audit_log_time ON audit_log (created_at DESC, id DESC);
CREATE INDEX audit_log_user ON audit_log (user_id, created_at DESC);
CREATE INDEX audit_log_event ON audit_log (event, created_at DESC);
CREATE INDEX audit_log_client ON audit_log (client_name, created_at DESC) WHERE client_name IS NOT NULL;
CREATE INDEX audit_log_actor ON audit_log (actor_id, created_at DESC) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_log_unsealed ON audit_log (created_at) WHERE batch IS NULL;
CREATE INDEX audit_log_batch ON audit_log (batch);

-- The hash chain over batches of entries.
CREATE TABLE audit_seals (
  batch bigint PRIMARY KEY,
  entries integer NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  -- For each entry its id and the hash of its content, in order: tells which one was touched. Gone with the entries.
  leaves bytea,
  -- Of the leaves.
  content_hash bytea NOT NULL,
  -- Of this row and the seal before it.
  seal bytea NOT NULL,
  sealed_at timestamptz NOT NULL DEFAULT now(),
  -- When the entries were removed by age; the seal stays.
  pruned_at timestamptz,
  -- Of that, so that nobody without the key can call a removal old age.
  pruned_seal bytea,
  CHECK ((pruned_at IS NULL) = (pruned_seal IS NULL))
);
CREATE INDEX audit_seals_kept ON audit_seals (batch) WHERE pruned_at IS NULL;
