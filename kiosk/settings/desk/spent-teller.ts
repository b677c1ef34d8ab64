/**
 * Tells the other gates of this gate's uses: what is new at once, and all of it with every connection and
 * every ten minutes. A snapshot is cut in slices and sent page by page, so that it holds up nobody.
 */
import type { Logger } from 'pino';
import type { PrivateKey } from '../../../config/crypto/ed25519-key.js';
import type { KnownEntry } from '../../../config/vocabulary.js';
import type { Cancel, Clock, Scheduler } from '../../../hardware/ports.js';
import { knownAheadMsMax, knownEntriesMax } from '../../core/known/learn.js';
import type { GuestLine } from '../../report/link-guest.js';
import { nothingToTell, tellNow, tellsAtMs, willTell } from '../spent/delta-pace.js';
import { heardLimits } from '../spent/heard.js';
import { type SpentMessage, sealSpent, spentLimits } from '../spent/spent-message.js';
import { deltaMessages, pageCutter, type SpentTeller, snapshotOf } from '../spent/spent-pages.js';
import { openSpentSet } from '../spent/spent-set.js';

export const tellerLimits = {
  /** after what a former run of the gate had told has come from the broker: a snapshot with it */
  joinedMs: 5_000,
  /** what a snapshot has room for: more is not learned from before this run, whoever had the gate's key then */
  rememberedMax: spentLimits.pagesMax * spentLimits.entriesMax,
} as const;

export interface TellerOptions {
  readonly site: string;
  readonly kiosk: string;
  /** the gate's own */
  readonly key: PrivateKey;
  /** of this run: 16 hex digits */
  readonly run: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** the time by the gate, and whether it is sure enough to forget by it */
  time(): { readonly wallMs: number; readonly isKnown: boolean };
}

export interface SpentTelling {
  /** New uses of this gate. */
  tell(entries: readonly KnownEntry[]): void;
  /** Uses of this gate from before this run: its journal's, or what a broker has kept. */
  know(entries: readonly KnownEntry[]): void;
  /** The broker has a page of this number; one beyond the next snapshot's is taken away. */
  sawPage(page: number): void;
  up(line: GuestLine): void;
  down(): void;
  stop(): void;
}

/** Starts with nothing to tell. */
export function startTelling(options: TellerOptions): SpentTelling {
  const { site, kiosk, key, run, clock, scheduler, log } = options;
  const topic = `gk/1/${site}/_spent/${kiosk}`;
  const set = openSpentSet();
  let pace = nothingToTell;
  let line: GuestLine | null = null;
  /** the last delta's number */
  let n = 0;
  /** pages that the broker has */
  let pagesKept = 0;
  /** of the snapshot that is being told; another connection or another one ends it */
  let serial = 0;
  let cancelDelta: Cancel = () => {};
  let cancelSnapshot: Cancel = () => {};
  const nowMs = (): number => clock.now().monotonicMs;
  const teller = (): SpentTeller => ({ site, kiosk, run, n, atMs: options.time().wallMs });

  const armDelta = (): void => {
    cancelDelta();
    const atMs = tellsAtMs(pace);
    if (line !== null && atMs !== null) cancelDelta = scheduler.at(atMs, tellDelta);
  };
  const tellDelta = (): void => {
    const told = tellNow(pace, nowMs());
    pace = told.pace;
    for (const message of deltaMessages({ ...teller(), n: n + 1 }, told.entries)) {
      n = message.n;
      // One that is lost shows by its number, and the next snapshot has it.
      line?.publish(
        { topic: `${topic}/d`, payload: sealSpent(message, key), retain: false },
        () => {},
      );
    }
    armDelta();
  };

  const snapshotAt = (atMs: number): void => {
    cancelSnapshot();
    cancelSnapshot = scheduler.at(atMs, snapshot);
  };
  const snapshot = (): void => {
    serial += 1;
    snapshotAt(nowMs() + heardLimits.snapshotMs);
    if (line !== null) cut(serial, set.list(), 0, teller(), pageCutter(teller()));
  };
  const cut = (
    own: number,
    list: readonly KnownEntry[],
    from: number,
    by: SpentTeller,
    cutter: ReturnType<typeof pageCutter>,
  ): void => {
    if (own !== serial) return;
    const { wallMs, isKnown } = options.time();
    for (const entry of list.slice(from, from + knownEntriesMax)) {
      // A time that is none ends nothing; what never ends is no gate's, and none takes it.
      const leftMs = Date.parse(entry.until) - wallMs;
      if (isKnown && (leftMs <= 0 || leftMs > knownAheadMsMax)) set.drop(entry);
      else cutter.add(entry);
    }
    const next = from + knownEntriesMax;
    if (next < list.length)
      return void scheduler.at(nowMs(), () => cut(own, list, next, by, cutter));
    const { messages, leftOutCount } = snapshotOf(by, cutter);
    if (leftOutCount > 0) log.warn({ leftOutCount }, 'the oldest uses are told to no other gate');
    page(own, messages, 0);
  };
  const page = (own: number, messages: readonly SpentMessage[], index: number): void => {
    if (own !== serial || line === null) return;
    const message = messages[index];
    if (message === undefined && index >= pagesKept) {
      pagesKept = messages.length;
      return;
    }
    const payload = message === undefined ? '' : sealSpent(message, key);
    pagesKept = Math.max(pagesKept, index + 1);
    line.publish({ topic: `${topic}/${pageName(index)}`, payload, retain: true }, ({ ok }) => {
      if (ok) page(own, messages, index + 1);
    });
  };

  return {
    tell(entries) {
      set.add(entries);
      // Without a connection nobody hears it; the next one begins with all of it.
      if (line === null) return;
      pace = willTell(pace, entries);
      armDelta();
    },
    know(entries) {
      const room = Math.max(0, tellerLimits.rememberedMax - set.size());
      if (set.add(entries.slice(0, room)) > 0 && line !== null)
        snapshotAt(nowMs() + tellerLimits.joinedMs);
    },
    sawPage(index) {
      pagesKept = Math.max(pagesKept, index + 1);
    },
    up(next) {
      line = next;
      snapshot();
    },
    down() {
      line = null;
      serial += 1;
      pace = { ...pace, waiting: [] };
      cancelDelta();
    },
    stop() {
      line = null;
      serial += 1;
      cancelDelta();
      cancelSnapshot();
    },
  };
}

/** @returns the last level of the topic of a snapshot's page: `s`, `s1`, `s2` … */
function pageName(index: number): string {
  return index === 0 ? 's' : `s${index}`;
}
