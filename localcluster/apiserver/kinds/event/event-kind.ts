import { type FieldError, faultIf, invalidValue, required } from '../../errors/field-error.js';
import type { KubernetesObject } from '../../objects/kubernetes-object.js';
import { since } from '../cells.js';
import type { Kind } from '../kind.js';
import { objectMetaFaults, SUBDOMAIN_NAME } from '../object-meta-rules.js';
import { PLAIN_KIND } from '../plain-kind.js';
import { column, NAME_COLUMN, wideColumn } from '../table-columns.js';

export interface Event extends KubernetesObject {
  readonly involvedObject: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly apiVersion?: string;
    readonly resourceVersion?: string;
    readonly fieldPath?: string;
  };
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly action?: string;
  readonly count?: number;
  readonly source: { readonly component?: string; readonly host?: string };
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  readonly eventTime: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime: string | null };
  readonly reportingComponent: string;
  readonly reportingInstance: string;
}

/** Events: what happened to an object, as `kubectl describe` tells it. */
export const EVENT_KIND: Kind<Event> = {
  ...PLAIN_KIND,
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  createsOnUpdate: true,
  columns: [
    column('Last Seen', 'Time since it happened last.'),
    column('Type', 'Normal or Warning.'),
    column('Reason', 'Why it happened, in one word.'),
    column('Object', 'The object that it happened to.'),
    wideColumn('Subobject', 'The part of the object that it happened to.'),
    wideColumn('Source', 'The component that reported it.'),
    column('Message', 'What happened.'),
    wideColumn('First Seen', 'Time since it happened first.'),
    wideColumn('Count', 'How often it has happened.'),
    { ...NAME_COLUMN, wide: true },
  ],
  row: (event, nowMs) => ({ cells: cells(event, nowMs) }),
  selectableFields: {
    'involvedObject.kind': (event) => event.involvedObject.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent,
    source: (event) => event.source.component || event.reportingComponent,
    type: (event) => event.type ?? '',
  },
  validate: (event) => [
    ...objectMetaFaults(event.metadata, SUBDOMAIN_NAME),
    ...namespaceFaults(event),
    ...(event.eventTime === null ? [] : newStyleFaults(event)),
  ],
};

/** Events on objects without a namespace may stand in any; all others with their object. */
function namespaceFaults({ involvedObject, metadata }: Event): readonly FieldError[] {
  const { namespace = '' } = involvedObject;
  return faultIf(
    namespace !== '' && namespace !== metadata.namespace,
    invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace'),
  );
}

/** Events that state a precise time must also say who reports what. */
function newStyleFaults(event: Event): readonly FieldError[] {
  return (['reportingComponent', 'reportingInstance', 'action', 'reason'] as const)
    .filter((field) => (event[field] ?? '') === '')
    .map((field) => required(field));
}

function cells(event: Event, nowMs: number) {
  const { involvedObject: object, series } = event;
  const firstSeen = since(event.firstTimestamp ?? event.eventTime, nowMs);
  const lastSeen = event.lastTimestamp === null ? firstSeen : since(event.lastTimestamp, nowMs);
  const kind = (object.kind ?? '').toLowerCase();
  return [
    series === undefined ? lastSeen : since(series.lastObservedTime, nowMs),
    event.type ?? '',
    event.reason ?? '',
    object.name === undefined ? kind : `${kind}/${object.name}`,
    object.fieldPath ?? '',
    source(event),
    (event.message ?? '').trim(),
    firstSeen,
    series?.count ?? event.count ?? 1,
    event.metadata.name ?? '',
  ];
}

function source(event: Event): string {
  const component = event.source.component ?? event.reportingComponent;
  const host = event.source.host ?? event.reportingInstance;
  return host === '' ? component : `${component}, ${host}`;
}
