import { describe, expect, it } from 'vitest';
import { DomainError } from '../../shared/domain/domain-error.js';
import { Refusal, type RefusalFacts } from '../client/refusal.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { errorText } from './error-text.js';

function refusal(message: string, facts: Partial<RefusalFacts> = {}): Refusal {
  return new Refusal(message, {
    status: 500,
    code: 'internal',
    details: [],
    data: {},
    requestId: 'r-1',
    ...facts,
  });
}

describe('errorText', () => {
  it("is the server's reason with the request id", () => {
    expect(errorText(refusal('name is taken', { status: 409, code: 'conflict' }))).toBe(
      'podium: name is taken (request r-1)\n',
    );
  });

  it('puts each of several faults on a line', () => {
    const details = [
      { field: 'priority', reason: 'must be 0 to 20' },
      { field: 'labelSelectors[0].key', reason: 'must not be empty' },
    ];

    expect(errorText(refusal('priority: …; labelSelectors[0].key: …', { code: 'invalid', details }))).toBe(
      [
        'podium: the server refused what was sent (request r-1)',
        '  priority: must be 0 to 20',
        '  labelSelectors[0].key: must not be empty',
        '',
      ].join('\n'),
    );
  });

  it('says what to do where there is something', () => {
    expect(errorText(refusal('password change required', { code: 'forbidden' }))).toContain(
      'podium password',
    );
    expect(errorText(refusal('token revoked', { code: 'unauthenticated' }))).toContain('podium login');
  });

  it('obeys no escape sequence of the server', () => {
    expect(errorText(refusal('\u001b[2J', { requestId: '\u009b' }))).toBe(
      'podium: \\x1b[2J (request \\x9b)\n',
    );
  });

  it('shows the stack of a fault of ours, and no stack of a refusal', () => {
    expect(errorText(new DomainError('unavailable', 'nothing listens'))).toBe('podium: nothing listens\n');
    expect(errorText(new TypeError('x is not a function'))).toContain('error-text.test.ts');
  });
});

describe('exitCodeOf', () => {
  it.each([
    [refusal('', { code: 'unauthenticated' }), EXIT.notSignedIn],
    [refusal('', { code: 'forbidden' }), EXIT.forbidden],
    [refusal('', { code: 'not_found' }), EXIT.notFound],
    [refusal('', { code: 'conflict' }), EXIT.conflict],
    [refusal('', { code: 'invalid' }), EXIT.usage],
    [refusal('', { code: 'throttled' }), EXIT.unavailable],
    [refusal('', { code: 'something new' as 'internal' }), EXIT.failure],
    [new DomainError('unavailable', ''), EXIT.unavailable],
    [new Error('a fault'), EXIT.failure],
  ])('tells scripts what happened', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});
