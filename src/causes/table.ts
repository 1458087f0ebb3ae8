import { missingRole, noCertificate, serverRole, staleCertificate, workerEndpoint } from './caller.ts';
import { etcdAlarm, etcdDown, etcdHung, lostQuorum } from './etcd.ts';
import { cutOffMember, learner, removedMember, strayMember } from './etcd-members.ts';
import { heldBackBy, waitingService } from './held-back.ts';
import { apiServersDown, cniMissing, kubeletDown } from './kubernetes.ts';
import { noEndpoint } from './no-endpoint.ts';
import { notBootstrapped } from './not-bootstrapped.ts';
import type { Recogniser } from './root-cause.ts';
import { unknownClientCa, wrongCa, wrongClock } from './trust.ts';
import { halfSilent } from './unanswered.ts';
import { unreachable } from './unreachable.ts';
import { workerAsControlPlane } from './wrong-role.ts';

/**
 * Every kind of cause that is more than a check that fails, in the order in
 * which they are sought: whoever explains a finding first has it.
 */
export const table: readonly Recogniser[] = [
  missingRole,
  serverRole,
  noCertificate,
  staleCertificate,
  wrongClock,
  wrongCa,
  unknownClientCa,
  workerEndpoint,
  noEndpoint,
  halfSilent,
  workerAsControlPlane,
  removedMember,
  cutOffMember,
  learner,
  ...heldBackBy,
  notBootstrapped,
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
