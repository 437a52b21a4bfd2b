/** `metav1.Time`: RFC 3339 in UTC with whole seconds. */
export function kubeTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** `metav1.MicroTime`: RFC 3339 in UTC with six digits of the second. */
export function kubeMicroTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}
