import { bootBlockers, waitingService } from './boot-blockers.ts';
import { missingRole, noCertificate, serverRole, staleCertificate, workerEndpoint } from './credentials.ts';
import { etcdAlarm, etcdDown, etcdHung, lostQuorum } from './etcd.ts';
import { cutOffMember, learner, removedMember, strayMember } from './etcd-members.ts';
import { apiServersDown, cniMissing, kubeletDown, sandboxDown } from './kubernetes.ts';
import { noEndpoint } from './no-endpoint.ts';
import { notBootstrapped } from './not-bootstrapped.ts';
import { omniAccount, omniClock, omniCluster, omniUpgrade } from './omni.ts';
import { partialResponse, waitEnded } from './partial-responses.ts';
import type { Rule } from './root-cause.ts';
import { unknownClientCa, wrongCa, wrongClock } from './trust.ts';
import { unreachable } from './unreachable.ts';
import { workerAsControlPlane } from './wrong-role.ts';

/** In the order in which they are applied: the first rule that claims a finding owns it. */
export const rules: readonly Rule[] = [
  missingRole,
  serverRole,
  noCertificate,
  staleCertificate,
  omniClock,
  omniAccount,
  omniCluster,
  wrongClock,
  wrongCa,
  unknownClientCa,
  workerEndpoint,
  noEndpoint,
  omniUpgrade,
  waitEnded,
  partialResponse,
  workerAsControlPlane,
  removedMember,
  cutOffMember,
  learner,
  ...bootBlockers,
  notBootstrapped,
  sandboxDown,
  waitingService,
  ...unreachable,
  etcdHung,
  etcdDown,
  etcdAlarm,
  strayMember,
  lostQuorum,
  kubeletDown,
  apiServersDown,
  cniMissing,
];
