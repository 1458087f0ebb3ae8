import { join } from 'node:path';

/** Where the simulated cluster leaves what its clients need. The last two are of a cluster with Omni only. */
export function paths(folder: string) {
  return {
    talosconfig: join(folder, 'talosconfig'),
    serviceAccountKey: join(folder, 'service-account-key'),
    ca: join(folder, 'ca.pem'),
  };
}
