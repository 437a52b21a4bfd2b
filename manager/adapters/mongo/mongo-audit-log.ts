import type { Collection, Filter } from 'mongodb';
import type { AuditEntry } from '../../domain/audit-entry.js';
import type { AuditLog, AuditQuery } from '../../ports/audit-log.js';
import { type AuditDocument, asStored, fromAuditDocument, toAuditDocument } from './audit-document.js';
import { COLLECTIONS } from './collections.js';
import { equalsText, int64 } from './document-fields.js';
import type { MongoConnection } from './mongo-connection.js';

const TAKEN = 'another entry of the audit log has this sequence already';

export class MongoAuditLog implements AuditLog {
  readonly #connection: MongoConnection;

  constructor(connection: MongoConnection) {
    this.#connection = connection;
  }

  async last(): Promise<AuditEntry | undefined> {
    const [last] = await this.find({}, 1);
    return last;
  }

  async insert(entry: AuditEntry): Promise<void> {
    await this.#run((log) => log.insertOne(toAuditDocument(entry)));
  }

  async insertMany(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#run((log) => log.insertMany(entries.map(toAuditDocument), { ordered: true }));
  }

  async find(query: AuditQuery, limit: number): Promise<readonly AuditEntry[]> {
    const filter = filterOf(query);
    const found = await this.#run((log) => log.find(filter, { sort: { _id: -1 }, limit }).toArray());
    return found.map(fromAuditDocument);
  }

  async inOrder(fromSequence: number, limit: number): Promise<readonly AuditEntry[]> {
    const filter = { _id: { $gte: int64(fromSequence) } };
    const found = await this.#run((log) => log.find(filter, { sort: { _id: 1 }, limit }).toArray());
    return found.map(fromAuditDocument);
  }

  #run<Result>(operation: (log: Collection<AuditDocument>) => Promise<Result>): Promise<Result> {
    return this.#connection.run((database) => operation(database.collection(COLLECTIONS.audit)), TAKEN);
  }
}

type Condition = readonly [field: string, condition: Readonly<Record<string, unknown>>];

function filterOf(query: AuditQuery): Filter<AuditDocument> {
  const conditions: Condition[] = [
    ...textCondition('user_id', query.userId),
    ...textCondition('username', query.username),
    ...textCondition('request_id', query.requestId),
    ...textCondition('action', query.action),
    ...textCondition('outcome', query.outcome),
    ...textCondition('target_kind', query.targetKind),
    ...textCondition('target_id', query.targetId),
    ...numberCondition('timestamp', '$gte', query.sinceMs),
    ...numberCondition('timestamp', '$lt', query.untilMs),
    ...numberCondition('_id', '$lt', query.beforeSequence),
  ];
  return conditions.length === 0
    ? {}
    : { $and: conditions.map(([field, condition]) => ({ [field]: condition })) };
}

function textCondition(field: string, value: string | undefined): Condition[] {
  return value === undefined ? [] : [[field, equalsText(asStored(value))]];
}

function numberCondition(field: string, operator: '$gte' | '$lt', value: number | undefined): Condition[] {
  return value === undefined ? [] : [[field, { [operator]: int64(value) }]];
}
