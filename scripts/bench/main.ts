/**
 * `npm run bench [-- --json FILE] [--dir FOLDER] [NAME …]`: every figure beside its floor, measured
 * in the same run. A further bench is one more file and one more line in `suites`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cameraBenches } from './camera.js';
import { collectorBenches } from './collector.js';
import { drainBenches } from './drain.js';
import { type Bench, measure, type Result, table } from './harness.js';
import { journalBenches } from './journal.js';
import { paintedBenches } from './painted.js';
import { replayBenches } from './replay.js';
import { revocationBenches } from './revocations.js';
import { rowBenches } from './rows.js';
import { scanBenches } from './scan.js';
import { scannerBenches } from './scanners.js';
import { verifyBenches } from './verify.js';

const suites: Readonly<Record<string, (folder: string) => Promise<readonly Bench[]>>> = {
  scan: scanBenches,
  scanners: scannerBenches,
  painted: paintedBenches,
  journal: journalBenches,
  rows: rowBenches,
  drain: drainBenches,
  collector: collectorBenches,
  verify: verifyBenches,
  replay: replayBenches,
  camera: cameraBenches,
  revocations: revocationBenches,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, dir: { type: 'string', default: 'var' } },
});
const unknown = positionals.filter((name) => suites[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `no such bench: ${unknown.join(' ')}; there are ${Object.keys(suites)},board\n`,
  );
  process.exit(2);
}

// Not the system's folder for temporary files: that may be in memory, where a sync costs nothing.
mkdirSync(resolve(values.dir), { recursive: true });
const folder = mkdtempSync(join(resolve(values.dir), 'bench-'));
const results: Result[] = [];
try {
  for (const [name, makeBenches] of Object.entries(suites)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    for (const bench of await makeBenches(folder)) {
      process.stderr.write(`${bench.name} …\n`);
      results.push(await measure(bench));
      await bench.close();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${table(results)}\n`);
if (values.json !== undefined) {
  const machine = {
    node: process.version,
    arch: arch(),
    cpu: cpus()[0]?.model,
    count: cpus().length,
  };
  writeFileSync(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
}
