/**
 * What of configuration takes long: reading a list of a million, looking at every case of a policy,
 * writing to the disk. Done in a thread of its own (`worker.ts`), so that it delays nobody at the gate.
 */
import type { KioskConfig } from '../../../config/kiosk-config.js';
import type { Direction, ZoneKind } from '../../../config/vocabulary.js';
import { checkPolicy } from '../../core/check/policy-check.js';
import { failedSelfTest } from '../../core/check/policy-self-test.js';
import type { KeptChannel } from '../kept/kept-channel.js';
import { keepMarks, marksPath, readMarks } from '../kept/marks-file.js';
import { type KeptBody, openSettingsStore, type SettingsStore } from '../kept/store.js';
import { joinBlob } from '../signed/blob-assembly.js';
import type { BlobName, Channel } from '../signed/config-step.js';
import type { Mark } from '../signed/judge-step.js';
import { type Change, readBody } from './contents.js';

/** A blob as it has come. */
export interface BlobChunks {
  readonly name: BlobName;
  /** handed over with the request: who has asked has them no more */
  readonly chunks: readonly Uint8Array[];
}

export interface TestRequest {
  readonly channel: Channel;
  /** hex, of the step's payload: what has held is kept under it */
  readonly sha256: string;
  readonly body: Uint8Array | readonly BlobChunks[];
  readonly selfTest: readonly unknown[];
  /** the gate's own: a policy is looked at as far as it decides here */
  readonly place: { readonly zone: ZoneKind; readonly direction: Direction };
  /** the gate’s file, over which settings of devices are laid */
  readonly config: KioskConfig;
}

export type TestResult =
  | { readonly ok: true; readonly change: Change }
  | {
      readonly ok: false;
      readonly code: 'blob-missing' | 'bad-body' | 'policy-fault' | 'self-test' | 'worker-lost';
      readonly detail: string;
    };

export interface KeepRequest {
  readonly channel: Channel;
  readonly kept: KeptChannel;
  /** one that has been tested last; null: none is new */
  readonly body: Omit<KeptBody, 'bytes'> | null;
}

/** What a test has found, with the bytes that it has found it in. */
export type WorkResult =
  | (Extract<TestResult, { ok: true }> & { readonly bytes: Uint8Array })
  | Extract<TestResult, { ok: false }>;

export interface SettingsWork {
  /** Reads a body and looks whether it does what its step promises. Never throws. */
  test(request: TestRequest): WorkResult;
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
  // A thread before this one may have kept higher ones.
  for (const [channel, mark] of readMarks(marksPath(folder)))
    if (mark.seq > (marks.get(channel)?.seq ?? 0)) marks.set(channel, mark);
  /** opened when it is needed: a disk that fails now may do later */
  let store: SettingsStore | null = null;
  /** bodies that have held, until they are kept */
  const held = new Map<Channel, Pick<KeptBody, 'sha256' | 'bytes'>>();
  return {
    test(request) {
      const { channel, sha256 } = request;
      held.delete(channel);
      const bytes = bytesOf(request.body);
      if (bytes === null) return { ok: false, code: 'blob-missing', detail: 'is another body' };
      const result = testBody(request, bytes);
      if (!result.ok) return result;
      held.set(channel, { sha256, bytes });
      return { ...result, bytes };
    },
    keep({ channel, kept, body }) {
      const found = held.get(channel);
      if (body !== null && found?.sha256 !== body.sha256) return 'the body has not been tested';
      try {
        store ??= openSettingsStore(folder);
        store.keep(channel, kept, body && found ? { ...body, bytes: found.bytes } : null);
        if (body !== null) held.delete(channel);
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

/** @returns the body; null: its blobs are not what its step has named */
function bytesOf(body: TestRequest['body']): Uint8Array | null {
  if (body instanceof Uint8Array) return body;
  const parts = body.map(({ name, chunks }) => joinBlob(name, chunks));
  const sound = parts.filter((it) => it !== null);
  return sound.length === parts.length ? Buffer.concat(sound) : null;
}

/** Takes a body and what its step promises; returns what it changes, or why it is not to be had. */
function testBody(
  { channel, selfTest, place, config }: TestRequest,
  bytes: Uint8Array,
): TestResult {
  const read = readBody(channel, bytes, config);
  if (!read.ok) return { ok: false, code: 'bad-body', detail: read.detail };
  if (channel === 'device' && selfTest.length > 0)
    return { ok: false, code: 'self-test', detail: 'settings of devices lead to no decisions' };
  const { policy } = read.change;
  if (policy === undefined) return { ok: true, change: read.change };
  const failed = failedSelfTest(policy, selfTest);
  if (failed !== null) return { ok: false, code: 'self-test', detail: failed };
  const { fault } = checkPolicy(policy, () => {}, place);
  if (fault === null) return { ok: true, change: read.change };
  return { ok: false, code: 'policy-fault', detail: `${fault.code} ${fault.place}` };
}
