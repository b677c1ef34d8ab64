/** A gate whose disk cannot be written when it starts: what works all the same, and what comes after. */
import { expect, test } from 'vitest';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { absentJournal, nothingRestored, reopenMs } from '../../kiosk/journal/absent.js';
import { checkChain } from '../../kiosk/journal/chain.js';
import { memoryDisk, memoryJournal } from '../../kiosk/journal/memory.js';
import { openCampus } from '../../scripts/simulated-board/papers.js';
import { startWallMs } from './core/hands.js';
import { measure, type WholeGate, wholeGate } from './whole-gate.js';

const dayMs = 86_400_000;

/** A gate on a disk that an earlier run has left, read-only until it is mended. */
function gateWithoutDisk() {
  const clock = virtualClock({ wallMs: startWallMs });
  const campus = openCampus(clock, 480);
  const disk = memoryDisk();
  const options = { clock, scheduler: clock, disk, latencyMs: () => 5, previous: null };
  const names = { bootId: '0'.repeat(16), newJournalId: '5a'.repeat(16) };
  const at = new Date(startWallMs).toISOString();
  let isMended = false;
  const journal = absentJournal({
    clock,
    scheduler: clock,
    first: 'read-only',
    async open() {
      if (!isMended) return { ok: false, why: 'read-only', detail: '' };
      const opened = memoryJournal({ ...options, ...names, at });
      const lost = new Promise<string>(() => undefined);
      return { ok: true, ...opened, faults: null, lost, watch: () => undefined };
    },
    opened: ({ restored }) => run.gate.restored(restored),
    failed: () => undefined,
    damaged: () => undefined,
    filling: () => undefined,
  });
  const run: WholeGate = wholeGate({
    clock,
    verifier: campus.verifier,
    journal: { journal, restored: nothingRestored, disk },
  });
  return {
    ...campus,
    run,
    clock,
    disk,
    /** What an earlier run has written. */
    leave(write: (journal: ReturnType<typeof memoryJournal>['journal']) => void): void {
      const earlier = memoryJournal({ ...options, ...names, bootId: '1'.repeat(16), at });
      write(earlier.journal);
      clock.advance(100);
      earlier.cutPower();
    },
    async mend(): Promise<void> {
      isMended = true;
      // A try that has failed meanwhile is heard of first.
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(reopenMs);
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(3_000);
    },
    async show(text: string): Promise<void> {
      run.scan(text);
      clock.advance(300);
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(300);
    },
  };
}

const grants = (run: WholeGate) => run.records().filter(({ outcome }) => outcome === 'grant');

test('it comes up, grants nothing by itself, and says so', async () => {
  const side = gateWithoutDisk();
  const { run, papers } = side;
  await side.show('nothing');
  expect(run.gate.view().mode).not.toBe('out-of-service');
  expect(run.gate.state().alarms.map(({ code }) => code)).toContain('disk-failed');
  await side.show(papers.form('2009120045'));
  await side.show(papers.code('2009120045'));
  measure(run, 3_650);
  await side.show('nothing');
  expect(run.gate.view().mode).toBe('see-guard');
  expect(run.turnstile.walk()).toBe('blocked');
  expect(side.disk.rows).toEqual([]);
});

test('EMERGENCY opens all the same', async () => {
  const { run, clock } = gateWithoutDisk();
  run.panel.press('emergency');
  clock.advance(500);
  expect(run.gate.view().mode).toBe('emergency');
  expect(run.gate.state().releaseUntilMs).not.toBeNull();
});

test('when the disk is mended all is written, in its order and with its dates, and people pass', async () => {
  const side = gateWithoutDisk();
  const { run, papers } = side;
  run.panel.press('emergency');
  side.clock.advance(130_000);
  await side.show(papers.form('2009120045'));
  await side.mend();
  run.panel.press('acknowledge');
  expect(run.gate.details({ attempt: null, fields: { people: '2' } })).toEqual([]);
  side.clock.advance(1_000);
  const records = run.records();
  expect(checkChain(side.disk.rows).ok).toBe(true);
  const boots = records.filter(({ type }) => type === 'boot');
  expect(boots).toMatchObject([{ endedCleanly: false }, { endedCleanly: true }].toReversed());
  const emergencies = records.filter(({ type }) => type === 'emergency');
  expect(emergencies).toMatchObject([{ on: true }, { on: false }]);
  const [on, off] = emergencies.map(({ at }) => Date.parse(at));
  expect((off ?? 0) - (on ?? 0)).toBe(120_000);
  expect(run.gate.state()).toMatchObject({ alarms: [], unwritten: { failed: [], lost: null } });
  side.clock.advance(700_000);
  await side.show(papers.form('2009120046'));
  await side.show(papers.code('2009120046'));
  measure(run, 3_650);
  expect(grants(run)).toHaveLength(1);
});

test('what the journal knew is known before anybody can pass: used codes, lockdown, floor', async () => {
  const side = gateWithoutDisk();
  const { run, papers } = side;
  const code = papers.code('2009120045');
  await side.show(code);
  const { id } = run.gate.state().attempt?.documents[0] ?? { id: '' };
  side.clock.advance(700_000);
  const entry = {
    type: 'code' as const,
    key: id,
    until: new Date(startWallMs + dayMs).toISOString(),
    at: new Date(startWallMs).toISOString(),
  };
  side.leave((journal) =>
    journal.append({
      id: 1,
      records: [],
      uses: [{ op: 'spend', entry }],
      standing: { lockdown: true, floorMs: startWallMs + 7_200_000 },
      urgent: true,
    }),
  );
  await side.mend();
  const state = run.gate.state();
  expect(state.lockdown).toBe(true);
  // The machine's clock is an hour and more behind what time had surely reached.
  expect(state.time).toMatchObject({ wallMs: startWallMs + 7_200_000, clock: 'conflict' });
  expect(run.gate.view().mode).toBe('lockdown');
  expect(side.disk.standing).toEqual({ lockdown: true, floorMs: startWallMs + 7_200_000 });
  const uses = state.known.shards.flatMap((shard) => [...shard.uses.values()]);
  expect(uses.map(({ entry: { key }, state: use }) => [key, use])).toContainEqual([id, 'spent']);
});

test.each(['disk-full', 'read-only', 'io-error'] as const)(
  'a disk that fails while the gate works (%s): the guard, emergency and fire open, and all is written later, once, with its dates',
  (why) => {
    const clock = virtualClock({ wallMs: startWallMs });
    const campus = openCampus(clock, 480);
    const journal = memoryJournal({
      clock,
      scheduler: clock,
      latencyMs: () => 5,
      previous: null,
      bootId: '0'.repeat(16),
      newJournalId: '5a'.repeat(16),
      at: new Date(startWallMs).toISOString(),
    });
    const run = wholeGate({ clock, verifier: campus.verifier, journal });
    run.panel.hold('next');
    clock.advance(200);
    run.scan(campus.papers.guardBadge('g-1'));
    clock.advance(500);
    run.panel.release('next');
    clock.advance(1_000);
    const failedMs = clock.now().wallMs;
    const before = journal.disk.rows.length;
    journal.faults.fail(why);
    run.panel.press('open');
    clock.advance(1_000);
    expect(run.gate.state().lane.name).toBe('granted');
    expect(run.turnstile.walk()).not.toBe('blocked');
    clock.advance(10_000);
    run.panel.press('emergency');
    clock.advance(130_000);
    run.fire.alarm(true);
    clock.advance(1_000);
    expect(run.gate.state().releaseUntilMs).not.toBeNull();
    run.fire.alarm(false);
    clock.advance(5_000);
    // Of all that there is no byte on the disk; the booth shows the opening all the same.
    expect(journal.disk.rows).toHaveLength(before);
    expect(run.gate.boothView().unwritten.openings).toHaveLength(1);
    const healedMs = clock.now().wallMs;
    journal.faults.heal();
    clock.advance(3_000);
    const later = run.records().slice(before);
    for (const type of ['override', 'passage', 'emergency', 'fire'] as const) {
      const own = later.filter((record) => record.type === type);
      expect(own.length).toBeGreaterThan(0);
      for (const { at } of own) {
        expect(Date.parse(at)).toBeGreaterThanOrEqual(failedMs);
        expect(Date.parse(at)).toBeLessThan(healedMs);
      }
    }
    expect(later.filter(({ type }) => type === 'override')).toHaveLength(1);
    expect(checkChain(journal.disk.rows).ok).toBe(true);
    expect(run.gate.state().unwritten).toMatchObject({ failed: [], lost: null });
  },
);
