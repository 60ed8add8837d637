-- Refresh tokens, the ends of sessions as apps learn of them, and several signing keys.
-- Frozen once it has landed: a change is a new file.

-- Clients --------------------------------------------------------------------------------------------------------

ALTER TABLE clients
  -- The administrator chose that a * in callback and logout URLs stands for anything.
  ADD COLUMN callback_patterns boolean NOT NULL DEFAULT false,
  -- It came with an export of another product: what nobody may enter here may stand here, with a warning.
  ADD COLUMN imported boolean NOT NULL DEFAULT false,
  -- Claims about the person stand in userinfo alone, not in the ID token.
  ADD COLUMN userinfo_only boolean NOT NULL DEFAULT false,
  ADD COLUMN id_token_alg text NOT NULL DEFAULT 'RS256',
  ADD COLUMN access_token_alg text NOT NULL DEFAULT 'ES256',
  ADD COLUMN backchannel_logout_uri text,
  ADD COLUMN backchannel_logout_session_required boolean NOT NULL DEFAULT false,
  ADD COLUMN frontchannel_logout_uri text,
  ADD COLUMN frontchannel_logout_session_required boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT clients_public_exact CHECK (NOT (is_public AND callback_patterns));

ALTER TABLE client_secrets DROP CONSTRAINT client_secrets_algorithm_check;
-- An imported secret is kept as it was hashed until it is used for the first time.
ALTER TABLE client_secrets ADD CONSTRAINT client_secrets_algorithm_check
  CHECK (algorithm IN ('sha256', 'hmac-sha256', 'bcrypt'));

-- Tokens ---------------------------------------------------------------------------------------------------------

-- An authorization is the family of all that one code gave. It lives until the last of it has expired.
ALTER TABLE authorizations
  -- offline_access was granted: signing out in the browser does not end it.
  ADD COLUMN offline boolean NOT NULL DEFAULT false,
  -- The `claims` parameter of the request (OpenID Connect Core §5.5) as JSON text.
  ADD COLUMN claims text;
CREATE INDEX authorizations_session ON authorizations (session_id);

-- A rotated token stays until it expires, so that its reuse is noticed.
CREATE TABLE refresh_tokens (
  token_hash bytea PRIMARY KEY,
  authorization_id uuid NOT NULL REFERENCES authorizations ON DELETE CASCADE,
  -- 0 for the one that came with the code.
  generation integer NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  -- The request that used it first.
  used_by bytea,
  -- How the client authenticated then: a lost answer is given again only to the same.
  used_with text
);
CREATE INDEX refresh_tokens_authorization ON refresh_tokens (authorization_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

-- Access tokens that were taken back before their time, by their `jti`.
CREATE TABLE revoked_tokens (
  id text PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX revoked_tokens_expiry ON revoked_tokens (expires_at);

-- Requests -------------------------------------------------------------------------------------------------------

-- The authentication methods (RFC 8176) that the assertion showed, as a session's.
ALTER TABLE proofs ADD COLUMN amr text[] NOT NULL DEFAULT '{}';
-- The person declined; what the client is told of it is delivered by the page that comes next.
ALTER TABLE interactions ADD COLUMN declined_at timestamptz;

-- Ends of sessions -----------------------------------------------------------------------------------------------

-- 'signed_out' ends what the session gave without offline access, anything else all of it.
ALTER TABLE sessions ADD COLUMN ended_reason text;
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- What apps are told of it: nothing secret, so that it needs no seal.
ALTER TABLE outbox
  ADD COLUMN client_id text,
  ADD COLUMN session_id uuid;
CREATE INDEX outbox_client ON outbox (client_id, created_at DESC) WHERE client_id IS NOT NULL;

-- Keys -----------------------------------------------------------------------------------------------------------

ALTER TABLE signing_keys DROP CONSTRAINT signing_keys_algorithm_key;
ALTER TABLE signing_keys
  -- next: published, does not sign yet; current: signs; retired: believed until `verifies_until`.
  ADD COLUMN state text NOT NULL DEFAULT 'current' CHECK (state IN ('next', 'current', 'retired')),
  ADD COLUMN signs_from timestamptz,
  ADD COLUMN retired_at timestamptz,
  ADD COLUMN verifies_until timestamptz,
  -- A retired key signs nothing more: its private half is gone.
  ALTER COLUMN sealed_private DROP NOT NULL;
UPDATE signing_keys SET signs_from = created_at;
CREATE UNIQUE INDEX signing_keys_current ON signing_keys (algorithm) WHERE state = 'current';
CREATE UNIQUE INDEX signing_keys_next ON signing_keys (algorithm) WHERE state = 'next';

-- A service may keep several keys, each for its use; '' is the one that seals data.
ALTER TABLE data_keys DROP CONSTRAINT data_keys_service_key;
ALTER TABLE data_keys ADD COLUMN use text NOT NULL DEFAULT '';
ALTER TABLE data_keys ADD CONSTRAINT data_keys_service_use UNIQUE (service, use);
