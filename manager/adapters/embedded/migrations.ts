/**
 * The schema, step by step; append only. One table a collection: the document as JSON, its revision, and the few
 * fields that are asked for as generated columns.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE strategies (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    owner_id TEXT GENERATED ALWAYS AS (document ->> '$.ownerId') VIRTUAL,
    name TEXT GENERATED ALWAYS AS (nullif(document ->> '$.spec.name', '')) VIRTUAL,
    created_time INTEGER GENERATED ALWAYS AS (document ->> '$.createdTime') VIRTUAL
  );
  CREATE UNIQUE INDEX strategies_name_per_owner ON strategies (owner_id, name);
  CREATE INDEX strategies_by_age ON strategies (created_time, id);

  CREATE TABLE users (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    username TEXT GENERATED ALWAYS AS (document ->> '$.username') VIRTUAL
  );
  CREATE UNIQUE INDEX users_username ON users (username);

  CREATE TABLE roles (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    name TEXT GENERATED ALWAYS AS (document ->> '$.name') VIRTUAL
  );
  CREATE UNIQUE INDEX roles_name ON roles (name);

  CREATE TABLE epoch (only INTEGER PRIMARY KEY CHECK (only = 1), value INTEGER NOT NULL);
  INSERT INTO epoch (only, value) VALUES (1, 0)
  `,
  `
  ALTER TABLE users ADD COLUMN issuer TEXT GENERATED ALWAYS AS (document ->> '$.identity.issuer') VIRTUAL;
  ALTER TABLE users ADD COLUMN subject TEXT GENERATED ALWAYS AS (document ->> '$.identity.subject') VIRTUAL;
  CREATE UNIQUE INDEX users_identity ON users (issuer, subject);

  UPDATE roles SET document = json_set(document, '$.createdTime', 0, '$.updatedTime', 0, '$.revision', 1)
  WHERE document ->> '$.revision' IS NULL;

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    user_id TEXT GENERATED ALWAYS AS (document ->> '$.userId') VIRTUAL,
    created_time INTEGER GENERATED ALWAYS AS (document ->> '$.createdTime') VIRTUAL,
    expires_time INTEGER GENERATED ALWAYS AS (document ->> '$.expiresTime') VIRTUAL
  );
  CREATE INDEX sessions_of_user ON sessions (user_id, created_time, id);
  CREATE INDEX sessions_by_expiry ON sessions (expires_time);

  CREATE TABLE node_policies (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    owner_id TEXT GENERATED ALWAYS AS (document ->> '$.ownerId') VIRTUAL,
    created_time INTEGER GENERATED ALWAYS AS (document ->> '$.createdTime') VIRTUAL
  );
  CREATE INDEX node_policies_by_age ON node_policies (created_time, id);
  CREATE INDEX node_policies_of_owner ON node_policies (owner_id, created_time, id);

  CREATE TABLE exclusions (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    source_id TEXT GENERATED ALWAYS AS (document ->> '$.sourceId') VIRTUAL,
    created_time INTEGER GENERATED ALWAYS AS (document ->> '$.createdTime') VIRTUAL
  );
  CREATE INDEX exclusions_of_source ON exclusions (source_id);
  CREATE INDEX exclusions_by_age ON exclusions (created_time, id);

  CREATE TABLE idempotent_answers (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    expires_time INTEGER GENERATED ALWAYS AS (document ->> '$.expiresTime') VIRTUAL
  );
  CREATE INDEX idempotent_answers_by_expiry ON idempotent_answers (expires_time);

  CREATE TABLE audit_log (
    sequence INTEGER PRIMARY KEY,
    document TEXT NOT NULL,
    time INTEGER GENERATED ALWAYS AS (document ->> '$.time') VIRTUAL,
    user_id TEXT GENERATED ALWAYS AS (document ->> '$.actor.userId') VIRTUAL,
    username TEXT GENERATED ALWAYS AS (document ->> '$.actor.username') VIRTUAL,
    request_id TEXT GENERATED ALWAYS AS (document ->> '$.actor.requestId') VIRTUAL,
    action TEXT GENERATED ALWAYS AS (document ->> '$.action') VIRTUAL,
    outcome TEXT GENERATED ALWAYS AS (document ->> '$.outcome') VIRTUAL,
    target_kind TEXT GENERATED ALWAYS AS (document ->> '$.target.kind') VIRTUAL,
    target_id TEXT GENERATED ALWAYS AS (document ->> '$.target.id') VIRTUAL
  );
  CREATE INDEX audit_log_by_time ON audit_log (time, sequence);
  CREATE INDEX audit_log_by_user ON audit_log (user_id, sequence);
  CREATE INDEX audit_log_by_username ON audit_log (username, sequence);
  CREATE INDEX audit_log_by_request ON audit_log (request_id, sequence);
  CREATE INDEX audit_log_by_action ON audit_log (action, sequence);
  CREATE INDEX audit_log_by_target ON audit_log (target_kind, target_id, sequence)
  `,
];
