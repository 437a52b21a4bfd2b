import { describe, expect, it } from 'vitest';
import { effectiveCapabilities } from './linux-capabilities.js';

describe('effectiveCapabilities', () => {
  it.each([
    ['0000000000000000', []],
    ['0000000000080000', ['CAP_SYS_PTRACE']],
    ['0000000000080005', ['CAP_CHOWN', 'CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE']],
    ['0000010000000000', ['CAP_CHECKPOINT_RESTORE']],
  ])('reads %s', (hex, names) => {
    expect(effectiveCapabilities(`Name:\tnode\nCapPrm:\tffffffffffffffff\nCapEff:\t${hex}\n`)).toEqual(names);
  });

  it('names all 41, and no bit that has no name', () => {
    expect(effectiveCapabilities('CapEff:\tffffffffffffffff\n')).toHaveLength(41);
  });

  it('reads nothing from another text', () => {
    expect(effectiveCapabilities('CapEff:\tall\n')).toEqual([]);
  });
});
