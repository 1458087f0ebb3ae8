import type { NodeSnapshot } from '../../observe/snapshot.ts';
import { isNotExposed } from '../../talos/failure.ts';
import type { Outcome } from '../check.ts';
import { nodeCheck } from '../define.ts';
import { hint, pass, skip, warn } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

const stateOf = ({ imageCache }: NodeSnapshot) => (imageCache.ok ? imageCache.value[0] : undefined);

/** Talos itself calls the cache disabled if its volumes are missing or have failed. */
const volumesOf = ({ volumes }: NodeSnapshot) =>
  volumes.ok ? volumes.value.filter(({ id }) => id.startsWith('IMAGECACHE')) : [];

function unread({ imageCache }: NodeSnapshot, commands: string): Outcome | undefined {
  if (imageCache.ok) {
    return undefined;
  }
  const text = `the image cache could not be read: ${imageCache.error.message}`;
  return isNotExposed(imageCache.error) ? skip(text) : warn(text, hint('See what the node says of it.', commands));
}

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
      const isConfigured = volumes.length > 0;
      return (
        unread(node, show) ??
        skip(isConfigured ? 'the machine has no medium with an image cache' : 'no image cache is configured')
      );
    }
    if (state.status !== 'ready') {
      return warn(`the image cache is ${state.status === 'unknown' ? 'in no known state' : state.status}`, advice);
    }
    return state.copy === 'copying' ? warn('images are still being copied to the image cache', advice) : pass('ready');
  },
});
