// The import table of docs/ARCHITECTURE.md, executable. A folder may import itself, the folders of its row
// and the npm packages named there; everything else is an error. Rows are matched from the top, first hit
// wins, so the narrower folder stands above the wider one.

const anyShared = ['^shared/'];

/** What of the local API server knows nothing of HTTP, disk or network. */
const apiServerRules =
  '^localcluster/apiserver/(discovery|errors|kinds|objects|openapi|patch|protobuf|representation|resources|schema|selectors|store|watch)/';

/** @type {{ folder: string, may: string[], npm?: string[], node?: string | false }[]} */
const table = [
  { folder: '^shared/domain/', may: [], npm: ['re2js'], node: '^(node:)?(crypto|buffer)$' },
  { folder: '^shared/contract/', may: ['^shared/domain/'], npm: ['@hono/zod-openapi', 'zod'] },
  { folder: '^shared/lifecycle/', may: ['^shared/domain/'] },
  { folder: '^shared/observability/', may: ['^shared/(domain|lifecycle)/'], npm: ['pino', 'prom-client'] },
  { folder: '^shared/auth/', may: ['^shared/(domain|lifecycle|files)/'], npm: ['jose'] },
  { folder: '^shared/files/', may: ['^shared/domain/'] },
  { folder: '^shared/tls/', may: ['^shared/(domain|lifecycle|observability|files)/'] },
  { folder: '^shared/program/', may: ['^shared/(domain|lifecycle|observability)/'] },
  { folder: '^shared/kubernetes/', may: ['^shared/(domain|lifecycle|observability)/'], npm: ['undici'] },
  {
    folder: '^shared/http/',
    may: anyShared,
    npm: ['hono', '@hono/node-server', '@hono/zod-openapi', 'zod', 'lossless-json', 'swagger-ui-dist'],
  },
  {
    folder: '^config/',
    may: ['^shared/domain/', '^shared/auth/keys\\.ts$', '^shared/http/(listen-address|address-block)\\.ts$'],
    npm: ['zod', 'smol-toml'],
  },

  {
    folder: '^manager/domain/',
    may: ['^shared/domain/'],
    npm: ['@zxcvbn-ts/language-common'],
    node: '^(node:)?(crypto|buffer)$',
  },
  { folder: '^manager/ports/', may: ['^manager/domain/', '^shared/(domain|lifecycle)/'] },
  {
    folder: '^manager/reconcile/',
    may: ['^manager/(domain|ports)/', '^shared/(domain|lifecycle|observability)/'],
    npm: ['p-limit'],
  },
  {
    folder: '^manager/features/([^/]+)/',
    may: ['^manager/features/$1/', '^manager/(domain|ports)/', '^shared/(?!kubernetes/)'],
    npm: ['hono', '@hono/zod-openapi', 'zod'],
  },
  {
    folder: '^manager/adapters/embedded/',
    may: ['^manager/(domain|ports)/', '^shared/(?!http/)'],
    npm: ['@photostructure/sqlite'],
  },
  {
    folder: '^manager/adapters/mongo/',
    may: ['^manager/(domain|ports)/', '^migrations/', '^shared/(?!http/)'],
    npm: ['mongodb'],
  },
  { folder: '^manager/adapters/keys/', may: ['^manager/(domain|ports)/', '^shared/(?!http/)'] },
  { folder: '^manager/adapters/memory/', may: ['^manager/(domain|ports)/', '^shared/(?!http/)'] },
  {
    folder: '^manager/adapters/oidc/',
    may: ['^manager/(domain|ports)/', '^shared/(?!http/)'],
    npm: ['openid-client', 'undici'],
  },
  {
    folder: '^manager/adapters/kubernetes/',
    may: ['^manager/(domain|ports)/', '^shared/(?!http/)'],
    npm: ['@kubernetes/client-node', 'undici'],
  },
  {
    folder: '^manager/adapters/decisionmaker/',
    may: ['^manager/(domain|ports)/', '^shared/(?!http/)'],
    npm: ['undici'],
  },
  {
    folder: '^manager/adapters/crypto/',
    may: ['^manager/(domain|ports)/', '^shared/(?!http/)'],
    npm: ['@node-rs/argon2', 'p-limit'],
  },
  {
    folder: '^manager/http/',
    may: ['^manager/(features|domain|ports)/', ...anyShared],
    npm: ['hono', '@hono/zod-openapi', 'zod', 'swagger-ui-dist'],
  },
  {
    folder: '^manager/app/',
    may: ['^manager/', ...anyShared, '^config/'],
    npm: ['inversify', 'reflect-metadata', 'p-limit', '@hono/zod-openapi'],
  },
  {
    folder: '^manager/(main|migrate)',
    may: ['^manager/app/', '^config/', '^shared/(files|program)/'],
  },

  { folder: '^decisionmaker/domain/', may: ['^shared/domain/'], node: '^(node:)?(crypto|buffer)$' },
  { folder: '^decisionmaker/ports/', may: ['^decisionmaker/domain/', '^shared/(domain|lifecycle)/'] },
  {
    folder: '^decisionmaker/features/([^/]+)/',
    may: ['^decisionmaker/features/$1/', '^decisionmaker/(domain|ports)/', '^shared/(?!kubernetes/)'],
    npm: ['hono', '@hono/zod-openapi', 'zod', 'prom-client'],
  },
  {
    folder: '^decisionmaker/engine/',
    may: ['^decisionmaker/(domain|ports)/', '^shared/(domain|lifecycle|observability)/'],
  },
  {
    folder: '^decisionmaker/adapters/',
    may: ['^decisionmaker/(adapters|domain|ports)/', '^shared/(domain|lifecycle|observability|files|auth)/'],
  },
  {
    folder: '^decisionmaker/http/',
    may: ['^decisionmaker/(features|domain|ports)/', '^shared/(?!kubernetes/)'],
    npm: ['hono', '@hono/zod-openapi', 'zod'],
  },
  {
    folder: '^decisionmaker/app/',
    may: ['^decisionmaker/', '^shared/(?!kubernetes/)', '^config/'],
    npm: ['inversify', 'reflect-metadata'],
  },
  {
    folder: '^decisionmaker/main',
    may: ['^decisionmaker/app/', '^config/', '^shared/(files|program)/'],
  },

  {
    folder: apiServerRules,
    may: ['^shared/domain/'],
    node: '^(node:)?(crypto|buffer|util)$',
  },
  {
    folder: '^localcluster/apiserver/',
    may: ['^localcluster/(apiserver|pki)/', ...anyShared],
    npm: ['yaml'],
  },
  { folder: '^localcluster/scheduler/', may: ['^localcluster/(scheduler|client)/', ...anyShared], npm: [] },
  {
    folder: '^localcluster/kubelet/',
    may: ['^localcluster/(kubelet|client|pki)/', '^config/environment\\.ts$', ...anyShared],
    npm: ['undici'],
  },
  { folder: '^localcluster/client/', may: ['^localcluster/client/', ...anyShared], npm: ['yaml', 'undici'] },
  {
    folder: '^localcluster/pki/',
    may: ['^localcluster/pki/', '^shared/files/'],
    npm: ['@peculiar/x509', 'reflect-metadata'],
  },
  {
    folder: '^localcluster/supervisor/',
    may: ['^localcluster/(supervisor|client|pki)/', '^localcluster/options', ...anyShared, '^config/'],
    npm: ['yaml'],
  },
  {
    folder: '^localcluster/demo/',
    may: ['^localcluster/(client|demo)/', '^config/environment\\.ts$', ...anyShared],
    npm: ['undici'],
  },
  {
    folder: '^localcluster/',
    may: ['^localcluster/(client|supervisor|options)', '^config/environment\\.ts$', ...anyShared],
  },

  // Migrations are data: what takes their steps stands with the driver.
  { folder: '^migrations/', may: [] },

  {
    folder: '^cli/',
    may: [
      '^cli/',
      '^(manager|decisionmaker)/main',
      '^manager/migrate',
      '^manager/domain/audit-(chain|entry)',
      '^localcluster/(main|options|demo/main)',
      '^config/environment\\.ts$',
      ...anyShared,
    ],
    npm: ['commander', 'yaml'],
  },
];

/** Folders above a row of the table whose own rows must not be judged by it. */
function narrowerRows(index) {
  return table.slice(0, index).map((row) => row.folder);
}

const tableRules = table.flatMap((row, index) => {
  const from = { path: row.folder, pathNot: ['\\.test\\.ts$', ...narrowerRows(index)] };
  const npm = (row.npm ?? []).map((name) => `^node_modules/${name}/`);
  const folders = `${[row.folder, ...row.may].join(' or ')}; npm: ${(row.npm ?? []).join(', ') || 'none'}`;
  return [
    {
      name: `imports-of ${row.folder}`,
      comment: `This folder may import only: ${folders}. Move the code or pass the value in.`,
      severity: 'error',
      from,
      to: {
        pathNot: [...[row.folder.replace('([^/]+)', '$1'), ...row.may], ...npm, '^node:', '\\.json$'],
        dependencyTypesNot: ['core'],
      },
    },
    ...(row.node
      ? [
          {
            name: `pure ${row.folder}`,
            comment: 'Rules know no clock, network, disk or environment: take the value as an argument.',
            severity: 'error',
            from,
            to: { dependencyTypes: ['core'], pathNot: row.node },
          },
        ]
      : []),
  ];
});

export default {
  forbidden: [
    ...tableRules,
    {
      name: 'no-cycle',
      comment: 'A cycle hides which of the two is the idea and which the user of it.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'agent-starts-no-process',
      comment:
        'The decision maker runs with rights on the host: it never starts a process. Nor does the manager.',
      severity: 'error',
      from: { path: '^(manager|decisionmaker|shared)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      from: { path: '^(cli|config|decisionmaker|localcluster|manager|shared)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(tests|tools)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
