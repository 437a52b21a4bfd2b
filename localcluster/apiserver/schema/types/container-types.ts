/** Containers of a pod's specification. The notation is that of parse-types.ts. */
export const CONTAINER_TYPES = `
Container name:string#1! image:string#2 command:string[]#3 args:string[]#4 workingDir:string#5
  ports:ContainerPort[containerPort]#6 envFrom:EnvFromSource[]#19 env:EnvVar[name]#7
  resources:ResourceRequirements#8 resizePolicy:ContainerResizePolicy[]#23 restartPolicy:string?#24
  restartPolicyRules:ContainerRestartRule[]#25 volumeMounts:VolumeMount[mountPath]#9
  volumeDevices:VolumeDevice[devicePath]#21 livenessProbe:Probe?#10 readinessProbe:Probe?#11
  startupProbe:Probe?#22 lifecycle:Lifecycle?#12 terminationMessagePath:string#13
  terminationMessagePolicy:string#20 imagePullPolicy:string#14 securityContext:SecurityContext?#15
  stdin:bool#16 stdinOnce:bool#17 tty:bool#18
EphemeralContainer +EphemeralContainerCommon:EphemeralContainerCommon#1 targetContainerName:string#2
EphemeralContainerCommon name:string#1~ image:string#2 command:string[]#3 args:string[]#4
  workingDir:string#5 ports:ContainerPort[containerPort]#6 envFrom:EnvFromSource[]#19 env:EnvVar[name]#7
  resources:ResourceRequirements#8 resizePolicy:ContainerResizePolicy[]#23 restartPolicy:string?#24
  restartPolicyRules:ContainerRestartRule[]#25 volumeMounts:VolumeMount[mountPath]#9
  volumeDevices:VolumeDevice[devicePath]#21 livenessProbe:Probe?#10 readinessProbe:Probe?#11
  startupProbe:Probe?#22 lifecycle:Lifecycle?#12 terminationMessagePath:string#13
  terminationMessagePolicy:string#20 imagePullPolicy:string#14 securityContext:SecurityContext?#15
  stdin:bool#16 stdinOnce:bool#17 tty:bool#18
ContainerPort name:string#1 hostPort:int32#2 containerPort:int32#3! protocol:string#4 hostIP:string#5
EnvFromSource prefix:string#1 configMapRef:ConfigMapEnvSource?#2 secretRef:SecretEnvSource?#3
ConfigMapEnvSource +LocalObjectReference:LocalObjectReference#1 optional:bool?#2
SecretEnvSource +LocalObjectReference:LocalObjectReference#1 optional:bool?#2
EnvVar name:string#1! value:string#2 valueFrom:EnvVarSource?#3
EnvVarSource fieldRef:ObjectFieldSelector?#1 resourceFieldRef:ResourceFieldSelector?#2
  configMapKeyRef:ConfigMapKeySelector?#3 secretKeyRef:SecretKeySelector?#4 fileKeyRef:FileKeySelector?#5
ObjectFieldSelector apiVersion:string#1 fieldPath:string#2!
ResourceFieldSelector containerName:string#1 resource:string#2! divisor:Quantity#3
ConfigMapKeySelector +LocalObjectReference:LocalObjectReference#1 key:string#2! optional:bool?#3
SecretKeySelector +LocalObjectReference:LocalObjectReference#1 key:string#2! optional:bool?#3
FileKeySelector volumeName:string#1! path:string#2! key:string#3! optional:bool?#4
ResourceRequirements limits:{Quantity}#1 requests:{Quantity}#2 claims:ResourceClaim[]#3
ResourceClaim name:string#1! request:string#2
ContainerResizePolicy resourceName:string#1! restartPolicy:string#2!
ContainerRestartRule action:string#1! exitCodes:ContainerRestartRuleOnExitCodes?#2
ContainerRestartRuleOnExitCodes operator:string#1! values:int32[]#2
VolumeMount name:string#1! readOnly:bool#2 recursiveReadOnly:string?#7 mountPath:string#3! subPath:string#4
  mountPropagation:string?#5 subPathExpr:string#6
VolumeDevice name:string#1! devicePath:string#2!
Probe +ProbeHandler:ProbeHandler#1 initialDelaySeconds:int32#2 timeoutSeconds:int32#3 periodSeconds:int32#4
  successThreshold:int32#5 failureThreshold:int32#6 terminationGracePeriodSeconds:int64?#7
ProbeHandler exec:ExecAction?#1 httpGet:HTTPGetAction?#2 tcpSocket:TCPSocketAction?#3 grpc:GRPCAction?#4
ExecAction command:string[]#1
HTTPGetAction path:string#1 port:IntOrString#2! host:string#3 scheme:string#4 httpHeaders:HTTPHeader[]#5
HTTPHeader name:string#1! value:string#2!
TCPSocketAction port:IntOrString#1! host:string#2
GRPCAction port:int32#1! service:string?#2~
Lifecycle postStart:LifecycleHandler?#1 preStop:LifecycleHandler?#2 stopSignal:string?#3
LifecycleHandler exec:ExecAction?#1 httpGet:HTTPGetAction?#2 tcpSocket:TCPSocketAction?#3
  sleep:SleepAction?#4
SleepAction seconds:int64#1!
SecurityContext capabilities:Capabilities?#1 privileged:bool?#2 seLinuxOptions:SELinuxOptions?#3
  windowsOptions:WindowsSecurityContextOptions?#10 runAsUser:int64?#4 runAsGroup:int64?#8
  runAsNonRoot:bool?#5 readOnlyRootFilesystem:bool?#6 allowPrivilegeEscalation:bool?#7 procMount:string?#9
  seccompProfile:SeccompProfile?#11 appArmorProfile:AppArmorProfile?#12
Capabilities add:string[]#1 drop:string[]#2
`;
