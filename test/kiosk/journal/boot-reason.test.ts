/** Why a run began: told from how the one before it ended, by the real journal and its twin alike. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootReason, type LastRun } from '../../../kiosk/journal/boot-reason.js';
import { at, fileRig, memoryRig, type Rig, type Run, type RunOptions, request } from './rigs.js';

describe.each([
  ['the worker on a file', fileRig],
  ['the twin in virtual time', memoryRig],
])('%s', (_name, makeRig) => {
  let rig: Rig;
  beforeEach(() => {
    rig = makeRig();
  });
  afterEach(() => rig.dispose());

  const first: RunOptions = { bootId: 'run-1', machineStart: 'start-1' };
  const reasonAfter = async (
    end: (run: Run) => Promise<void>,
    next: RunOptions,
    before: RunOptions = first,
  ): Promise<string> => {
    const run = await rig.open(before);
    await end(run);
    const again = await rig.open({ bootId: 'run-2', ...next });
    await again.close();
    return again.restored.reason;
  };
  const close = (run: Run): Promise<void> => run.close();
  const crash = (run: Run): Promise<void> => run.crash();
  const giveUp =
    (type: string, after: (run: Run) => Promise<void>) =>
    async (run: Run): Promise<void> => {
      run.journal.append({ ...request(1), records: [{ type, at }] });
      run.journal.append(request(2));
      await run.answered(2);
      await after(run);
    };

  test('a new journal is the first', async () => {
    const run = await rig.open(first);
    expect(run.restored.reason).toBe('first');
    await run.close();
  });

  const cases: readonly (readonly [string, (run: Run) => Promise<void>, RunOptions])[] = [
    ['stopped', close, { machineStart: 'start-1' }],
    ['restarted', close, { machineStart: 'start-2' }],
    ['killed', crash, { machineStart: 'start-1' }],
    ['power-lost', crash, { machineStart: 'start-2' }],
    ['unknown', crash, {}],
    ['stopped', close, {}],
    // Its journal ended cleanly, the run did not.
    ['invariant', giveUp('invariant', close), { machineStart: 'start-1' }],
    ['fault', giveUp('fault', close), { machineStart: 'start-1' }],
    // The power went while it gave up: that it did is what matters.
    ['fault', giveUp('fault', crash), { machineStart: 'start-2' }],
  ];
  test.each(cases)('%s', async (reason, end, next) => {
    expect(await reasonAfter(end, next)).toBe(reason);
  });

  test('what a run before the last one did is not the last one’s', async () => {
    await giveUp('fault', close)(await rig.open(first));
    // Killed before it had written anything: the last record is still the first run's.
    await (await rig.open({ bootId: 'run-2', machineStart: 'start-1' })).crash();
    const third = await rig.open({ bootId: 'run-3', machineStart: 'start-1' });
    expect(third.restored.reason).toBe('killed');
    await third.close();
  });

  test('of a run that left no name of its machine’s start nobody can tell', async () => {
    expect(await reasonAfter(crash, { machineStart: 'start-2' }, { bootId: 'run-1' })).toBe(
      'unknown',
    );
  });
});

test('a journal of an earlier version, and records that are none, are survived', () => {
  const last: LastRun = { mark: null, endedCleanly: false, lastRows: [] };
  expect(bootReason(last, 'start')).toBe('unknown');
  expect(bootReason({ ...last, endedCleanly: true }, 'start')).toBe('stopped');
  const lastRows = ['', '{', 'null', '[]', '{"bootId":"a"}', '{"bootId":"b","type":"fault"}'];
  const rows = lastRows.map((text) => ({ bytes: Buffer.from(text) }));
  const mark = { bootId: 'a', machineStart: 'start' };
  expect(bootReason({ ...last, mark, lastRows: rows }, 'start')).toBe('killed');
});
