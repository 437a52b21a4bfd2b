import type { Pod } from '../../localcluster/apiserver/kinds/pod/pod.js';
import { POD_KIND } from '../../localcluster/apiserver/kinds/pod/pod-kind.js';
import type { JsonObject } from '../../localcluster/apiserver/objects/json.js';
import { decode } from '../../localcluster/apiserver/schema/decode.js';

/** A pod as a client would write it, decoded and with defaults, as the API server works with it. */
export function aPod(
  spec: JsonObject = {},
  others: { metadata?: JsonObject; status?: JsonObject } = {},
): Pod {
  const document = {
    metadata: { name: 'web', namespace: 'default', ...others.metadata },
    spec: { containers: [{ name: 'main', image: 'busybox:1' }], ...spec },
    ...(others.status === undefined ? {} : { status: others.status }),
  };
  return POD_KIND.defaults(decode('Pod', document).value as unknown as Pod);
}
