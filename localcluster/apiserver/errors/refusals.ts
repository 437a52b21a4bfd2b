import { ApiError, type StatusCause } from './api-error.js';
import type { FieldError } from './field-error.js';

/** What an answer says about the resource that it is about. */
export interface ResourceName {
  readonly group: string;
  /** The plural, such as `pods`; in validation answers the kind, such as `Pod`. */
  readonly resource: string;
}

/** `pods`, or `leases.coordination.k8s.io`. */
function qualified({ resource, group }: ResourceName): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function details({ resource, group }: ResourceName, name: string) {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
}

export function notFound(resource: ResourceName, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, details(resource, name));
}

/** For paths under /api and /apis that name no resource that is served. */
export function noSuchResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(resource: ResourceName, name: string): ApiError {
  return new ApiError(
    409,
    'AlreadyExists',
    `${qualified(resource)} "${name}" already exists`,
    details(resource, name),
  );
}

export function conflict(resource: ResourceName, name: string, reason: string): ApiError {
  return new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${reason}`,
    details(resource, name),
  );
}

export const OBJECT_MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

export function invalidObject(resource: ResourceName, name: string, faults: readonly FieldError[]): ApiError {
  const sentences = faults.map((fault) => `${fault.field}: ${fault.message}`);
  const message = sentences.length === 1 ? sentences.join() : `[${sentences.join(', ')}]`;
  return new ApiError(422, 'Invalid', `${qualified(resource)} "${name}" is invalid: ${message}`, {
    ...details(resource, name),
    causes: faults.map(({ reason, message: text, field }) => ({ reason, message: text, field })),
  });
}

/** Faults of a request's options, which the real API server reports as those of an object of kind CreateOptions, ... */
export function invalidOptions(kind: string, faults: readonly FieldError[]): ApiError {
  return invalidObject({ resource: kind, group: 'meta.k8s.io' }, '', faults);
}

export function forbidden(
  resource: ResourceName,
  name: string,
  reason: string,
  causes?: readonly StatusCause[],
): ApiError {
  const subject = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  return new ApiError(403, 'Forbidden', `${subject} is forbidden: ${reason}`, {
    ...details(resource, name),
    ...(causes === undefined ? {} : { causes }),
  });
}

/** For paths that name no resource, such as /version. */
export function forbiddenPath(reason: string): ApiError {
  return new ApiError(403, 'Forbidden', `forbidden: ${reason}`, {});
}

export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

const ACCEPTED = 'application/json';

export function notAcceptable(): ApiError {
  return new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${ACCEPTED}`);
}

export function unsupportedBody(): ApiError {
  return new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}, application/yaml, application/vnd.kubernetes.protobuf`,
  );
}

export function unsupportedPatch(): ApiError {
  return new ApiError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json',
    {},
  );
}

export function bodyTooLarge(limitBytes: number): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limitBytes}`);
}

/** A resource version that history no longer reaches back to. */
export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message);
}

/** A page of a list that can no longer be shown as it was; the token goes on with the present. */
export function expiredPage(continueToken: string): ApiError {
  return new ApiError(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
      'without the continue parameter, or use the continue token in this response to go on with the objects as ' +
      'they are now: those that changed in between may then be missing or shown in their new state.',
    undefined,
    { continue: continueToken },
  );
}

/** A resource version that has not been reached yet. */
export function tooLargeResourceVersion(asked: number, current: number): ApiError {
  return new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** Faults that the real API server answers with 500 and no reason, although the client made them. */
export function plainFailure(message: string): ApiError {
  return new ApiError(500, '', message);
}

export function internalError(): ApiError {
  return new ApiError(
    500,
    'InternalError',
    'Internal error occurred: the request failed, see the server log',
    {
      causes: [{ message: 'the request failed, see the server log' }],
    },
  );
}

/** For what the real API server offers and this one does not. */
export function notImplemented(what: string): ApiError {
  return new ApiError(501, 'NotImplemented', `${what} is not offered by this API server`, {});
}
