/**
 * A site as its broker shows it: what each gate says of itself and of its configuration, and what it is
 * told. Fed with messages as they come; no clock, no network.
 */
import { parseRfc3339 } from '../../../config/rfc3339.js';
import { clockStates } from '../../../config/vocabulary.js';
import { type GateState, parseState, troublesOf } from '../../collector/gates.js';
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
  /** when its client certificate ends; null: it has none, or does not say so */
  readonly certificateUntilMs: number | null;
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

export const siteViewLimits = {
  /** many more than any campus has: beyond it a broker without an ACL makes gates up */
  gatesMax: 10_000,
  /** steps that stand there, all together: some thousands that hold their own bodies */
  desiredBytesMax: 67_108_864,
  versionLengthMax: 40,
} as const;

/** @returns a view of nothing yet */
export function siteView(site: string): SiteView {
  const gates = new Map<string, GateView>();
  const sessions = new Map<string, string>();
  const desired = new Map<string, Desired>();
  /** of the messages in `desired`, by topic, and of all of them */
  const sizes = new Map<string, number>();
  let desiredBytes = 0;
  const prefix = `gk/1/${site}/`;
  const hasRoom = (kiosk: string): boolean =>
    gates.has(kiosk) || gates.size < siteViewLimits.gatesMax;
  const change = (kiosk: string, what: Partial<GateView>): void => {
    const before = gates.get(kiosk) ?? unheard(kiosk);
    if (hasRoom(kiosk)) gates.set(kiosk, { ...before, ...what });
  };

  const takeState = (kiosk: string, payload: Uint8Array): void => {
    const state = parseState(payload);
    if (state === null || !hasRoom(kiosk)) return;
    // The will of a connection that another one has followed says nothing.
    const newest = sessions.get(kiosk);
    if (!state.online && newest !== undefined && newest !== state.session) return;
    if (state.online) sessions.set(kiosk, state.session);
    change(kiosk, state.online ? facts(state) : { online: false });
  };
  const takeDesired = (topic: string, place: StepPlace, payload: Uint8Array): void => {
    desired.delete(topic);
    desiredBytes -= sizes.get(topic) ?? 0;
    sizes.delete(topic);
    const { length } = payload;
    if (length === 0 || desiredBytes + length > siteViewLimits.desiredBytesMax) return;
    const read = readStep(payload);
    if (!read.ok) return;
    desired.set(topic, { ...place, topic, file: read.file });
    sizes.set(topic, length);
    desiredBytes += length;
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
        (it) => it.channel === channel && isDesiredOf(it, kiosk),
      );
      return own.reduce<Desired | null>(
        (best, it) => (best !== null && best.file.mark.seq >= it.file.mark.seq ? best : it),
        null,
      );
    },
  };
}

/** Takes what stands at the broker; returns whether that gate hears it, and it may be for it. */
export function isDesiredOf(desired: Pick<Desired, 'kiosk' | 'file'>, kiosk: string): boolean {
  return (desired.kiosk ?? kiosk) === kiosk && mayBeFor(desired.file, kiosk);
}

/** Which groups a gate is in only the gate knows. */
function mayBeFor({ step: { target } }: StepFile, kiosk: string): boolean {
  return !('kiosks' in target) || target.kiosks.includes(kiosk);
}

function facts({ text, atMs }: GateState): Partial<GateView> {
  // Read strictly by `parseState` before.
  const said = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const { version, clock, backlog, devices, certificateUntil: until } = said;
  return {
    ...{ online: true, atMs },
    version: typeof version === 'string' ? version.slice(0, siteViewLimits.versionLengthMax) : null,
    clock: clockStates.find((known) => known === clock) ?? null,
    backlog: typeof backlog === 'number' ? backlog : null,
    certificateUntilMs: typeof until === 'string' ? parseRfc3339(until) : null,
    troubles: troublesOf(devices),
  };
}

function newestPassage(payload: Uint8Array): string | null {
  const read = parseBatch(payload);
  if (!read.ok) return null;
  const last = read.batch.records.findLast(({ record }) => record['type'] === 'passage');
  const at = last?.record['at'];
  return typeof at === 'string' && parseRfc3339(at) !== null ? at : null;
}

function unheard(kiosk: string): GateView {
  return {
    ...{ kiosk, online: null, version: null, clock: null, backlog: null, troubles: [] },
    ...{ atMs: null, certificateUntilMs: null, reported: null, passageAt: null },
  };
}
