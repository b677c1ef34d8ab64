/** A backup is as private as the database while it is made, too: nobody else reads it meanwhile. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { backUp } from '../../../kiosk/collector/backup.js';
import { storeRig } from './rig.js';

/** Looks at a file again and again: 1 it has begun, 2 others may read it, 3 it has stood there, 4 it is to end. */
const watcher = `
const { workerData: { file, shared } } = require('node:worker_threads');
const { statSync } = require('node:fs');
const seen = new Int32Array(shared);
seen[0] = 1; Atomics.notify(seen, 0);
while (Atomics.load(seen, 3) === 0) {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || found.size === 0) continue;
  seen[2] = 1;
  if ((found.mode & 0o077) !== 0) seen[1] = 1;
}
`;

test('at no moment others than its owner may read it', async () => {
  const rig = storeRig();
  try {
    rig.store.database.exec(
      `CREATE TABLE room AS WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 20000)
       SELECT n, randomblob(1000) AS bytes FROM many`,
    );
    const target = join(rig.folder, 'backup.db');
    const shared = new SharedArrayBuffer(16);
    const seen = new Int32Array(shared);
    const worker = new Worker(watcher, {
      eval: true,
      workerData: { file: `${target}.part`, shared },
    });
    Atomics.wait(seen, 0, 0, 5_000);
    // On a crowded machine the thread may not have its turn while one is made.
    for (let tries = 0; tries < 50 && Atomics.load(seen, 2) === 0; tries += 1) {
      rmSync(target, { force: true });
      expect(backUp(rig.file, target)).toMatchObject({ ok: true });
    }
    Atomics.store(seen, 3, 1);
    await new Promise((resolve) => worker.once('exit', resolve));
    expect([...seen.slice(0, 3)]).toEqual([1, 0, 1]);
  } finally {
    rig.dispose();
  }
});
