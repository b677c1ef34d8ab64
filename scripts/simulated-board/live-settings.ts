/**
 * The channels of configuration, commands and signed time of one gate of `npm start`: the daemon's own, joined
 * with a simulated board. What was accepted lies in the gate's state directory, and is what it starts under.
 */
import { mkdirSync } from 'node:fs';
import type { BootReason } from '../../config/vocabulary.js';
import type { Revocations } from '../../kiosk/credential/revocations.js';
import { withMoreRevoked } from '../../kiosk/credential/revocations-union.js';
import type { Configuration } from '../../kiosk/daemon/configuration.js';
import type { GateTools } from '../../kiosk/daemon/gate-tools.js';
import { packageVersion } from '../../kiosk/daemon/package-version.js';
import {
  type SignedSettings,
  type StartSettings,
  startSettings,
  startSignedSettings,
} from '../../kiosk/daemon/signed-settings.js';
import type { Verifier } from '../../kiosk/evidence/scan.js';
import type { Gate } from '../../kiosk/gate.js';
import type { StartsUnder } from './board.js';

export interface LiveSettingsOptions extends GateTools {
  /** what the gate has been enrolled with */
  readonly configuration: Pick<Configuration, 'config' | 'trust' | 'policy'>;
  readonly peppers: Verifier['peppers'];
  /** what the offices of the play have revoked so far: each has a telephone to the gate, and no channel */
  revokedByOffices(): Revocations;
  /** The broker is another, or is reached otherwise. */
  relink(): void;
}

/** What a step sets beside the gate itself: as the daemon's, the journal and the screen. */
type SettableParts = Pick<Parameters<typeof startSignedSettings>[2], 'retain' | 'speak'>;

export interface LiveSettings {
  /** Takes how the last run ended; returns what the next one starts under. */
  startsUnder(lastEnd: BootReason | null): StartsUnder;
  /**
   * Joins a gate that was started so with its channels. What a step sets of scanner, thermometer and reader is
   * in its settings, and their simulated wires stay as they are.
   */
  join(gate: Gate, parts: SettableParts): SignedSettings;
}

/** Makes the gate's state directory where it is missing. @throws where it cannot be made */
export function liveSettings(options: LiveSettingsOptions): LiveSettings {
  const { clock, scheduler, log, configuration, peppers, revokedByOffices } = options;
  const tools = { clock, scheduler, log };
  mkdirSync(configuration.config.stateDirectory, { recursive: true, mode: 0o700 });
  let start: StartSettings | null = null;
  const withOffices = (list: Revocations): Revocations => bothRevoked(list, revokedByOffices);
  return {
    startsUnder(lastEnd) {
      start = startSettings(configuration, lastEnd, { ...tools, isOutOfService: false });
      const { trust, policy, revocations, config } = start.loaded.contents;
      return {
        config,
        policy,
        verifier: { trust, revocations: withOffices(revocations), peppers },
      };
    },
    join(gate, parts) {
      if (start === null) throw new Error('nothing was loaded for this gate');
      const joined: Gate = {
        ...gate,
        reconfigure({ verified: { trust, revocations }, ...next }) {
          gate.reconfigure({ ...next, verified: { trust, revocations: withOffices(revocations) } });
        },
      };
      return startSignedSettings(start, joined, {
        ...{ ...tools, configuration, version: packageVersion(), sessions: null },
        ...{ ...parts, relink: options.relink },
      });
    },
  };
}

/** @returns a list that has, whenever it is asked, also what the others have revoked by then */
function bothRevoked(list: Revocations, others: () => Revocations): Revocations {
  let last: { readonly more: Revocations; readonly both: Revocations } | null = null;
  const both = (): Revocations => {
    const more = others();
    if (more.sha256 === null) return list;
    if (list.sha256 === null) return more;
    if (last?.more !== more) last = { more, both: withMoreRevoked(list, more) };
    return last.both;
  };
  return {
    get sha256() {
      return both().sha256;
    },
    get credentials() {
      return both().credentials;
    },
    get holders() {
      return both().holders;
    },
    get issuers() {
      return both().issuers;
    },
    get kinds() {
      return both().kinds;
    },
  };
}
