/** The built daemon on two ttys: what its devices send, what its screen shows, what its journal keeps. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { random } from '../../hardware/simulated/random.js';
import { verifyChain } from '../../kiosk/journal/verify.js';
import type { PageView } from '../../kiosk/screen/words.js';
import { withoutSocat } from './pty.js';
import { type Cable, type Gate, isMeasured, makeRig, type Rig } from './rig.js';

let rig: Rig;
afterEach(() => rig.close());

const mode =
  (...modes: PageView['mode'][]) =>
  (view: PageView): boolean =>
    modes.includes(view.mode);

/** A member of staff shows everything; resolves when the gate says "go". */
async function staffPasses(gate: Gate, campusId: string, code = rig.site.papers.code(campusId)) {
  rig.scan(rig.site.papers.form(campusId));
  await gate.view(isMeasured);
  rig.scan(code);
  return await gate.view(mode('go'));
}

async function end(gate: Gate) {
  gate.kill('SIGTERM');
  return await gate.ended;
}

const grants = () => rig.site.records().filter((record) => record['outcome'] === 'grant');
const endOf = (stderr: string): unknown =>
  JSON.parse(stderr.split('\n').findLast((line) => line.includes('"counts"')) ?? '{}');

if (withoutSocat !== null && process.env['GATE_KIOSK_NO_SKIP'] !== undefined)
  throw new Error(withoutSocat);

describe.skipIf(withoutSocat !== null)(
  `the daemon on ttys${withoutSocat === null ? '' : `: skipped, ${withoutSocat}`}`,
  () => {
    test('a member of staff passes, the scanner is pulled and put back, and the next one passes', async () => {
      rig = await makeRig();
      const gate = await rig.start();
      await gate.view(mode('idle'));
      const go = await staffPasses(gate, '2009120045');
      expect(go).toMatchObject({ headline: ['请通行', 'Go'], masked: '20****45' });

      await rig.scanner.unplug();
      await gate.line(/"device":"scanner","status":"lost"/);
      await gate.view(mode('out-of-service'));
      await rig.scanner.plug();
      await gate.line(/"device":"scanner","msg":"device ok"/);
      await gate.view(mode('idle'));
      await staffPasses(gate, '2009120046');

      const { code, stdout, stderr } = await end(gate);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      for (const personal of ['2009120045', '2009120046', 'GK1:'])
        expect(stderr).not.toContain(personal);
      expect(stderr).not.toContain(readFileSync(rig.site.pepperPath, 'latin1').trim());

      expect(verifyChain(rig.site.journalPath)).toMatchObject({ ok: true });
      expect(grants()).toMatchObject([
        { type: 'decision', rule: 'duty-staff', zone: 'north-gate', clock: 'synced' },
        { type: 'decision', rule: 'duty-staff', temperature: { band: 'normal' } },
      ]);
      const records = rig.site.records();
      const scanner = records.filter((record) => record['device'] === 'scanner');
      expect(scanner.map((record) => record['status'])).toEqual(['ok', 'lost', 'ok']);
      const [first] = grants();
      expect(records.filter(({ type }) => type === 'passage')).toMatchObject([
        { outcome: 'no-show', grant: first?.['seq'] },
      ]);
    });

    test('frames that are split, doubled and mixed with noise still let a person pass, and are counted', async () => {
      rig = await makeRig();
      const dice = random(20_200_210);
      const byByte: Cable = (bytes) => [...bytes].map((byte) => Uint8Array.of(byte));
      const noise = (): Uint8Array =>
        Uint8Array.from({ length: 7 }, () => Math.floor(dice.next() * 256));
      rig.thermometer.cable = (bytes) => [noise(), ...byByte(bytes), ...byByte(bytes), noise()];
      rig.scanner.cable = (bytes) => [...byByte(bytes), bytes];
      const gate = await rig.start();
      await gate.view(mode('idle'));
      rig.scanner.send(Uint8Array.of(0, 255, 13, 10, 200));
      rig.scan('https://example.org/');
      rig.scan(`GK1:${'A'.repeat(3_000)}`);
      await gate.view(mode('refused'));
      await staffPasses(gate, '2009120045');
      // What was said twice has been heard twice by the time nobody has come.
      await gate.view(mode('idle'));

      const { code, stderr } = await end(gate);
      expect(code).toBe(0);
      expect(endOf(stderr)).toMatchObject({
        counts: {
          'scan/bad-prefix': expect.any(Number) as number,
          'scan/verified': 4,
          'thermometer/noise': expect.any(Number) as number,
        },
      });
      expect(grants()).toHaveLength(1);
    });

    test('killed between grant and passage, it comes back knowing the used code, and not trusting the ticket', async () => {
      rig = await makeRig('out');
      const { papers } = rig.site;
      const code = papers.code('2009120045');
      const [pass, ticket] = [papers.pass('3-1-202'), papers.ticket('3-1-202')];
      const before = await rig.start();
      await before.view(mode('idle'));
      rig.scan(code);
      await before.view(isMeasured);
      rig.scan(pass);
      await before.view(isMeasured);
      rig.scan(ticket);
      await before.view(mode('go'));
      before.kill('SIGKILL');
      expect(await before.ended).toMatchObject({ signal: 'SIGKILL' });

      // Whoever has no gate at the other end of the line lets go of it.
      await rig.scanner.plug();
      await rig.thermometer.plug();
      const after = await rig.start();
      await after.view(mode('idle'));
      rig.scan(code);
      await after.view(mode('see-guard'));
      rig.scan(pass);
      await after.view(isMeasured);
      rig.scan(ticket);
      await after.view(mode('see-guard'));
      expect(await end(after)).toMatchObject({ code: 0 });

      expect(verifyChain(rig.site.journalPath)).toMatchObject({ ok: true });
      const records = rig.site.records();
      const boots = records.filter(({ type }) => type === 'boot');
      expect(boots).toMatchObject([
        { endedCleanly: true, reason: 'first' },
        { endedCleanly: false, reason: 'killed', uncertain: 1 },
      ]);
      // What was killed has left nothing in order.
      const entered = records.filter(({ type }) => type === 'configuration');
      expect(entered.map(({ event }) => event)).toEqual(['entered', 'entered', 'left']);
      const second = records.slice(records.indexOf(boots[1] ?? { type: '' }));
      const reasons = second.flatMap(({ type, reasons }) => (type === 'decision' ? reasons : []));
      expect(reasons).toEqual(['already-used', 'ticket-uncertain']);
      expect(grants()).toHaveLength(1);
    });
  },
);
