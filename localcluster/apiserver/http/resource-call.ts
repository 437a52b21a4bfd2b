import type { Representation } from '../representation/representation.js';
import type { ObjectAddress } from '../resources/cluster-state.js';
import type { ApiRequest } from './api-request.js';

/** A request on resources together with what it is about and the form of its answer. */
export interface ResourceCall {
  readonly request: ApiRequest;
  readonly address: ObjectAddress;
  readonly representation: Representation;
}
