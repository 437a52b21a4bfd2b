import type { Session } from '../../domain/session.js';
import { COLLECTIONS } from './collections.js';
import {
  type DocumentMapping,
  type Fields,
  idOf,
  revisionOf,
  type StoredDocument,
} from './document-collection.js';
import { hexId, int64, integer, objectId, text } from './document-fields.js';

export const SESSION_DOCUMENT: DocumentMapping<Session> = {
  collection: COLLECTIONS.sessions,
  taken: 'a session of this id exists already',
  toFields,
  fromDocument,
};

function toFields(session: Session): Fields {
  return {
    userID: objectId(session.userId),
    tokenHash: session.tokenHash,
    previousTokenHash: session.previousTokenHash,
    tokenVersion: session.tokenVersion,
    address: session.address,
    client: session.client,
    createdTime: int64(session.createdTime),
    rotatedTime: int64(session.rotatedTime),
    expiresTime: int64(session.expiresTime),
    revokedTime: int64(session.revokedTime),
  };
}

function fromDocument(document: StoredDocument): Session {
  return {
    id: idOf(document),
    userId: hexId(document.userID),
    tokenHash: text(document.tokenHash),
    previousTokenHash: text(document.previousTokenHash),
    tokenVersion: integer(document.tokenVersion, 0),
    address: text(document.address),
    client: text(document.client),
    createdTime: integer(document.createdTime, 0),
    rotatedTime: integer(document.rotatedTime, 0),
    expiresTime: integer(document.expiresTime, 0),
    revokedTime: integer(document.revokedTime, 0),
    revision: revisionOf(document),
  };
}
