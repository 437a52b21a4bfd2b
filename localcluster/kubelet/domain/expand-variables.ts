/**
 * Replaces `$(NAME)` by the variable's value; a name that is not known stays as it is, and `$$` is one `$`, so
 * that `$$(NAME)` is the text `$(NAME)` (Kubernetes, "Define dependent environment variables").
 */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (reference: string, name: string | undefined) =>
    name === undefined ? '$' : (variables.get(name) ?? reference),
  );
}
