import { describe, expect, it } from 'vitest';
import { passwordFaults, passwordForms } from './password-rules.js';

const reasons = (password: string, username = 'zoe@example.com') =>
  passwordFaults('newPassword', password, username).map(({ reason }) => reason);

describe('a new password', () => {
  it.each([
    'correct horse battery staple',
    'correct-horse-battery',
    'a-long-enough-one',
    'first-passw0rd-of-the-day',
    'Zwölf Boxkämpfer jagen',
    '床前明月光疑是地上霜舉頭望',
    'xkqpwvmzrtyb',
    'J4$kd0-Qz81x',
    '739204851667',
    'dvkQ2-pTz8_4mWs1aXyL0n3R',
    'mein Pudel frisst gerne Schrauben'.repeat(3),
  ])('is taken: %s', (password) => {
    expect(reasons(password)).toEqual([]);
  });

  it.each([
    'password1234',
    'Password123!',
    'P@ssw0rd1234',
    'passwordpassword',
    'qwertyuiop12',
    'qwertyuiopasdf',
    '1qaz2wsx3edc',
    'letmeinletmein',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    '123456789012',
    '098765432109',
    'abcdefghijklm',
    'Winter2024!!',
    'iloveyou2023',
    'dragonmonkey12',
    'drowssap4321',
    'your-password-here',
    'changeme1234',
    'administrator1',
  ])('is too easy to guess: %s', (password) => {
    expect(reasons(password)).toEqual([expect.stringContaining('too easy to guess')]);
  });

  it.each([
    ['too short', 'kJ8-vQx2'],
    ['too long', 'kJ8-vQx2'.repeat(17)],
    ['half a character', 'kJ8-vQx2-mLp4\ud800'],
  ])('is refused: %s', (_title, password) => {
    expect(reasons(password)).toHaveLength(1);
  });

  it.each([
    ['is it', 'zoe-of-the-mountains', 'Zoe-of-the-Mountains'],
    ['contains it', 'zoe.mountain@example.com rides', 'zoe.mountain@example.com'],
    ['contains what stands before the @', 'my zoe.mountain rides', 'zoe.mountain@example.com'],
    ['is a part of it', 'mountain@example.com', 'zoe.mountain@example.com'],
    ['is it in full width', 'ｚｏｅ-of-the-mountains', 'zoe-of-the-mountains'],
  ])('has nothing to do with the user name: %s', (_title, password, username) => {
    expect(reasons(password, username)).toEqual([expect.stringContaining('user name')]);
  });

  it('may contain a short user name by chance, which counts as a word that is known', () => {
    expect(reasons('planning a holiday', 'ann')).toEqual([]);
    expect(reasons('annannann1234', 'ann')).toEqual([expect.stringContaining('too easy to guess')]);
  });
});

describe('forms of a password', () => {
  it('are one for most, and two for text that can be typed in several ways', () => {
    expect(passwordForms('correct horse')).toEqual(['correct horse']);
    expect(passwordForms('cafe\u0301')).toEqual(['caf\u00e9', 'cafe\u0301']);
  });
});
