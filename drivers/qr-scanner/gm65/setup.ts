/**
 * How a module of the GM65 family is set up: found at one of its speeds, each setting read, written
 * only where it differs, all saved once if anything was written. A generator: it yields what is to
 * be done and is handed the answer, so that it knows neither link nor clock.
 */
import type { Gm65Settings } from '../../../config/scanner-config.js';
import type { ZoneCommand, ZoneReply } from './codec.js';
import { baudZone, wantedZones, zoneBaud, zoneMode } from './zones.js';

export type SetupStep =
  | { readonly type: 'ask'; readonly command: ZoneCommand }
  /** go on at another speed; the answer to this is null */
  | { readonly type: 'speed'; readonly baudRate: number };

export interface SetupOptions {
  readonly settings: Gm65Settings;
  /** bits a second, the wanted one first; none: the far end of the line sets it */
  readonly speeds: readonly number[];
  /** false: the EEPROM has been written often enough */
  readonly maySave: boolean;
}

export interface SetupOutcome {
  readonly answered: boolean;
  readonly saved: boolean;
  /** what is wrong with a module that is heard, or is not; null: nothing */
  readonly fault: Gm65Fault | null;
}

/**
 * `not-answering`: read in line mode; `settings-refused`: it does not take a setting;
 * `settings-lost`: it does not keep them, and is set up again at each start.
 */
export type Gm65Fault = 'not-answering' | 'settings-refused' | 'settings-lost';

export type Setup = Generator<SetupStep, SetupOutcome, ZoneReply | null>;
type Steps<Result> = Generator<SetupStep, Result, ZoneReply | null>;

/** @returns the steps to be done in turn, each with its answer; null: none came */
export function* gm65Setup({ settings, speeds, maySave }: SetupOptions): Setup {
  const [wantedSpeed = null] = speeds;
  const foundSpeed = yield* findSpeed(speeds);
  if (foundSpeed === undefined) return { answered: false, saved: false, fault: 'not-answering' };

  let changed = false;
  let refused = false;
  for (const setting of wantedZones(settings, wantedSpeed)) {
    const { zone, byteCount } = setting;
    const held = yield* read(zone, byteCount);
    if (held === null) {
      refused = true;
      continue;
    }
    const data = setting.wanted(held);
    if (data.every((byte, index) => byte === held[index])) continue;
    const taken =
      zone === zoneBaud && wantedSpeed !== null
        ? yield* changeSpeed(foundSpeed, wantedSpeed)
        : yield* write(zone, data);
    if (taken) changed = true;
    else refused = true;
  }

  const saved = changed && maySave && (yield* isDone({ type: 'save' }));
  const isLost = changed && !saved;
  const fault = refused ? 'settings-refused' : isLost ? 'settings-lost' : null;
  return { answered: true, saved, fault };
}

/** The speed at which it answers; null: the far end's; undefined: it does not. */
function* findSpeed(speeds: readonly number[]): Steps<number | null | undefined> {
  if (speeds.length === 0) return (yield* read(zoneMode, 1)) === null ? undefined : null;
  for (const baudRate of speeds) {
    yield { type: 'speed', baudRate };
    if ((yield* read(zoneMode, 1)) !== null) return baudRate;
  }
  // Whoever set it up by hand has set the wanted speed.
  const [baudRate] = speeds;
  if (baudRate !== undefined) yield { type: 'speed', baudRate };
  return undefined;
}

/**
 * The acknowledgement may come at either speed and be lost: what counts is that the module is heard
 * at the new one. If it is not, the old one is used as before.
 */
function* changeSpeed(from: number | null, to: number): Steps<boolean> {
  const data = baudZone(to);
  yield { type: 'ask', command: { type: 'write', zone: zoneBaud, data } };
  yield { type: 'speed', baudRate: to };
  const held = yield* read(zoneBaud, 2);
  if (held !== null) return data.every((byte, index) => byte === held[index]);
  if (from !== null) yield { type: 'speed', baudRate: from };
  return false;
}

function* read(zone: number, byteCount: number): Steps<readonly number[] | null> {
  const reply = yield { type: 'ask', command: { type: 'read', zone, byteCount } };
  return reply?.status === 0 && reply.data.length === byteCount ? [...reply.data] : null;
}

function* write(zone: number, data: readonly number[]): Steps<boolean> {
  return yield* isDone({ type: 'write', zone, data });
}

function* isDone(command: ZoneCommand): Steps<boolean> {
  const reply = yield { type: 'ask', command };
  return reply?.status === 0;
}
