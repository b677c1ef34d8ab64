/** What `npm start --` is told: nothing that is asked for is left out silently. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { watchBroker } from '../../../scripts/simulated-board/broker-watch.js';
import { readGiven } from '../../../scripts/simulated-board/given.js';

const whyOf = (...words: string[]): string => {
  const read = readGiven(words);
  return read.ok ? '' : read.why;
};

test('without arguments a gate runs on port 8080, with visitors, and keeps nothing', () => {
  const given = { once: false, help: false, port: 8080, broker: null, keep: null, show: true };
  expect(readGiven([])).toEqual({ ok: true, given: { ...given, logLevel: 'silent' } });
});

test('what has no meaning with --once is refused, and not left out', () => {
  for (const more of [
    ['--broker', 'mqtt://127.0.0.1:1'],
    ['--keep', 'audit'],
    ['--port', '8088'],
    ['--no-show'],
  ])
    expect(whyOf('--once', ...more)).toContain(`${more[0]} has no meaning with --once`);
  expect(whyOf('--once', '--log-level', 'info')).toBe('');
});

test('what is no port, no broker, no level or no option is named', () => {
  expect(whyOf('--port', 'abc')).toBe('--port must be 0 to 65535, not abc');
  expect(whyOf('--broker', 'here')).toContain('--broker must be mqtt://host:port');
  expect(whyOf('--log-level', 'loud')).toContain('--log-level must be one of');
  expect(whyOf('--nonsense')).toBe('unknown option --nonsense');
});

test('a wrong port and a folder with something in it are refused before anything is built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'given-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'x'), '');
  for (const [words, why] of [
    [['--port', 'abc'], '--port must be 0 to 65535, not abc'],
    [['--port=70000'], '--port must be 0 to 65535, not 70000'],
    [['--keep', folder], `--keep ${folder}: something is in it`],
  ] as const) {
    const ran = spawnSync(process.execPath, ['scripts/start.mjs', ...words], { encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([2, expect.stringContaining(why)]);
  }
});

test('that nobody answers at a broker is said once, after some seconds, and once that it is back', () => {
  const clock = virtualClock();
  const said: string[] = [];
  const watch = watchBroker({
    ...{ url: 'mqtt://127.0.0.1:1', scheduler: clock },
    nowMs: () => clock.now().monotonicMs,
    say: (line) => void said.push(line),
  });
  watch.heard('connect ECONNREFUSED 127.0.0.1:1');
  clock.advance(4_999);
  expect(said).toEqual([]);
  clock.advance(1);
  watch.heard('connect ECONNREFUSED 127.0.0.1:1');
  clock.advance(60_000);
  expect(said).toEqual([
    'no broker answers at mqtt://127.0.0.1:1 (connect ECONNREFUSED 127.0.0.1:1): ' +
      'the gates keep their records and go on trying',
  ]);
  watch.heard(null);
  watch.heard(null);
  expect(said.slice(1)).toEqual(['the broker at mqtt://127.0.0.1:1 answers now']);
  watch.heard('lost');
  clock.advance(4_000);
  watch.heard(null);
  clock.advance(60_000);
  expect(said).toHaveLength(2);
  watch.heard('lost');
  clock.advance(5_000);
  expect(said[2]).toContain('(lost)');
  watch.heard('lost');
  watch.stop();
});
