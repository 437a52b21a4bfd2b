import { type FieldError, faultIf, invalidValue, notSupported } from '../errors/field-error.js';
import { badRequest, invalidOptions } from '../errors/refusals.js';
import type { JsonObject } from '../objects/json.js';
import type { DeleteRequest } from '../resources/delete-object.js';
import { parseInteger } from '../resources/query-values.js';
import { decode } from '../schema/decode.js';
import { DecodeError } from '../schema/decode-error.js';
import type { ApiRequest } from './api-request.js';
import { parseDocument } from './request-body.js';
import { dryRunFaults } from './write-options.js';

export type DeleteOptions = Pick<DeleteRequest, 'graceSec' | 'preconditions' | 'dryRun'>;

/** A decoded object of kind DeleteOptions. */
interface DeleteOptionsBody {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly orphanDependents?: boolean;
  readonly propagationPolicy?: string;
  readonly dryRun?: readonly string[];
}

/** Nothing here depends on anything else, so every policy comes to the same. */
const POLICIES = ['Foreground', 'Background', 'Orphan'];

/** Reads how an object is to be deleted: from the body, and from the query where there is none. */
export async function readDeleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  const body = await request.readBody();
  const options = body.length > 0 ? await parseBody(body, request.contentType) : fromQuery(request.query);
  const dryRun = [...request.query.getAll('dryRun'), ...(options.dryRun ?? [])];
  const faults = [...dryRunFaults(dryRun), ...policyFaults(options)];
  if (faults.length > 0) throw invalidOptions('DeleteOptions', faults);
  return {
    ...(options.gracePeriodSeconds === undefined ? {} : { graceSec: options.gracePeriodSeconds }),
    ...(options.preconditions === undefined ? {} : { preconditions: options.preconditions }),
    dryRun: dryRun.length > 0,
  };
}

async function parseBody(body: Buffer, contentType: string): Promise<DeleteOptionsBody> {
  const { document } = await parseDocument(body, contentType, 'DeleteOptions');
  return decodeDeleteOptions(document);
}

/** Reads a document as DeleteOptions. Throws a 400 refusal when it is something else. */
export function decodeDeleteOptions(document: JsonObject): DeleteOptionsBody {
  const { kind = 'DeleteOptions' } = document;
  if (kind !== 'DeleteOptions')
    throw badRequest(`expected kind DeleteOptions, found ${JSON.stringify(kind)}`);
  try {
    return decode('DeleteOptions', document).value as DeleteOptionsBody;
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(error.message) : error;
  }
}

function fromQuery(query: URLSearchParams): DeleteOptionsBody {
  const grace = parseInteger(query, 'gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
  };
}

function policyFaults({
  propagationPolicy: policy,
  orphanDependents,
}: DeleteOptionsBody): readonly FieldError[] {
  if (policy === undefined) return [];
  if (orphanDependents === undefined) {
    return faultIf(
      !POLICIES.includes(policy),
      notSupported('propagationPolicy', policy, [...POLICIES, 'nil']),
    );
  }
  const detail = 'orphanDependents and deletionPropagation cannot be both set';
  return [invalidValue('propagationPolicy', policy, detail)];
}
