import type { Document } from 'mongodb';
import { type ExternalIdentity, USER_STATUS, type User, type UserStatus } from '../../domain/user.js';
import { COLLECTIONS } from './collections.js';
import {
  type DocumentMapping,
  type Fields,
  idOf,
  revisionOf,
  type StoredDocument,
} from './document-collection.js';
import { int64, integer, text, texts } from './document-fields.js';

/** Contract 1.13. Fields that we do not know, such as `permissionKeys` and `refreshTokens`, stay as they are. */
export const USER_DOCUMENT: DocumentMapping<User> = {
  collection: COLLECTIONS.users,
  taken: 'a user of this name exists already: choose another name',
  toFields,
  fromDocument,
};

/** One field for the unique index; users of our own have none. */
export function identityKey({ issuer, subject }: ExternalIdentity): string {
  return JSON.stringify([issuer, subject]);
}

const STATUSES: readonly UserStatus[] = Object.values(USER_STATUS);

function toFields(user: User): Fields {
  const { identity } = user;
  return {
    username: user.username,
    password: user.passwordHash,
    status: user.status,
    roles: user.roles,
    tokenVersion: user.tokenVersion,
    identity: identity === undefined ? undefined : { issuer: identity.issuer, subject: identity.subject },
    identityKey: identity === undefined ? undefined : identityKey(identity),
    createdTime: int64(user.createdTime),
    updatedTime: int64(user.updatedTime),
  };
}

function fromDocument(document: StoredDocument): User {
  const identity = identityOf(document.identity);
  return {
    id: idOf(document),
    username: text(document.username),
    passwordHash: text(document.password),
    // A status that we do not know lets nobody in.
    status: STATUSES.find((known) => known === integer(document.status, 0)) ?? USER_STATUS.inactive,
    ...(identity === undefined ? {} : { identity }),
    roles: texts(document.roles),
    tokenVersion: integer(document.tokenVersion, 0),
    createdTime: integer(document.createdTime, 0),
    updatedTime: integer(document.updatedTime, 0),
    revision: revisionOf(document),
  };
}

function identityOf(value: Document | undefined): ExternalIdentity | undefined {
  const issuer = text(value?.issuer);
  const subject = text(value?.subject);
  return issuer === '' || subject === '' ? undefined : { issuer, subject };
}
