/** Leases of coordination.k8s.io/v1. The notation is that of parse-types.ts. */
export const LEASE_TYPES = `
Lease metadata:ObjectMeta#1 spec:LeaseSpec#2
LeaseSpec holderIdentity:string?#1 leaseDurationSeconds:int32?#2 acquireTime:MicroTime?#3
  renewTime:MicroTime?#4 leaseTransitions:int32?#5 strategy:string?#6 preferredHolder:string?#7
`;
