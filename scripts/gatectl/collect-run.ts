/** `gatectl collect run`: the collector as a daemon, with a live table on a terminal. */
import { randomInt } from 'node:crypto';
import type { PrivateKey, PublicKey } from '../../config/crypto/ed25519-key.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { monotonicNowMs, systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { holdAlone } from '../../kiosk/collector/beside.js';
import { startCollector } from '../../kiosk/collector/collector.js';
import type { CollectorEvent } from '../../kiosk/collector/events.js';
import type { Fault } from '../../kiosk/collector/faults.js';
import { type CollectorLinkOptions, collectorLink } from '../../kiosk/collector/link.js';
import { gateRows } from '../../kiosk/collector/queries/gates.js';
import { readShard, type Shard, wholeSite } from '../../kiosk/collector/shard.js';
import { type CollectorStore, openCollectorStore } from '../../kiosk/collector/store.js';
import { cosign } from '../../kiosk/report/signed-note.js';
import { brokerOptions, downWords, readBroker } from './broker-options.js';
import { drawLive } from './collect-gates.js';
import { printable } from './collect-output.js';
import { type ExitCode, readArguments, required, type Streams, UsageError } from './command.js';
import { readTrustFile } from './files.js';
import { readKeyFile } from './key-files.js';

const text = { type: 'string' } as const;
const options = {
  ...brokerOptions,
  ...{ db: text, site: text, trust: text, key: text, name: text, shard: text },
  ...{ 'unknown-gates': text, 'passphrase-file': text },
} as const;
const siteShape = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** The table is drawn anew, or the figures are written, so often. */
const drawMs = 1_000;
const figuresMs = 60_000;
const linesMax = 100;
const sizeDefault = { rows: 24, columns: 80 } as const;
/** From 0 to 1, evenly. */
const chance = (): number => randomInt(2 ** 32) / 2 ** 32;

interface Asked {
  readonly file: string;
  readonly key: PrivateKey;
  readonly kiosks: ReadonlyMap<string, PublicKey>;
  readonly unknownKiosks: 'collect' | 'ignore';
  readonly notGates: ReadonlySet<string>;
  readonly link: CollectorLinkOptions;
}

/** Runs until SIGINT or SIGTERM. @returns 0; 1 where it cannot start */
export async function runCollector(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const asked = await readAsked(args, streams);
  const { file, key, link } = asked;
  const { site, name } = link;
  const refuse = (why: string): ExitCode => {
    streams.err(`gatectl collect run: ${why}\n`);
    return 1;
  };
  const witness = { name, key };
  const opened = openCollectorStore({
    file,
    site,
    cosign: (checkpoint, nowMs) => cosign(witness, checkpoint, Math.floor(nowMs / 1_000)),
  });
  if (!opened.ok) return refuse(`${file} cannot be used (${opened.why}): ${opened.detail}`);
  const release = holdAlone(file);
  if (release === null) {
    opened.store.close();
    return refuse(`another collector runs on ${file}`);
  }
  try {
    await collectUntilSignal(asked, opened.store, streams);
  } finally {
    opened.store.close();
    release();
  }
  return 0;
}

async function readAsked(args: readonly string[], streams: Streams): Promise<Asked> {
  const { values } = readArguments(args, options, 0);
  const site = required(values.site, '--site');
  if (!siteShape.test(site)) throw new UsageError(`--site ${site} is no site's id`);
  const name = required(values.name, '--name');
  const keyFile = required(values.key, '--key');
  const key = await readKeyFile(keyFile, values['passphrase-file'], streams);
  const trust = readTrustFile(required(values.trust, '--trust'));
  const listed = trust.collectors.find((collector) => collector.name === name);
  if (listed?.key.text !== key.publicKey.text)
    throw new UsageError(
      `the trust list has no collector ${name} with this key, so no gate would believe a receipt: ` +
        `gatectl keys collector --list ${values.trust} --name ${name} --key ${values.key}`,
    );
  const shard = values.shard === undefined ? wholeSite : readShard(values.shard);
  if (shard === null) throw new UsageError(`--shard ${values.shard} is not K/N, K from 0 below N`);
  const unknown = values['unknown-gates'] ?? 'collect';
  if (unknown !== 'collect' && unknown !== 'ignore')
    throw new UsageError('--unknown-gates is collect or ignore');
  return {
    file: required(values.db, '--db'),
    key,
    kiosks: new Map(trust.kiosks.map((kiosk) => [kiosk.id, kiosk.key])),
    unknownKiosks: unknown,
    notGates: new Set([...trust.collectors, ...trust.admins].map((listed) => listed.name)),
    link: { site, name, shard, ...readBroker(values) },
  };
}

async function collectUntilSignal(
  { key, kiosks, unknownKiosks, notGates, link }: Asked,
  store: CollectorStore,
  streams: Streams,
): Promise<void> {
  const clock = systemClock();
  const scheduler = systemScheduler();
  const { site, name, shard } = link;
  const lines: string[] = [];
  let down: string | null = 'connecting';
  let added = 0;
  const say = (line: string): void => {
    const whole = `${formatRfc3339(clock.now().wallMs)}  ${line}`;
    if (!streams.isTerminal) return void streams.out(`${printable(whole)}\n`);
    lines.push(whole);
    lines.splice(0, lines.length - linesMax);
  };
  const collector = startCollector({
    ...{ site, name, key, kiosks, unknownKiosks, notGates, shard, store, clock, scheduler },
    connect: collectorLink(link, { clock, scheduler, chance }),
    observe(event) {
      if (event.is === 'up') down = null;
      if (event.is === 'down') down = downWords(event.why, link.protocol);
      if (event.is === 'batch') added += event.added;
      for (const line of eventLines(event, link.protocol)) say(line);
    },
  });
  say(`collecting for ${site} as ${name}, ${shardWords(shard)}, from ${link.url}`);

  let cancel = (): void => {};
  const draw = (): void => {
    const rows = gateRows(store.database, shard.count === 1 ? kiosks.keys() : []);
    const { wallMs } = clock.now();
    if (streams.isTerminal) {
      const { rows: height = sizeDefault.rows, columns: width = sizeDefault.columns } =
        process.stdout;
      const picture = { rows, nowMs: wallMs, down, added, lines, height, width };
      void streams.out(drawLive(picture));
    } else {
      const online = rows.filter((row) => row.online === true).length;
      say(`${online} of ${rows.length} gates online, ${added} records since the start`);
    }
    again();
  };
  const again = (): void => {
    cancel = scheduler.at(monotonicNowMs() + (streams.isTerminal ? drawMs : figuresMs), draw);
  };
  again();
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  cancel();
  await collector.close();
}

function shardWords({ index, count }: Shard): string {
  return count === 1 ? 'all gates' : `shard ${index}/${count}`;
}

/** What is worth a line: not each batch, but what is wrong with one. */
function eventLines(event: CollectorEvent, protocol: 4 | 5): readonly string[] {
  switch (event.is) {
    case 'up':
      return ['connected to the broker'];
    case 'down':
      return [`no connection: ${downWords(event.why, protocol)}`];
    case 'disk':
      return [`THE DISK FAILS: ${event.why}; nothing is acknowledged until it takes records again`];
    case 'defect':
      return [
        `A DEFECT OF THIS PROGRAM, please report it: a message of ${event.kiosk ?? 'nobody'} is refused, ` +
          `the others’ are stored: ${printable(event.why)}`,
      ];
    case 'publish-refused':
      return [`the broker refuses ${event.topic} (code ${event.code}): look at its ACL`];
    case 'gate':
      return [`${event.kiosk} is ${event.online ? 'online' : 'OFFLINE'}`];
    case 'refused':
      return [`${messages(event.count)} of ${event.kiosk ?? 'nobody'} ignored: ${event.why}`];
    case 'notices-cleared':
      return [`${event.kiosk} has cleared ${event.count} notices while nobody listened`];
    case 'untold':
      return [`${event.kiosk || 'nobody'}: ${event.count} more lines like these are left out`];
    case 'batch':
    case 'checkpoint':
      return event.faults.map(faultLine);
  }
}

function messages(count: number): string {
  return count === 1 ? 'a message' : `${count} messages`;
}

function faultLine({ kiosk, journal, kind, seq, toSeq }: Fault): string {
  const where = toSeq === undefined ? `at record ${seq}` : `records ${seq} to ${toSeq}`;
  return `${kind.toUpperCase()} ${kiosk} ${journal} ${where}`;
}
