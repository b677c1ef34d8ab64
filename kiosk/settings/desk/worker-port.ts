/** The other end of the thread that reads, tries and keeps configuration. */
import { Worker } from 'node:worker_threads';
import { type RevocationsData, unpackRevocations } from '../../credential/revocations-data.js';
import type { Channel } from '../signed/config-step.js';
import type { Mark } from '../signed/judge-step.js';
import { readBody } from './contents.js';
import type { KeepRequest, TestRequest, TestResult } from './work.js';

export interface SettingsWorkerData {
  readonly folder: string;
  readonly marks: ReadonlyMap<Channel, Mark>;
}

export type ToSettingsWorker =
  | { readonly id: number; readonly type: 'test'; readonly request: TestRequest }
  | { readonly id: number; readonly type: 'keep'; readonly request: KeepRequest }
  | { readonly type: 'close' };

export type FromSettingsWorker =
  /** revocations as their table; of anything else, which is small, the bytes that hold */
  | { readonly id: number; readonly type: 'tested'; readonly revocations: RevocationsData }
  | { readonly id: number; readonly type: 'tested'; readonly bytes: Uint8Array }
  | {
      readonly id: number;
      readonly type: 'failed';
      readonly code: Extract<TestResult, { ok: false }>['code'];
      readonly detail: string;
    }
  | { readonly id: number; readonly type: 'kept'; readonly detail: string | null };

export interface SettingsPort {
  test(request: TestRequest): Promise<TestResult>;
  /** @returns null: kept and synced; else why not */
  keep(request: KeepRequest): Promise<string | null>;
  /** Ends when what was asked before has been answered. */
  close(): Promise<void>;
  /** Ends as by a power cut: what is under way is left as it is, and nothing is answered any more. */
  cut(): Promise<void>;
}

/**
 * Starts the thread; after it has ended by itself, a new one with the next request.
 * @param lost told each time when it has ended by itself; what it was asked is answered as failed
 */
export function settingsThread(
  data: SettingsWorkerData,
  lost: (why: string) => void,
): SettingsPort {
  const waiting = new Map<number, (message: FromSettingsWorker | null) => void>();
  let lastId = 0;
  let isClosing = false;
  let thread = startThread();
  const ask = (
    request: Omit<Extract<ToSettingsWorker, { id: number }>, 'id'>,
    handedOver: readonly ArrayBuffer[] = [],
  ): Promise<FromSettingsWorker | null> =>
    new Promise((resolve) => {
      if (isClosing) return resolve(null);
      if (thread.isGone()) thread = startThread();
      lastId += 1;
      waiting.set(lastId, resolve);
      thread.worker.postMessage({ id: lastId, ...request }, handedOver);
    });

  function startThread() {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: data });
    let isGone = false;
    const gone = (why: string): void => {
      if (isGone) return;
      isGone = true;
      if (!isClosing) lost(why);
      for (const answer of waiting.values()) answer(null);
      waiting.clear();
    };
    worker.on('message', (message: FromSettingsWorker) => {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    });
    worker.on('error', (error) => gone(error instanceof Error ? error.message : String(error)));
    const ended = new Promise<void>((resolve) =>
      worker.once('exit', () => {
        gone('it has ended');
        resolve();
      }),
    );
    return { worker, ended, isGone: () => isGone };
  }

  return {
    async test(request) {
      const { channel, body, config } = request;
      const chunks = body instanceof Uint8Array ? [] : body.flatMap((blob) => blob.chunks);
      const answer = await ask({ type: 'test', request }, chunks.map(memoryOf).filter(isOwn));
      if (answer?.type === 'failed') return { ok: false, code: answer.code, detail: answer.detail };
      if (answer?.type !== 'tested') return { ok: false, code: 'worker-lost', detail: '' };
      if ('revocations' in answer)
        return { ok: true, change: { revocations: unpackRevocations(answer.revocations) } };
      const read = readBody(channel, answer.bytes, config);
      return read.ok ? read : { ok: false, code: 'bad-body', detail: read.detail };
    },
    async keep(request) {
      const answer = await ask({ type: 'keep', request });
      return answer?.type === 'kept' ? answer.detail : 'the thread is gone';
    },
    close() {
      isClosing = true;
      if (!thread.isGone()) thread.worker.postMessage({ type: 'close' });
      return thread.ended;
    },
    async cut() {
      isClosing = true;
      waiting.clear();
      await thread.worker.terminate();
    },
  };
}

function memoryOf({ buffer }: Uint8Array): ArrayBufferLike {
  return buffer;
}

function isOwn(memory: ArrayBufferLike): memory is ArrayBuffer {
  return memory instanceof ArrayBuffer;
}
