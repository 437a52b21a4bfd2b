import { expect, it } from 'vitest';
import { holdsCertificate } from './certificate-text.js';

it('tells a certificate from a key and from no PEM at all', () => {
  const line = (what: string) => `words before\n${'-'.repeat(5)}BEGIN ${what}${'-'.repeat(5)}\n`;

  expect(holdsCertificate(line('CERTIFICATE'))).toBe(true);
  expect(holdsCertificate(line('PUBLIC KEY'))).toBe(false);
  expect(holdsCertificate(line('CERTIFICATE REQUEST'))).toBe(false);
  expect(holdsCertificate('')).toBe(false);
});
