/**
 * The body of an answer, as tests look at it: every field that some kind of answer has, for the reader to know
 * which of them are there.
 */
export interface AnswerBody {
  readonly kind: string;
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details: { readonly causes: readonly { readonly field: string }[] };
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly resourceVersion: string;
    readonly continue: string;
    readonly remainingItemCount: number;
    readonly deletionTimestamp: string;
    readonly deletionGracePeriodSeconds: number;
  };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly phase: string; readonly conditions: readonly unknown[] };
  readonly items: readonly AnswerBody[];
  /** Of a table. */
  readonly columnDefinitions: readonly unknown[] | null;
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: unknown }[];
  /** Of discovery. */
  readonly resources: readonly { readonly name: string }[];
  readonly versions: readonly { readonly resources: readonly { readonly resource: string }[] }[];
  /** Of descriptions. */
  readonly paths: Readonly<Record<string, DescribedPath>>;
  readonly components: { readonly schemas: Readonly<Record<string, DescribedSchema>> };
}

interface DescribedPath {
  readonly serverRelativeURL: string;
  readonly patch: { readonly parameters: readonly { readonly name: string }[] };
}

interface DescribedSchema {
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly 'x-kubernetes-group-version-kind': unknown;
}
