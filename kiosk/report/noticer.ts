/**
 * Makes the notices of new records, keeps them in the journal's database until their party has
 * acknowledged them, and has each stand retained at the broker: told anew after every connection, for
 * a broker may have forgotten; cleared there where it is no longer open here.
 */
import type { KeptNotice, NoticeChange, OutboxPort, Reported } from '../journal/outbox-port.js';
import type { InMessage, OutMessage, PublishResult } from './broker-link.js';
import { startLeftovers } from './leftovers.js';
import { keptNotice, type Notice, noticesOf, outdated } from './notice.js';

export interface NoticerOptions {
  readonly journal: string;
  readonly outbox: Pick<OutboxPort, 'read' | 'keepNotices'>;
  readonly reported: Reported;
  /** the time that the gate goes by (law 6): a clock that leaps ends no notice */
  wallMs(): number;
  topicOf(id: string): string;
  /** who was at the gate, as the screen showed it */
  maskOf(bootId: string, attempt: number): string | null;
  publish(message: OutMessage, done: (result: PublishResult) => void): void;
}

export interface Noticer {
  up(): void;
  down(): void;
  /** The journal has so many records. */
  head(seq: number): void;
  /** The party of a notice has seen it. */
  acknowledged(id: string, party: string): void;
  /**
   * What stands at the broker under a notice's topic, or is told there now.
   *
   * @returns whether it may be there: nobody but the gate tells anything under its notices
   */
  standing(id: string, message: InMessage): boolean;
  open(): number;
}

/** Records looked at in one slice. */
const pageLimits = {
  rowsMax: 256,
  bytesMax: 262_144,
  through: Number.MAX_SAFE_INTEGER,
} as const;

/** @param options of one run */
export function startNoticer(options: NoticerOptions): Noticer {
  const { journal, outbox, topicOf, publish } = options;
  const open = new Map<string, KeptNotice>(options.reported.notices.map((it) => [it.id, it]));
  let through = options.reported.noticedThrough;
  let head = through;
  /** up to which record it is written that its notices have been made */
  let written = through;
  let isUp = false;
  let isBusy = false;
  const leftovers = startLeftovers({
    journal,
    wallMs: options.wallMs,
    topicOf,
    isOpen: (id, seq) => open.has(id) || (seq !== null && seq > through),
    publish,
  });
  const removed = new Set<string>();

  /** One change at a time; what fails is tried again with the next record. */
  const work = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      while (through < head || removed.size > 0) {
        const page = await outbox.read(through, pageLimits);
        if (!page.ok) return;
        const { count, last, records } = page.result;
        const made = recordsOf(records).flatMap((record) =>
          noticesOf(journal, record, options.maskOf),
        );
        const change = changeOf(made, count === 0 ? through : last);
        // Most records tell nobody: then there is nothing to write, and no sync in anybody's way.
        const isNews = change.add.length + change.remove.length > 0;
        if (isNews || change.through - written >= writtenEvery) {
          const kept = await outbox.keepNotices(change);
          if (!kept.ok) return;
          written = change.through;
        }
        take(change);
        if (count === 0 && removed.size === 0) return;
      }
    } finally {
      isBusy = false;
    }
  };
  const changeOf = (made: readonly Notice[], last: number): NoticeChange => {
    const add = made.map(keptNotice);
    const old = outdated([...open.values(), ...add], options.wallMs());
    const remove = [...new Set([...removed, ...old])];
    return { through: last, add: add.filter(({ id }) => !remove.includes(id)), remove };
  };
  const take = ({ through: last, add, remove }: NoticeChange): void => {
    through = last;
    for (const notice of add) {
      open.set(notice.id, notice);
      tell(notice);
    }
    for (const id of remove) {
      removed.delete(id);
      if (open.delete(id)) clear(id);
    }
  };
  const tell = ({ id, text }: KeptNotice): void => {
    if (isUp) publish({ topic: topicOf(id), payload: text, retain: true }, ignored);
  };
  /** An empty retained message takes the retained one away. */
  const clear = (id: string): void => {
    if (isUp) publish({ topic: topicOf(id), payload: '', retain: true }, ignored);
  };

  return {
    up() {
      isUp = true;
      for (const notice of open.values()) tell(notice);
      leftovers.up();
      // What a failing disk did not take.
      void work();
    },
    down() {
      isUp = false;
      leftovers.down();
    },
    head(seq) {
      head = Math.max(head, seq);
      leftovers.expire();
      void work();
    },
    acknowledged(id, party) {
      const notice = open.get(id);
      if (notice === undefined) return leftovers.acknowledged(id, party);
      if ((JSON.parse(notice.text) as Notice).party !== party) return;
      removed.add(id);
      void work();
    },
    standing(id, { payload, retained }) {
      if (payload.length === 0 || open.has(id)) return true;
      if (retained) leftovers.found(id, payload);
      return retained;
    },
    open: () => open.size,
  };
}

/** A restart makes the notices of so many records again at the most: each has its one id. */
const writtenEvery = 1_000;

/** Out of the gate's own journal: objects. */
function recordsOf(bytes: Uint8Array): readonly Record<string, unknown>[] {
  return JSON.parse(`[${Buffer.from(bytes).toString('utf8')}]`) as Record<string, unknown>[];
}

/** Whatever becomes of it, the next connection tells it again. */
function ignored(): void {}
