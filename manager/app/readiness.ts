import type { ReadinessCheck } from '../../shared/http/operational-routes.js';
import type { CertificateSource } from '../../shared/tls/certificate-source.js';
import type { ClusterView } from '../ports/cluster-view.js';
import type { EpochKeeper } from '../reconcile/epoch-keeper.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import type { StoreAccess } from './tokens.js';

/** What must be true for the manager to do its work. */
export function readinessChecks(
  store: StoreAccess,
  cluster: ClusterView,
  epoch: EpochKeeper,
  reconciler: Reconciler,
): ReadinessCheck[] {
  return [
    { name: 'store', problem: () => store.problem() },
    {
      name: 'cluster',
      problem: () => (cluster.synced ? undefined : 'pods and nodes have not been listed yet'),
    },
    {
      name: 'epoch',
      problem: () =>
        epoch.owned ? undefined : 'another manager owns the store, or the epoch is not claimed yet',
    },
    {
      name: 'plan',
      problem: () => (reconciler.passes > 0 ? undefined : 'nothing has been planned yet'),
    },
  ];
}

/** A certificate that ended keeps people out, and the manager from nothing. */
export function certificateCheck(certificate: CertificateSource | undefined): ReadinessCheck[] {
  if (certificate === undefined) return [];
  return [{ name: 'certificate', problem: () => undefined, note: () => certificate.problem() }];
}
