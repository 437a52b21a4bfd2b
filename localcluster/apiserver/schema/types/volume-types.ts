/** Volumes of a pod's specification. The local cluster mounts none, but accepts manifests that name them. The notation is that of parse-types.ts. */
export const VOLUME_TYPES = `
Volume name:string#1! +VolumeSource:VolumeSource#2
VolumeSource hostPath:HostPathVolumeSource?#1 emptyDir:EmptyDirVolumeSource?#2
  gcePersistentDisk:GCEPersistentDiskVolumeSource?#3
  awsElasticBlockStore:AWSElasticBlockStoreVolumeSource?#4 gitRepo:GitRepoVolumeSource?#5
  secret:SecretVolumeSource?#6 nfs:NFSVolumeSource?#7 iscsi:ISCSIVolumeSource?#8
  glusterfs:GlusterfsVolumeSource?#9 persistentVolumeClaim:PersistentVolumeClaimVolumeSource?#10
  rbd:RBDVolumeSource?#11 flexVolume:FlexVolumeSource?#12 cinder:CinderVolumeSource?#13
  cephfs:CephFSVolumeSource?#14 flocker:FlockerVolumeSource?#15 downwardAPI:DownwardAPIVolumeSource?#16
  fc:FCVolumeSource?#17 azureFile:AzureFileVolumeSource?#18 configMap:ConfigMapVolumeSource?#19
  vsphereVolume:VsphereVirtualDiskVolumeSource?#20 quobyte:QuobyteVolumeSource?#21
  azureDisk:AzureDiskVolumeSource?#22 photonPersistentDisk:PhotonPersistentDiskVolumeSource?#23
  projected:ProjectedVolumeSource?#26 portworxVolume:PortworxVolumeSource?#24
  scaleIO:ScaleIOVolumeSource?#25 storageos:StorageOSVolumeSource?#27 csi:CSIVolumeSource?#28
  ephemeral:EphemeralVolumeSource?#29 image:ImageVolumeSource?#30
HostPathVolumeSource path:string#1! type:string?#2
EmptyDirVolumeSource medium:string#1 sizeLimit:Quantity?#2
GCEPersistentDiskVolumeSource pdName:string#1! fsType:string#2 partition:int32#3 readOnly:bool#4
AWSElasticBlockStoreVolumeSource volumeID:string#1! fsType:string#2 partition:int32#3 readOnly:bool#4
GitRepoVolumeSource repository:string#1! revision:string#2 directory:string#3
SecretVolumeSource secretName:string#1 items:KeyToPath[]#2 defaultMode:int32?#3 optional:bool?#4
KeyToPath key:string#1! path:string#2! mode:int32?#3
NFSVolumeSource server:string#1! path:string#2! readOnly:bool#3
ISCSIVolumeSource targetPortal:string#1! iqn:string#2! lun:int32#3! iscsiInterface:string#4 fsType:string#5
  readOnly:bool#6 portals:string[]#7 chapAuthDiscovery:bool#8 chapAuthSession:bool#11
  secretRef:LocalObjectReference?#10 initiatorName:string?#12
GlusterfsVolumeSource endpoints:string#1! path:string#2! readOnly:bool#3
PersistentVolumeClaimVolumeSource claimName:string#1! readOnly:bool#2
RBDVolumeSource monitors:string[]#1! image:string#2! fsType:string#3 pool:string#4 user:string#5
  keyring:string#6 secretRef:LocalObjectReference?#7 readOnly:bool#8
FlexVolumeSource driver:string#1! fsType:string#2 secretRef:LocalObjectReference?#3 readOnly:bool#4
  options:{string}#5
CinderVolumeSource volumeID:string#1! fsType:string#2 readOnly:bool#3 secretRef:LocalObjectReference?#4
CephFSVolumeSource monitors:string[]#1! path:string#2 user:string#3 secretFile:string#4
  secretRef:LocalObjectReference?#5 readOnly:bool#6
FlockerVolumeSource datasetName:string#1 datasetUUID:string#2
DownwardAPIVolumeSource items:DownwardAPIVolumeFile[]#1 defaultMode:int32?#2
DownwardAPIVolumeFile path:string#1! fieldRef:ObjectFieldSelector?#2
  resourceFieldRef:ResourceFieldSelector?#3 mode:int32?#4
FCVolumeSource targetWWNs:string[]#1 lun:int32?#2 fsType:string#3 readOnly:bool#4 wwids:string[]#5
AzureFileVolumeSource secretName:string#1! shareName:string#2! readOnly:bool#3
ConfigMapVolumeSource +LocalObjectReference:LocalObjectReference#1 items:KeyToPath[]#2 defaultMode:int32?#3
  optional:bool?#4
VsphereVirtualDiskVolumeSource volumePath:string#1! fsType:string#2 storagePolicyName:string#3
  storagePolicyID:string#4
QuobyteVolumeSource registry:string#1! volume:string#2! readOnly:bool#3 user:string#4 group:string#5
  tenant:string#6
AzureDiskVolumeSource diskName:string#1! diskURI:string#2! cachingMode:string?#3 fsType:string?#4
  readOnly:bool?#5 kind:string?#6
PhotonPersistentDiskVolumeSource pdID:string#1! fsType:string#2
ProjectedVolumeSource sources:VolumeProjection[]#1~ defaultMode:int32?#2
VolumeProjection secret:SecretProjection?#1 downwardAPI:DownwardAPIProjection?#2
  configMap:ConfigMapProjection?#3 serviceAccountToken:ServiceAccountTokenProjection?#4
  clusterTrustBundle:ClusterTrustBundleProjection?#5 podCertificate:PodCertificateProjection?#6
SecretProjection +LocalObjectReference:LocalObjectReference#1 items:KeyToPath[]#2 optional:bool?#4
DownwardAPIProjection items:DownwardAPIVolumeFile[]#1
ConfigMapProjection +LocalObjectReference:LocalObjectReference#1 items:KeyToPath[]#2 optional:bool?#4
ServiceAccountTokenProjection audience:string#1 expirationSeconds:int64?#2 path:string#3!
ClusterTrustBundleProjection name:string?#1 signerName:string?#2 labelSelector:LabelSelector?#3
  optional:bool?#5 path:string#4!
PodCertificateProjection signerName:string#1! keyType:string#2! maxExpirationSeconds:int32?#3
  credentialBundlePath:string#4 keyPath:string#5 certificateChainPath:string#6
PortworxVolumeSource volumeID:string#1! fsType:string#2 readOnly:bool#3
ScaleIOVolumeSource gateway:string#1! system:string#2! secretRef:LocalObjectReference?#3! sslEnabled:bool#4
  protectionDomain:string#5 storagePool:string#6 storageMode:string#7 volumeName:string#8 fsType:string#9
  readOnly:bool#10
StorageOSVolumeSource volumeName:string#1 volumeNamespace:string#2 fsType:string#3 readOnly:bool#4
  secretRef:LocalObjectReference?#5
CSIVolumeSource driver:string#1! readOnly:bool?#2 fsType:string?#3 volumeAttributes:{string}#4
  nodePublishSecretRef:LocalObjectReference?#5
EphemeralVolumeSource volumeClaimTemplate:PersistentVolumeClaimTemplate?#1
PersistentVolumeClaimTemplate metadata:ObjectMeta#1 spec:PersistentVolumeClaimSpec#2!
PersistentVolumeClaimSpec accessModes:string[]#1 selector:LabelSelector?#4
  resources:VolumeResourceRequirements#2 volumeName:string#3 storageClassName:string?#5 volumeMode:string?#6
  dataSource:TypedLocalObjectReference?#7 dataSourceRef:TypedObjectReference?#8
  volumeAttributesClassName:string?#9
VolumeResourceRequirements limits:{Quantity}#1 requests:{Quantity}#2
TypedLocalObjectReference apiGroup:string?#1~ kind:string#2! name:string#3!
TypedObjectReference apiGroup:string?#1~ kind:string#2! name:string#3! namespace:string?#4
ImageVolumeSource reference:string#1 pullPolicy:string#2
`;
