/** HID POS scanners that the board's kernel takes for real, through node-hid. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runOnBoard } from './board.js';
import type { HidStep } from './hid-program.js';
import { canRun, why } from './kernel.js';

describe.skipIf(!canRun)(`a USB scanner on a virtual board${why}`, () => {
  test('is found, read, pulled out, in use within 2 s of its return, and told apart', async () => {
    const steps: HidStep[] = [];
    const program = fileURLToPath(new URL('./hid-program.js', import.meta.url));
    const end = await runOnBoard(`${process.execPath} ${program}`, {
      onLine: (line) => void steps.push(JSON.parse(line) as HidStep),
      timeLimitSeconds: 120,
    });
    expect(end.code, end.console).toBe(0);
    const of = (name: string): HidStep | undefined => steps.find(({ step }) => step === name);
    const long = `scan GK1:${'A B'.repeat(120)}`;
    expect(of('no scanner')?.saw).toEqual(['lost absent']);
    // What is shown as soon as it is open had waited, for all that anybody can tell.
    expect([...new Set(of('plugged in')?.saw)]).toEqual(['discarded late', 'ok']);
    expect(of('a long code')?.saw).toEqual([long]);
    expect(of('pulled out')?.saw).toEqual(['lost gone', 'lost absent']);
    expect(of('plugged in again')?.saw).toEqual(['ok']);
    expect(of('plugged in again')?.tookMs).toBeLessThan(2_000);
    expect(of('a scan after it')?.saw).toEqual(['scan AGAIN']);
    expect(of('its long code')?.saw).toEqual([long]);
    expect(of('two that fit')?.saw).toEqual(['lost ambiguous']);
    expect(of('its scan')?.saw).toEqual(['scan NAMED']);
    expect(of('without permission')?.saw).toEqual(['lost denied']);

    const reports = steps.filter(({ step }) => step === 'one report').map((it) => it.tookMs);
    expect(reports).toHaveLength(50);
    const median = reports.sort((left, right) => left - right)[25] ?? Number.NaN;
    process.stdout.write(`board: a HID report is a scan in ${median.toFixed(1)} ms\n`);
    expect(median).toBeLessThan(100);
  });
});
