import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCgroupPath, unifiedPathOf } from './cgroup-path.js';
import { containerIdOf } from './container-id.js';
import fixture from './fixtures/cgroup-vectors.json' with { type: 'json' };

/** Tries for each property; `PODIUM_FUZZ_RUNS=1000000` for a long search. */
const FUZZ_RUNS = Number(process.env.PODIUM_FUZZ_RUNS ?? 20_000);
const LONGEST_FUZZ_MS = Math.max(20_000, FUZZ_RUNS);

describe('parseCgroupPath', () => {
  it.each(fixture.vectors)('$id: $env', ({ input, expect: expected }) => {
    expect(parseCgroupPath(input)).toMatchObject(expected);
  });

  it('has as many vectors as the fixture says', () => {
    expect(fixture.vectors).toHaveLength(fixture.counts.total);
    expect(fixture.vectors.filter((vector) => vector.expect.match)).toHaveLength(fixture.counts.positive);
  });

  it.each(fixture.vectors.filter(({ kind, input }) => kind === 'line' && /^\d+:[^:]*:\//.test(input)))(
    '$id: reads the directory of a tree as it reads the line of a process',
    ({ input }) => {
      const path = input.split(':').slice(2).join(':');

      expect(parseCgroupPath(path)).toEqual(parseCgroupPath(input));
    },
  );

  it.each(fixture.podIdentityVectors)(
    '$id: finds the uid that the manager names for the pod ($note)',
    ({ acceptCgroupUids }) => {
      for (const uid of acceptCgroupUids) {
        expect(parseCgroupPath(`0::/kubepods/burstable/pod${uid}`).podUid).toBe(uid);
      }
    },
  );

  it('ends at the container when a runtime puts its processes one level deeper', () => {
    const id = 'a'.repeat(64);
    const pod = 'kubepods-pod0f0f0f0f_0000_4000_8000_0f0f0f0f0f0f.slice';

    const identity = parseCgroupPath(`0::/kubepods.slice/${pod}/crio-${id}.scope/container`);

    expect(identity).toMatchObject({ class: 'pod-container', containerId: id, nested: true });
  });

  it('leaves a mount unit below a pod slice to systemd', () => {
    const pod = 'kubepods-pod0f0f0f0f_0000_4000_8000_0f0f0f0f0f0f.slice';

    expect(parseCgroupPath(`0::/kubepods.slice/${pod}/crio-${'a'.repeat(64)}.mount`).match).toBe(false);
  });

  it('follows the slice names of a nested cgroup root', () => {
    const slice = 'a-b-kubepods-burstable-pod0f0f0f0f_0000_4000_8000_0f0f0f0f0f0f.slice';

    expect(parseCgroupPath(`0::/a.slice/a-b.slice/${slice}`)).toMatchObject({
      podUid: '0f0f0f0f-0000-4000-8000-0f0f0f0f0f0f',
      qos: 'Burstable',
    });
  });

  it('refuses one process in two containers of a pod', () => {
    const path = (id: string) => `/kubepods/pod0f0f0f0f-0000-4000-8000-0f0f0f0f0f0f/${id.repeat(64)}`;

    const text = `3:cpu:${path('a')}\n2:memory:${path('b')}\n`;

    expect(parseCgroupPath(text).class).toBe('conflict');
  });

  it(
    'never throws, and finds no pod where no segment names one',
    () => {
      const piece = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          ...[
            '/',
            ':',
            '0::/',
            '..',
            'kubepods',
            'kubepods.slice',
            'burstable',
            'pod',
            '-pod',
            '.slice',
            '\n',
          ],
          ...['user.slice', ' (deleted)', 'cri-containerd-', '.scope', 'a'.repeat(64), 'f'.repeat(32)],
          '0f0f0f0f-0000-4000-8000-0f0f0f0f0f0f',
          '0f0f0f0f_0000_4000_8000_0f0f0f0f0f0f',
        ),
      );
      const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

      fc.assert(
        fc.property(text, (input) => {
          const identity = parseCgroupPath(input);

          if (identity.podUid === null) return !identity.match;
          const uid = identity.podUid.replaceAll('-', '[-_]');
          return new RegExp(`pod${uid}`).test(input);
        }),
        { numRuns: FUZZ_RUNS },
      );
    },
    LONGEST_FUZZ_MS,
  );

  it(
    'never throws, and finds no pod without a segment for one, in vectors that were cut up and glued together',
    () => {
      const pieces = fixture.vectors.flatMap(({ input }) => input.split(/(?<=[/:\n-])/));
      const step = fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...pieces) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
      );
      const mutated = fc.array(step, { maxLength: 24 }).map((parts) => parts.join(''));

      fc.assert(
        fc.property(mutated, (input) => {
          const { match, podUid } = parseCgroupPath(input);
          return match ? podUid !== null && namesPod(input, podUid) : true;
        }),
        { numRuns: FUZZ_RUNS },
      );
    },
    LONGEST_FUZZ_MS,
  );

  it.each(fixture.vectors.filter((vector) => vector.expect.match))(
    '$id: never finds another pod in a damaged text',
    ({ input, expect: expected }) => {
      fc.assert(
        fc.property(fc.nat(input.length - 1), fc.string({ unit: 'binary', maxLength: 2 }), (at, other) => {
          const damaged = input.slice(0, at) + other + input.slice(at + 1);
          const { podUid } = parseCgroupPath(damaged);

          return (
            podUid === null ||
            podUid === expected.podUid ||
            damaged.includes(podUid.replaceAll('-', '_')) ||
            damaged.includes(podUid)
          );
        }),
        { numRuns: 200 },
      );
    },
  );
});

/** Whether a segment of its own, or the slice of one, carries the uid. */
function namesPod(input: string, podUid: string): boolean {
  const uid = podUid.replaceAll('-', '[-_]');
  return new RegExp(`(?:/|-)pod${uid}(?:$|[/.:\\s])`, 'm').test(input);
}

describe('unifiedPathOf', () => {
  it('takes the v2 line among those of a hybrid host', () => {
    expect(unifiedPathOf('4:pids:/a\n0::/podium/node-1/kubepods\n')).toBe('/podium/node-1/kubepods');
    expect(unifiedPathOf('4:pids:/a\n')).toBeUndefined();
  });
});

describe('containerIdOf', () => {
  it.each(fixture.containerIdUriVectors)('$id: $input', ({ input, containerId }) => {
    expect(containerIdOf(input) ?? null).toBe(containerId);
  });
});
