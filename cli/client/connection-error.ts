import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import { errnoOf } from '../../shared/files/read-if-present.js';
import { TimeLimitReached } from '../../shared/lifecycle/within-time.js';

/** Why no answer came, in words that say what to do. */
export function connectionError(url: string, cause: unknown): DomainError {
  return new DomainError('unavailable', `${reasonOf(url, rootOf(cause))}`, { cause });
}

function reasonOf(url: string, error: unknown): string {
  if (error instanceof TimeLimitReached)
    return `${url} gave ${error.message}: is the address right? (--timeout)`;
  const code = errnoOf(error) ?? '';
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${url} (connection refused): does the manager run there?`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${url} is not known (${code}): check the address`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${url} cannot be reached from here (${code})`;
    case 'ETIMEDOUT':
      return `${url} did not take the connection in time (${code}): is the address right?`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${url} is for another host: ${messageOf(error)}`;
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${url} has expired`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `the certificate of ${url} is not trusted (${code}): name its authority with --ca-file or PODIUM_CA_FILE`;
  }
  if (/^(EPROTO|ERR_SSL_)/.test(code)) {
    return `${url} does not speak TLS as it should (${code}): is it an http:// address?`;
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('HPE_')) {
    return `${url} closed the connection without a whole answer (${code})`;
  }
  return `${url} could not be asked: ${messageOf(error)}`;
}

/** A failure to connect to each address of a host comes as a list; the last address tells as much as any. */
function rootOf(error: unknown): unknown {
  if (error instanceof AggregateError) return error.errors.at(-1);
  const hasCode = errnoOf(error) !== undefined;
  return !hasCode && error instanceof Error && error.cause !== undefined ? error.cause : error;
}
