/** The simulated gates in the hands of a case: every verb reaches the gate as the real thing would. */
import { expect, test } from 'vitest';
import { openLog } from '../../kiosk/log.js';
import type { Case } from '../../scripts/simulated-board/cases/case.js';
import { healthy, staffIsGranted } from '../../scripts/simulated-board/cases/shows.js';
import { playDay } from '../../scripts/simulated-board/day.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';

/** Plays cases; @returns what came of each, as expected or not */
async function outcomes(...cases: readonly Omit<Case, 'rule' | 'clause' | 'name'>[]) {
  const named = cases.map((one) => ({ rule: 'stage', clause: '', name: '', ...one }));
  const log = openLog({ level: 'silent' });
  const options = { ...shippedConfiguration(), log, cases: named, played: () => {} };
  const results = await playDay(options);
  return results.map(({ actual, case: { expected } }) => ({ actual, expected }));
}

function allAsExpected(results: Awaited<ReturnType<typeof outcomes>>): void {
  expect(results.map(({ actual }) => actual)).toEqual(results.map(({ expected }) => expected));
}

test('the laboratory’s door is a gate of its own zone', async () => {
  allAsExpected(
    await outcomes(
      {
        gate: 'building',
        expected: 'grant duty-staff, passed',
        async play({ building }, { campusId }) {
          expect(building.state().settings.zone).toEqual({ name: 'lab-7', kind: 'building' });
          await building.scan(building.papers.form(campusId, { zones: ['lab-7'] }));
          await building.measure(healthy);
          await building.scan(building.papers.code(campusId));
          await building.walk();
        },
      },
      {
        gate: 'building',
        expected: 'deny wrong-zone',
        play: ({ building }, { campusId }) =>
          building.scan(building.papers.form(campusId, { zones: ['north-gate'] })),
      },
    ),
  );
});

test('cards, panel, keyboard and booth reach the gate', async () => {
  allAsExpected(
    await outcomes(
      {
        gate: 'in',
        expected: 'nothing',
        async play({ in: gate }, { person }) {
          const count = (name: string) => gate.board.gate.counts().get(name) ?? 0;
          await gate.laysCard(person);
          expect(count('card/verified')).toBe(1);
          await gate.takesCard();
          await gate.laysCard(new Uint8Array(256));
          await gate.takesCard();
          expect(count('id-card-reader/bad-text') + count('id-card-reader/bad-type')).toBe(1);
          gate.begin();
        },
      },
      {
        gate: 'in',
        expected: 'nothing',
        async play({ in: gate }, { guardId }) {
          const verified = () => gate.board.gate.counts().get('scan/verified') ?? 0;
          const before = verified();
          await gate.badge(guardId);
          expect(verified()).toBe(before + 1);
          await gate.hold('next');
          await gate.pause(1_500);
          await gate.release('next');
          for (const button of ['lockdown', 'next'] as const) await gate.press(button);
          // Covers were lifted: nothing was pressed under one, and no button is stuck.
          expect(gate.state().devices.panel).toBe('ok');
          expect(await gate.details({ name: '李某' }, null)).toEqual([]);
          expect(await gate.details({ people: 'many' }, null)).toEqual([
            { field: 'people', fault: 'too-long' },
          ]);
          await gate.press('lockdown');
          gate.begin();
        },
      },
      {
        gate: 'in',
        expected: 'released, locked',
        async play({ in: gate }) {
          await gate.key('emergency');
          expect(gate.state().emergencyUntilMs).not.toBeNull();
          await gate.pause(121_000);
        },
      },
      {
        gate: 'in',
        expected: 'fire, no fire',
        async play({ in: gate }) {
          gate.board.fire.alarm(true);
          await gate.pause(1_000);
          expect(gate.board.signals.isOn('normal')).toBe(false);
          gate.board.fire.alarm(false);
          await gate.pause(3_000);
        },
      },
    ),
  );
});

test('nights pass, clocks and networks fail, papers are revoked, and the gates go on', async () => {
  allAsExpected(
    await outcomes(
      {
        gate: 'in',
        expected: 'grant duty-staff, passed',
        async play(stages, { campusId }) {
          const { in: gate } = stages;
          await stages.sleepUntil('00:00:10');
          const bootOf = () => gate.trace().records.findLast(({ type }) => type === 'boot')?.at;
          expect(bootOf()).toMatch(/^2020-02-12T16:00:0[6-9]/);
          await stages.sleep(36);
          expect(bootOf()).toMatch(/^2020-02-14T04:00:/);
          gate.begin();
          await staffIsGranted(gate, campusId);
          await gate.walk();
        },
      },
      {
        gate: 'in',
        expected: 'others unheard, others heard, deny already-used',
        async play({ in: gate, out, network }, { campusId }) {
          const code = out.papers.code(campusId);
          network.cut();
          await out.scan(code);
          await gate.pause(1_000);
          expect(gate.trace().records.map(({ type }) => type)).not.toContain('decision');
          network.mend();
          await gate.scan(code);
        },
      },
      {
        gate: 'in',
        expected: 'clock conflict, deny revoked',
        async play({ in: gate, setClock, stepClock }, { campusId }) {
          const form = gate.papers.form(campusId);
          gate.papers.revoke(form);
          setClock('conflict');
          stepClock(-1_000);
          stepClock(1_000);
          await gate.scan(form);
        },
      },
      {
        gate: 'in',
        expected: 'grant duty-staff, passed',
        async play({ in: gate }, { campusId }) {
          const { scannerWire, thermometerWire, readerWire } = gate.board;
          for (const wire of [scannerWire, thermometerWire, readerWire]) wire.cut();
          await gate.pause(2_000);
          expect(gate.state().devices).toMatchObject({
            scanner: 'lost',
            thermometer: 'lost',
            'id-card-reader': 'lost',
          });
          for (const wire of [scannerWire, thermometerWire, readerWire]) wire.mend();
          await gate.pause(12_000);
          gate.begin();
          await gate.diskFails('read-only');
          await gate.scan(gate.papers.form(campusId));
          await gate.diskHeals();
          await staffIsGranted(gate, campusId);
          await gate.walk();
        },
      },
    ),
  );
});
