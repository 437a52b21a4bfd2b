import type { KubeObject, ObjectMeta } from '../../shared/kubernetes/kube-object.js';

// The fields of Kubernetes objects (API v1) that the scheduler and the kubelet use. Times are RFC 3339 texts.

export interface Metadata extends ObjectMeta {
  readonly generation?: number;
  readonly deletionGracePeriodSeconds?: number;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
}

export interface Pod extends KubeObject {
  readonly metadata: Metadata;
  readonly spec: PodSpec;
  readonly status?: PodStatus;
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly schedulerName?: string;
  readonly serviceAccountName?: string;
  readonly restartPolicy?: RestartPolicy;
  readonly terminationGracePeriodSeconds?: number;
  readonly activeDeadlineSeconds?: number;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly ephemeralContainers?: readonly { readonly name: string }[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly securityContext?: SecurityContext;
  readonly readinessGates?: readonly { readonly conditionType: string }[];
  readonly schedulingGates?: readonly { readonly name: string }[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly affinity?: Affinity;
  readonly topologySpreadConstraints?: readonly { readonly whenUnsatisfiable?: string }[];
}

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentVariable[];
  readonly envFrom?: readonly object[];
  readonly workingDir?: string;
  /** Only `Always`, and only on an init container: a sidecar (KEP-753). */
  readonly restartPolicy?: string;
  readonly resources?: Resources;
  readonly volumeMounts?: readonly { readonly name: string }[];
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly startupProbe?: object;
  readonly lifecycle?: object;
  readonly securityContext?: SecurityContext;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly configMapKeyRef?: { readonly optional?: boolean };
    readonly secretKeyRef?: { readonly optional?: boolean };
  };
}

/** Quantities such as `250m` or `1Gi`, by resource name. */
export type ResourceList = Readonly<Record<string, string | number>>;

export interface Resources {
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly [field: string]: unknown;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

export interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms: readonly NodeSelectorTerm[];
    };
  };
  readonly podAffinity?: PodAffinity;
  readonly podAntiAffinity?: PodAffinity;
}

interface PodAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly object[];
}

export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeSelectorRequirement[];
  readonly matchFields?: readonly NodeSelectorRequirement[];
}

export interface NodeSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

export interface PodStatus {
  readonly observedGeneration?: number;
  readonly phase?: PodPhase | 'Unknown';
  readonly reason?: string | null;
  readonly message?: string | null;
  readonly qosClass?: QosClass;
  readonly conditions?: readonly Condition[];
  readonly hostIP?: string;
  readonly hostIPs?: readonly { readonly ip: string }[];
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly startTime?: string;
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

/** One of the three. */
export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: TerminatedState;
}

export interface TerminatedState {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly containerID?: string;
}

export interface Node extends KubeObject {
  readonly metadata: Metadata;
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
  readonly status?: NodeStatus;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export interface NodeCondition extends Condition {
  readonly lastHeartbeatTime?: string;
}

export interface NodeStatus {
  readonly capacity?: ResourceList;
  readonly allocatable?: ResourceList;
  readonly conditions?: readonly NodeCondition[];
  readonly addresses?: readonly { readonly type: string; readonly address: string }[];
  readonly daemonEndpoints?: { readonly kubeletEndpoint: { readonly Port: number } };
  readonly nodeInfo?: Readonly<Record<string, string>>;
}

/** coordination.k8s.io/v1 */
export interface Lease extends KubeObject {
  readonly spec: {
    readonly holderIdentity: string;
    readonly leaseDurationSeconds: number;
    /** With microseconds. */
    readonly renewTime: string;
  };
}

export type EventType = 'Normal' | 'Warning';

/** What an event is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  /** Such as `spec.containers{app}`. */
  readonly fieldPath?: string;
}
