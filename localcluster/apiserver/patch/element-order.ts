type Same<T> = (left: T, right: T) => boolean;

/**
 * Orders a list after a merge. Elements that `order` names stand in its order, the others (which only the server
 * knew) in the server's; the two are woven together so that one of the others stands before a named one only
 * where the server had it so.
 */
export function inOrder<T>(
  list: readonly T[],
  order: readonly T[],
  server: readonly T[],
  same: Same<T>,
): readonly T[] {
  const place = (places: readonly T[], item: T) => places.findIndex((other) => same(other, item));
  const by = (places: readonly T[]) => (left: T, right: T) => place(places, left) - place(places, right);
  const named = list.filter((item) => place(order, item) !== -1).sort(by(order));
  const others = list.filter((item) => place(order, item) === -1).sort(by(server));
  return weave(others, named, (other, item) => {
    const [before, after] = [place(server, other), place(server, item)];
    return before !== -1 && before < after;
  });
}

/** Merges two lists, keeping the order of each; the left one's next element goes first only where it must. */
function weave<T>(left: readonly T[], right: readonly T[], leftFirst: Same<T>): readonly T[] {
  const woven: T[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    const [nextLeft, nextRight] = [left[i] as T, right[j] as T];
    if (leftFirst(nextLeft, nextRight)) {
      woven.push(nextLeft);
      i += 1;
    } else {
      woven.push(nextRight);
      j += 1;
    }
  }
  return [...woven, ...left.slice(i), ...right.slice(j)];
}
