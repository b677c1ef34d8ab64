/** The thread in which configuration is read, tried and kept: one request after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { packRevocations } from '../../credential/revocations-data.js';
import { settingsWork } from './work.js';
import type { FromSettingsWorker, SettingsWorkerData, ToSettingsWorker } from './worker-port.js';

const { folder, marks } = workerData as SettingsWorkerData;
const work = settingsWork(folder, marks);
const port = parentPort;

port?.on('message', (message: ToSettingsWorker) => {
  switch (message.type) {
    case 'test': {
      const { id, request } = message;
      const result = work.test(request);
      if (!result.ok) return post({ id, type: 'failed', code: result.code, detail: result.detail });
      const { revocations } = result.change;
      // What is small is read once more by the other thread: classes do not travel.
      if (revocations === undefined) return post({ id, type: 'tested', bytes: result.bytes });
      const data = packRevocations(revocations);
      const { buffer } = data.table.slots;
      return post(
        { id, type: 'tested', revocations: data },
        buffer instanceof ArrayBuffer ? [buffer] : [],
      );
    }
    case 'keep': {
      const detail = work.keep(message.request);
      return post({ id: message.id, type: 'kept', detail });
    }
    case 'close':
      work.close();
      return port?.close();
  }
});

function post(message: FromSettingsWorker, handedOver: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, handedOver);
}
