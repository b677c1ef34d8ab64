/**
 * The journal and the reports of a gate whose broker is away: `node offline-child.js FILE URL COUNT KEY`.
 * Writes so many records, then waits until a collector has signed for all of them. Says on stdout
 * how far it is, a tenth at a time, when the first receipt has come, and its head when all is written
 * and when all is gone.
 */
import { writeSync } from 'node:fs';
import pino from 'pino';
import { generatePrivateKey, parsePublicKey } from '../../config/crypto/ed25519-key.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { random } from '../../hardware/simulated/random.js';
import type { Head } from '../../kiosk/journal/chain.js';
import { openJournal } from '../../kiosk/journal/journal.js';
import { connectBroker } from '../../kiosk/report/broker-link.js';
import { startReporter } from '../../kiosk/report/reporter.js';
import { collectorName, names } from './stage.js';

/** A line of the child. */
export type OfflineSaid =
  | { readonly said: 'written' | 'answered' | 'received'; readonly seq: number }
  | { readonly said: 'full' | 'empty'; readonly head: Head };

/** In one request: as many as the largest takes. */
const perRequest = 250;
const lookMs = 50;
const at = '2020-02-12T08:00:00.000Z';

const [file = '', url = '', countText = '', keyText = ''] = process.argv.slice(2);
const count = Number(countText);
const tools = { clock: systemClock(), scheduler: systemScheduler() };
const key = parsePublicKey(keyText);
if (!key.ok) throw new Error('no key of a collector');
const say = (line: OfflineSaid): void => void writeSync(1, `${JSON.stringify(line)}\n`);

const opened = await openJournal({
  ...{ file, bootId: 'offline', at, newJournalId: '5a'.repeat(16), previous: null },
});
if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
const { journal, outbox, reported, restored } = opened;
const reporter = startReporter({
  ...{ ...tools, names, bootId: 'offline', version: 'test', outbox, reported },
  ...{ journal: restored.journal, head: restored.head, deviceKey: generatePrivateKey() },
  collectors: [{ name: collectorName, key: key.key }],
  random: random(1).bytes,
  log: pino({ level: 'silent' }),
  facts: () => ({ wallMs: tools.clock.now().wallMs, clock: 'synced', devices: {}, config: {} }),
  maskOf: () => null,
  fault: () => {},
  connect: (wishes, events) =>
    connectBroker(
      {
        ...{ url, protocol: 5, tls: null, clientId: names.kiosk, ...wishes },
        ...{ keepAliveSeconds: 30, sessionSeconds: 60 },
      },
      { ...tools, chance: () => 0 },
      events,
    ),
});

let head = restored.head;
let answered: () => void = () => {};
journal.subscribe((event) => {
  if (event.type === 'failed') throw new Error(event.why);
  head = { seq: event.lastSeq, hash: event.hash };
  reporter.committed(head);
  answered();
});
let told = 0;
for (let id = 1; head.seq < count; id += 1) {
  const length = Math.min(perRequest, count - head.seq);
  const records = Array.from({ length }, (_, index) => recordOf(id, index));
  const written = new Promise<void>((resolve) => {
    answered = resolve;
  });
  journal.append({ id, records, uses: [], urgent: true });
  await written;
  tell('written', head.seq);
}
say({ said: 'full', head });
told = 0;
let isAnswered = false;
while (reporter.figures().backlog > 0) {
  await later(lookMs);
  const { released } = reporter.figures();
  if (!isAnswered && released > 0) say({ said: 'answered', seq: released });
  isAnswered = released > 0;
  tell('received', released);
}
await reporter.stop();
await journal.close();
say({ said: 'empty', head });

function tell(said: 'written' | 'received', seq: number): void {
  const tenth = Math.floor((10 * seq) / count);
  if (tenth > told) say({ said, seq });
  told = Math.max(told, tenth);
}

/** As long as what a passage leaves. */
function recordOf(id: number, index: number) {
  const place = { direction: 'out', zone: 'north-gate', hearsOthers: true };
  return { type: 'passage', at, outcome: 'passed', grant: id, attempt: index, ...place };
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    tools.scheduler.at(tools.clock.now().monotonicMs + ms, resolve);
  });
}
