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
  | { readonly id: number; readonly type: 'tested'; readonly revocations: RevocationsData | null }
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
}

/**
 * Starts the thread.
 * @param lost told once where it ends by itself; every request is answered as failed from then on
 */
export function settingsThread(
  data: SettingsWorkerData,
  lost: (why: string) => void,
): SettingsPort {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: data });
  const waiting = new Map<number, (message: FromSettingsWorker | null) => void>();
  let lastId = 0;
  let isGone = false;
  let isClosing = false;
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
  const ask = (
    request: Omit<Extract<ToSettingsWorker, { id: number }>, 'id'>,
  ): Promise<FromSettingsWorker | null> =>
    new Promise((resolve) => {
      if (isGone || isClosing) return resolve(null);
      lastId += 1;
      waiting.set(lastId, resolve);
      worker.postMessage({ id: lastId, ...request });
    });
  return {
    async test(request) {
      const answer = await ask({ type: 'test', request });
      if (answer?.type === 'failed') return { ok: false, code: answer.code, detail: answer.detail };
      if (answer?.type !== 'tested') return { ok: false, code: 'worker-lost', detail: '' };
      if (answer.revocations !== null)
        return { ok: true, change: { revocations: unpackRevocations(answer.revocations) } };
      const read = readBody(request.channel, request.body);
      return read.ok ? read : { ok: false, code: 'bad-body', detail: read.detail };
    },
    async keep(request) {
      const answer = await ask({ type: 'keep', request });
      return answer?.type === 'kept' ? answer.detail : 'the thread is gone';
    },
    close() {
      isClosing = true;
      if (!isGone) worker.postMessage({ type: 'close' });
      return ended;
    },
  };
}
