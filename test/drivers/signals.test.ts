import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signals } from '../../drivers/signals/driver.js';
import {
  type BuzzerPattern,
  buzzerPatterns,
  darkAndSilent,
  type Lamp,
  type LampPattern,
  lampPatterns,
  type SignalName,
  type SignalState,
  signalLines,
} from '../../drivers/signals/patterns.js';
import { runSignals } from '../../drivers/twins.js';
import { simulatedOutputs } from '../../hardware/simulated/outputs.js';
import { bench } from './bench.js';

function boothOn() {
  const side = bench();
  const outputs = simulatedOutputs(side.tools);
  const edges: string[] = [];
  outputs.subscribe(({ line, on, monotonicMs }) => edges.push(`${line} ${on} ${monotonicMs}`));
  const booth = runSignals({ ...side.tools, outputs });
  const driver = signals({ ...side.tools, outputs });
  driver.start();
  const lit = () => Object.values(signalLines).filter((line) => outputs.isOn(line));
  return { ...side, outputs, edges, booth, driver, lit };
}

/** Everything off but this. */
const lamp = (name: Lamp, pattern: LampPattern): SignalState => ({
  ...darkAndSilent,
  lamps: { ...darkAndSilent.lamps, [name]: pattern },
});
const buzzer = (pattern: BuzzerPattern): SignalState => ({ ...darkAndSilent, buzzer: pattern });

test.each([
  ['off', '................'],
  ['on', '################'],
  ['slow', '####....####....'],
  ['fast', '#.#.#.#.#.#.#.#.'],
] as const)('a lamp that is %s is seen as %s', (pattern, seen) => {
  for (const name of ['normal', 'attention', 'fault', 'lockdown'] as const) {
    const side = boothOn();
    side.clock.advance(137);
    side.driver.show(lamp(name, pattern));
    side.clock.advance(4_000);
    expect(side.booth.drawn(name, 250, 16)).toBe(seen);
    const others = side.edges.filter((edge) => !edge.startsWith(`lamp-${name} `));
    expect(others).toEqual([]);
  }
});

test.each([
  ['silent', '............................................................'],
  ['attention', '#.#...........................#.#...........................'],
  ['alarm', '#####.....#####.....#####.....#####.....#####.....#####.....'],
  ['siren', '##.##.##.##.##.##.##.##.##.##.##.##.##.##.##.##.##.##.##.##.'],
] as const)('a buzzer that is %s is heard as %s', (pattern, heard) => {
  const side = boothOn();
  side.driver.show(buzzer(pattern));
  side.clock.advance(6_000);
  expect(side.booth.drawn('buzzer', 100, 60)).toBe(heard);
});

test('changes come at their very times, an hour long, and a steady lamp waits for nothing', () => {
  const side = boothOn();
  side.driver.show(lamp('normal', 'on'));
  expect(side.clock.nextDueMs()).toBeUndefined();
  side.driver.show(lamp('fault', 'fast'));
  side.clock.advance(3_600_000);
  const fault = side.edges.filter((edge) => edge.startsWith('lamp-fault'));
  expect(fault).toHaveLength(4 * 3_600 + 1);
  expect(fault.slice(-2)).toEqual(['lamp-fault false 3599750', 'lamp-fault true 3600000']);
});

test('each pattern of the table has beats, begins lit if it is ever lit, and flashes as the norm says', () => {
  for (const { drawn, beatMs } of Object.values({ ...lampPatterns, ...buzzerPatterns })) {
    expect(drawn).toMatch(drawn.includes('#') ? /^#[#.]*$/ : /^\.$/);
    expect(beatMs).toBeGreaterThanOrEqual(100);
  }
  const aMinute = ({ drawn, beatMs }: { drawn: string; beatMs: number }) =>
    60_000 / (drawn.length * beatMs);
  expect(aMinute(lampPatterns.slow)).toBeGreaterThanOrEqual(24);
  expect(aMinute(lampPatterns.slow)).toBeLessThanOrEqual(48);
  expect(aMinute(lampPatterns.fast)).toBeGreaterThanOrEqual(84);
  expect(aMinute(lampPatterns.fast)).toBeLessThanOrEqual(168);
});

test('a state shown again does not disturb the patterns that stay', () => {
  const side = boothOn();
  side.driver.show(lamp('attention', 'slow'));
  side.clock.advance(1_500);
  side.driver.show({ ...lamp('attention', 'slow'), buzzer: 'attention' });
  side.clock.advance(2_500);
  expect(side.booth.drawn('attention', 250, 16)).toBe('####....####....');
});

test('no switch leaves an output on, whatever was shown and when', () => {
  const anyLamp = fc.constantFrom<LampPattern>('off', 'on', 'slow', 'fast');
  const anyState: fc.Arbitrary<SignalState> = fc.record({
    lamps: fc.record({ normal: anyLamp, attention: anyLamp, fault: anyLamp, lockdown: anyLamp }),
    buzzer: fc.constantFrom<BuzzerPattern>('silent', 'attention', 'alarm', 'siren'),
  });
  const steps = fc.array(fc.tuple(anyState, fc.integer({ min: 0, max: 1_500 })), { maxLength: 12 });
  fc.assert(
    fc.property(steps, fc.constantFrom('show', 'stop'), (shown, ending) => {
      const side = boothOn();
      for (const [state, ms] of shown) {
        side.driver.show(state);
        side.clock.advance(ms);
      }
      if (ending === 'show') side.driver.show(darkAndSilent);
      else side.driver.stop();
      expect(side.lit()).toEqual([]);
      expect(side.clock.nextDueMs()).toBeUndefined();
      const told = side.edges.length;
      side.clock.advance(10_000);
      expect(side.edges).toHaveLength(told);
    }),
  );
});

test('after a stall the pattern goes on where it would be by now', () => {
  const side = boothOn();
  const { clock, emit } = side.tools;
  // Timers run 600 ms late here, and by fractions of a millisecond.
  const scheduler = { at: (dueMs: number, task: () => void) => clock.at(dueMs + 600.3, task) };
  const outputs = simulatedOutputs({ clock });
  const edges: string[] = [];
  outputs.subscribe(({ on, monotonicMs }) => edges.push(`${on} ${Math.floor(monotonicMs)}`));
  const driver = signals({ clock, scheduler, emit, outputs });
  driver.start();
  driver.show(lamp('lockdown', 'slow'));
  clock.advance(4_000);
  expect(edges).toEqual(['true 0', 'false 1600', 'true 2600', 'false 3600']);
});

test('times that no binary fraction hits do not stop the pattern', () => {
  const side = boothOn();
  side.clock.advance(1_000.1);
  side.driver.show(lamp('fault', 'fast'));
  side.clock.advance(1_100);
  expect(side.edges).toHaveLength(5);
});

test('lines that were on before the start are put out, and a start shows what was shown last', () => {
  const side = bench();
  const outputs = simulatedOutputs(side.tools);
  for (const line of Object.values(signalLines)) outputs.set(line, true);
  const driver = signals({ ...side.tools, outputs });
  driver.show(lamp('normal', 'on'));
  driver.start();
  const lit = (name: SignalName) => outputs.isOn(signalLines[name]);
  expect(lit('normal')).toBe(true);
  expect(['attention', 'fault', 'lockdown', 'buzzer'].some((name) => lit(name as SignalName))).toBe(
    false,
  );
  expect(side.states()).toEqual(['ok']);
  driver.stop();
  expect(lit('normal')).toBe(false);
});
