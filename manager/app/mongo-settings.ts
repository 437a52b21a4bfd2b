import type { ManagerConfig } from '../../config/manager-config.js';
import type { MongoSettings } from '../adapters/mongo/mongo-connection.js';

type MongoSection = ManagerConfig['mongodb'];

/** What the section `[mongodb]` says, in the driver's words. */
export function mongoSettings(section: MongoSection): MongoSettings {
  const uri = section.uri.reveal() === '' ? uriOf(section) : section.uri.reveal();
  return {
    uri,
    database: databaseIn(uri) ?? section.database,
    caPem: section.ca_pem_enable ? section.ca_pem : undefined,
    connectTimeoutMs: section.connect_timeout_ms,
    operationTimeoutMs: section.operation_timeout_ms,
    poolSize: section.pool_size,
  };
}

function uriOf({ host, port, user, password, options, ca_pem_enable }: MongoSection): string {
  const credentials =
    user === '' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password.reveal())}@`;
  const address = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `mongodb://${credentials}${address}:${port}/?${optionsOf(options, ca_pem_enable)}`;
}

/** The first generation's own default says `ssl=false` also where a certificate asks for TLS. */
function optionsOf(options: string, tls: boolean): string {
  if (!tls) return options;
  return options
    .split('&')
    .filter((option) => !/^(ssl|tls)=/i.test(option))
    .join('&');
}

/** The database that a URI names behind its hosts. */
function databaseIn(uri: string): string | undefined {
  const name = /^mongodb(?:\+srv)?:\/\/(?:[^/]*)\/([^?]+)/.exec(uri)?.[1];
  return name === undefined ? undefined : decodeURIComponent(name);
}
