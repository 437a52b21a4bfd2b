import { describe, expect, it } from 'vitest';
import type { QosClass } from '../../client/objects.js';
import { cgroupNames, type Dialect } from './cgroup-dialect.js';

/** Paths as they were seen on real nodes of each kind, with made-up ids. */
const SEEN: readonly [Dialect, QosClass, string, string, string][] = [
  [
    'systemd',
    'Guaranteed',
    'd5134c1d-65be-43ea-a105-f5bc09456875',
    '89812e123b5c2f1988989b7711e298ecb8e66805dd2ee010975f81a9c5199431',
    'kubepods.slice/kubepods-podd5134c1d_65be_43ea_a105_f5bc09456875.slice/cri-containerd-89812e123b5c2f1988989b7711e298ecb8e66805dd2ee010975f81a9c5199431.scope',
  ],
  [
    'systemd',
    'Burstable',
    'b2ddbf7a-df89-49de-a14b-f938f618fbda',
    '60ed1cc8caff66d8bc337ca0205dbdf3bc06a2a306526257d4a03c65fc13a1bd',
    'kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podb2ddbf7a_df89_49de_a14b_f938f618fbda.slice/cri-containerd-60ed1cc8caff66d8bc337ca0205dbdf3bc06a2a306526257d4a03c65fc13a1bd.scope',
  ],
  [
    'crio',
    'BestEffort',
    '45267ba8-e9f9-4e29-a531-910633ff761a',
    'b1bef8c2d5787e19305fc27f6274f615af9f01364a27e6b9b92e1ad18c1b6897',
    'kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod45267ba8_e9f9_4e29_a531_910633ff761a.slice/crio-b1bef8c2d5787e19305fc27f6274f615af9f01364a27e6b9b92e1ad18c1b6897.scope',
  ],
  [
    'cgroupfs',
    'Burstable',
    'b1a2f310-dbbc-4016-a9ab-bc4b18faa34d',
    'c6cbd3b95eaa88f946833bd5043dc14c794ae1e28954c641f3576ff7ff9ac1df',
    'kubepods/burstable/podb1a2f310-dbbc-4016-a9ab-bc4b18faa34d/c6cbd3b95eaa88f946833bd5043dc14c794ae1e28954c641f3576ff7ff9ac1df',
  ],
  [
    'cgroupfs',
    'Guaranteed',
    '26f5a981-dcdf-4178-a344-1d13f4bc458b',
    'a10769883d24d6fdadf8f87c2e7dc55208df8927ed9606d6c5c1cead66e48c8e',
    'kubepods/pod26f5a981-dcdf-4178-a344-1d13f4bc458b/a10769883d24d6fdadf8f87c2e7dc55208df8927ed9606d6c5c1cead66e48c8e',
  ],
  [
    'kind',
    'BestEffort',
    '1650bf68-104c-4ebe-aeca-09cc3487a5a4',
    '5501e28aecf0fe58c756b1abc7fff6d845027b78febb2ecc1ae14eb6d33b6d77',
    'kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod1650bf68_104c_4ebe_aeca_09cc3487a5a4.slice/cri-containerd-5501e28aecf0fe58c756b1abc7fff6d845027b78febb2ecc1ae14eb6d33b6d77.scope',
  ],
  [
    'kind',
    'Guaranteed',
    '8a134a2dd99d2ff526b09489992b8650',
    '9338d10fad20f4eb52310b0ddb318f7d7e891d238bb0685986a5ffdf289eec0a',
    'kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod8a134a2dd99d2ff526b09489992b8650.slice/cri-containerd-9338d10fad20f4eb52310b0ddb318f7d7e891d238bb0685986a5ffdf289eec0a.scope',
  ],
];

describe('cgroupNames', () => {
  it.each(SEEN)('names a container as %s does for a %s pod', (dialect, qosClass, uid, id, path) => {
    const names = cgroupNames(dialect);

    expect(names.container({ uid, qosClass }, id)).toBe(path);
    expect(path.startsWith(`${names.pod({ uid, qosClass })}/`)).toBe(true);
  });

  it.each<[Dialect, string]>([
    ['systemd', 'kubepods.slice'],
    ['cgroupfs', 'kubepods'],
    ['kind', 'kubelet.slice/kubelet-kubepods.slice'],
  ])('puts the classes of %s below %s', (dialect, root) => {
    const { base } = cgroupNames(dialect);

    expect(base[0]).toBe(root);
    expect(base.slice(1).every((group) => group.startsWith(`${root}/`))).toBe(true);
  });
});
