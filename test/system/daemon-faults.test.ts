/** However the daemon ends, in the middle of a pulse: the relay is off, and the supervisor is told why. */
import { afterEach, describe, expect, test } from 'vitest';
import { verifyChain } from '../../kiosk/journal/verify.js';
import { program } from './child.js';
import type { Fault, RelayReport } from './gate-with-faults.js';
import { withoutSocat } from './pty.js';
import { isMeasured, makeRig, type Rig } from './rig.js';

let rig: Rig;
afterEach(() => rig.close());

const gateWithFaults = program('./gate-with-faults.js');

const recordsOf = (type: string) => rig.site.records().filter((record) => record.type === type);

/** Grants to a member of staff, lets the fault strike at the pulse, waits for the end. */
async function endBy(fault: Fault) {
  rig = await makeRig();
  const gate = await rig.start([gateWithFaults, fault, rig.site.configPath]);
  await gate.view(({ mode }) => mode === 'idle');
  rig.scan(rig.site.papers.form('2009120045'));
  await gate.view(isMeasured);
  rig.scan(rig.site.papers.code('2009120045'));
  const { code, stdout, stderr } = await gate.ended;
  const relay = JSON.parse(stdout) as RelayReport;
  // Whatever happened: what was written stands, and the grant is part of it.
  const grants = recordsOf('decision').filter((record) => record['outcome'] === 'grant');
  expect(grants).toHaveLength(1);
  expect(verifyChain(rig.site.journalPath)).toMatchObject({ ok: true });
  return { code, relay, stderr };
}

const cutShort: RelayReport = { before: true, after: false };

if (withoutSocat !== null && process.env['GATE_KIOSK_NO_SKIP'] !== undefined)
  throw new Error(withoutSocat);

describe.skipIf(withoutSocat !== null)(
  `an ending daemon${withoutSocat === null ? '' : `: skipped, ${withoutSocat}`}`,
  () => {
    test('by SIGTERM cuts the pulse, writes what waits and exits 0', async () => {
      const { code, relay, stderr } = await endBy('none');
      expect({ code, relay }).toEqual({ code: 0, relay: cutShort });
      expect(stderr).toContain('counts so far');
      expect(recordsOf('relay')).toMatchObject([{ event: 'pulse-started' }]);
    });

    test.each(['exception', 'rejection'] as const)(
      'by an uncaught %s: 70, logged without its words, on record',
      async (fault) => {
        const { code, relay, stderr } = await endBy(fault);
        expect({ code, relay }).toEqual({ code: 70, relay: cutShort });
        expect(stderr).toMatch(/"level":60.*"stack":\["at .*a fault of the program/);
        expect(stderr).not.toContain('GK1:');
        expect(recordsOf('fault')).toMatchObject([{ origin: expect.stringMatching(/^un/) }]);
      },
    );

    test('by a broken law: 70, and the record of it is committed', async () => {
      const { code, relay, stderr } = await endBy('broken-law');
      expect({ code, relay }).toEqual({ code: 70, relay: cutShort });
      expect(stderr).toContain('a law is broken');
      expect(recordsOf('invariant')).toMatchObject([{ law: 'locked-by-default' }]);
    });

    test("by the loss of the relay's thread: 71, an alarm, and the loss on record", async () => {
      const { code, relay, stderr } = await endBy('relay-lost');
      expect({ code, relay }).toEqual({ code: 71, relay: cutShort });
      expect(stderr).toMatch(/"level":60.*"alarm":"relay-lost"/);
      expect(recordsOf('device')).toContainEqual(
        expect.objectContaining({ device: 'relay', status: 'lost' }),
      );
    });

    test("by the loss of the journal's thread: 71 and an alarm", async () => {
      const { code, relay, stderr } = await endBy('journal-lost');
      expect({ code, relay }).toEqual({ code: 71, relay: cutShort });
      expect(stderr).toMatch(/"level":60.*"alarm":"journal-lost"/);
    });

    test('by SIGTERM on a disk that does not answer: ends all the same, with 71 and an alarm', async () => {
      const { code, relay, stderr } = await endBy('stalled-disk');
      expect({ code, relay }).toEqual({ code: 71, relay: cutShort });
      expect(stderr).toContain('"alarm":"close-late"');
    });

    test('a grant whose commit comes too late sends the person to the guard, and opens nothing', async () => {
      rig = await makeRig();
      const gate = await rig.start([gateWithFaults, 'slow-disk', rig.site.configPath]);
      await gate.view(({ mode }) => mode === 'idle');
      rig.scan(rig.site.papers.form('2009120045'));
      await gate.view(isMeasured);
      rig.scan(rig.site.papers.code('2009120045'));
      await gate.view(({ mode }) => mode === 'see-guard');
      const { code, stdout } = await gate.ended;
      expect({ code, relay: JSON.parse(stdout) }).toEqual({
        code: 0,
        relay: { before: false, after: false },
      });
      expect(recordsOf('decision').map(({ outcome }) => outcome)).toEqual(['grant', 'refer']);
      expect(recordsOf('alarm')).toContainEqual(expect.objectContaining({ code: 'disk-late' }));
      expect(recordsOf('relay')).toEqual([]);
      expect(recordsOf('passage')).toMatchObject([{ outcome: 'not-opened' }]);
      expect(verifyChain(rig.site.journalPath)).toMatchObject({ ok: true });
    });

    test('by a second signal ends at once', async () => {
      const { code, relay, stderr } = await endBy('second-signal');
      expect({ code, relay }).toEqual({ code: 143, relay: cutShort });
      expect(stderr).not.toContain('close-late');
    });
  },
);
