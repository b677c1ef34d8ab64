/** What one configuration sets otherwise than another, as far as a step of `device` may do so. Pure. */
import type { KioskConfig } from '../../../config/kiosk-config.js';
import type { SettingPart } from '../signed/channel-state.js';

/** Takes two configurations of one gate; returns the sessions that they open otherwise. */
export function touchedParts(before: KioskConfig, after: KioskConfig): ReadonlySet<SettingPart> {
  const pairs: readonly (readonly [SettingPart, unknown, unknown])[] = [
    ['scanner', before.devices.scanner, after.devices.scanner],
    ['thermometer', before.devices.thermometer, after.devices.thermometer],
    ['id-card-reader', before.devices.idCardReader, after.devices.idCardReader],
    ['broker', before.mqtt, after.mqtt],
  ];
  return new Set(pairs.flatMap(([part, was, is]) => (isSame(was, is) ? [] : [part])));
}

/** Both come out of the same schema, which orders their members. */
function isSame(was: unknown, is: unknown): boolean {
  return JSON.stringify(was) === JSON.stringify(is);
}
