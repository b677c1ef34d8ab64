/** Board maps: what is refused at the start, with its place, and what the shipped ones hold. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readBoard } from '../../config/board.js';
import { boardJsonSchema, loadBoard } from '../../config/board-files.js';
import {
  type BoardMap,
  checkBoard,
  inputFunctions,
  type LineOverrides,
  lineFunctions,
  outputFunctions,
} from '../../config/board-map.js';
import { parseKioskConfig } from '../../config/kiosk-config-schema.js';
import { askedLines } from './board-drivers.js';

function mapOf(board: string): BoardMap {
  const loaded = loadBoard(board);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.map;
}
const shipped = ['raspberry-pi-4', 'raspberry-pi-5'];
const check = (overrides: LineOverrides, needed: Parameters<typeof checkBoard>[2] = []) =>
  checkBoard(mapOf('raspberry-pi-4'), overrides, needed);

describe.each(shipped)('the map of %s', (board) => {
  test('has all lines but those of covers, and nothing to be refused or warned of', () => {
    const needed = lineFunctions.filter((line) => !line.endsWith('-cover'));
    const { lines, problems, warnings } = checkBoard(mapOf(board), {}, needed);
    expect([problems, warnings]).toEqual([[], []]);
    expect(lines).toHaveLength(needed.length);
  });

  test('has its relay active-high on pins that are pulled down at reset', () => {
    const { lines, pins } = mapOf(board);
    for (const line of ['grant', 'release'] as const) {
      const offset = lines[line]?.offset ?? -1;
      expect(offset).toBeGreaterThanOrEqual(9);
      expect(pins.find((pin) => pin.offset === offset)?.atReset).toBe('pull-down');
      expect(lines[line]?.activeLow ?? false).toBe(false);
    }
  });
});

test.each([
  ['two functions on one line', { open: { offset: 17 } }, 'gpio.lines.open', /line of grant too/],
  ['the console', { passage: { offset: 14 } }, 'gpio.lines.passage', /reserved: TXD/],
  ['I2C', { passage: { offset: 2 } }, 'gpio.lines.passage', /reserved: SDA/],
  ['the EEPROM', { passage: { offset: 0 } }, 'gpio.lines.passage', /reserved: ID_SD/],
  ['a pin that is not there', { passage: { offset: 40 } }, 'gpio.lines.passage', /not on the/],
  [
    'a relay on a pull-up',
    { grant: { offset: 4 } },
    'gpio.lines.grant',
    /energises an active-high/,
  ],
  ['an active-low relay', { grant: { activeLow: true } }, 'gpio.lines.grant', /active-low relay/],
  ['a bias of an output', { buzzer: { bias: 'pull-up' } }, 'gpio.lines.buzzer', /no bias/],
] as const)('%s is refused', (_what, overrides, place, problem) => {
  const { problems } = check(overrides);
  expect(problems).toContainEqual({ place, problem: expect.stringMatching(problem) });
});

test('a line that a device needs and no map has is missing, and can be given', () => {
  const needed = ['emergency-cover'] as const;
  expect(check({}, needed).problems).toMatchObject([{ place: 'gpio.lines.emergency-cover' }]);
  const given = check({ 'emergency-cover': { chip: 'mcp23017', offset: 3 } }, needed);
  expect(given.problems).toEqual([]);
  expect(given.lines).toContainEqual({
    ...{ line: 'emergency-cover', chip: 'mcp23017', at: 3, activeLow: false, bias: 'none' },
  });
});

test('an active-low relay on a pull-up is allowed, with a warning', () => {
  const { problems, warnings } = check({
    grant: { offset: 4, activeLow: true },
    open: { offset: 17 },
  });
  expect(problems).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(/^grant is active-low/)]);
});

test('polarity alone may differ: a passage contact that is closed at rest', () => {
  const { lines } = check({ passage: { activeLow: false } });
  expect(lines.find(({ line }) => line === 'passage')).toMatchObject({
    ...{ at: 5, activeLow: false, bias: 'pull-up' },
  });
});

test('a board without a release line is refused, unless the turnstile has no input for it, which is warned of', () => {
  const example = new URL('../../config/kiosk.example.json', import.meta.url);
  const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-board-'));
  const file = join(folder, 'board.json');
  const { release: _, ...lines } = mapOf('raspberry-pi-4').lines;
  writeFileSync(file, JSON.stringify({ ...mapOf('raspberry-pi-4'), lines }));
  const read = (board: string, change: object) => {
    const config = JSON.parse(readFileSync(example, 'utf8'));
    const turnstile = { ...config.devices.turnstile, ...change };
    const devices = { ...config.devices, turnstile, panel: {} };
    const parsed = parseKioskConfig({ ...config, devices, gpio: { backend: 'chardev', board } });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return readBoard(parsed.config, 'kiosk.json');
  };
  expect(read(file, {}).problems).toMatchObject([{ place: 'gpio.lines.release' }]);
  for (const board of [file, 'raspberry-pi-4']) {
    const { board: checked } = read(board, { releaseInput: false });
    expect(checked?.lines.map(({ line }) => line)).not.toContain('release');
    expect(checked?.warnings).toEqual([expect.stringMatching(/releaseInput is false/)]);
  }
  rmSync(folder, { recursive: true });
});

test('a map that is not there, and one that is spoilt, are told with their place', () => {
  expect(loadBoard('banana-pi')).toMatchObject({ ok: false, problems: [{ place: 'gpio.board' }] });
  expect(loadBoard('/nowhere/map.json')).toMatchObject({ ok: false });
  const file = new URL('../../config/kiosk.example.json', import.meta.url);
  expect(loadBoard(file.pathname)).toMatchObject({ ok: false, problems: expect.anything() });
});

test('has a JSON schema for editors that is up to date (else: npm run schema)', () => {
  const file = new URL('../../config/board.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(boardJsonSchema());
});

test('every name that a driver asks for is a function of the vocabulary, and the other way round', () => {
  expect([...askedLines.inputs].sort()).toEqual([...inputFunctions].sort());
  expect([...askedLines.outputs].sort()).toEqual([...outputFunctions].sort());
});
