/** The value below which a share of the values lies; 0 for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** A figure of a report, with the bar it is held against where there is one. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly bar?: { readonly limit: number; readonly better: 'lower' | 'higher' };
}

/** Lines for people: each figure beside its bar. Nothing fails on a figure: machines differ and are shared. */
export function reportLines(figures: readonly Figure[]): string[] {
  const width = Math.max(...figures.map(({ what }) => what.length));
  return figures.map((figure) => {
    const value = `${shown(figure.value)} ${figure.unit}`;
    return `${figure.what.padEnd(width)}  ${value.padStart(14)}  ${barText(figure)}`.trimEnd();
  });
}

function barText({ value, unit, bar }: Figure): string {
  if (bar === undefined) return '';
  const met = bar.better === 'lower' ? value <= bar.limit : value >= bar.limit;
  return `${bar.better === 'lower' ? '<=' : '>='} ${shown(bar.limit)} ${unit}: ${met ? 'met' : 'MISSED'}`;
}

function shown(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
