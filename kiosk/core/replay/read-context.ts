/** The gate as a decision's record says that it was: see `context-record.ts`. */
import type { Policy } from '../../../config/policy.js';
import {
  clockStates,
  type DeviceName,
  type DeviceStatus,
  directions,
  type Now,
  zoneKinds,
} from '../../../config/vocabulary.js';
import type { Attempt, FeverSeen } from '../attempt/attempt-state.js';
import { type KnownFact, knownOf } from '../known/known-facts.js';
import type { Grant } from '../lane/lane-state.js';
import type { GateSettings } from '../settings.js';
import { type GateState, initialState, type Writing } from '../state.js';
import { partsRead } from './context-record.js';
import { decidedAtMs } from './read-evidence.js';
import type { RecordReader } from './record-reader.js';

/** The moment of a decision, as its record says it. */
export function readNow(record: RecordReader): Now {
  const wallMs = Date.parse(record.text('at'));
  if (Number.isNaN(wallMs)) record.missing('at');
  return { monotonicMs: decidedAtMs, wallMs, clock: record.word('clock', clockStates) };
}

/**
 * @param record the decision
 * @param policy the one to decide by
 * @returns the settings it was decided under, as far as a decision reads them
 */
export function readSettings(record: RecordReader, policy: Policy): GateSettings {
  const zone = record.text('zone');
  const kind = record.word('zoneKind', zoneKinds);
  const direction = record.word('direction', directions);
  const utcOffsetMinutes = record.whole('utcOffsetMinutes');
  const place = `${direction} ${utcOffsetMinutes} ${kind} ${zone}`;
  const last = lastPlaces.get(policy);
  if (last?.place === place) return last.settings;
  const settings: GateSettings = {
    site: '',
    kiosk: '',
    zone: { name: zone, kind },
    direction,
    utcOffsetMinutes,
    policy,
    policyHash: '',
    configurationHash: '',
    turnstileMode: 'pulse',
    hasRelease: true,
    pulseMs: 0,
    hasPassageSensor: true,
    mayOpenFromAfar: false,
  };
  lastPlaces.set(policy, { place, settings });
  return settings;
}

/** A journal is of one gate: what follows from its settings is worked out once. */
const lastPlaces = new WeakMap<
  Policy,
  { readonly place: string; readonly settings: GateSettings }
>();

/** @returns the gate in this context; what no decision reads is as at a start */
export function readContext(
  record: RecordReader,
  settings: GateSettings,
  identities: Attempt['identities'],
): GateState {
  const base = baseOf(settings);
  const context = record.object('context', (it) => contextOf(it, base, identities));
  if (context === null) record.missing('context');
  return context ?? base;
}

function contextOf(
  it: RecordReader,
  base: GateState,
  identities: Attempt['identities'],
): GateState {
  const faulty = it.texts('faulty');
  const people = Object.values(identities).map(({ space, token }) => `${space}:${token}`);
  return {
    ...base,
    devices: devicesBut(faulty),
    registry: it.word('registry', ['current', 'early', 'none']),
    unwritten: { ...base.unwritten, failed: it.flag('unwritten') ? [someWriting] : [] },
    late: it.flag('late') ? [someGrant] : [],
    known: knownOf(it.objects('known', readFact)),
    fevers: it.objects('fevers', (fever) => readFever(fever, people)),
  };
}

function devicesBut(faulty: readonly string[]): GateState['devices'] {
  return Object.fromEntries(
    partsRead.map((part): [DeviceName, DeviceStatus] => [
      part,
      faulty.includes(part) ? 'lost' : 'ok',
    ]),
  );
}

function readFever(it: RecordReader, people: readonly string[]): FeverSeen {
  return {
    people,
    lastMs: decidedAtMs - it.whole('agoMs'),
    retestsMs: it.wholes('retestsAgoMs').map((agoMs) => decidedAtMs - agoMs),
    isOpen: it.flag('isOpen'),
  };
}

function readFact(it: RecordReader): KnownFact {
  const type = it.word('type', ['ticket', 'passage', 'isolation', 'window']);
  const key = it.text('key');
  switch (type) {
    case 'ticket': {
      const state = it.word('state', ['reserved', 'spent', 'uncertain']);
      const direction = it.word('direction', directions);
      return { type, key, direction, state, elsewhere: it.flag('elsewhere') };
    }
    case 'passage':
      return { type, key, direction: it.word('direction', directions), at: it.text('at') };
    case 'isolation':
      return { type, key, until: it.text('until') };
    case 'window':
      return { type, key, day: it.whole('day'), ticket: it.text('ticket'), at: it.text('at') };
  }
}

function baseOf(settings: GateSettings): GateState {
  const known = bases.get(settings);
  if (known !== undefined) return known;
  const base = initialState(settings, { monotonicMs: decidedAtMs, wallMs: 0, clock: 'floor' });
  bases.set(settings, base);
  return base;
}

const bases = new WeakMap<GateSettings, GateState>();

/** A decision reads only whether there are any. */
const someWriting: Writing = { order: 0, records: [], uses: [] };
const someGrant: Grant = {
  id: 0,
  attempt: null,
  rule: null,
  override: null,
  needs: [],
  identities: [],
  companions: 0,
  companionsGuard: null,
  guard: null,
  lacking: [],
  accompanies: null,
  isolations: [],
  ticket: null,
  openUntilMs: null,
  seq: null,
  sinceMs: 0,
  moves: [],
};
