import { EVENT_KIND } from './event/event-kind.js';
import type { Kind } from './kind.js';
import { LEASE_KIND } from './lease/lease-kind.js';
import { NAMESPACE_KIND } from './namespace/namespace-kind.js';
import { NODE_KIND } from './node/node-kind.js';
import { POD_KIND } from './pod/pod-kind.js';

/** Every kind that is served. Discovery, routes and descriptions all follow from this list. */
export const KINDS: readonly Kind[] = [EVENT_KIND, NAMESPACE_KIND, NODE_KIND, POD_KIND, LEASE_KIND];
