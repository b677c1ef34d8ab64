/**
 * Uses between gates over the link (`spent/SPENT.md`): hears what the others tell, tells what this gate
 * has done, and says whether all of them are heard.
 */
import type { Logger } from 'pino';
import type { KnownEntry } from '../../../config/vocabulary.js';
import type { Cancel } from '../../../hardware/ports.js';
import type { TrustList } from '../../credential/trust.js';
import type { KnownPort } from '../../gate-ports.js';
import type { LinkGuest } from '../../report/link-guest.js';
import { type Heard, hear, lostTouch, notHeard } from '../spent/heard.js';
import { judgeSpent, type SpentRefusal, spentLimits } from '../spent/spent-message.js';
import { refusalLog } from './refusal-log.js';
import { startTelling, type TellerOptions, tellerLimits } from './spent-teller.js';

export const spentDeskLimits = {
  /** how often it is looked who has fallen silent */
  lookMs: 5_000,
  /** between two times that all are heard: each is a record, and one gate can make them come and go */
  againMs: 5_000,
} as const;

export interface SpentDeskOptions extends TellerOptions {
  readonly log: Logger;
  trust(): Pick<TrustList, 'kiosks'>;
}

export interface SpentDesk {
  readonly guest: LinkGuest;
  readonly port: KnownPort;
  /** Uses of this gate as its journal has them. */
  restored(entries: readonly KnownEntry[]): void;
  stop(): void;
}

/** What its topic says of a message. */
interface Place {
  readonly kiosk: string;
  readonly kind: 'delta' | 'snapshot';
  readonly page: number;
}

/** Starts with nobody heard; nothing is asked of a broker before `guest` has a line. */
export function startSpentDesk(options: SpentDeskOptions): SpentDesk {
  const { site, kiosk: self, clock, scheduler, log } = options;
  const prefix = `gk/1/${site}/_spent/`;
  const telling = startTelling(options);
  const refusals = refusalLog();
  const listeners = new Set<(entries: readonly unknown[]) => void>();
  const reachables = new Set<(reachable: boolean) => void>();
  let heard: Heard = new Map();
  let isUp = false;
  let isHeard: boolean | null = null;
  let heardMs = Number.NEGATIVE_INFINITY;
  let cancelLook: Cancel = () => {};
  const nowMs = (): number => clock.now().monotonicMs;

  const look = (): void => {
    cancelLook();
    cancelLook = scheduler.at(nowMs() + spentDeskLimits.lookMs, look);
    const others = [...new Set(options.trust().kiosks.map(({ id }) => id))].filter(
      (id) => id !== self,
    );
    const missing = isUp ? notHeard(heard, others, nowMs()) : others;
    const now = missing.length === 0;
    if (now === isHeard) return;
    const isAgain = isHeard !== null && nowMs() - heardMs < spentDeskLimits.againMs;
    if (now && isAgain) return;
    if (now) heardMs = nowMs();
    isHeard = now;
    const fields = { missing: missing.slice(0, 10), count: missing.length };
    log.info(fields, now ? 'all other gates are heard' : 'other gates are not heard');
    for (const listener of reachables) listener(now);
  };
  const emit = (entries: readonly unknown[]): void => {
    if (entries.length > 0) for (const listener of listeners) listener(entries);
  };
  const refuse = (kiosk: string, why: SpentRefusal, detail: string): void => {
    // Names that no list has are as many as a broker makes up: they are told of together.
    const isListed = options.trust().kiosks.some(({ id }) => id === kiosk);
    const omitted = refusals.tell(`${isListed ? kiosk : 'unknown'} ${why}`, nowMs());
    if (omitted === null) return;
    log.warn({ kiosk, why, detail, omitted }, 'what a gate tells of uses is refused');
    // A gate that the trust list does not have yet may be new; nobody else may speak for one.
    if (why !== 'unknown-kiosk') emit([null]);
  };
  const take = ({ kiosk, kind, page }: Place, bytes: Uint8Array, isRetained: boolean): void => {
    const isOwn = kiosk === self;
    // What it has just told itself; only what a broker has kept of a former run is news to it.
    if (isOwn && !(kind === 'snapshot' && isRetained)) return;
    if (isOwn) telling.sawPage(page);
    const verdict = judgeSpent(bytes, { site, kiosk, kind, trust: options.trust() });
    if (verdict.is === 'refused') return refuse(kiosk, verdict.why, verdict.detail);
    const { message, refusedCount } = verdict;
    if (isOwn) telling.know(message.entries);
    else heard = hear(heard, message, isRetained, nowMs());
    emit([...message.entries, ...new Array(refusedCount).fill(null)]);
    const isMissing = !isOwn && notHeard(heard, [kiosk], nowMs()).length > 0;
    if (isHeard !== true || isMissing) look();
  };

  return {
    guest: {
      filters: [`${prefix}+/+`],
      up(line) {
        isUp = true;
        telling.up(line);
        look();
      },
      down() {
        isUp = false;
        heard = lostTouch(heard);
        telling.down();
        look();
      },
      message({ topic, payload, retained }) {
        if (!topic.startsWith(prefix)) return 'unasked';
        const place = placeOf(topic.slice(prefix.length));
        // Never a strike: one gate that tells nonsense is not to part the others from their broker.
        if (place !== null && payload.length > 0) take(place, payload, retained);
        return 'taken';
      },
    },
    port: {
      publish: telling.tell,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      reachable(listener) {
        reachables.add(listener);
        isHeard = null;
        look();
        return () => reachables.delete(listener);
      },
    },
    restored(entries) {
      const inOrder = entries.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
      // Where there are too many, it is the newest that matter.
      telling.know(inOrder.slice(-tellerLimits.rememberedMax));
    },
    stop() {
      cancelLook();
      telling.stop();
    },
  };
}

const placeShape = /^([a-z0-9][a-z0-9-]{0,31})\/(?:d|s([1-9]\d{0,2})?)$/;

/** @returns what a topic says behind `_spent/`; null: no gate tells anything there */
function placeOf(rest: string): Place | null {
  const [, kiosk, digits = '0'] = placeShape.exec(rest) ?? [];
  if (kiosk === undefined) return null;
  const page = Number(digits);
  if (page >= spentLimits.pagesMax) return null;
  return { kiosk, kind: rest.endsWith('/d') ? 'delta' : 'snapshot', page };
}
