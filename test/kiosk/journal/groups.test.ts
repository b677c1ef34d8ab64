/** Who shares a commit with whom, and who waits for what: on the real worker, without a clock. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileRig, memoryRig, type Rig, type Run, request } from './rigs.js';

let rig: Rig;
beforeEach(() => {
  rig = fileRig();
});
afterEach(() => rig.dispose());

/** The ids of each commit, in order: its answers come in one turn of the event loop. */
function commitsOf({ journal }: Run): number[][] {
  const commits: number[][] = [];
  let isSameTurn = false;
  journal.subscribe((event) => {
    if (!isSameTurn) commits.push([]);
    isSameTurn = true;
    commits.at(-1)?.push(event.id);
    queueMicrotask(() => {
      isSameTurn = false;
    });
  });
  return commits;
}

test('a burst shares a commit: those that come while one is synced go together', async () => {
  const run = await rig.open();
  const commits = commitsOf(run);
  run.faults.stall(Number.POSITIVE_INFINITY, 1);
  for (let id = 1; id <= 64; id += 1) run.journal.append(request(id));
  run.faults.heal();
  await run.answered(64);
  expect(commits.flat()).toEqual(Array.from({ length: 64 }, (_, index) => index + 1));
  // The first may have set out alone; all others go with the next.
  expect(commits.length).toBeLessThanOrEqual(2);
  await run.close();
});

test('one that comes alone is synced alone, each in its own commit', async () => {
  const run = await rig.open();
  const commits = commitsOf(run);
  for (let id = 1; id <= 5; id += 1) {
    run.journal.append(request(id));
    await run.answered(id);
  }
  expect(commits).toEqual([[1], [2], [3], [4], [5]]);
  await run.close();
});

test('who waits takes along what nobody waits for, in its order', async () => {
  const run = await rig.open();
  const commits = commitsOf(run);
  run.faults.stall(Number.POSITIVE_INFINITY, 1);
  run.journal.append(request(1));
  run.journal.append(request(2, [], false));
  run.journal.append(request(3));
  run.faults.heal();
  await run.answered(3);
  expect(commits.flat()).toEqual([1, 2, 3]);
  expect(commits.length).toBeLessThanOrEqual(2);
  await run.close();
});

test('a grant goes before whatever reporting has asked for', async () => {
  const run = await rig.open();
  const order: string[] = [];
  run.journal.subscribe(({ id }) => order.push(`committed ${id}`));
  run.faults.stall(Number.POSITIVE_INFINITY, 1);
  run.journal.append(request(1));
  const limits = { bytesMax: 60_000, rowsMax: 100, through: 1_000 };
  const reads = Array.from({ length: 20 }, () =>
    run.outbox.read(0, limits).then(() => order.push('read')),
  );
  run.journal.append(request(2));
  run.faults.heal();
  await Promise.all([run.answered(2), ...reads]);
  // One read may be under way when it comes, and none is begun before it.
  expect(order.indexOf('committed 2')).toBeLessThanOrEqual(2);
  expect(order).toHaveLength(22);
  await run.close();
});

test('by the twin’s clock: who waits has its sync and nothing more, others wait for company', async () => {
  const twin = memoryRig();
  const run = await twin.open();
  const beganMs = twin.nowMs();
  run.journal.append(request(1, [], false));
  run.journal.append(request(2));
  await run.answered(2);
  const syncMs = twin.nowMs() - beganMs;
  expect(syncMs).toBeLessThan(5);
  run.journal.append(request(3, [], false));
  await run.answered(3);
  expect(twin.nowMs() - beganMs - syncMs).toBeGreaterThan(50);
  await run.close();
});
