/** How the devices are that a step of configuration may have set wrong, told when it changes. */
import type { DeviceName, DeviceStatus } from '../../config/vocabulary.js';
import { deviceDoubts, type SeenFault, settableDevices } from '../settings/signed/channel-state.js';

/**
 * @param fault told of each device and degree when it begins and ends; of one that has not reported yet nothing
 *   is told, so that what was so before a restart does not look as if it had gone away
 * @returns takes the devices as the gate has them
 */
export function watchDeviceFaults(
  fault: (fault: SeenFault, on: boolean) => void,
): (devices: Readonly<Partial<Record<DeviceName, DeviceStatus>>>) => void {
  const told = new Map<SeenFault, boolean>();
  return (devices) => {
    for (const device of settableDevices) {
      const status = devices[device];
      if (status === undefined) continue;
      for (const doubt of deviceDoubts) {
        // Who is lost is degraded, too.
        const on = status === doubt || (doubt === 'degraded' && status === 'lost');
        const name = `${device} ${doubt}` as const;
        if (told.get(name) === on) continue;
        told.set(name, on);
        fault(name, on);
      }
    }
  };
}
