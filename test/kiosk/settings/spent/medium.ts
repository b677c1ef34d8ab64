/** Gates that tell each other over a broker of the test's own, in virtual time. */
import { generatePrivateKey } from '../../../../config/crypto/ed25519-key.js';
import type { KnownEntry } from '../../../../config/vocabulary.js';
import { virtualClock } from '../../../../hardware/simulated/clock.js';
import { parseTrustList } from '../../../../kiosk/credential/trust.js';
import { openLog } from '../../../../kiosk/log.js';
import { type SpentDesk, startSpentDesk } from '../../../../kiosk/settings/desk/spent-desk.js';

export const site = 'harbin';
export const startMs = Date.parse('2020-02-12T08:00:00Z');

export interface TellingGate {
  readonly id: string;
  /** what its core was handed, as it came */
  readonly heard: readonly unknown[];
  /** whether all others are heard, as last told */
  isReachable(): boolean;
  /** how often that was told */
  reachableCount(): number;
  tell(entries: readonly KnownEntry[]): void;
  up(): void;
  down(): void;
  /** Starts again; what it has told is in its journal, or its card was changed and it is not. */
  restart(withJournal: boolean): void;
}

export interface Medium {
  readonly gates: readonly TellingGate[];
  /** by topic */
  readonly retained: ReadonlyMap<string, Uint8Array>;
  pass(ms: number): void;
  /** Hands a message to every gate that is connected, as its sender or a broker would. */
  say(topic: string, payload: Uint8Array, retain: boolean): void;
  /** The broker loses what it has kept. */
  forget(): void;
  /** What was published there so far. */
  count(topic: string): number;
  key(id: string): ReturnType<typeof generatePrivateKey>;
}

/** @param ids of the gates, all on the trust list and none connected */
export function medium(ids: readonly string[]): Medium {
  const clock = virtualClock({ wallMs: startMs });
  const log = openLog({ level: 'silent' });
  const keys = new Map(ids.map((id) => [id, generatePrivateKey()]));
  const key = (id: string) => {
    const found = keys.get(id);
    if (found === undefined) throw new Error(`no gate ${id}`);
    return found;
  };
  const kiosks = ids.map((id) => ({ id, publicKey: key(id).publicKey.text }));
  const read = parseTrustList({ issuers: [], kiosks });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { trust } = read;
  const retained = new Map<string, Uint8Array>();
  const counts = new Map<string, number>();
  const connected = new Map<string, SpentDesk>();
  const say = (topic: string, payload: Uint8Array, retain: boolean): void => {
    counts.set(topic, (counts.get(topic) ?? 0) + 1);
    if (retain && payload.length === 0) retained.delete(topic);
    else if (retain) retained.set(topic, payload);
    for (const { guest } of connected.values())
      if (guest.message({ topic, payload, retained: false }) !== 'taken')
        throw new Error('it would be cut off for it');
  };
  let runs = 0;
  const gateOf = (id: string): TellingGate => {
    const heard: unknown[] = [];
    const own: KnownEntry[] = [];
    let reachable = false;
    let toldCount = 0;
    const start = (): SpentDesk => {
      runs += 1;
      const desk = startSpentDesk({
        ...{ site, kiosk: id, key: key(id), clock, scheduler: clock, log },
        run: runs.toString(16).padStart(16, '0'),
        trust: () => trust,
        time: () => ({ wallMs: clock.now().wallMs, isKnown: true }),
      });
      desk.port.subscribe((entries) => {
        for (const entry of entries) heard.push(entry);
      });
      desk.port.reachable?.((now) => {
        reachable = now;
        toldCount += 1;
      });
      return desk;
    };
    let desk = start();
    const gate: TellingGate = {
      ...{ id, heard },
      isReachable: () => reachable,
      reachableCount: () => toldCount,
      tell(entries) {
        for (const entry of entries) own.push(entry);
        desk.port.publish(entries);
      },
      up() {
        if (connected.has(id)) return;
        connected.set(id, desk);
        for (const [topic, payload] of retained)
          desk.guest.message({ topic, payload, retained: true });
        desk.guest.up({
          publish({ topic, payload, retain }, done) {
            const own = desk;
            // Its answer comes later, and not over another connection.
            clock.at(clock.now().monotonicMs, () => {
              if (connected.get(id) !== own) return done({ ok: false, why: 'down', code: null });
              say(topic, Buffer.from(payload), retain);
              done({ ok: true });
            });
          },
          subscribe: () => {},
          unsubscribe: () => {},
        });
      },
      down() {
        if (connected.delete(id)) desk.guest.down();
      },
      restart(withJournal) {
        gate.down();
        desk.stop();
        desk = start();
        if (withJournal) desk.restored(own);
      },
    };
    return gate;
  };
  return {
    gates: ids.map(gateOf),
    retained,
    say,
    key,
    pass: (ms) => clock.advance(ms),
    forget: () => retained.clear(),
    count: (topic) => counts.get(topic) ?? 0,
  };
}
