-- The foundation: people, passkeys, sessions, clients, authorizations, keys.
-- Frozen once it has landed: a change is a new file.

-- One row: this installation.
CREATE TABLE instance (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  id uuid NOT NULL,
  -- Derived from ENCRYPTION_KEY: a key that does not fit the data is refused before anything is touched.
  encryption_check bytea NOT NULL,
  -- Set at every start; `/setup` closes when it has passed.
  setup_open_until timestamptz NOT NULL DEFAULT now(),
  setup_completed_at timestamptz,
  setup_completed_by bytea,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users (
  id uuid PRIMARY KEY,
  username text NOT NULL,
  email text,
  email_verified boolean NOT NULL DEFAULT false,
  first_name text NOT NULL DEFAULT '',
  last_name text NOT NULL DEFAULT '',
  display_name text NOT NULL DEFAULT '',
  is_admin boolean NOT NULL DEFAULT false,
  locale text,
  disabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_username_key ON users (lower(username));
CREATE UNIQUE INDEX users_email_key ON users (lower(email));

CREATE TABLE user_groups (
  id uuid PRIMARY KEY,
  name text NOT NULL CONSTRAINT user_groups_name_key UNIQUE,
  friendly_name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE user_groups_users (
  group_id uuid NOT NULL REFERENCES user_groups ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  PRIMARY KEY (user_id, group_id)
);
CREATE INDEX user_groups_users_group ON user_groups_users (group_id);

CREATE TABLE passkeys (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  name text NOT NULL,
  -- W3C WebAuthn §7.1 step 26: no credential id is registered twice, for any user.
  credential_id bytea NOT NULL CONSTRAINT passkeys_credential_id_key UNIQUE,
  public_key bytea NOT NULL,
  -- COSE algorithm number: an assertion's is this one or it is refused.
  algorithm integer NOT NULL,
  sign_count bigint NOT NULL,
  uv_initialized boolean NOT NULL,
  transports text[] NOT NULL,
  backup_eligible boolean NOT NULL,
  backup_state boolean NOT NULL,
  aaguid uuid NOT NULL,
  attestation_type text NOT NULL,
  rp_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- A challenge is spent by being inserted here: single use on every instance, and nothing is written to begin a ceremony.
CREATE TABLE spent_challenges (
  challenge_hash bytea PRIMARY KEY,
  request_id bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX spent_challenges_expiry ON spent_challenges (expires_at);

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  token_hash bytea NOT NULL CONSTRAINT sessions_token_hash_key UNIQUE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  -- When the person proved who they are; sliding never moves it.
  auth_time timestamptz NOT NULL,
  amr text[] NOT NULL,
  address text NOT NULL,
  user_agent text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  -- The cap that sliding never passes.
  ends_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (ends_at);

-- A fresh assertion, for one session, one purpose and one use.
CREATE TABLE proofs (
  id uuid PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  purpose text NOT NULL,
  proven_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  used_by bytea
);
CREATE INDEX proofs_session ON proofs (session_id, purpose);
CREATE INDEX proofs_expiry ON proofs (expires_at);

CREATE TABLE one_time_codes (
  -- HMAC under the hash key: the code is short enough to be searched for.
  code_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  used_by bytea
);
CREATE INDEX one_time_codes_expiry ON one_time_codes (expires_at);

CREATE TABLE clients (
  id text PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  callback_urls text[] NOT NULL,
  logout_callback_urls text[] NOT NULL,
  is_public boolean NOT NULL,
  pkce_enabled boolean NOT NULL,
  requires_reauthentication boolean NOT NULL,
  skip_consent boolean NOT NULL,
  launch_url text,
  access_token_minutes integer NOT NULL,
  refresh_token_minutes integer NOT NULL,
  -- The session that created it: that session may make the first secret without another proof.
  created_in uuid,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE client_secrets (
  id uuid PRIMARY KEY,
  client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
  -- Ours are random, so that a plain hash tells nothing.
  algorithm text NOT NULL CHECK (algorithm = 'sha256'),
  hash bytea NOT NULL,
  prefix text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz
);
CREATE INDEX client_secrets_client ON client_secrets (client_id);

-- What a user agreed to for a client.
CREATE TABLE grants (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, client_id)
);
CREATE INDEX grants_client ON grants (client_id);

-- An unfinished authorization. It exists only once client and redirect URI are proven.
CREATE TABLE interactions (
  id uuid PRIMARY KEY,
  client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
  -- The request's parameters as received, in order: they are checked again at every step.
  parameters jsonb NOT NULL,
  -- SHA-256 of the browser's cookie; null for a request that another site posted, until the first GET binds it.
  browser_hash bytea,
  account_selected_in uuid,
  consented_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  ended_by bytea
);
CREATE INDEX interactions_client ON interactions (client_id);
CREATE INDEX interactions_expiry ON interactions (expires_at);

-- An authorization: its code and, once that is spent, what the code gave. It stays until all of that has expired.
CREATE TABLE authorizations (
  id uuid PRIMARY KEY,
  code_hash bytea NOT NULL CONSTRAINT authorizations_code_hash_key UNIQUE,
  client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  session_id uuid NOT NULL,
  scopes text[] NOT NULL,
  -- Null when the authorization request named none (RFC 6749 §4.1.3 compares only what was sent).
  redirect_uri text,
  nonce text,
  code_challenge text,
  auth_time timestamptz NOT NULL,
  amr text[] NOT NULL,
  -- When the authorization request arrived.
  requested_at timestamptz NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT now(),
  code_expires_at timestamptz NOT NULL,
  spent_at timestamptz,
  spent_by bytea,
  ended_at timestamptz,
  ended_reason text,
  expires_at timestamptz NOT NULL
);
CREATE INDEX authorizations_user ON authorizations (user_id);
CREATE INDEX authorizations_client ON authorizations (client_id);
CREATE INDEX authorizations_expiry ON authorizations (expires_at);

-- Random keys that seal data, themselves sealed under a service's key-encryption key.
CREATE TABLE data_keys (
  id uuid PRIMARY KEY,
  service text NOT NULL CONSTRAINT data_keys_service_key UNIQUE,
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE signing_keys (
  kid text PRIMARY KEY,
  algorithm text NOT NULL CONSTRAINT signing_keys_algorithm_key UNIQUE,
  public_jwk jsonb NOT NULL,
  sealed_private bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
