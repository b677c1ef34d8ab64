/**
 * A gate that is cut off for as long as a million records take: they are held, drained to a real
 * collector through a real broker when it comes back, and verified, with memory that does not grow.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { generatePrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { systemClock } from '../../hardware/linux/clock.js';
import { checkChains } from '../../kiosk/collector/backup.js';
import { openBeside } from '../../kiosk/collector/beside.js';
import { verifyChain } from '../../kiosk/journal/verify.js';
import { type Child, program, startChild } from '../system/child.js';
import { isMosquittoMissing, startMosquitto } from '../system/mosquitto.js';
import { isLong, table } from './long-run.js';
import type { OfflineSaid } from './offline-child.js';
import { collectorName, names } from './stage.js';

const holding = fileURLToPath(new URL('./offline-child.js', import.meta.url));
const count = isLong ? 1_000_000 : 100_000;
/** From the first tenth on: caches of SQLite and of the allocator, of three threads. */
const growthMaxMb = 64;
/**
 * Objects are tidied up early, so that what grows is what is kept; a program that kept 100,000
 * records as objects (500 bytes and more each) would die of the small heap.
 */
const tidy = ['--max-semi-space-size=2', '--max-old-space-size=48'];

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test.skipIf(isMosquittoMissing)(
  `${count.toLocaleString('en')} records held offline, drained and verified, memory flat (skipped without mosquitto)`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offline-'));
    ends.push(() => rmSync(folder, { recursive: true }));
    const [file, db, trust, key] = ['journal.db', 'collector.db', 'trust.json', 'key.json'].map(
      (name) => join(folder, name),
    ) as [string, string, string, string];
    const collectorKey = generatePrivateKey();
    const publicKey = collectorKey.publicKey.text;
    const collectors = [{ name: collectorName, publicKey }];
    writeFileSync(trust, JSON.stringify({ issuers: [], collectors }));
    writeFileSync(key, formatKeyFile(collectorKey));
    const broker = await startMosquitto();
    ends.push(() => broker.close());
    await broker.kill();

    const gate = startChild([...tidy, holding, file, broker.url, `${count}`, publicKey]);
    ends.push(() => gate.close());
    const writing = watchMemory(gate);
    const full = await writing.until('full', [gate]);

    await broker.start();
    const collector = startChild([
      ...[...tidy, program('../../scripts/gatectl/main.js'), 'collect', 'run', '--db', db],
      ...['--broker', broker.url, '--site', names.site, '--trust', trust, '--key', key],
      ...['--name', collectorName],
    ]);
    ends.push(() => collector.close());
    const draining = watchMemory(gate);
    const empty = await draining.until('empty', [gate, collector]);
    await gate.ended;
    collector.kill('SIGTERM');
    await collector.ended;
    expect(empty.head).toEqual(full.head);
    expect(empty.head.seq).toBe(count);

    const began = systemClock().now().monotonicMs;
    expect(verifyChain(file, empty.head)).toMatchObject({ ok: true, count });
    const verifySeconds = (systemClock().now().monotonicMs - began) / 1_000;
    const opened = openBeside(db, 'read');
    if (!opened.ok) throw new Error(opened.detail);
    ends.push(() => opened.database.close());
    expect(checkChains(opened.database)).toMatchObject({ ok: true });
    const stored = opened.database
      .prepare('SELECT head AS seq, lower(hex(hash)) AS hash FROM journals')
      .all();
    expect(stored).toEqual([empty.head]);
    // What a gate sends unasked is never more than a collector holds of it.
    const floods = opened.database.prepare("SELECT * FROM faults WHERE theirs = 'flood'").all();
    expect(floods).toEqual([]);

    const rate = (seconds: number): string => `${Math.round(count / seconds)}/s`;
    process.stdout.write(
      table([
        [`${count} records`, 'seconds', 'rate', 'MB at a tenth', 'MB at most'],
        row('held offline', writing.seconds(), writing.memory(0)),
        ['first receipt after', draining.waitedSeconds().toFixed(1), '', '', ''],
        row('drained: gate', draining.seconds(), draining.memory(0)),
        row('drained: collector', draining.seconds(), draining.memory(1)),
        ['verified', verifySeconds.toFixed(1), rate(verifySeconds), '', ''],
      ]),
    );
    for (const { first, most } of [writing.memory(0), draining.memory(0), draining.memory(1)])
      expect(most - first).toBeLessThan(growthMaxMb);
  },
);

function row(what: string, seconds: number, { first, most }: Memory): readonly (string | number)[] {
  return [what, seconds.toFixed(1), `${Math.round(count / seconds)}/s`, first, most];
}

interface Memory {
  readonly first: number;
  readonly most: number;
}

/** Follows what the gate says, and looks at each program's memory whenever it is a tenth further. */
function watchMemory(gate: Child) {
  const began = systemClock().now().monotonicMs;
  let waitedMs = 0;
  let tookMs = 0;
  const seen: number[][] = [];
  return {
    async until(end: 'full' | 'empty', children: readonly Child[]) {
      for (;;) {
        const said = JSON.parse(await gate.line(/^\{/)) as OfflineSaid;
        // Until a collector is there and has answered, nothing is drained.
        if (said.said === 'answered') {
          waitedMs = systemClock().now().monotonicMs - began;
          continue;
        }
        if (said.said === end && 'head' in said) {
          tookMs = systemClock().now().monotonicMs - began - waitedMs;
          return said;
        }
        children.forEach((child, index) => {
          const own = seen[index] ?? [];
          const nowMb = residentMb(child);
          if (nowMb !== null) own.push(nowMb);
          seen[index] = own;
        });
      }
    },
    waitedSeconds: () => waitedMs / 1_000,
    seconds: () => tookMs / 1_000,
    memory(index: number): Memory {
      const [first = Number.NaN, ...later] = seen[index] ?? [];
      return { first, most: Math.max(first, ...later) };
    },
  };
}

/** What a process has in memory now, as the kernel counts it; null: it has just ended. */
function residentMb({ pid }: Child): number | null {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return null;
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8')) ?? [];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1_024);
}
