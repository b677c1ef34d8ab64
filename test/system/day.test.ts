/** The scripted day and the live show, as `npm start` runs them; and that the day can fail. */
import { afterEach, expect, test } from 'vitest';
import { openLog } from '../../kiosk/log.js';
import { type Case, staffIsGranted } from '../../scripts/simulated-board/cases/case.js';
import { playDay } from '../../scripts/simulated-board/day.js';
import { playOnce } from '../../scripts/simulated-board/once.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';
import { type Child, program, runChild, startChild } from './child.js';

const board = program('../../scripts/simulated-board/main.js');
/** An issue's worth of clauses and faults; grows with each. */
const casesMin = 180;

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
});

test('a case that goes otherwise than expected is told, and the day exits 1', async () => {
  const results = await playDay({ ...shipped(), cases: [right, wrong], played: () => {} });
  expect(results.map(({ actual, asExpected }) => ({ actual, asExpected }))).toEqual([
    { actual: 'grant duty-staff, passed', asExpected: true },
    { actual: 'grant duty-staff, passed', asExpected: false },
  ]);

  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  expect(await playOnce({ ...shipped(), cases: [right, wrong], print })).toBe(1);
  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([
    expect.stringContaining('deny expired'),
  ]);
  expect(lines.at(-1)).toMatch(/^2 of 2 cases played in .* 1 not as expected/);
  expect(await playOnce({ ...shipped(), cases: [right], print })).toBe(0);
});

test('the live show serves the screen, tells of its first visitor and ends by SIGTERM with 0', async () => {
  child = startChild([board, '--port', '0']);
  const address = /http:\S+/.exec(await child.line(/the person's screen: http/))?.[0] ?? '';
  const page = await fetch(address);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('screen.js');
  await child.line(/^\d\d:\d\d:\d\d {2}\S/);
  child.kill('SIGTERM');
  expect(await child.ended).toMatchObject({ code: 0, stderr: '' });
});
