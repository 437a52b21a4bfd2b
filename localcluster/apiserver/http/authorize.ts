import { forbidden, forbiddenPath } from '../errors/refusals.js';
import type { RequestInfo, ResourceRequest } from './request-info.js';
import type { User } from './user.js';

/** Members of this group may look at everything and change nothing. All other users may do everything. */
export const READ_ONLY_GROUP = 'podium:read-only';

const READING_VERBS = ['get', 'list', 'watch'];

/** Refuses what a user may not do, in the words of the real API server. */
export function authorize(user: User, info: RequestInfo): void {
  if (!user.groups.includes(READ_ONLY_GROUP) || READING_VERBS.includes(info.verb)) return;
  if (info.type === 'path') {
    throw forbiddenPath(`User "${user.name}" cannot ${info.verb} path "${info.path}"`);
  }
  throw forbidden({ group: info.group, resource: info.resource }, info.name, reason(user, info));
}

function reason(user: User, { verb, group, resource, subresource, namespace }: ResourceRequest): string {
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
}
