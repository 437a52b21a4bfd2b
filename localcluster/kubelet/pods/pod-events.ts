import type { EventRecorder } from '../../client/event-recorder.js';
import type { Container, EventType, Pod } from '../../client/objects.js';

/** The events of one pod, in the words of the Kubernetes kubelet. */
export class PodEvents {
  readonly #recorder: EventRecorder;
  readonly #pod: Pod;

  constructor(recorder: EventRecorder, pod: Pod) {
    this.#recorder = recorder;
    this.#pod = pod;
  }

  started(container: Container): void {
    this.#record('Normal', 'Started', `Started container ${container.name}`, container);
  }

  killing(container: Container): void {
    this.#record('Normal', 'Killing', `Stopping container ${container.name}`, container);
  }

  failed(container: Container, message: string): void {
    this.#record('Warning', 'Failed', `Error: ${message}`, container);
  }

  backingOff(container: Container): void {
    const { name, namespace, uid } = this.#pod.metadata;
    const message = `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`;
    this.#record('Warning', 'BackOff', message, container);
  }

  rejected(reason: string, message: string): void {
    this.#record('Warning', reason, message);
  }

  ignored(fields: readonly string[]): void {
    if (fields.length === 0) return;
    const message = `The pod runs without what this kubelet does not offer: ${fields.join(', ')}`;
    this.#record('Warning', 'IgnoredFields', message);
  }

  #record(type: EventType, reason: string, message: string, container?: Container): void {
    const { namespace, name, uid } = this.#pod.metadata;
    const about = { apiVersion: 'v1', kind: 'Pod', name, uid };
    this.#recorder.record(
      {
        ...about,
        ...(namespace === undefined ? {} : { namespace }),
        ...(container === undefined ? {} : { fieldPath: this.#fieldPath(container) }),
      },
      { type, reason, message },
    );
  }

  #fieldPath({ name }: Container): string {
    const isMain = this.#pod.spec.containers.some((container) => container.name === name);
    return `spec.${isMain ? 'containers' : 'initContainers'}{${name}}`;
  }
}
