import type { NodeSnapshot } from '../../observe/snapshot.ts';
import { nodeCheck } from '../define.ts';
import { hint, pass, skip, unreadWarning, warn } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

const stateOf = ({ imageCache }: NodeSnapshot) => (imageCache.ok ? imageCache.value[0] : undefined);

/** Talos itself calls the cache disabled if its volumes are missing or have failed. */
const volumesOf = ({ volumes }: NodeSnapshot) =>
  volumes.ok ? volumes.value.filter(({ id }) => id.startsWith('IMAGECACHE')) : [];

export const imageCache = nodeCheck({
  id: 'image-cache',
  stage: 'readiness',
  scope: 'node',
  severity: 'warn',
  title: 'the image cache of the machine is ready',
  explanation:
    'The machine configuration switches the image cache on, and it is not ready: images come from the registries, which an air-gapped machine does not reach.',
  requires: ['api-reachable', 'boot-finished'],
  reads: [],
  alsoReads: ['imageCache', 'volumes'],
  docs: {
    pending: 'never: it warns',
    warn: 'the cache is not ready, its volume has failed, images are still being copied to it, or its state could not be read',
    skip: 'no image cache is configured, the machine has no medium with one, or the version of Talos does not expose it to a reader',
    talosctl: 'not asked there',
    reports: ['siderolabs/talos#11540'],
    advice: 'See whether the machine has the volume with the cache, and what the service that serves it says',
    commands: [
      'talosctl -n 10.0.0.2 get imagecacheconfig -o yaml',
      'talosctl -n 10.0.0.2 get volumestatus',
      'talosctl -n 10.0.0.2 logs registryd',
    ],
  },
  evaluate(_, { node }) {
    const show = talosctl(node, 'get imagecacheconfig -o yaml');
    const state = stateOf(node);
    const advice = hint(
      'See whether the machine has the volume with the cache, and what the service that serves it says.',
      show,
      talosctl(node, 'get volumestatus'),
      talosctl(node, 'logs registryd'),
    );
    const volumes = volumesOf(node);
    const failed = volumes.find(({ phase }) => phase === 'failed');
    if (failed !== undefined) {
      return warn(withReason(`the volume ${failed.id} of the image cache has failed`, failed.errorMessage), advice);
    }
    if (state === undefined || state.status === 'disabled') {
      if (!node.imageCache.ok) {
        return unreadWarning('the image cache', node.imageCache.error, hint('See what the node says of it.', show));
      }
      const isConfigured = volumes.length > 0;
      return skip(isConfigured ? 'the machine has no medium with an image cache' : 'no image cache is configured');
    }
    if (state.status !== 'ready') {
      return warn(`the image cache is ${state.status === 'unknown' ? 'in no known state' : state.status}`, advice);
    }
    return state.copy === 'copying' ? warn('images are still being copied to the image cache', advice) : pass('ready');
  },
});
