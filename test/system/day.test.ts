/** The scripted day and the live show, as `npm start` runs them; and that the day can fail. */
import { afterEach, expect, test } from 'vitest';
import { openLog } from '../../kiosk/log.js';
import type { Case } from '../../scripts/simulated-board/cases/case.js';
import { fireCases } from '../../scripts/simulated-board/cases/fire.js';
import { laneCases } from '../../scripts/simulated-board/cases/lane.js';
import { panelCases } from '../../scripts/simulated-board/cases/panel.js';
import { staffIsGranted } from '../../scripts/simulated-board/cases/shows.js';
import { playDay } from '../../scripts/simulated-board/day.js';
import { playOnce } from '../../scripts/simulated-board/once.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';
import { widthOf } from '../../scripts/simulated-board/table.js';
import { visitors } from '../../scripts/simulated-board/visitors.js';
import { type Child, program, runChild, startChild } from './child.js';

const board = program('../../scripts/simulated-board/main.js');
/** Three issues' worth of clauses and faults; grows with each. */
const casesMin = 330;
const terminalColumns = 160;

let child: Child | null = null;
afterEach(async () => {
  await child?.close();
  child = null;
});

const shipped = () => ({ ...shippedConfiguration(), log: openLog({ level: 'silent' }) });

/** A member of staff is granted and passes, whatever is expected of it. */
const staffCase = (expected: string): Case => ({
  rule: 'duty-staff',
  clause: '二',
  name: 'form, temperature and code',
  gate: 'in',
  expected,
  async play({ in: stage }, { campusId }) {
    await staffIsGranted(stage, campusId);
    await stage.walk();
  },
});
const right = staffCase('grant duty-staff, passed');
const wrong = staffCase('deny expired');

test('the scripted day plays every case as expected and exits 0', async () => {
  const { code, stdout, stderr } = await runChild([board, '--once']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const played = stdout.split('\n').filter((line) => line.startsWith('✓ '));
  expect(played.length).toBeGreaterThanOrEqual(casesMin);
  const summary = `${played.length} of ${played.length} cases played`;
  expect(stdout).toMatch(new RegExp(`\\n${summary} in [\\d.]+ s, 0 not as expected; .*\\n$`));
  expect(stdout).toMatch(/\n11 rules and 3 stops, \d{2,} pairs of rule and reason/);
  expect(stdout).not.toContain('never: ');
  expect(stdout.split('\n').filter((line) => widthOf(line) > terminalColumns)).toEqual([]);
});

/** A level is dropped when the arm turns (drivers/turnstile/PROTOCOL.md): who turned back shows the papers anew. */
const walksOn = 'turns back in the arm and walks on: the ticket is spent';
const byLevel = (one: Case): Case =>
  one.name === walksOn ? { ...one, expected: 'grant resident, turned-back, no-show' } : one;

test.each([
  ['wants a level', { mode: 'level' }],
  ['has no release input', { releaseInput: false }],
  ['has neither pulses nor a release input', { mode: 'level', releaseInput: false }],
] as const)(
  'before a turnstile that %s, lane, EMERGENCY and fire go as before any other',
  async (_, change) => {
    const { config, ...rest } = shipped();
    const turnstile = { ...config.devices.turnstile, ...change };
    const cases = [...panelCases, ...fireCases, ...laneCases];
    expect(cases.map(({ name }) => name)).toContain(walksOn);
    const results = await playDay({
      ...{ ...rest, config: { ...config, devices: { ...config.devices, turnstile } } },
      cases: turnstile.mode === 'level' ? cases.map(byLevel) : cases,
      played: () => {},
    });
    expect(results.length).toBeGreaterThan(10);
    const otherwise = results.filter(({ asExpected }) => !asExpected);
    expect(
      otherwise.map((one) => [one.case.name, one.case.expected, one.actual].join(': ')),
    ).toEqual([]);
  },
);

test('a case that goes otherwise than expected is told, and the day exits 1', async () => {
  const results = await playDay({ ...shipped(), cases: [right, wrong], played: () => {} });
  expect(results.map(({ actual, asExpected }) => ({ actual, asExpected }))).toEqual([
    { actual: 'grant duty-staff, passed', asExpected: true },
    { actual: 'grant duty-staff, passed', asExpected: false },
  ]);

  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  expect(await playOnce({ ...shipped(), cases: [right, wrong], print })).toBe(1);
  const at = lines.findIndex((line) => line.startsWith('✗'));
  expect(lines[at]).toContain('deny expired');
  expect(lines[at + 1]).toMatch(/^ +instead: grant duty-staff, passed$/);
  expect(lines.filter((line) => line.startsWith('✗'))).toHaveLength(1);
  expect(lines.at(-1)).toMatch(/^2 of 2 cases played in .* 1 not as expected/);
  expect(await playOnce({ ...shipped(), cases: [right], print })).toBe(0);
});

test('a gate that is there for one case has what the site has set for it', async () => {
  const one: Case = {
    ...staffCase('refer guard-needed'),
    gate: 'building',
    policy: (policy) => ({
      ...policy,
      rules: policy.rules.map((rule) => ({ ...rule, attended: 'required' })),
    }),
    play: ({ building }, { campusId }) => staffIsGranted(building, campusId),
  };
  const [result] = await playDay({ ...shipped(), cases: [one], played: () => {} });
  expect(result?.actual).toBe('refer guard-needed');
});

test('the live show serves screen and booth, tells of its first visitor and ends by SIGTERM with 0', async () => {
  child = startChild([board, '--port', '0']);
  for (const [line, script] of [
    [/the person's screen: +http/, 'screen.js'],
    [/the guard's page: +http/, 'booth.js'],
  ] as const) {
    const address = /http:\S+/.exec(await child.line(line))?.[0] ?? '';
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(script);
  }
  await child.line(/^\d\d:\d\d:\d\d {2}\S/);
  child.kill('SIGTERM');
  expect(await child.ended).toMatchObject({ code: 0, stderr: '' });
});

test('each visitor of the show comes to what they come for', async () => {
  const cases = visitors.map(
    ({ rule, name, play, leave }): Case => ({
      rule,
      clause: '',
      name,
      gate: 'in',
      expected: '',
      async play({ in: gate }, fresh) {
        await play(gate, fresh);
        await leave(gate);
      },
    }),
  );
  const results = await playDay({ ...shipped(), cases, played: () => {} });
  const isOfRule = ({ case: { rule }, actual }: (typeof results)[number]): boolean =>
    actual.includes(`grant ${rule}`);
  expect(results.filter(isOfRule).map(({ case: { rule } }) => rule)).toEqual([
    'duty-staff',
    'duty-staff',
    'duty-staff',
    'lab-staff',
    'lab-external',
    'hosted-visitor',
    'posted-service',
    'resident',
    'resident-outside-unit',
    'returning-tenant',
  ]);
  expect(results.filter((it) => !isOfRule(it)).map(({ actual }) => actual)).toEqual([
    'deny expired',
    'deny incomplete',
    'deny incomplete',
    'deny wrong-holder, refused by the guard',
    'refer card-unreadable, opened by the guard, reason registered-by-hand, passed',
    'refer fever, refused by the guard',
    'deny student, acknowledged',
    'deny bad-prefix',
  ]);
});
