/** A verifier that was written from RECORDS.md alone, in another language, says the same. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { random } from '../../../hardware/simulated/random.js';
import { exportJournal } from '../../../kiosk/history/export.js';
import { openDatabaseSource } from '../../../kiosk/journal/database-source.js';
import { signCheckpoint } from '../../../kiosk/report/signed-note.js';
import { keys, type MadeFile, makeJournal, origin, verify } from './rig.js';

const hasPython = spawnSync('python3', ['-c', 'import cryptography']).status === 0;
const isMissing = !hasPython && process.env['GATE_KIOSK_NO_SKIP'] !== '1';
/** Where the sources are: tests run in the checkout. */
const program = 'test/vectors/verify_journal.py';

const made = makeJournal({ count: 320, everyRecords: 50 });
const purged = makeJournal({ count: 320, everyRecords: 50, purge: { records: 100, parts: 200 } });
afterAll(() => {
  made.dispose();
  purged.dispose();
});

interface Answer {
  readonly ok: boolean;
  readonly seq: number;
  readonly through: number;
}

function exportOf({ copy }: MadeFile, from: number | null = null): string {
  const file = copy();
  const opened = openDatabaseSource(file);
  if (!opened.ok) throw new Error(opened.detail);
  const target = `${file}.jsonl`;
  const done = exportJournal(opened.source, { target, from, to: null, progress: () => {} });
  opened.source.close();
  if (!done.ok) throw new Error(done.detail);
  return target;
}

function ask(
  file: string,
  { kiosks, collectors } = keys,
): Answer & Readonly<Record<string, unknown>> {
  const trust = `${made.file}.trust.json`;
  const list = {
    kiosks: kiosks.map(({ id, key }) => ({ id, publicKey: key.text })),
    collectors: collectors.map(({ name, key }) => ({ name, publicKey: key.text })),
  };
  writeFileSync(trust, JSON.stringify(list));
  const run = spawnSync('python3', [program, file, trust], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  return JSON.parse(run.stdout);
}

describe.skipIf(isMissing)('in Python (skipped without python3-cryptography)', () => {
  test('honest exports hold: whole, after a purge, of a stretch', () => {
    const { seq, hash } = made.head;
    expect(ask(exportOf(made))).toEqual({ ok: true, count: 320, head: [seq, hash], vouched: 320 });
    expect(ask(exportOf(purged))).toMatchObject({ ok: true, count: 220, vouched: 320 });
    expect(ask(exportOf(made, 103))).toMatchObject({ ok: true, count: 218 });
    const unnamed = { ...keys, kiosks: [] };
    expect(ask(exportOf(made), unnamed)).toMatchObject({ ok: true, vouched: null });
  });

  test('what stands behind the last line is found by both', () => {
    const file = exportOf(made);
    writeFileSync(file, `${readFileSync(file, 'utf8')}{}\n`);
    expect(ask(file)).toMatchObject({ ok: false, seq: 321 });
    expect(verify(file, { keys }).fault).toMatchObject({ what: 'damaged', seq: 321 });
  });

  /** Each takes the lines, and what the record at `at` is; returns the lines spoilt. */
  const spoilers: Readonly<Record<string, (lines: readonly string[], at: number) => string[]>> = {
    'a letter of a record': (lines, at) => edit(lines, at, /next|grant|phone|cap/, 'nixt'),
    'a digit of a hash': (lines, at) =>
      edit(lines, at, /"hash":"(.)/, (_all, digit) => `"hash":"${digit === '0' ? '1' : '0'}`),
    'a record taken out': (lines, at) => lines.toSpliced(at, 1),
    'a record doubled': (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ''),
    'two records exchanged': (lines, at) =>
      lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? ''),
    'the end cut off': (lines, at) => lines.slice(0, at),
    'the end cut off, and the last line kept': (lines, at) => [
      ...lines.slice(0, at),
      ...lines.slice(-1),
    ],
    'a sealed part taken out': (lines, at) =>
      edit(lines, nextSealed(lines, at), /"sealed":\{[^}]*\},/, ''),
    'a sealed part changed': (lines, at) =>
      edit(
        lines,
        nextSealed(lines, at),
        /"box":"(.)/,
        (_all, letter) => `"box":"${letter === 'A' ? 'B' : 'A'}`,
      ),
    'a cosignature changed': (lines) =>
      edit(
        lines,
        3,
        /collector-1 (.{30})./,
        (all, start) => `collector-1 ${start}${all.endsWith('A') ? 'B' : 'A'}`,
      ),
    'a checkpoint signed by another key': (lines) => {
      const { checkpoint, witnesses } = JSON.parse(lines[3] ?? '');
      const [, seq, hash] = String(checkpoint).split('\n');
      const head = { seq: Number(seq), hash: Buffer.from(hash ?? '', 'base64').toString('hex') };
      const forged = signCheckpoint(generatePrivateKey(), { origin, head });
      return lines.toSpliced(3, 1, JSON.stringify({ checkpoint: forged, witnesses }));
    },
    'another gate’s name': (lines) => edit(lines, 0, /north-gate-in-1/, 'south-gate-in-1'),
    'another hash before it': (lines) => edit(lines, 0, /"prevHash":"..../, '"prevHash":"abcd'),
  };

  test.each(Object.keys(spoilers))(
    'what is spoilt is found, and both name the same record: %s',
    (name) => {
      const dice = random(1);
      for (const whose of [made, purged]) {
        const file = exportOf(whose);
        const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
        const start = lines.findIndex((line) => line.startsWith('{"seq":'));
        for (let round = 0; round < 2; round += 1) {
          const at = start + 1 + dice.int(lines.length - start - 12);
          writeFileSync(file, `${spoilers[name]?.(lines, at).join('\n')}\n`);
          const { fault } = verify(file, { keys });
          const answer = ask(file);
          expect(answer.ok).toBe(false);
          // A stretch, where no more than that is known; else the record.
          expect([answer.seq, answer.through]).toEqual([fault?.seq, fault?.through ?? fault?.seq]);
        }
      }
    },
  );
});

function edit(
  lines: readonly string[],
  at: number,
  what: RegExp,
  by: string | ((all: string, group: string) => string),
): string[] {
  const line = lines[at] ?? '';
  const edited = typeof by === 'string' ? line.replace(what, by) : line.replace(what, by);
  if (edited === line) throw new Error(`nothing to spoil: ${line}`);
  return lines.toSpliced(at, 1, edited);
}

/** A record at or behind that place that has a part beside it. */
function nextSealed(lines: readonly string[], at: number): number {
  const found = lines.findIndex((line, index) => index >= at && line.includes('"salt"'));
  return found < 0 ? lines.findLastIndex((line) => line.includes('"salt"')) : found;
}
