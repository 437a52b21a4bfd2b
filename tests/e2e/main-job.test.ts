import { startLocalCluster } from '../support/local-cluster.js';
import { mainJobScenario } from '../support/main-job-scenario.js';

mainJobScenario('the main job on our own API server', () => startLocalCluster());
mainJobScenario('the main job on simulated cgroups', () =>
  startLocalCluster(['--cgroups=simulated', '--nodes=2']),
);
