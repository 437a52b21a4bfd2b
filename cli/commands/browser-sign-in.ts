import { createHash, randomBytes } from 'node:crypto';
import { DomainError } from '../../shared/domain/domain-error.js';
import { itemOf, textOf } from '../client/answers.js';
import { BrowserReturn } from '../client/browser-return.js';
import { tokensOf } from '../client/tokens.js';
import type { CommandContext } from './command-context.js';
import { keepSession } from './sign-in.js';

const OIDC = '/api/v1/auth/oidc';
/** As long as the manager waits for the browser. */
const SIGN_IN_LIMIT_MS = 10 * 60_000;

/**
 * Signs in through the manager's identity provider: in a browser, which comes back to this program with a code that is
 * good only together with a verifier that never left it.
 */
export async function signInByBrowser(context: CommandContext): Promise<void> {
  const { api, session, server, out, signal } = context;
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const back = await BrowserReturn.listen();
  try {
    const query = { return: back.url, challenge };
    // Told here, and not to a browser only, when the manager knows no identity provider.
    await api.expectRedirect(`${OIDC}/login`, query);
    out.note('Open this in a browser on this machine, and sign in there:');
    out.note(`  ${server.url}${OIDC}/login?${new URLSearchParams(query)}`);
    const brought = await back.parameters(SIGN_IN_LIMIT_MS, signal);
    const code = brought.get('code');
    if (code === null) throw refused(brought);
    const tokens = tokensOf(await api.callOpen('POST', `${OIDC}/token`, { body: { code, verifier } }));
    await keepSession(context, '', tokens);
    const self = itemOf(await session.get('/api/v1/users/self'));
    await keepSession(context, textOf(self, 'username'), tokens);
  } finally {
    await back.close();
  }
}

function refused(brought: URLSearchParams): DomainError {
  const reason = brought.get('error_description') ?? brought.get('error') ?? '';
  const requestId = brought.get('request_id');
  return new DomainError(
    brought.get('error') === 'forbidden' ? 'forbidden' : 'unauthenticated',
    `the sign-in was refused: ${reason}${requestId === null ? '' : ` (request ${requestId})`}`,
  );
}
