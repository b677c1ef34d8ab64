import { closeSync, openSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { linkTo } from '../../hardware/linux/link.js';
import { readWhile, serialLink } from '../../hardware/linux/serial-link.js';
import { tcpLink } from '../../hardware/linux/tcp-link.js';
import type { Link } from '../../hardware/ports.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Opens a link and gives its events one by one. */
function eventsOf(link: Link) {
  const events: string[] = [];
  let wake = (): void => {};
  const add = (event: string): void => {
    events.push(event);
    wake();
  };
  cleanups.push(() => link.close());
  link.open({
    opened: () => add('opened'),
    data: (bytes) => add(`data ${[...bytes].join(' ')}`),
    closed: (why, detail) => add(`closed ${why}: ${detail}`),
  });
  return async (): Promise<string> => {
    for (;;) {
      const event = events.shift();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

async function listening(onConnection: (socket: Socket) => void): Promise<[Server, number]> {
  const server = createServer(onConnection);
  cleanups.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return [server, typeof address === 'object' && address !== null ? address.port : 0];
}

test('bytes go both ways over TCP, and the end of the connection is told once', async () => {
  const [, port] = await listening((socket) => {
    socket.on('data', (bytes) => {
      socket.write(Uint8Array.from(bytes, (byte) => byte + 1));
      if (bytes[0] === 9) socket.end();
    });
  });
  const link = linkTo({ path: `tcp://127.0.0.1:${port}` });
  const next = eventsOf(link);
  expect(await next()).toBe('opened');
  link.write(Uint8Array.of(1));
  expect(await next()).toBe('data 2');
  link.write(Uint8Array.of(9));
  expect(await next()).toBe('data 10');
  expect(await next()).toMatch(/^closed gone: .* ended the connection/);
  const again = eventsOf(link);
  expect(await again()).toBe('opened');
});

test('a refused connection and a wrong port are told in words, never thrown', async () => {
  const [server, port] = await listening(() => {});
  await new Promise((resolve) => server.close(resolve));
  expect(await eventsOf(tcpLink({ host: '127.0.0.1', port }))()).toMatch(
    /^closed refused: 127.0.0.1:.*ECONNREFUSED/,
  );
  expect(await eventsOf(tcpLink({ host: '127.0.0.1', port: 99_999 }))()).toMatch(/^closed /);
});

test('a TCP link that is closed while it connects tells nothing and leaves nothing behind', async () => {
  const ended = new Promise<void>((resolve) => {
    void listening((socket) => {
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.resume();
    }).then(([, port]) => {
      const link = tcpLink({ host: '127.0.0.1', port });
      const heard: string[] = [];
      link.open({
        opened: () => heard.push('opened'),
        data: () => heard.push('data'),
        closed: () => heard.push('closed'),
      });
      link.close();
      const second = tcpLink({ host: '127.0.0.1', port });
      second.open({
        opened() {
          expect(heard).toEqual([]);
          second.close();
        },
        data() {},
        closed() {},
      });
    });
  });
  await ended;
});

test('a tty that is not there, and a wrong speed, are told in words, never thrown', async () => {
  const missing = serialLink({ path: '/dev/gate-kiosk-no-such-tty', baudRate: 9_600 });
  expect(await eventsOf(missing)()).toMatch(/^closed absent: .*No such file/);
  const noTty = serialLink({ path: '/dev/null', baudRate: 9_600 });
  expect(await eventsOf(noTty)()).toMatch(/^closed wrong-device: \/dev\/null/);
  const noSpeed = serialLink({ path: '/dev/null', baudRate: Number.NaN });
  expect(await eventsOf(noSpeed)()).toMatch(/^closed /);
});

test('a tty link that is closed while it opens tells nothing, and can be opened again', async () => {
  const link = serialLink({ path: '/dev/gate-kiosk-no-such-tty', baudRate: 9_600 });
  const heard: string[] = [];
  link.open({
    opened: () => heard.push('opened'),
    data: () => heard.push('data'),
    closed: () => heard.push('closed'),
  });
  link.close();
  link.close();
  expect(await eventsOf(link)()).toMatch(/^closed /);
  expect(heard).toEqual([]);
});

test('a tty that hung up, and so reads as nothing at all, ends the reading instead of spinning', async () => {
  // A read of /dev/null gives zero bytes for ever, as one of a tty that hung up does.
  const fd = openSync('/dev/null', 'r');
  cleanups.push(() => closeSync(fd));
  const poller = { once: () => {}, stop: () => {} };
  let heard = 0;
  await readWhile(
    { fd, poller },
    () => heard < 10,
    () => heard++,
  );
  expect(heard).toBe(0);
});
