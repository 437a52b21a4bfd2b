/** One metric of a Prometheus page. */
export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Names of the labels of its samples, without the `le` of histograms. */
  readonly labels: readonly string[];
  readonly sampleCount: number;
}

/** Reads a page in the text format 0.0.4. */
export function metricFamilies(page: string): readonly MetricFamily[] {
  return page.split(/^(?=# HELP )/m).map((block) => {
    const [, name = '', help = ''] = /^# HELP (\S+) (.*)$/m.exec(block) ?? [];
    const samples = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const labels = samples.flatMap((line) =>
      [...line.matchAll(/[{,](\w+)="/g)].map(([, label]) => label ?? ''),
    );
    return {
      name,
      type: /^# TYPE \S+ (\S+)$/m.exec(block)?.[1] ?? '',
      help,
      labels: [...new Set(labels)].filter((label) => label !== 'le'),
      sampleCount: samples.length,
    };
  });
}
