/** The built daemon with a camera in place of its scanner: a real program, whose process dies and comes back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { skinOf } from '../../drivers/thermometer/twin.js';
import { program } from './child.js';
import { withoutSocat } from './pty.js';
import { type Gate, makeRig, type Rig } from './rig.js';

const player = program('../../scripts/test-camera/play.js');

let rig: Rig;
afterEach(() => rig.close());

/** What the camera's program shows from its next start on: a form on paper and a code on a phone. */
function hold(campusId: string): void {
  const { papers, folder } = rig.site;
  const texts = [papers.form(campusId), papers.code(campusId)];
  writeFileSync(join(folder, 'texts'), texts.join('\n'));
}

/** The configuration with a camera that shows what is held, and leaves its process's number. */
function withCamera(): void {
  const { folder, configPath } = rig.site;
  const words = ['--kind=two at once', `--texts=${join(folder, 'texts')}`, '--format=gray'];
  const { devices } = JSON.parse(readFileSync(configPath, 'utf8')) as {
    readonly devices: Readonly<Record<string, unknown>>;
  };
  const script = `echo $$ > '${join(folder, 'pid')}'; exec "$0" "$@"`;
  const scanner = {
    driver: 'camera',
    command: ['sh', '-c', script, process.execPath, player, ...words],
    width: 640,
    height: 480,
    format: 'gray',
  };
  rig.site.configure({ devices: { ...devices, scanner } });
}

/** Both codes are read out of the picture; then the wrist comes, and the arm is free. */
async function passes(gate: Gate): Promise<string | null> {
  await gate.view(({ checklist }) => checklist.filter(({ state }) => state === 'done').length >= 2);
  rig.twin.present(skinOf(3_650));
  const { masked } = await gate.view(({ mode }) => mode === 'go');
  rig.twin.clear();
  return masked;
}

if (withoutSocat !== null && process.env['GATE_KIOSK_NO_SKIP'] !== undefined)
  throw new Error(withoutSocat);

describe.skipIf(withoutSocat !== null)(
  `the daemon with a camera${withoutSocat === null ? '' : `: skipped, ${withoutSocat}`}`,
  () => {
    test('a person passes, the camera’s process is killed and comes back, and the next one passes', async () => {
      rig = await makeRig();
      hold('2009120045');
      withCamera();
      const gate = await rig.start();
      expect(await passes(gate)).toBe('20****45');

      // From a grant to its end no scan starts anything, and a code that stays in view is one scan.
      await gate.view(({ mode }) => mode === 'idle');
      hold('2010120046');
      process.kill(Number(readFileSync(join(rig.site.folder, 'pid'), 'utf8')), 'SIGKILL');
      await gate.line(/"device":"scanner","status":"lost","why":"ended"/);
      await gate.line(/"device":"scanner","msg":"device ok"/);
      expect(await passes(gate)).toBe('20****46');

      gate.kill('SIGTERM');
      const { code, stderr } = await gate.ended;
      expect(code).toBe(0);
      expect(stderr).not.toContain('GK1:');
      const records = rig.site.records();
      expect(records.filter(({ outcome }) => outcome === 'grant')).toMatchObject([
        { type: 'decision', rule: 'duty-staff' },
        { type: 'decision', rule: 'duty-staff' },
      ]);
      const scanner = records.filter((record) => record['device'] === 'scanner');
      expect(scanner.map((record) => record['status'])).toEqual(['ok', 'lost', 'ok']);
    });
  },
);
