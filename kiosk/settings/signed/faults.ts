/** Which step a fault may be the doing of, and by which code that is told. Pure. */
import {
  type CausableFault,
  causable,
  type Facts,
  type SeenFault,
  type SettingPart,
  settableDevices,
} from './channel-state.js';

/** Takes a fault as it was seen; returns the code that `cfg/reported` has for it. */
export function codeOfFault(fault: SeenFault): CausableFault {
  const all: readonly CausableFault[] = [...causable.policy, ...causable.device];
  return all.find((code) => code === fault) ?? 'device-lost';
}

/** @returns whether the step on trial in this channel may have caused the fault */
export function isCausable(
  channel: 'policy' | 'device',
  fault: SeenFault,
  { touched }: Pick<Facts, 'touched'>,
): boolean {
  const codes: readonly CausableFault[] = causable[channel];
  if (!codes.includes(codeOfFault(fault))) return false;
  const part = partOfFault(fault);
  return part === null || touched === undefined || touched.has(part);
}

function partOfFault(fault: SeenFault): SettingPart | null {
  if (fault === 'broker-lost') return 'broker';
  return settableDevices.find((device) => fault.startsWith(`${device} `)) ?? null;
}
