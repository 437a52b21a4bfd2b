import type { IncomingHttpHeaders } from 'node:http';
import { forbiddenPath } from '../errors/refusals.js';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses requests that a web page could send from a browser on this machine: those whose Host or Origin is not
 * one of the names under which this server is reached (DNS rebinding, cross-site requests).
 */
export function checkHost(headers: IncomingHttpHeaders, bindAddress: string): void {
  const names = [...LOOPBACK_NAMES, bindAddress.includes(':') ? `[${bindAddress}]` : bindAddress];
  const { host = '', origin } = headers;
  if (!names.includes(hostName(host))) {
    throw forbiddenPath(`the Host header names ${JSON.stringify(host)}, which is not this server`);
  }
  if (origin !== undefined && !names.includes(originName(origin))) {
    throw forbiddenPath(`requests from ${JSON.stringify(origin)} are not taken`);
  }
}

/** The name of `name:port`, in lower case. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

function originName(origin: string): string {
  return hostName(origin.replace(/^https?:\/\//, ''));
}
