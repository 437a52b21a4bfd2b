/** A pod's status. The notation is that of parse-types.ts. */
export const POD_STATUS_TYPES = `
PodStatus observedGeneration:int64#17 phase:string#1 conditions:PodCondition[type]#2 message:string#3
  reason:string#4 nominatedNodeName:string#11 hostIP:string#5 hostIPs:HostIP[ip]#16 podIP:string#6
  podIPs:PodIP[ip]#12 startTime:Time?#7 initContainerStatuses:ContainerStatus[]#10
  containerStatuses:ContainerStatus[]#8 qosClass:string#9 ephemeralContainerStatuses:ContainerStatus[]#13
  resize:string#14 resourceClaimStatuses:PodResourceClaimStatus[name,retainKeys]#15
  extendedResourceClaimStatus:PodExtendedResourceClaimStatus?#18
PodCondition type:string#1! observedGeneration:int64#7 status:string#2! lastProbeTime:Time#3
  lastTransitionTime:Time#4 reason:string#5 message:string#6
HostIP ip:string#1!
PodIP ip:string#1!
ContainerStatus name:string#1! state:ContainerState#2 lastState:ContainerState#3 ready:bool#4!
  restartCount:int32#5! image:string#6! imageID:string#7! containerID:string#8 started:bool?#9
  allocatedResources:{Quantity}#10 resources:ResourceRequirements?#11
  volumeMounts:VolumeMountStatus[mountPath]#12 user:ContainerUser?#13
  allocatedResourcesStatus:ResourceStatus[name]#14 stopSignal:string?#15
ContainerState waiting:ContainerStateWaiting?#1 running:ContainerStateRunning?#2
  terminated:ContainerStateTerminated?#3
ContainerStateWaiting reason:string#1 message:string#2
ContainerStateRunning startedAt:Time#1
ContainerStateTerminated exitCode:int32#1! signal:int32#2 reason:string#3 message:string#4 startedAt:Time#5
  finishedAt:Time#6 containerID:string#7
VolumeMountStatus name:string#1! mountPath:string#2! readOnly:bool#3 recursiveReadOnly:string?#4
ContainerUser linux:LinuxContainerUser?#1
LinuxContainerUser uid:int64#1! gid:int64#2! supplementalGroups:int64[]#3
ResourceStatus name:string#1! resources:ResourceHealth[]#2
ResourceHealth resourceID:string#1! health:string#2
PodResourceClaimStatus name:string#1! resourceClaimName:string?#2
PodExtendedResourceClaimStatus requestMappings:ContainerExtendedResourceRequest[]#1!
  resourceClaimName:string#2!
ContainerExtendedResourceRequest containerName:string#1! resourceName:string#2! requestName:string#3!
`;
