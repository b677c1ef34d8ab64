/** From the checked configuration files to what the core runs under. */
import { createHash } from 'node:crypto';
import { type KioskConfig, timeZoneOffsetMinutes } from '../../config/kiosk-config.js';
import type { Policy } from '../../config/policy.js';
import type { GateSettings } from '../core/settings.js';
import { configurationHash } from '../journal/content-hash.js';

/**
 * @param config a checked `kiosk.json`
 * @param policy a checked policy
 * @returns the core's settings; the policy's hash is over its JSON as the gate reads it, the
 *   configuration's over its canonical JSON without what it says to editors only
 */
export function gateSettings(config: KioskConfig, policy: Policy): GateSettings {
  const { site, kiosk, zone, direction, devices } = config;
  return {
    site,
    kiosk,
    zone,
    direction,
    utcOffsetMinutes: timeZoneOffsetMinutes(config.timeZone) ?? 0,
    policy,
    policyHash: hashOfPolicy(policy),
    configurationHash: configurationHash(config),
    turnstileMode: devices.turnstile.mode ?? 'pulse',
    hasRelease: devices.turnstile.releaseInput ?? true,
    pulseMs: devices.turnstile.pulseMs,
    hasPassageSensor: devices.turnstile.passageSensor,
    mayOpenFromAfar: config.commands?.open ?? false,
  };
}

/** @returns hex SHA-256 of a policy as the gate reads it: what its decisions cite */
export function hashOfPolicy(policy: Policy): string {
  return createHash('sha256').update(JSON.stringify(policy)).digest('hex');
}
