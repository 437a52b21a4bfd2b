/** Nodes and their status. The notation is that of parse-types.ts. */
export const NODE_TYPES = `
Node metadata:ObjectMeta#1 spec:NodeSpec#2 status:NodeStatus#3
NodeSpec podCIDR:string#1 podCIDRs:string[*]#7 providerID:string#3 unschedulable:bool#4 taints:Taint[]#5
  configSource:NodeConfigSource?#6 externalID:string#2
Taint key:string#1! value:string#2 effect:string#3! timeAdded:Time?#4
NodeConfigSource configMap:ConfigMapNodeConfigSource?#2
ConfigMapNodeConfigSource namespace:string#1! name:string#2! uid:string#3 resourceVersion:string#4
  kubeletConfigKey:string#5!
NodeStatus capacity:{Quantity}#1 allocatable:{Quantity}#2 phase:string#3 conditions:NodeCondition[type]#4
  addresses:NodeAddress[type]#5 daemonEndpoints:NodeDaemonEndpoints#6 nodeInfo:NodeSystemInfo#7
  images:ContainerImage[]#8 volumesInUse:string[]#9 volumesAttached:AttachedVolume[]#10
  config:NodeConfigStatus?#11 runtimeHandlers:NodeRuntimeHandler[]#12 features:NodeFeatures?#13
NodeCondition type:string#1! status:string#2! lastHeartbeatTime:Time#3 lastTransitionTime:Time#4
  reason:string#5 message:string#6
NodeAddress type:string#1! address:string#2!
NodeDaemonEndpoints kubeletEndpoint:DaemonEndpoint#1
DaemonEndpoint Port:int32#1!
NodeSystemInfo machineID:string#1! systemUUID:string#2! bootID:string#3! kernelVersion:string#4!
  osImage:string#5! containerRuntimeVersion:string#6! kubeletVersion:string#7! kubeProxyVersion:string#8!
  operatingSystem:string#9! architecture:string#10! swap:NodeSwapStatus?#11
NodeSwapStatus capacity:int64?#1
ContainerImage names:string[]#1~ sizeBytes:int64#2
AttachedVolume name:string#1! devicePath:string#2!
NodeConfigStatus assigned:NodeConfigSource?#1 active:NodeConfigSource?#2 lastKnownGood:NodeConfigSource?#3
  error:string#4
NodeRuntimeHandler name:string#1~ features:NodeRuntimeHandlerFeatures?#2
NodeRuntimeHandlerFeatures recursiveReadOnlyMounts:bool?#1 userNamespaces:bool?#2
NodeFeatures supplementalGroupsPolicy:bool?#1
`;
