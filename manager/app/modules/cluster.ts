import type { Container } from 'inversify';
import { ReflectorMetrics } from '../../../shared/kubernetes/reflector-metrics.js';
import { AgentConnections } from '../../adapters/decisionmaker/agent-connections.js';
import { AgentTokens } from '../../adapters/decisionmaker/agent-tokens.js';
import { HttpDecisionMaker } from '../../adapters/decisionmaker/http-decision-maker.js';
import { AGENT_LABEL } from '../../adapters/kubernetes/agent-mapper.js';
import { ClusterWatch } from '../../adapters/kubernetes/cluster-watch.js';
import { KubernetesConnection } from '../../adapters/kubernetes/kubernetes-connection.js';
import { agentCertificate, publicKeyExchange } from '../agent-access.js';
import { TOKENS } from '../tokens.js';

/** The Kubernetes API and the decision makers. */
export function bindCluster(container: Container): void {
  container
    .bind(TOKENS.kubernetes)
    .toResolvedValue(
      ({ k8s }) =>
        new KubernetesConnection({ kubeConfigPath: k8s.kube_config_path, inCluster: k8s.in_cluster }),
      [TOKENS.config],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.reflectorMetrics)
    .toResolvedValue((registry) => new ReflectorMetrics(registry), [TOKENS.registry])
    .inSingletonScope();
  container
    .bind(TOKENS.cluster)
    .toResolvedValue(
      (config, kubernetes, clock, random, logger, metrics) =>
        new ClusterWatch({
          send: (request) => kubernetes.send(request),
          agents: {
            namespace: config.k8s.namespace,
            label: AGENT_LABEL,
            scheme: config.mtls.enable ? 'https' : 'http',
          },
          clock,
          random,
          logger,
          metrics,
        }),
      [TOKENS.config, TOKENS.kubernetes, TOKENS.clock, TOKENS.random, TOKENS.logger, TOKENS.reflectorMetrics],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.agentConnections)
    .toResolvedValue(() => new AgentConnections(), [])
    .inSingletonScope();
  container
    .bind(TOKENS.agentCertificate)
    .toResolvedValue(agentCertificate, [
      TOKENS.config,
      TOKENS.agentConnections,
      TOKENS.clock,
      TOKENS.logger,
      TOKENS.registry,
    ])
    .inSingletonScope();
  container
    .bind(TOKENS.decisionMaker)
    .toResolvedValue(
      (config, connections, issuer, clock, logger) =>
        new HttpDecisionMaker({
          connections,
          tokens: new AgentTokens(issuer, clock),
          exchange: publicKeyExchange(config, clock, logger),
          timeoutMs: config.delivery.timeout_ms,
          clock,
        }),
      [TOKENS.config, TOKENS.agentConnections, TOKENS.tokenIssuer, TOKENS.clock, TOKENS.logger],
    )
    .inSingletonScope();
}
