/**
 * Whether a glob matches a whole text. `*` stands for any characters, everything else for itself. Linear in the
 * text for each star, so a glob that a role carries cannot make planning slow.
 */
export function globMatches(glob: string, text: string): boolean {
  const parts = glob.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return glob === text;
  const last = parts.at(-1) ?? '';
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * Whether every text that `inner` matches is matched by `outer` too. Exact, because texts may hold any character: take
 * one that neither glob names and put it where `inner` has its stars; only a star of `outer` matches it there, and
 * that star matches whatever else may stand in its place. `*` itself serves as that character here: in `outer` it is
 * never a literal. So of several outer globs, one alone has to cover `inner`; they cannot do it by halves.
 */
export function globCovers(outer: string, inner: string): boolean {
  return globMatches(outer, inner);
}

/** Whether a list of globs is no limit: none is named, or one matches everything. */
export function isNoLimit(globs: readonly string[]): boolean {
  return globs.length === 0 || globs.some((glob) => /^\*+$/.test(glob));
}
