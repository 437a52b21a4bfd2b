/** The shapes in which kubelets and runtimes name a pod's cgroups. */
export const DIALECTS = ['systemd', 'cgroupfs', 'kind', 'cri-o'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** The cgroup of a burstable pod's container, below the root of a node's tree. */
export function containerCgroup(dialect: Dialect, podUid: string, containerId: string): string {
  const uid = podUid.replaceAll('-', '_');
  switch (dialect) {
    case 'systemd':
      return `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid}.slice/cri-containerd-${containerId}.scope`;
    case 'cgroupfs':
      return `/kubepods/burstable/pod${podUid}/${containerId}`;
    case 'kind':
      return `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${uid}.slice/cri-containerd-${containerId}.scope`;
    case 'cri-o':
      return `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid}.slice/crio-${containerId}.scope/container`;
  }
}
