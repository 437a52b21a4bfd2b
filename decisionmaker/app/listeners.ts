import type { Container } from 'inversify';
import { monitoringApp } from '../../shared/http/operational-routes.js';
import { type HttpServer, httpServer, unixSocketServer } from '../../shared/http/serve.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { TOKENS } from './tokens.js';

/** Prometheus, the kubelet's probes and a person or two. */
const MONITORING_CONNECTIONS = 64;
/** A scheduler, and what else of this node looks on or waits. */
const SOCKET_CONNECTIONS = 256;

/**
 * Everything the agent listens on, the API's port first, and the word that all of it is open. Requests that wait are
 * answered before any listener stops.
 */
export function listeners(container: Container, onListening?: (port: number) => void): readonly Component[] {
  const { server, metrics, auth } = container.get(TOKENS.config);
  const certificate = container.get(TOKENS.certificate);
  const { app } = container.get(TOKENS.api);
  const fetch = (request: Request, bindings: object) => app.fetch(request, bindings);
  const api = httpServer({
    name: 'api',
    setting: 'server.host',
    address: server.host,
    fetch,
    ...(certificate === undefined ? {} : { certificate }),
  });
  const opened: { readonly listener: HttpServer; readonly fields: Readonly<Record<string, unknown>> }[] = [
    {
      listener: api,
      fields: { host: server.host.host ?? 'every interface', mutualTls: certificate !== undefined },
    },
  ];
  if (server.unix_socket !== '') {
    const path = server.unix_socket;
    const listener = unixSocketServer({
      name: 'unix socket',
      setting: 'server.unix_socket',
      path,
      fetch,
      limits: { maxConnections: SOCKET_CONNECTIONS },
    });
    opened.push({ listener, fields: { path } });
  }
  if (metrics.host !== undefined) {
    const monitoring = monitoringApp({
      clock: container.get(TOKENS.clock),
      registry: container.get(TOKENS.registry),
      checks: container.get(TOKENS.checks),
    });
    const listener = httpServer({
      name: 'metrics',
      setting: 'metrics.host',
      address: metrics.host,
      fetch: (request) => monitoring.fetch(request),
      limits: { maxConnections: MONITORING_CONNECTIONS },
    });
    opened.push({ listener, fields: { host: metrics.host.host ?? 'every interface' } });
  }
  return [
    ...(certificate === undefined ? [] : [certificate]),
    ...opened.map(({ listener }) => listener),
    {
      name: 'open to callers',
      start: async () => {
        const logger = container.get(TOKENS.logger);
        for (const { listener, fields } of opened) {
          const port = listener.port();
          logger.info(
            { listener: listener.name, ...fields, ...(port === undefined ? {} : { port }) },
            'listening',
          );
        }
        if (!auth.scheduler_token) {
          logger.warn(
            { setting: 'auth.scheduler_token' },
            'callers on this node may read the decisions and send metrics without a token',
          );
        }
        onListening?.(api.port() ?? 0);
      },
      stop: async () => container.get(TOKENS.waitingRequests).end(),
    },
  ];
}
