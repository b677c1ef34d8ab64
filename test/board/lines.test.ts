/** A gate's lines on a real kernel, by the shipped map: the character device, and sysfs by onoff. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { runOnBoard } from './board.js';
import { makeChipCommand } from './gpio-sim.js';
import { canRun, why } from './kernel.js';
import type { Backend, Seen } from './lines-program.js';

const program = fileURLToPath(new URL('./lines-program.js', import.meta.url));
const timeout = 300_000;

async function seenBy(backend: Backend): Promise<(saw: string) => Seen> {
  const seen: Seen[] = [];
  const command = `${makeChipCommand('pinctrl-bcm2711', 58)} && ${process.execPath} ${program} ${backend}`;
  const end = await runOnBoard(command, {
    timeLimitSeconds: 240,
    onLine: (line) => seen.push(JSON.parse(line) as Seen),
  });
  return (saw) => {
    const found = seen.find((one) => one.saw === saw);
    if (found === undefined) throw new Error(`${backend}: never saw ${saw}\n${end.console}`);
    return found;
  };
}

const ways: readonly (readonly [Backend, string])[] = [
  ['auto', 'chardev'],
  ['sysfs', 'sysfs'],
];
describe.skipIf(!canRun).each(ways)(`lines by %s on a virtual board${why}`, (backend, chosen) => {
  let seen: (saw: string) => Seen;
  beforeAll(async () => {
    seen = await seenBy(backend);
  }, timeout);

  test('the way is chosen, and everything can be opened by the shipped map', () => {
    expect(seen('choice')).toMatchObject({ backend: chosen });
    expect(seen('inputs')).toMatchObject({ why: '', passage: false });
  });

  test('a contact to ground is active, and its edge comes with the time at which it was', () => {
    const edge = seen('edge');
    expect(edge).toMatchObject({ line: 'passage', active: true, isActive: true });
    expect(edge['stampMs']).toBeGreaterThan(0);
    expect(edge['stampMs']).toBeLessThanOrEqual(Number(edge['heardMs']));
  });

  test('what is pressed while the loop is stuck is not lost where the kernel keeps it', () => {
    const { edges } = seen('stalled');
    // sysfs keeps no edges: the level after the stall is what it was before.
    expect(edges).toEqual(chosen === 'chardev' ? ['next true', 'next false'] : []);
  });

  test('a spike is no edge where the kernel debounces', () => {
    const { lengthMs, edges } = seen('spike');
    expect(lengthMs).toBeLessThan(2);
    if (chosen === 'chardev') expect(edges).toBe(0);
  });

  test('the relay is off at the start, and its worker ends a pulse though the loop is stuck', () => {
    expect(seen('relay')).toMatchObject({ report: { status: 'ok' }, grant: false, release: false });
    const { onMs } = seen('pulse');
    expect(onMs).toBeGreaterThan(900);
    expect(onMs).toBeLessThan(2_000);
  });

  test("a dead worker's lines are dropped, and can be had again", () => {
    expect(seen('terminated')).toMatchObject({
      released: true,
      grant: false,
      release: false,
      last: { type: 'status', status: 'lost', ended: true },
    });
    expect(seen('again')).toMatchObject({ first: { type: 'status', status: 'ok' } });
  });

  test('a lamp lights, and is dark at the end', () => {
    expect([seen('lamp')['on'], seen('closed')['lamp']]).toEqual([true, false]);
  });

  test('after kill -9 in mid-pulse nothing rises, and the next start is safe', () => {
    expect(seen('killed')).toMatchObject({ isOn: true, rises: 0, atNextStart: false });
    // sysfs leaves the level as it was: there the one-shot of the wiring has to end it.
    expect(seen('killed')['after']).toBe(chosen === 'sysfs');
  });

  test('the process ends by itself', () => {
    expect(seen('end')).toBeDefined();
  });
});
