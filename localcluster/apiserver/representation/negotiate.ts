import { badRequest, notAcceptable } from '../errors/refusals.js';
import { type MediaType, parseAccept } from './media-type.js';
import { metadataRepresentation } from './metadata-representation.js';
import { PLAIN_REPRESENTATION } from './plain-representation.js';
import type { Representation } from './representation.js';
import { type IncludeObject, tableRepresentation } from './table-representation.js';

export interface Negotiation {
  /** The Accept header; empty accepts everything. */
  readonly accept: string;
  /** The query parameter of tables. */
  readonly includeObject: string;
  readonly now: () => number;
}

/**
 * Chooses the first form that the client accepts and that there is. Only JSON is written: protobuf and YAML are
 * passed over, which every client allows that names JSON too. Throws a 406 refusal when nothing is left.
 */
export function negotiate(negotiation: Negotiation): Representation {
  for (const mediaType of parseAccept(negotiation.accept || '*/*')) {
    const representation = representationOf(mediaType, negotiation);
    if (representation !== undefined) return representation;
  }
  throw notAcceptable();
}

/** Whether the client accepts JSON as it is, for answers that are no objects of a kind. */
export function acceptsJson(accept: string): boolean {
  return parseAccept(accept || '*/*').some(
    (mediaType) => isJson(mediaType) && mediaType.parameters.as === undefined,
  );
}

function isJson({ type }: MediaType): boolean {
  return type === 'application/json' || type === 'application/*' || type === '*/*';
}

function representationOf(mediaType: MediaType, negotiation: Negotiation): Representation | undefined {
  const { as, g: group, v: version = '' } = mediaType.parameters;
  if (!isJson(mediaType)) return undefined;
  if (as === undefined) return PLAIN_REPRESENTATION;
  if (group !== 'meta.k8s.io' || !['v1', 'v1beta1'].includes(version)) return undefined;
  switch (as) {
    case 'Table':
      return tableRepresentation({
        version,
        includeObject: parseIncludeObject(negotiation.includeObject),
        now: negotiation.now,
      });
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return metadataRepresentation(version);
    default:
      return undefined;
  }
}

function parseIncludeObject(text: string): IncludeObject {
  switch (text) {
    case '':
      return 'Metadata';
    case 'None':
    case 'Metadata':
    case 'Object':
      return text;
    default:
      throw badRequest(
        `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`,
      );
  }
}
