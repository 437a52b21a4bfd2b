const CONTAINER_ID = /^(?:[a-z0-9-]+:\/\/)?(?<id>[0-9a-f]{64})$/;

/**
 * The bare 64-hex id of a container status, with or without the runtime in front (`containerd://...`); undefined
 * while the container has not started, and for whatever else is no id.
 */
export function containerIdOf(text: string): string | undefined {
  return CONTAINER_ID.exec(text)?.groups?.id;
}
