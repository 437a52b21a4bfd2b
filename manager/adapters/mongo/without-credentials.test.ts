import { describe, expect, it } from 'vitest';
import { withoutCredentials } from './without-credentials.js';

describe('withoutCredentials', () => {
  it.each([
    'mongodb://user:p%40ss%2Fword@db.example:27017/?authSource=admin',
    'mongodb+srv://user:p%40ss%2Fword@db.example/x',
    'mongodb://user:p@ss/word@db.example',
  ])('takes the password of %s out of a text, in every form', (uri) => {
    const redact = withoutCredentials(uri);

    for (const text of [uri, `cannot parse ${uri}!`, 'user:p%40ss%2Fword', 'wrong password p@ss/word']) {
      expect(redact(text)).not.toMatch(/p(@|%40)ss/);
    }
    expect(redact('connect ECONNREFUSED db.example:27017')).toBe('connect ECONNREFUSED db.example:27017');
  });

  it('takes those of other addresses out too, and leaves a text without any as it is', () => {
    const redact = withoutCredentials('mongodb://localhost');

    expect(redact('https://a:b@c and mongodb://localhost')).toBe(
      'https://[redacted]@c and mongodb://localhost',
    );
  });
});
