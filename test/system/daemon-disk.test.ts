/**
 * The daemon on a disk that cannot be written: it starts all the same, says so, and takes its journal
 * up when it can. Real file systems, so these need root; a folder without rights does not.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from '../../kiosk/journal/journal.js';
import type { JournalEvent } from '../../kiosk/journal/port.js';
import { verifyChain } from '../../kiosk/journal/verify.js';
import { type Child, gateKiosk, startChild } from './child.js';
import { makeSite, type Site } from './site.js';

let site: Site;
const cleanups: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  site = makeSite();
  cleanups.push(() => site.remove());
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const isRoot = process.getuid?.() === 0;
/** Root may write everywhere unless it gives that up. */
const fewerRights = isRoot ? ['setpriv', '--bounding-set=-dac_override'] : [];
const [setpriv, ...bounding] = fewerRights;
const withoutFewerRights =
  setpriv === undefined || spawnSync(setpriv, [...bounding, 'true']).status === 0
    ? null
    : 'root cannot give up its rights here (setpriv)';
const withoutMount = mountProblem();
const mayNotSkip = process.env['GATE_KIOSK_NO_SKIP'] !== undefined;
if (mayNotSkip && (withoutFewerRights ?? withoutMount) !== null)
  throw new Error(withoutFewerRights ?? withoutMount ?? '');

const because = (why: string | null): string => (why === null ? '' : `: skipped, ${why}`);

/** Tries what the tests below do. */
function mountProblem(): string | null {
  if (!isRoot) return 'file systems can be mounted by root only';
  const probe = makeSite();
  const { status } = mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe.stateDirectory);
  if (status === 0) spawnSync('umount', [probe.stateDirectory]);
  probe.remove();
  return status === 0 ? null : 'root may not mount a file system here';
}

function mount(...words: readonly string[]) {
  return spawnSync('mount', words, { encoding: 'utf8' });
}

/** Puts the state directory on a file system of its own, of so many MiB. */
function ownFileSystem(sizeMib: number): void {
  const kept = join(site.folder, 'kept');
  cpSync(site.stateDirectory, kept, { recursive: true });
  const made = mount(
    '-t',
    'tmpfs',
    '-o',
    `size=${sizeMib}m,mode=700`,
    'tmpfs',
    site.stateDirectory,
  );
  if (made.status !== 0) throw new Error(made.stderr);
  cleanups.push(() => {
    spawnSync('umount', ['--lazy', site.stateDirectory]);
  });
  cpSync(kept, site.stateDirectory, { recursive: true });
}

function remount(how: 'ro' | 'rw'): void {
  const done = mount('-o', `remount,${how}`, site.stateDirectory);
  if (done.status !== 0) throw new Error(done.stderr);
}

const fillPath = (): string => join(site.stateDirectory, 'fill');

/** Leaves no byte free. */
function fill(): void {
  const { bavail, bsize } = statfsSync(site.stateDirectory);
  try {
    writeFileSync(fillPath(), new Uint8Array(bavail * bsize));
  } catch (error) {
    // What was free has been taken by somebody else since it was asked: it is full all the same.
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

function start(through: readonly string[] = []): Child {
  const gate = startChild([gateKiosk, 'run', '--config', site.configPath], through);
  cleanups.push(() => gate.close());
  return gate;
}

/** Waits until the gate has come up without its journal. */
async function comesUpWithout(gate: Child, why: RegExp): Promise<void> {
  await gate.line(why);
  await gate.line(/the gate starts without its journal: no passage is granted by itself/);
  await gate.line(/"alarm":"journal-absent"/);
  await gate.line(/screen is at http:/);
  await gate.line(/the journal could not write/);
}

/** Once mended, the journal is opened, and what was kept in memory is in it after a clean end. */
async function takesItUp(gate: Child): Promise<void> {
  await gate.line(/"msg":"the journal is open"/);
  await gate.line(/"msg":"the journal writes again"/);
  gate.kill('SIGTERM');
  expect(await gate.ended).toMatchObject({ code: 0, stdout: '' });
  expect(verifyChain(site.journalPath)).toMatchObject({ ok: true });
  const types = site.records().map(({ type }) => type);
  expect(types.filter((type) => type === 'boot')).toHaveLength(2);
  expect(types).toContain('clock');
}

test.skipIf(withoutFewerRights !== null)(
  `in a folder that it may not write the gate comes up, until it may${because(withoutFewerRights)}`,
  async () => {
    chmodSync(site.stateDirectory, 0o500);
    cleanups.push(() => chmodSync(site.stateDirectory, 0o700));
    const gate = start(fewerRights);
    await comesUpWithout(gate, /state cannot be written by the user that runs this: run chown/);
    chmodSync(site.stateDirectory, 0o700);
    await takesItUp(gate);
  },
);

describe.skipIf(withoutMount !== null)(
  `on a file system of its own${because(withoutMount)}`,
  () => {
    test('mounted read-only the gate comes up, until it is mounted writable', async () => {
      ownFileSystem(16);
      remount('ro');
      const gate = start();
      await comesUpWithout(gate, /is on a file system mounted read-only: mount it writable/);
      remount('rw');
      await takesItUp(gate);
    });

    test('that is full the gate comes up, until there is room', async () => {
      ownFileSystem(16);
      fill();
      const gate = start();
      await comesUpWithout(gate, /journal\.db cannot be opened \(disk-full\): the disk is full/);
      rmSync(fillPath());
      await takesItUp(gate);
    });

    test('that fills up while the journal is open, requests fail and come through again', async () => {
      ownFileSystem(16);
      const opened = await openJournal({
        file: site.journalPath,
        bootId: 'boot',
        at: '2020-02-10T08:00:00.000Z',
        newJournalId: '01'.repeat(16),
        previous: null,
      });
      if (!opened.ok) throw new Error(opened.detail);
      const { journal } = opened;
      const heard: JournalEvent[] = [];
      let wake = (): void => {};
      journal.subscribe((event) => {
        heard.push(event);
        wake();
      });
      let id = 0;
      const record = { type: 'x', at: '2020-02-10T08:00:00.000Z', pad: 'x'.repeat(50_000) };
      const append = async (): Promise<JournalEvent | undefined> => {
        id += 1;
        const answer = new Promise<void>((resolve) => {
          wake = resolve;
        });
        journal.append({ id, records: [record], uses: [], urgent: true });
        await answer;
        return heard.at(-1);
      };
      expect(await append()).toMatchObject({ type: 'committed' });
      fill();
      // The log was given its room when it was opened; beyond it there is none.
      let last = await append();
      while (last?.type === 'committed' && id < 1_000) last = await append();
      expect(last).toMatchObject({ type: 'failed', why: 'disk-full' });
      expect(await append()).toMatchObject({ type: 'failed', why: 'disk-full' });
      rmSync(fillPath());
      expect(await append()).toMatchObject({ type: 'committed' });
      const committed = heard.filter(({ type }) => type === 'committed').length;
      await journal.close();
      expect(verifyChain(site.journalPath)).toMatchObject({ ok: true, count: committed + 1 });
    });
  },
);
