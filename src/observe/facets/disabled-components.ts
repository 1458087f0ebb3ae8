import { listResources } from '../../talos/resources/api.ts';
import { controllerManagerConfigs, schedulerConfigs } from '../../talos/resources/kubernetes.ts';
import type { Call } from '../request.ts';

/** Components of the control plane that a machine configuration can disable, by the id of their static pods. */
export const components = [
  ['kube-controller-manager', controllerManagerConfigs],
  ['kube-scheduler', schedulerConfigs],
] as const;

/** Listed rather than read by id: newer versions of Talos keep more than one of a type. */
export const disabledComponents: Call<readonly string[]> = async (channel, options) => {
  const disabled: string[] = [];
  for (const [id, type] of components) {
    const configs = await listResources(channel, type, options);
    if (configs.length > 0 && !configs.includes(true)) {
      disabled.push(id);
    }
  }
  return disabled;
};
