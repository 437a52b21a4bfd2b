import type { Migration } from './migration.js';

/** The keys that the first implementation does not have. */
const OURS = ['user.delete', 'audit.read', 'strategy.read_all', 'strategy.history', 'node.read', 'settings'];

/**
 * The role `admin` of a database that is taken over holds every permission that there was. Nobody grants more than
 * they hold, so without this nobody could ever grant ours.
 */
export const adminHoldsOurPermissions: Migration = {
  name: '0002-admin-holds-our-permissions',
  up: [{ kind: 'grant', role: 'admin', permissionKeys: OURS }],
  down: [{ kind: 'revoke', role: 'admin', permissionKeys: OURS }],
};
