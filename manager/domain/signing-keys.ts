/** When a key that signs tokens was made, and from when on it signs. All times are Unix milliseconds. */
export interface SigningKeyTimes {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly createdTime: number;
  readonly activatesTime: number;
}

/**
 * `upcoming`: published, so that whoever verifies has read it before it signs. `active`: signs. `retiring`: verifies
 * until the last token it signed is dead. `removed`: trusted no more.
 */
export type SigningKeyState = 'upcoming' | 'active' | 'retiring' | 'removed';

/** A key's way through its states. */
export interface SigningKeyPlan extends SigningKeyTimes {
  readonly state: SigningKeyState;
  /** When its successor takes over; undefined while there is none. */
  readonly retiresTime: number | undefined;
  /** When it stops verifying; undefined while there is no successor. */
  readonly removedTime: number | undefined;
}

/**
 * Every key's place in the rotation, oldest first. It follows from the times alone, so a restart, however long after
 * whatever happened, changes nothing.
 *
 * @param verifyForMs Longest life of a token: for as long a key verifies after its successor took over.
 */
export function planSigningKeys(
  keys: readonly SigningKeyTimes[],
  nowMs: number,
  verifyForMs: number,
): SigningKeyPlan[] {
  const ordered = keys.toSorted((a, b) => a.activatesTime - b.activatesTime || a.createdTime - b.createdTime);
  // The first one signs even before its time: a clock that went back must not leave nobody to sign.
  const active = Math.max(
    0,
    ordered.findLastIndex(({ activatesTime }) => activatesTime <= nowMs),
  );
  return ordered.map(({ kid, createdTime, activatesTime }, index) => {
    const retiresTime = ordered[index + 1]?.activatesTime;
    const removedTime = retiresTime === undefined ? undefined : retiresTime + verifyForMs;
    const state = stateOf(index - active, removedTime, nowMs);
    return { kid, createdTime, activatesTime, state, retiresTime, removedTime };
  });
}

function stateOf(fromActive: number, removedTime: number | undefined, nowMs: number): SigningKeyState {
  if (fromActive > 0) return 'upcoming';
  if (fromActive === 0) return 'active';
  return removedTime !== undefined && removedTime <= nowMs ? 'removed' : 'retiring';
}

/** Whether it is time for a new key. 0 days = never by itself. */
export function isRotationDue(
  plans: readonly SigningKeyPlan[],
  nowMs: number,
  rotationDays: number,
): boolean {
  if (rotationDays === 0 || plans.some(({ state }) => state === 'upcoming')) return false;
  const active = plans.find(({ state }) => state === 'active');
  return active !== undefined && active.activatesTime + rotationDays * DAY_MS <= nowMs;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
