/** What the Kubernetes API answers to a text that is no quantity. */
export const QUANTITY_FAULT =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** An amount in billionths, exact, and the family of suffixes that it was written in. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: 'decimal' | 'binary' | 'exponent';
}

const NANO = 1_000_000_000n;
const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const QUANTITY =
  /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<suffix>[KMGTPE]i|[numkMGTPE]?|[eE][+-]?\d{1,2})$/;

/**
 * Reads a resource quantity such as `500m`, `1.5Gi` or `1e3`; undefined when it is none. Digits beyond a
 * billionth are rounded up, as Kubernetes does.
 */
export function parseQuantity(text: string): Quantity | undefined {
  const groups = QUANTITY.exec(text)?.groups;
  const { sign = '', whole = '', fraction = '', suffix = '' } = groups ?? {};
  if (groups === undefined || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const nano = scaleUp(digits * multiplier(suffix), fraction.length - exponentOf(suffix) - 9);
  return { nano: sign === '-' ? -nano : nano, format: formatOf(suffix) };
}

function multiplier(suffix: string): bigint {
  return suffix.endsWith('i') ? 1024n ** BigInt(BINARY_SUFFIXES.indexOf(suffix as 'Ki')) : 1n;
}

function exponentOf(suffix: string): number {
  if (suffix.endsWith('i')) return 0;
  return /^[eE]\S/.test(suffix) ? Number(suffix.slice(1)) : (DECIMAL_EXPONENTS[suffix] ?? 0);
}

function formatOf(suffix: string): Quantity['format'] {
  if (suffix.endsWith('i')) return 'binary';
  return /^[eE]\S/.test(suffix) ? 'exponent' : 'decimal';
}

/** Divides by ten to the given power (or multiplies, when it is negative), rounding away from zero. */
function scaleUp(value: bigint, power: number): bigint {
  if (power <= 0) return value * 10n ** BigInt(-power);
  const divisor = 10n ** BigInt(power);
  return (value + divisor - 1n) / divisor;
}

/** The one text that Kubernetes writes for an amount: the largest suffix that needs no fraction. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  const size = nano < 0n ? -nano : nano;
  const whole = (size + NANO - 1n) / NANO;
  if (format === 'binary' && size >= 1024n * NANO) return sign + formatBinary(whole);
  return sign + formatDecimal(size, format === 'exponent');
}

function formatBinary(whole: bigint): string {
  let amount = whole;
  let step = 0;
  while (amount % 1024n === 0n && step < BINARY_SUFFIXES.length - 1) {
    amount /= 1024n;
    step += 1;
  }
  return `${amount}${BINARY_SUFFIXES[step]}`;
}

function formatDecimal(nano: bigint, asExponent: boolean): string {
  let amount = nano;
  let exponent = -9;
  while (amount % 1000n === 0n && exponent < 18) {
    amount /= 1000n;
    exponent += 3;
  }
  if (asExponent) return exponent === 0 ? `${amount}` : `${amount}e${exponent}`;
  const suffix = Object.keys(DECIMAL_EXPONENTS).find((key) => DECIMAL_EXPONENTS[key] === exponent);
  return `${amount}${suffix}`;
}

/** Compares two amounts that parse; a text that does not counts as zero. */
export function compareQuantities(left: string, right: string): number {
  const difference = (parseQuantity(left)?.nano ?? 0n) - (parseQuantity(right)?.nano ?? 0n);
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

/** Whether an amount has no fraction of a whole unit. */
export function isWholeQuantity(text: string): boolean {
  return (parseQuantity(text)?.nano ?? 0n) % NANO === 0n;
}
