import { type LabelRequirement, unmetRequirement } from '../../../shared/domain/label-selector.js';
import { badRequest } from '../errors/refusals.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { labelValueFaults, qualifiedNameFaults } from '../objects/name-rules.js';

/**
 * Reads a `labelSelector` query parameter: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by
 * commas. The numeric comparisons of the real API server are not offered. Throws a 400 refusal.
 */
export function parseLabelSelector(text: string): readonly LabelRequirement[] {
  const tokens = new Tokens(text);
  const requirements: LabelRequirement[] = [];
  if (tokens.peek() === END) return requirements;
  for (;;) {
    if (!isWord(tokens.peek()) && tokens.peek() !== '!') {
      throw unexpected(tokens.peek(), requirements.length === 0 ? FIRST_EXPECTED : "identifier after ','");
    }
    requirements.push(readRequirement(tokens));
    const next = tokens.take();
    if (next === END) return requirements;
    if (next !== ',') throw unexpected(next, "',' or 'end of string'");
  }
}

export function matchesLabels(requirements: readonly LabelRequirement[], object: KubernetesObject): boolean {
  return unmetRequirement(requirements, object.metadata.labels ?? {}) === undefined;
}

const END = '';
const FIRST_EXPECTED = "!, identifier, or 'end of string'";
const OPERATORS = 'in, notin, =, ==, !=, gt, lt';
const TOKEN = /\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)/y;

/** The words and signs of a selector; the empty text stands for its end. */
class Tokens {
  readonly #tokens: string[] = [];
  #position = 0;

  constructor(text: string) {
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
      this.#tokens.push(match[1] ?? '');
    }
  }

  peek(): string {
    return this.#tokens[this.#position] ?? END;
  }

  take(): string {
    const token = this.peek();
    this.#position += 1;
    return token;
  }
}

function isWord(token: string): boolean {
  return token !== END && !/^[=!(),<>]/.test(token);
}

function unexpected(found: string, expected: string) {
  return badRequest(`found '${found}', expected: ${expected}`);
}

function unreadable(reason: string) {
  return badRequest(`unable to parse requirement: ${reason}`);
}

function readRequirement(tokens: Tokens): LabelRequirement {
  const negated = tokens.peek() === '!';
  if (negated) tokens.take();
  const key = readKey(tokens);
  if (negated) return { key, operator: 'DoesNotExist', values: [] };
  if (tokens.peek() === END || tokens.peek() === ',') return { key, operator: 'Exists', values: [] };
  const operator = tokens.take();
  switch (operator) {
    case '=':
    case '==':
      return { key, operator: 'In', values: checked(key, [readValue(tokens)]) };
    case '!=':
      return { key, operator: 'NotIn', values: checked(key, [readValue(tokens)]) };
    case 'in':
      return { key, operator: 'In', values: checked(key, readValues(tokens)) };
    case 'notin':
      return { key, operator: 'NotIn', values: checked(key, readValues(tokens)) };
    default:
      throw unreadable(`found '${operator}', expected: ${OPERATORS}`);
  }
}

function readKey(tokens: Tokens): string {
  const key = tokens.take();
  if (!isWord(key)) throw unreadable(`found '${key}', expected: identifier`);
  const fault = qualifiedNameFaults(key)[0];
  if (fault !== undefined) throw unreadable(`key: Invalid value: ${JSON.stringify(key)}: ${fault}`);
  return key;
}

function readValue(tokens: Tokens): string {
  if (tokens.peek() === END || tokens.peek() === ',') return '';
  const value = tokens.take();
  if (!isWord(value)) throw unreadable(`found '${value}', expected: identifier`);
  return value;
}

/** The list in brackets; nothing between two signs is the empty value. */
function readValues(tokens: Tokens): readonly string[] {
  const opening = tokens.take();
  if (opening !== '(') throw unreadable(`found '${opening}' expected: '('`);
  const values: string[] = [];
  let value = '';
  for (;;) {
    const token = tokens.take();
    if (token === ')' || token === ',') {
      values.push(value);
      value = '';
      if (token === ')') return values;
    } else if (isWord(token) && value === '') value = token;
    else throw unreadable(`found '${token}', expected: ',', ')' or identifier`);
  }
}

function checked(key: string, values: readonly string[]): readonly string[] {
  for (const [index, value] of values.entries()) {
    const fault = labelValueFaults(value)[0];
    if (fault !== undefined) {
      throw unreadable(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${fault}`);
    }
  }
  return values;
}
