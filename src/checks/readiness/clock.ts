import { isNotExposed } from '../../talos/failure.ts';
import { formatDuration } from '../../values/duration.ts';
import { nodeCheck } from '../define.ts';
import { type Offset, worstOffset } from '../facts/clocks.ts';
import { isContainer } from '../facts/machine-status.ts';
import { hint, pass, pending, skip, unreadable, warn } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** In milliseconds. Ceph complains at 50 ms; certificates and etcd's leases break far above a second. */
const limits = { warn: 1000, fail: 30_000 };

function offsetText({ ahead, from }: Offset): string {
  return `${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} ${from}`;
}

export const clock = nodeCheck({
  id: 'clock',
  stage: 'readiness',
  scope: 'node',
  title: 'the clock of the machine is right',
  explanation:
    'The clock of the machine differs from that of its time server, of the other nodes or of the machine that the check runs on, or nothing keeps it right: certificates become invalid, and the leases of etcd and Kubernetes end too early or too late.',
  requires: ['api-reachable'],
  reads: ['time'],
  alsoReads: ['timeStatus', 'clockError', 'version'],
  docs: {
    pending: 'the clock is more than 30 s off',
    warn: 'the clock is more than 1 s off, or the synchronisation of time is switched off; or no time server has corrected the clock for so long, some nine hours, that the kernel calls it unsynchronised',
    skip: 'Talos runs in a container, whose clock is that of the host, or the version of Talos does not expose the clock to a reader',
    talosctl: 'only that Talos once found the clock synchronised',
    reports: ['siderolabs/sbc-raspberrypi#47', 'etcd-io/etcd#9768'],
    advice:
      'Check that the node reaches its time servers (UDP port 123); if all nodes are off by the same, check the clock of the machine that the check runs on',
    commands: ['talosctl -n 10.0.0.2 time', 'talosctl -n 10.0.0.2 get timeservers', 'date -u'],
  },
  unless: ({ node }) =>
    isContainer(node) ? skip('Talos runs in a container, whose clock is that of the host') : undefined,
  evaluate({ time }, { node, snapshot }) {
    const { timeStatus, clockError } = node;
    for (const name of ['timeStatus', 'clockError'] as const) {
      const facet = node[name];
      if (!facet.ok && !isNotExposed(facet.error)) {
        return unreadable(node, name, facet.error);
      }
    }
    const advice = hint(
      'Check that the node reaches its time servers; `talosctl time` asks one of them.',
      talosctl(node, 'time'),
      talosctl(node, 'get timeservers'),
      'date -u',
    );
    const measured = 'ahead' in time ? time : undefined;
    const worst = measured && worstOffset(measured, snapshot);
    const off = Math.abs(worst?.ahead ?? 0);
    if (worst !== undefined && off > limits.warn) {
      const isRight = worst.from === 'this machine' && Math.abs(measured?.aheadOfServer ?? off) < limits.warn;
      const text = `the clock is ${offsetText(worst)}${isRight ? `, and agrees with its time server ${measured?.server}` : ''}`;
      return off > limits.fail ? pending(text, advice) : warn(text, advice);
    }
    if (timeStatus.ok && timeStatus.value.syncDisabled) {
      return warn(
        'the synchronisation of time is switched off',
        hint(
          'Nothing keeps the clock right, unless the hypervisor does: remove `disabled` from the time settings of the machine configuration.',
          talosctl(node, 'get timestatus'),
        ),
      );
    }
    const error = clockError.ok ? clockError.value : 0;
    if (error > limits.warn) {
      return warn(`nothing has corrected the clock for hours: it may be ${formatDuration(error)} off`, advice);
    }
    if ('ahead' in time) {
      return pass(`within ${formatDuration(Math.max(1, off))}`);
    }
    const unmeasured = `its time server did not tell the offset: ${time.unmeasured}`;
    return clockError.ok
      ? pass(`estimated error ${formatDuration(error)}; ${unmeasured}`)
      : skip(`the error of the clock is not known: ${clockError.error.message}; ${unmeasured}`);
  },
});
