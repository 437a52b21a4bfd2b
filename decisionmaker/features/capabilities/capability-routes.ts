import { type Capabilities, capabilitiesData, PATHS } from '../../../shared/contract/decision-maker-api.js';
import { successOf } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { PERMISSION, type Principal } from '../../domain/principal.js';
import { versionOf } from '../../domain/set-acceptance.js';
import type { HostFacts } from '../../ports/host-facts.js';
import type { IntentSets } from '../../ports/intent-sets.js';
import type { ManagerContact } from '../../ports/manager-contact.js';
import type { ProcessFacts } from '../../ports/process-table.js';
import type { SelfChecker } from './self-checker.js';

export interface CapabilityRoutesOptions {
  readonly nodeName: string;
  readonly version: string;
  readonly sets: IntentSets;
  readonly table: ProcessFacts;
  readonly host: HostFacts;
  readonly selfChecker: SelfChecker;
  readonly contact: ManagerContact;
  /** `state.max_age_sec`. */
  readonly maxAgeSec: number;
  /** Whether sets without a version are taken. */
  readonly acceptsLegacy: boolean;
  readonly clock: Clock;
}

/** What a manager may rely on; an agent of the first generation has no such route (DESIGN 9, "Old agents"). */
const FEATURES = [
  'fenced-sets',
  'precedence',
  'container-names',
  'command-target',
  'threads',
  'node-intents',
  'runtime-config',
] as const;
const LEGACY_SETS = 'legacy-sets';

export function capabilityRoutes(options: CapabilityRoutesOptions): readonly Route<Principal>[] {
  return [
    route(
      {
        method: 'get',
        path: PATHS.capabilities,
        summary: 'Tells what this agent and its node can do',
        tag: 'manager',
        access: requires(PERMISSION.readCapabilities),
        answers: { 200: { description: 'What they can do', schema: successOf(capabilitiesData) } },
      },
      async ({ principal }) => {
        const { contact, maxAgeSec, clock } = options;
        // The question is a word of a manager, and would itself end what it asks about.
        const managerSilence = { maxAgeSec, boostsDropped: contact.isLost() };
        if (principal.kind === 'manager') contact.heard();
        return success(clock.now(), { ...(await capabilities(options)), managerSilence });
      },
    ),
  ];
}

async function capabilities(options: CapabilityRoutesOptions): Promise<Capabilities> {
  const { host, sets, table, selfChecker, acceptsLegacy } = options;
  const set = sets.current();
  const { level, findings } = await selfChecker.check();
  const { uid, capabilities: held } = host.rights();
  return {
    product: 'podium',
    version: options.version,
    nodeName: options.nodeName,
    features: [...FEATURES, ...(acceptsLegacy ? [LEGACY_SETS] : [])],
    set: set === undefined ? null : versionOf(set),
    processDiscovery: table.discovery(),
    schedExt: host.schedExt(),
    kernelRelease: host.kernelRelease,
    selfCheck: { level, findings: [...findings] },
    rights: { uid, capabilities: [...held] },
  };
}
