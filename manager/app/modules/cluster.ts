import type { Container } from 'inversify';
import { ReflectorMetrics } from '../../../shared/kubernetes/reflector-metrics.js';
import { AgentTokens } from '../../adapters/decisionmaker/agent-tokens.js';
import { HttpDecisionMaker } from '../../adapters/decisionmaker/http-decision-maker.js';
import { AGENT_LABEL } from '../../adapters/kubernetes/agent-mapper.js';
import { ClusterWatch } from '../../adapters/kubernetes/cluster-watch.js';
import { KubernetesConnection } from '../../adapters/kubernetes/kubernetes-connection.js';
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
          agents: { namespace: config.k8s.namespace, label: AGENT_LABEL },
          clock,
          random,
          logger,
          metrics,
        }),
      [TOKENS.config, TOKENS.kubernetes, TOKENS.clock, TOKENS.random, TOKENS.logger, TOKENS.reflectorMetrics],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.decisionMaker)
    .toResolvedValue(
      (config, issuer, clock) =>
        new HttpDecisionMaker(new AgentTokens(issuer, clock), config.delivery.timeout_ms),
      [TOKENS.config, TOKENS.tokenIssuer, TOKENS.clock],
    )
    .inSingletonScope();
}
