/**
 * A site as its broker shows it: what each gate says of itself and of its configuration, and what it is
 * told. Fed with messages as they come; no clock, no network.
 */
import { clockStates } from '../../../config/vocabulary.js';
import { type GateState, parseState } from '../../collector/gates.js';
import { parseBatch } from '../../report/batch.js';
import type { InMessage } from '../../report/mqtt-client.js';
import { readGateTopic } from '../../report/topics.js';
import type { Channel } from '../signed/config-step.js';
import { parseReported, type Reported } from './reported.js';
import { readStep, type StepFile } from './step-file.js';
import { readStepTopic, type StepPlace } from './step-topics.js';

export interface GateView {
  readonly kiosk: string;
  /** null: its state was never heard */
  readonly online: boolean | null;
  readonly version: string | null;
  readonly clock: string | null;
  readonly backlog: number | null;
  /** those that are not ok, as `scanner lost` */
  readonly troubles: readonly string[];
  readonly atMs: number | null;
  readonly reported: Reported | null;
  /** of the newest passage that was seen; null: none was */
  readonly passageAt: string | null;
}

/** A step that stands at the broker. */
export interface Desired extends StepPlace {
  readonly topic: string;
  readonly file: StepFile;
}

export interface SiteView {
  take(message: InMessage): void;
  /** by name */
  gates(): readonly GateView[];
  gate(kiosk: string): GateView;
  /** all that stands under `cfg/desired`, as far as it is a step */
  desired(): readonly Desired[];
  /** @returns the newest step that stands there for this gate, or null */
  desiredOf(kiosk: string, channel: Channel): Desired | null;
}

/** Many more than any campus has: beyond it a broker without an ACL makes gates up. */
const gatesMax = 10_000;

/** @returns a view of nothing yet */
export function siteView(site: string): SiteView {
  const gates = new Map<string, GateView>();
  const sessions = new Map<string, string>();
  const desired = new Map<string, Desired>();
  const prefix = `gk/1/${site}/`;
  const change = (kiosk: string, what: Partial<GateView>): void => {
    const before = gates.get(kiosk) ?? unheard(kiosk);
    if (gates.size < gatesMax || gates.has(kiosk)) gates.set(kiosk, { ...before, ...what });
  };

  const takeState = (kiosk: string, payload: Uint8Array): void => {
    const state = parseState(payload);
    if (state === null) return;
    // The will of a connection that another one has followed says nothing.
    const newest = sessions.get(kiosk);
    if (!state.online && newest !== undefined && newest !== state.session) return;
    if (state.online) sessions.set(kiosk, state.session);
    change(kiosk, state.online ? facts(state) : { online: false });
  };
  const takeDesired = (topic: string, place: StepPlace, payload: Uint8Array): void => {
    desired.delete(topic);
    const read = payload.length === 0 ? null : readStep(payload);
    if (read?.ok === true) desired.set(topic, { ...place, topic, file: read.file });
  };

  return {
    take({ topic, payload }) {
      if (!topic.startsWith(prefix)) return;
      const place = readStepTopic(topic.slice(prefix.length));
      if (place !== null) return takeDesired(topic, place, payload);
      const own = readGateTopic(site, topic);
      if (own === null) return;
      const { kiosk, name } = own;
      if (name === 'state') takeState(kiosk, payload);
      if (name === 'cfg/reported') {
        const reported = parseReported(payload);
        if (reported !== null) change(kiosk, { reported });
      }
      if (name === 'ev') {
        const passageAt = newestPassage(payload);
        if (passageAt !== null) change(kiosk, { passageAt });
      }
    },
    gates: () => [...gates.values()].sort((a, b) => (a.kiosk < b.kiosk ? -1 : 1)),
    gate: (kiosk) => gates.get(kiosk) ?? unheard(kiosk),
    desired: () => [...desired.values()],
    desiredOf(kiosk, channel) {
      const own = [...desired.values()].filter(
        (it) => it.channel === channel && (it.kiosk ?? kiosk) === kiosk && mayBeFor(it.file, kiosk),
      );
      return own.reduce<Desired | null>(
        (best, it) => (best !== null && best.file.mark.seq >= it.file.mark.seq ? best : it),
        null,
      );
    },
  };
}

/** Which groups a gate is in only the gate knows. */
function mayBeFor({ step: { target } }: StepFile, kiosk: string): boolean {
  return !('kiosks' in target) || target.kiosks.includes(kiosk);
}

function facts({ text, atMs }: GateState): Partial<GateView> {
  // Read strictly by `parseState` before.
  const said = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const { version, clock, backlog, devices } = said;
  const statuses = typeof devices === 'object' && devices !== null ? Object.entries(devices) : [];
  return {
    ...{ online: true, atMs },
    version: typeof version === 'string' ? version : null,
    clock: clockStates.find((known) => known === clock) ?? null,
    backlog: typeof backlog === 'number' ? backlog : null,
    troubles: statuses.filter(([, it]) => it !== 'ok').map(([name, it]) => `${name} ${it}`),
  };
}

function newestPassage(payload: Uint8Array): string | null {
  const read = parseBatch(payload);
  if (!read.ok) return null;
  const last = read.batch.records.findLast(({ record }) => record['type'] === 'passage');
  const at = last?.record['at'];
  return typeof at === 'string' ? at : null;
}

function unheard(kiosk: string): GateView {
  return {
    ...{ kiosk, online: null, version: null, clock: null, backlog: null, troubles: [] },
    ...{ atMs: null, reported: null, passageAt: null },
  };
}
