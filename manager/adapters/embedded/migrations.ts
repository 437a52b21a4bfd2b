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
];
