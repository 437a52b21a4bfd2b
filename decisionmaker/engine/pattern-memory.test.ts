import { describe, expect, it } from 'vitest';
import { PatternMemory } from './pattern-memory.js';

function aPattern(text: string) {
  const asked: string[] = [];
  return {
    asked,
    source: text,
    matches: (candidate: string) => {
      asked.push(candidate);
      return candidate.includes(text);
    },
  };
}

describe('PatternMemory', () => {
  it('asks a pattern about a text once, and counts the time of that alone', () => {
    let nowMs = 0;
    const memory = new PatternMemory(() => nowMs++);
    const pattern = aPattern('ngin');

    const answers = ['nginx', 'sh', 'nginx', 'sh'].map((text) => memory.matches(pattern, text));

    expect(answers).toEqual([true, false, true, false]);
    expect(pattern.asked).toEqual(['nginx', 'sh']);
    expect(memory.spentSeconds()).toBe(0.002);
  });

  it('forgets patterns that are not in force any more, and only those', () => {
    const memory = new PatternMemory(() => 0);
    const [kept, dropped] = [aPattern('a'), aPattern('b')];
    for (const pattern of [kept, dropped]) memory.matches(pattern, 'a');

    memory.keepOnly(new Set([kept]));
    for (const pattern of [kept, dropped]) memory.matches(pattern, 'a');

    expect([kept.asked.length, dropped.asked.length]).toEqual([1, 2]);
  });

  it('stays right when it is full and begins anew', () => {
    const memory = new PatternMemory(() => 0);
    const pattern = aPattern('7');
    const texts = Array.from({ length: 20_100 }, (_value, index) => String(index));

    const isRight = (text: string) => memory.matches(pattern, text) === text.includes('7');

    expect(texts.every(isRight)).toBe(true);
    expect(isRight('7')).toBe(true);
    expect(pattern.asked.filter((text) => text === '7')).toHaveLength(2);
  });
});
