/** The ports of the two pages: free, or the running gate's own. */
import { createServer } from 'node:net';
import { type KioskConfig, loopbackHost } from '../../config/kiosk-config.js';
import { type Finding, failed, ok } from './finding.js';
import type { RunningGate } from './running-gate.js';

/** @returns a finding for each page */
export async function checkPorts(
  { screen, booth }: Pick<KioskConfig, 'screen' | 'booth'>,
  running: RunningGate | null,
): Promise<readonly Finding[]> {
  return [
    await portFinding('screen', loopbackHost, screen.port, running),
    await portFinding('booth', booth.host ?? loopbackHost, booth.port, running),
  ];
}

async function portFinding(
  part: 'screen' | 'booth',
  host: string,
  port: number,
  running: RunningGate | null,
): Promise<Finding> {
  if (port === 0) return ok(part, 'takes any free port');
  const where = `port ${port} on ${host}`;
  const code = await tryToListen(host, port);
  switch (code) {
    case null:
      return running === null
        ? ok(part, `${where} is free`)
        : failed(part, `${where}: the gate runs and does not listen there`, 'look at its log');
    case 'EADDRINUSE':
      return running === null
        ? failed(
            part,
            `${where} is in use by another program`,
            `end it, or choose another ${part}.port`,
          )
        : ok(part, `${where}: in use by the gate`);
    case 'EACCES':
      return failed(part, `${where} needs root`, `choose a ${part}.port from 1024 on`);
    case 'EADDRNOTAVAIL':
      return failed(part, `${where}: no interface has that address`, `correct ${part}.host`);
    default:
      return failed(part, `${where}: ${code}`, `choose another ${part}.port`);
  }
}

/** @returns null where one can listen there, else the system's code */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve('code' in error ? String(error.code) : error.message);
    });
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}
