/**
 * What of configuration takes long: reading a list of a million, looking at every case of a policy,
 * writing to the disk. Done in a thread of its own (`worker.ts`), so that it delays nobody at the gate.
 */
import type { Direction, ZoneKind } from '../../../config/vocabulary.js';
import { checkPolicy } from '../../core/check/policy-check.js';
import { failedSelfTest } from '../../core/check/policy-self-test.js';
import type { KeptChannel } from '../kept/kept-channel.js';
import { keepMarks, marksPath } from '../kept/marks-file.js';
import { type KeptBody, openSettingsStore, type SettingsStore } from '../kept/store.js';
import type { Channel } from '../signed/config-step.js';
import type { Mark } from '../signed/judge-step.js';
import { type Change, readBody } from './contents.js';

export interface TestRequest {
  readonly channel: Channel;
  readonly body: Uint8Array;
  readonly selfTest: readonly unknown[];
  /** the gate's own: a policy is looked at as far as it decides here */
  readonly place: { readonly zone: ZoneKind; readonly direction: Direction };
}

export type TestResult =
  | { readonly ok: true; readonly change: Change }
  | {
      readonly ok: false;
      readonly code: 'bad-body' | 'policy-fault' | 'self-test' | 'worker-lost';
      readonly detail: string;
    };

export interface KeepRequest {
  readonly channel: Channel;
  readonly kept: KeptChannel;
  readonly body: KeptBody | null;
}

export interface SettingsWork {
  /** Reads a body and looks whether it does what its step promises. Never throws. */
  test(request: TestRequest): TestResult;
  /** @returns null: kept and synced; else why not, and all is as before */
  keep(request: KeepRequest): string | null;
  close(): void;
}

/**
 * @param folder the state directory
 * @param highest marks that must not be forgotten, whatever the database says
 */
export function settingsWork(folder: string, highest: ReadonlyMap<Channel, Mark>): SettingsWork {
  const marks = new Map(highest);
  /** opened when it is needed: a disk that fails now may do later */
  let store: SettingsStore | null = null;
  return {
    test: testBody,
    keep({ channel, kept, body }) {
      try {
        store ??= openSettingsStore(folder);
        store.keep(channel, kept, body);
        if (kept.mark !== null && kept.mark.seq >= (marks.get(channel)?.seq ?? 0))
          marks.set(channel, kept.mark);
        // Behind the database: a mark without its step would never let the step come again.
        keepMarks(marksPath(folder), marks);
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    close: () => store?.close(),
  };
}

/** Takes a body and what its step promises; returns what it changes, or why it is not to be had. */
export function testBody({ channel, body, selfTest, place }: TestRequest): TestResult {
  const read = readBody(channel, body);
  if (!read.ok) return { ok: false, code: 'bad-body', detail: read.detail };
  const { policy } = read.change;
  if (policy === undefined) return { ok: true, change: read.change };
  const failed = failedSelfTest(policy, selfTest);
  if (failed !== null) return { ok: false, code: 'self-test', detail: failed };
  const { fault } = checkPolicy(policy, () => {}, place);
  if (fault === null) return { ok: true, change: read.change };
  return { ok: false, code: 'policy-fault', detail: `${fault.code} ${fault.place}` };
}
