/** What the channels of configuration hold, read and checked: what a gate goes by. */
import { parseDeviceOverlay, withOverlay } from '../../../config/device-overlay.js';
import type { KioskConfig } from '../../../config/kiosk-config.js';
import type { Policy } from '../../../config/policy.js';
import { loadPolicy } from '../../../config/policy-schema.js';
import type { PlacedProblem } from '../../../config/problems.js';
import { parseStrictJsonBytes } from '../../../config/strict-json.js';
import {
  parseRevocationsBytes,
  type Revocations,
  revocationListBytesMax,
} from '../../credential/revocations.js';
import { withMoreRevoked } from '../../credential/revocations-union.js';
import { parseTrustListBytes, type TrustList } from '../../credential/trust.js';
import { bodyBytesMax, type Channel } from '../signed/config-step.js';

export interface Contents {
  readonly trust: TrustList;
  readonly policy: Policy;
  readonly revocations: Revocations;
  /** `kiosk.json`, with what a step of `device` has laid over it */
  readonly config: KioskConfig;
}

/** What one step changes of it. */
export type Change = Partial<Contents>;

export type ReadBody =
  | { readonly ok: true; readonly change: Change }
  | { readonly ok: false; readonly detail: string };

/**
 * @param channel whose body it is
 * @param bytes JSON, as its step had it, or its blobs
 * @param config of the gate, as its file has it: settings of devices are laid over it
 * @returns what it says, or its first problem with its place. Never throws
 */
export function readBody(channel: Channel, bytes: Uint8Array, config: KioskConfig): ReadBody {
  switch (channel) {
    case 'trust': {
      const read = parseTrustListBytes(bytes);
      return read.ok ? { ok: true, change: { trust: read.trust } } : problem(read.problems);
    }
    case 'policy': {
      const json = parseStrictJsonBytes(bytes, bodyBytesMax.policy);
      const read = json.ok ? loadPolicy(json.value) : json;
      return read.ok ? { ok: true, change: { policy: read.policy } } : problem(read.problems);
    }
    case 'revocation': {
      if (bytes.length > revocationListBytesMax) return { ok: false, detail: 'is too large' };
      const read = parseRevocationsBytes(bytes);
      return read.ok
        ? { ok: true, change: { revocations: read.revocations } }
        : problem(read.problems);
    }
    case 'device': {
      const json = parseStrictJsonBytes(bytes, bodyBytesMax.device);
      const read = json.ok ? parseDeviceOverlay(json.value) : json;
      const laid = read.ok ? withOverlay(config, read.overlay) : read;
      return laid.ok ? { ok: true, change: { config: laid.config } } : problem(laid.problems);
    }
  }
}

/**
 * @param channel whose bodies they are
 * @param bodies that make up a step, the whole one first
 * @param config of the gate, as its file has it
 * @returns what it changes; null: one of them cannot be read
 */
export function readBodies(
  channel: Channel,
  bodies: readonly Uint8Array[],
  config: KioskConfig,
): Change | null {
  const changes: Change[] = [];
  for (const bytes of bodies) {
    const read = readBody(channel, bytes, config);
    if (!read.ok) return null;
    changes.push(read.change);
  }
  const [first = null, ...others] = changes;
  return others.reduce<Change | null>(
    (all, { revocations: more }) =>
      all?.revocations === undefined || more === undefined
        ? null
        : { revocations: withMoreRevoked(all.revocations, more) },
    first,
  );
}

function problem([first]: readonly PlacedProblem[]): ReadBody {
  return { ok: false, detail: first === undefined ? '' : `${first.place}: ${first.problem}` };
}
