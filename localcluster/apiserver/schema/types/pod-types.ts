/** A pod's specification, without its containers and volumes. The notation is that of parse-types.ts. */
export const POD_TYPES = `
Pod metadata:ObjectMeta#1 spec:PodSpec#2 status:PodStatus#3
PodSpec volumes:Volume[name,retainKeys]#1 initContainers:Container[name]#20 containers:Container[name]#2!
  ephemeralContainers:EphemeralContainer[name]#34 restartPolicy:string#3
  terminationGracePeriodSeconds:int64?#4 activeDeadlineSeconds:int64?#5 dnsPolicy:string#6
  nodeSelector:{string}#7 serviceAccountName:string#8 serviceAccount:string#9
  automountServiceAccountToken:bool?#21 nodeName:string#10 hostNetwork:bool#11 hostPID:bool#12
  hostIPC:bool#13 shareProcessNamespace:bool?#27 securityContext:PodSecurityContext?#14
  imagePullSecrets:LocalObjectReference[name]#15 hostname:string#16 subdomain:string#17
  affinity:Affinity?#18 schedulerName:string#19 tolerations:Toleration[]#22 hostAliases:HostAlias[ip]#23
  priorityClassName:string#24 priority:int32?#25 dnsConfig:PodDNSConfig?#26
  readinessGates:PodReadinessGate[]#28 runtimeClassName:string?#29 enableServiceLinks:bool?#30
  preemptionPolicy:string?#31 overhead:{Quantity}#32
  topologySpreadConstraints:TopologySpreadConstraint[topologyKey]#33 setHostnameAsFQDN:bool?#35 os:PodOS?#36
  hostUsers:bool?#37 schedulingGates:PodSchedulingGate[name]#38
  resourceClaims:PodResourceClaim[name,retainKeys]#39 resources:ResourceRequirements?#40
  hostnameOverride:string?#41
PodSecurityContext seLinuxOptions:SELinuxOptions?#1 windowsOptions:WindowsSecurityContextOptions?#8
  runAsUser:int64?#2 runAsGroup:int64?#6 runAsNonRoot:bool?#3 supplementalGroups:int64[]#4
  supplementalGroupsPolicy:string?#12 fsGroup:int64?#5 sysctls:Sysctl[]#7 fsGroupChangePolicy:string?#9
  seccompProfile:SeccompProfile?#10 appArmorProfile:AppArmorProfile?#11 seLinuxChangePolicy:string?#13
SELinuxOptions user:string#1 role:string#2 type:string#3 level:string#4
WindowsSecurityContextOptions gmsaCredentialSpecName:string?#1 gmsaCredentialSpec:string?#2
  runAsUserName:string?#3 hostProcess:bool?#4
SeccompProfile type:string#1! localhostProfile:string?#2
AppArmorProfile type:string#1! localhostProfile:string?#2
Sysctl name:string#1! value:string#2!
Toleration key:string#1 operator:string#2 value:string#3 effect:string#4 tolerationSeconds:int64?#5
HostAlias ip:string#1! hostnames:string[]#2
PodDNSConfig nameservers:string[]#1 searches:string[]#2 options:PodDNSConfigOption[]#3
PodDNSConfigOption name:string#1 value:string?#2
PodReadinessGate conditionType:string#1!
TopologySpreadConstraint maxSkew:int32#1! topologyKey:string#2! whenUnsatisfiable:string#3!
  labelSelector:LabelSelector?#4 minDomains:int32?#5 nodeAffinityPolicy:string?#6 nodeTaintsPolicy:string?#7
  matchLabelKeys:string[]#8
PodOS name:string#1!
PodSchedulingGate name:string#1!
PodResourceClaim name:string#1! resourceClaimName:string?#3 resourceClaimTemplateName:string?#4
LocalObjectReference name:string#1
Affinity nodeAffinity:NodeAffinity?#1 podAffinity:PodAffinity?#2 podAntiAffinity:PodAntiAffinity?#3
NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:NodeSelector?#1
  preferredDuringSchedulingIgnoredDuringExecution:PreferredSchedulingTerm[]#2
NodeSelector nodeSelectorTerms:NodeSelectorTerm[]#1!
NodeSelectorTerm matchExpressions:NodeSelectorRequirement[]#1 matchFields:NodeSelectorRequirement[]#2
NodeSelectorRequirement key:string#1! operator:string#2! values:string[]#3
PreferredSchedulingTerm weight:int32#1! preference:NodeSelectorTerm#2!
PodAffinity requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[]#1
  preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]#2
PodAffinityTerm labelSelector:LabelSelector?#1 namespaces:string[]#2 topologyKey:string#3!
  namespaceSelector:LabelSelector?#4 matchLabelKeys:string[]#5 mismatchLabelKeys:string[]#6
WeightedPodAffinityTerm weight:int32#1! podAffinityTerm:PodAffinityTerm#2!
PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[]#1
  preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]#2
Binding metadata:ObjectMeta#1 target:ObjectReference#2!
ObjectReference kind:string#1 namespace:string#2 name:string#3 uid:string#4 apiVersion:string#5
  resourceVersion:string#6 fieldPath:string#7
`;
