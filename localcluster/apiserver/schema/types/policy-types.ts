/** What the eviction subresource reads. The notation is that of parse-types.ts. */
export const POLICY_TYPES = `
Eviction metadata:ObjectMeta#1 deleteOptions:DeleteOptions?#2
`;
