/** Namespaces and events. The notation is that of parse-types.ts. */
export const NAMESPACE_AND_EVENT_TYPES = `
Namespace metadata:ObjectMeta#1 spec:NamespaceSpec#2 status:NamespaceStatus#3
NamespaceSpec finalizers:string[]#1
NamespaceStatus phase:string#1 conditions:NamespaceCondition[type]#2
NamespaceCondition type:string#1! status:string#2! lastTransitionTime:Time#4 reason:string#5
  message:string#6
Event metadata:ObjectMeta#1! involvedObject:ObjectReference#2! reason:string#3 message:string#4
  source:EventSource#5 firstTimestamp:Time#6 lastTimestamp:Time#7 count:int32#8 type:string#9
  eventTime:MicroTime#10 series:EventSeries?#11 action:string#12 related:ObjectReference?#13
  reportingComponent:string#14~ reportingInstance:string#15~
EventSource component:string#1 host:string#2
EventSeries count:int32#1 lastObservedTime:MicroTime#2
`;
