import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fieldCharactersMax } from '../../../kiosk/booth/messages.js';
import { bodyBytesMax } from '../../../kiosk/booth/routes.js';
import { type Booth, boothClientsMax, startBooth } from '../../../kiosk/booth/server.js';
import { wrongTokensPerMinuteMax } from '../../../kiosk/booth/session.js';
import type { DetailProblem, DetailsInput } from '../../../kiosk/evidence/details.js';
import { heartbeatMs } from '../../../kiosk/page-server/streams.js';
import { canMakeCertificates, makeCertificate, whyNoCertificates } from '../../certificates.js';
import { type Asked, listenTo, ask as send, virtualTime } from '../page-client.js';
import { entering, quiet, views } from './views.js';

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Tried {
  readonly problems?: readonly DetailProblem[];
  readonly token?: Uint8Array;
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly host?: string;
  readonly port?: number;
  readonly isLinked?: boolean;
}

async function start({ problems = [], ...options }: Tried = {}) {
  const time = virtualTime();
  const pressed: string[] = [];
  const entered: DetailsInput[] = [];
  const log: string[] = [];
  const booth = await startBooth({
    port: 0,
    ...options,
    ...time,
    gateWallMs: () => Date.parse('2020-02-12T01:00:00Z') + time.clock.now().monotonicMs,
    onPress: (button, event) => void pressed.push(`${button} ${event}`),
    onDetails(details) {
      entered.push(details);
      return problems;
    },
    log: (line) => void log.push(line),
  });
  closers.push(() => booth.close());
  return { booth, time, pressed, entered, log };
}

const ownHost = (booth: Booth) => `127.0.0.1:${booth.port}`;

/** As the page itself sends. */
function post(booth: Booth, path: string, value: unknown, change: Asked['headers'] = {}) {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  const headers = {
    host: ownHost(booth),
    origin: `http://${ownHost(booth)}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'sec-fetch-site': 'same-origin',
    ...change,
  };
  return send(booth.port, path, { method: 'POST', headers, body });
}

const codeOf = ({ body }: { readonly body: string }) =>
  (JSON.parse(body) as { readonly code?: string }).code;

describe("the booth's page", () => {
  it('is served with all its parts, and each part names only parts that are served', async () => {
    const { booth } = await start();
    const page = await send(booth.port, '/');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': /text\/html/ } });
    expect(page.body).toContain('/booth.js');
    const wanted = new Set(['/login.js', '/stream.js', '/icon.svg', '/booth.css', '/booth.js']);
    for (const path of wanted) {
      const { status, body } = await send(booth.port, path);
      expect({ path, status }).toEqual({ path, status: 200 });
      for (const [, name] of body.matchAll(/from '\.\/([a-z]+\.js)'/g)) wanted.add(`/${name}`);
    }
    expect(wanted.size).toBeGreaterThan(10);
  });

  it('may load nothing from elsewhere and nothing inline, and makes no markup of data', async () => {
    const { booth } = await start();
    const page = await send(booth.port, '/');
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'/,
    );
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(page.body).not.toMatch(/https?:|\sstyle=|\son[a-z]+=|<script>|<style/);
    for (const part of ['booth', 'details', 'elements', 'keys', 'login', 'person', 'watch']) {
      const { body } = await send(booth.port, `/${part}.js`);
      expect(body).not.toMatch(/innerHTML|outerHTML|insertAdjacent|Storage|document\.cookie/);
    }
  });

  it.each(['/index.html', '/login.html', '/../server.js', '/events/', '/screen.js', '/healthz'])(
    '%s is not found',
    async (path) => {
      const { booth } = await start();
      expect((await send(booth.port, path)).status).toBe(404);
    },
  );

  it('takes each method only where it belongs', async () => {
    const { booth } = await start();
    const headers = { origin: `http://${ownHost(booth)}` };
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      for (const path of ['/', '/events', '/nothing'])
        expect(await send(booth.port, path, { method, headers })).toMatchObject({
          status: 405,
          headers: { allow: 'GET, HEAD' },
        });
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'])
      for (const path of ['/press', '/details', '/login'])
        expect(await send(booth.port, path, { method, headers })).toMatchObject({
          status: 405,
          headers: { allow: 'POST' },
        });
  });
});

describe('who may talk to it', () => {
  it.each([
    ['a foreign name', 'evil.example'],
    ['a foreign name with our port', 'evil.example:8081'],
    ['a name that ends like ours', 'x.localhost'],
    ['another address', '10.0.0.7'],
    ['two names', '127.0.0.1, evil.example'],
    ['a name with a user', 'me@127.0.0.1'],
  ])('not under %s (DNS rebinding)', async (_what, host) => {
    const { booth, pressed } = await start();
    for (const path of ['/', '/events', '/booth.js', '/nothing'])
      expect(codeOf(await send(booth.port, path, { headers: { host } }))).toBe('foreign-host');
    const press = { button: 'open', event: 'pressed' };
    const answer = await post(booth, '/press', press, { host, origin: `http://${host}` });
    expect(answer.status).toBe(403);
    expect(pressed).toEqual([]);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', '127.0.0.1:1', 'localhost:9000'])(
    'under %s, as through a tunnel',
    async (host) => {
      const { booth, pressed } = await start();
      expect((await send(booth.port, '/', { headers: { host } })).status).toBe(200);
      const press = { button: 'open', event: 'pressed' };
      const answer = await post(booth, '/press', press, { host, origin: `http://${host}` });
      expect(answer.status).toBe(200);
      expect(pressed).toEqual(['open pressed']);
    },
  );

  it('not without a name, as before HTTP/1.1', async () => {
    const { booth } = await start();
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(booth.port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 403 .*foreign-host/s);
  });

  it.each([
    ['of the screen on the next port', 'http://127.0.0.1:8080'],
    ['of the same name and no port', 'http://127.0.0.1'],
    ['of another scheme', 'https://OWN'],
    ['of another loopback name', 'http://localhost:PORT'],
    ['of a frame without one', 'null'],
    ['of somewhere else', 'http://evil.example'],
  ])('no page %s', async (_what, template) => {
    const { booth, pressed } = await start();
    const origin = template.replace('OWN', ownHost(booth)).replace('PORT', String(booth.port));
    const press = { button: 'open', event: 'pressed' };
    expect(codeOf(await post(booth, '/press', press, { origin }))).toBe('foreign-origin');
    expect(codeOf(await send(booth.port, '/events', { headers: { origin } }))).toBe(
      'foreign-origin',
    );
    expect(pressed).toEqual([]);
  });

  it('no page that keeps its origin to itself', async () => {
    const { booth, pressed } = await start();
    const body = JSON.stringify({ button: 'open', event: 'pressed' });
    const headers = { 'content-type': 'application/json', 'content-length': `${body.length}` };
    const answer = await send(booth.port, '/press', { method: 'POST', headers, body });
    expect(codeOf(answer)).toBe('no-origin');
    expect(pressed).toEqual([]);
  });

  it.each(['same-site', 'cross-site'])('no request that a browser calls %s', async (site) => {
    const { booth, pressed } = await start();
    const headers = { 'sec-fetch-site': site };
    for (const path of ['/', '/events', '/booth.js'])
      expect((await send(booth.port, path, { headers })).status).toBe(403);
    const press = { button: 'open', event: 'pressed' };
    expect((await post(booth, '/press', press, headers)).status).toBe(403);
    expect(pressed).toEqual([]);
  });

  it('of the simulated board only: who follows a link from its page, and nothing more', async () => {
    const { booth, pressed } = await start({ isLinked: true });
    const link = { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'document' };
    expect((await send(booth.port, '/', { headers: link })).status).toBe(200);
    for (const change of [
      { 'sec-fetch-dest': 'empty' },
      { 'sec-fetch-dest': 'iframe' },
      { 'sec-fetch-site': 'cross-site' },
      { host: 'evil.example' },
    ])
      expect((await send(booth.port, '/', { headers: { ...link, ...change } })).status).toBe(403);
    const press = { button: 'open', event: 'pressed' };
    expect((await post(booth, '/press', press, link)).status).toBe(403);
    expect(pressed).toEqual([]);
  });

  it('a person who typed the address', async () => {
    const { booth } = await start();
    const headers = { 'sec-fetch-site': 'none' };
    expect((await send(booth.port, '/', { headers })).status).toBe(200);
  });
});

describe('a press', () => {
  const open = { button: 'open', event: 'pressed' };

  it.each([
    ['of another type', open, { 'content-type': 'text/plain' }, 415, 'not-json'],
    ['of a form', open, { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'not-json'],
    ['without a type', open, { 'content-type': '' }, 415, 'not-json'],
    ['that is no JSON', '{', {}, 400, 'bad-json'],
    ['with a key twice', '{"button":"open","button":"open"}', {}, 400, 'bad-json'],
    ['with half a character', '"\\ud800"', {}, 400, 'bad-json'],
    ['that is too large', `"${'x'.repeat(bodyBytesMax)}"`, {}, 413, 'too-large'],
    ['that is a list', [], {}, 422, 'bad-message'],
    ['that is nothing', 'null', {}, 422, 'bad-message'],
    ['of no button', { button: 'door', event: 'pressed' }, {}, 422, 'bad-message'],
    ['of no event', { button: 'open', event: 'long' }, {}, 422, 'bad-message'],
    ['with more in it', { ...open, reason: 'x' }, {}, 422, 'bad-message'],
    [
      'of CONFIRM without a prompt',
      { button: 'confirm', event: 'pressed' },
      {},
      422,
      'bad-message',
    ],
    ['of OPEN with a prompt', { ...open, prompt: null }, {}, 422, 'bad-message'],
    [
      'of CONFIRM with an odd prompt',
      { button: 'confirm', event: 'pressed', prompt: 7 },
      {},
      422,
      'bad-message',
    ],
  ])('%s is refused', async (_what, value, headers, status, code) => {
    const { booth, pressed } = await start();
    const answer = await post(booth, '/press', value, headers);
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status, code });
    expect(JSON.parse(answer.body)).toMatchObject({ text: { zh: /./, en: /./ } });
    expect(pressed).toEqual([]);
  });

  it('whose length is not told is refused', async () => {
    const { booth, pressed } = await start();
    const headers = {
      origin: `http://${ownHost(booth)}`,
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
    };
    const body = JSON.stringify(open);
    const answer = await send(booth.port, '/press', { method: 'POST', headers, body });
    expect(codeOf(answer)).toBe('no-length');
    expect(pressed).toEqual([]);
  });

  it('that breaks off in the middle is none, and the booth goes on', async () => {
    const { booth, pressed, log } = await start();
    await new Promise<void>((resolve) => {
      const socket = connect(booth.port, '127.0.0.1', () => {
        const head = [
          'POST /press HTTP/1.1',
          `Host: ${ownHost(booth)}`,
          `Origin: http://${ownHost(booth)}`,
          'Content-Type: application/json',
          'Content-Length: 35',
        ];
        socket.write(`${head.join('\r\n')}\r\n\r\n{"button":"open",`, () => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    expect((await post(booth, '/press', open)).status).toBe(200);
    expect(pressed).toEqual(['open pressed']);
    expect(log).toEqual([]);
  });

  it('goes down and up as on the panel, with `long` between where the button has it', async () => {
    const { booth, pressed, time } = await start();
    for (const button of ['next', 'open', 'lockdown']) {
      await post(booth, '/press', { button, event: 'pressed' });
      await post(booth, '/press', { button, event: 'pressed' });
      time.advance(1_000);
      await post(booth, '/press', { button, event: 'released' });
      await post(booth, '/press', { button, event: 'released' });
    }
    expect(pressed).toEqual([
      'next pressed',
      'next long',
      'next released',
      'open pressed',
      'open released',
      'lockdown pressed',
      'lockdown long',
      'lockdown released',
    ]);
  });

  it('that is held for too long ends by itself', async () => {
    const { booth, pressed, time } = await start();
    await post(booth, '/press', { button: 'next', event: 'pressed' });
    time.advance(1_000);
    time.advance(28_999);
    expect(pressed).toEqual(['next pressed', 'next long']);
    time.advance(1);
    expect(pressed.at(-1)).toBe('next released');
  });

  it('is let go when a page has gone, whichever, and when the booth closes', async () => {
    const { booth, pressed } = await start();
    const [first, second] = [await listenTo(booth.port), await listenTo(booth.port)];
    await post(booth, '/press', { button: 'next', event: 'pressed' });
    first.end();
    while (pressed.length < 2) await send(booth.port, '/icon.svg');
    expect(pressed).toEqual(['next pressed', 'next released']);
    await post(booth, '/press', { button: 'open', event: 'pressed' });
    second.end();
    while (pressed.length < 4) await send(booth.port, '/icon.svg');
    expect(pressed.slice(2)).toEqual(['open pressed', 'open released']);
    await post(booth, '/press', { button: 'refuse', event: 'pressed' });
    await booth.close();
    expect(pressed.at(-1)).toBe('refuse released');
  });

  it('of CONFIRM counts only for what every page shows now', async () => {
    const { booth, pressed } = await start();
    const confirm = (prompt: string | null) =>
      post(booth, '/press', { button: 'confirm', event: 'pressed', prompt });
    expect((await confirm(null)).status).toBe(200);
    await post(booth, '/press', { button: 'confirm', event: 'released' });
    booth.publish(views.confirming);
    const shown = views.confirming.prompt?.id ?? '';
    for (const other of [null, '', `${shown}x`, '6/attest:0'])
      expect(codeOf(await confirm(other))).toBe('prompt-changed');
    expect((await confirm(shown)).status).toBe(200);
    expect(pressed).toEqual(['confirm pressed', 'confirm released', 'confirm pressed']);
  });
});

describe('details', () => {
  it('go to the gate, as they were typed, and to nobody else', async () => {
    const { booth, entered, log } = await start();
    booth.publish(entering);
    const stream = await listenTo(booth.port);
    closers.push(() => stream.end());
    await stream.next();
    await stream.next();
    const details = { attempt: 7, fields: { name: '张某某', phone: '138 0000 0000' } };
    expect(await post(booth, '/details', details)).toMatchObject({ status: 200, body: '{}' });
    expect(entered).toEqual([details]);
    booth.publish(quiet);
    expect((await stream.next()).data).not.toContain('张某某');
    expect(log).toEqual([]);
  });

  it('that are wrong come back with the field and words, never with the text', async () => {
    const problems = [{ field: 'id-number', fault: 'bad-check-digit' }] as const;
    const { booth } = await start({ problems });
    booth.publish(entering);
    const fields = { 'id-number': '230106199001011234' };
    const answer = await post(booth, '/details', { attempt: 7, fields });
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'bad-fields',
      problems: [{ field: 'id-number', text: { en: /check digit/ } }],
    });
    expect(answer.body).not.toContain('230106');
  });

  it.each([
    ['of another person', { attempt: 8, fields: { name: 'x' } }],
    ['of an emergency that nobody asks about', { attempt: null, fields: { people: '2' } }],
    ['that the form does not have', { attempt: 7, fields: { people: '2' } }],
  ])('%s are refused', async (_what, details) => {
    const { booth, entered } = await start();
    booth.publish(views.confirming);
    const answer = await post(booth, '/details', details);
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({
      status: 409,
      code: 'not-wanted',
    });
    expect(entered).toEqual([]);
  });

  it('of the last emergency are taken while they are asked for', async () => {
    const { booth, entered } = await start();
    booth.publish(views.emergency);
    const details = { attempt: null, fields: { service: '急救', people: '2' } };
    expect((await post(booth, '/details', details)).status).toBe(200);
    expect(entered).toEqual([details]);
  });

  it.each([
    ['without fields', { attempt: 7 }],
    ['with fields that are a list', { attempt: 7, fields: [] }],
    ['of an unknown field', { attempt: 7, fields: { shoe: '43' } }],
    ['of an inherited field', '{"attempt":7,"fields":{"__proto__":"x"}}'],
    ['with a number for a text', { attempt: 7, fields: { people: 2 } }],
    ['of half an attempt', { attempt: 7.5, fields: {} }],
    ['with more in them', { attempt: 7, fields: {}, guard: 'x' }],
    ['that are too long', { attempt: 7, fields: { name: 'x'.repeat(fieldCharactersMax + 1) } }],
  ])('%s are refused', async (_what, value) => {
    const { booth, entered } = await start();
    booth.publish(entering);
    const { status } = await post(booth, '/details', value);
    expect([400, 422]).toContain(status);
    expect(entered).toEqual([]);
  });
});

describe('the stream', () => {
  it("tells the newest view, each change, and the gate's time with every heartbeat", async () => {
    const { booth, time } = await start();
    booth.publish(views.fever);
    booth.publish(quiet);
    const stream = await listenTo(booth.port);
    closers.push(() => stream.end());
    await stream.next();
    expect(JSON.parse((await stream.next()).data)).toEqual(quiet);
    booth.publish({ ...quiet });
    booth.publish(views.held);
    expect(JSON.parse((await stream.next()).data)).toEqual(views.held);
    time.advance(heartbeatMs);
    expect(await stream.next()).toEqual({ event: 'alive', data: '2020-02-12T01:00:01.000Z' });
  });

  it('is for so many pages and no more', async () => {
    const { booth } = await start();
    for (let count = 0; count < boothClientsMax; count += 1) {
      const stream = await listenTo(booth.port);
      closers.push(() => stream.end());
      expect(stream.status).toBe(200);
    }
    expect((await send(booth.port, '/events')).status).toBe(503);
    expect((await send(booth.port, '/')).status).toBe(200);
  });
});

describe('silent connections', () => {
  const silent = (booth: Booth, localAddress: string) => {
    const socket = connect({ port: booth.port, host: '127.0.0.1', localAddress });
    socket.on('error', () => {}).resume();
    closers.push(() => socket.destroy());
    return socket;
  };
  const connected = (socket: ReturnType<typeof silent>) =>
    new Promise((resolve) => void socket.once('connect', resolve).once('close', resolve));

  it('of one address leave room for another', async () => {
    const { booth } = await start();
    const sockets = Array.from({ length: 3 * boothClientsMax }, () => silent(booth, '127.0.0.2'));
    await Promise.all(sockets.map(connected));
    expect((await send(booth.port, '/')).status).toBe(200);
  });

  it('are ended within seconds', { timeout: 15_000 }, async () => {
    const { booth } = await start();
    const began = performance.now();
    const socket = silent(booth, '127.0.0.1');
    await new Promise((resolve) => void socket.once('close', resolve));
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('with a token', () => {
  const token = randomBytes(32);
  const text = token.toString('base64url');
  const login = (booth: Booth, given: string) => post(booth, '/login', { token: given });
  const cookieOf = (answer: { headers: { 'set-cookie'?: string[] | undefined } }) =>
    answer.headers['set-cookie']?.[0] ?? '';
  const pairOf = (cookie: string) => cookie.split(';', 1)[0] ?? '';

  it('nobody without it sees a view, presses a key or enters a detail', async () => {
    const { booth, pressed, entered } = await start({ token });
    booth.publish(entering);
    const page = await send(booth.port, '/');
    expect(page.body).toContain('/login.js');
    expect(page.body).not.toContain('/booth.js');
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(await send(booth.port, '/events')).toMatchObject({ status: 401 });
    const press = { button: 'emergency', event: 'pressed' };
    expect(codeOf(await post(booth, '/press', press))).toBe('no-session');
    const details = { attempt: 7, fields: { name: 'x' } };
    expect(codeOf(await post(booth, '/details', details))).toBe('no-session');
    expect([...pressed, ...entered]).toEqual([]);
  });

  it('given once, a browser is let in, and again after a restart of the gate', async () => {
    const { booth } = await start({ token });
    const answer = await login(booth, text);
    expect(answer).toMatchObject({ status: 200, body: '{}' });
    expect(cookieOf(answer)).toMatch(
      /^booth=\d+\.[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=2592000$/,
    );
    expect(cookieOf(answer)).not.toContain(text);
    const cookie = `other=1; ${pairOf(cookieOf(answer))}`;
    for (const { booth: any, pressed } of [await start({ token }), await start({ token })]) {
      const page = await send(any.port, '/', { headers: { cookie } });
      expect(page.body).toContain('/booth.js');
      // Whoever opens the page again within a month is not asked again.
      expect(cookieOf(page)).toMatch(/^booth=/);
      const stream = await listenTo(any.port, { cookie });
      closers.push(() => stream.end());
      expect(stream.status).toBe(200);
      const press = { button: 'open', event: 'pressed' };
      expect((await post(any, '/press', press, { cookie })).status).toBe(200);
      expect(pressed).toEqual(['open pressed']);
    }
  });

  it('its cookie counts only whole, in its time, and for its token', async () => {
    const { booth, time } = await start({ token });
    const cookie = pairOf(cookieOf(await login(booth, text)));
    const seen = async (tried: string, at = booth) =>
      (await send(at.port, '/events', { method: 'HEAD', headers: { cookie: tried } })).status;
    expect(await seen(cookie)).toBe(200);
    const [, expiry = '', proof = ''] = /=(\d+)\.(.*)$/.exec(cookie) ?? [];
    for (const forged of [
      `booth=${Number(expiry) + 1}.${proof}`,
      `booth=${expiry}.${proof.slice(0, -1)}`,
      `booth=${expiry}.`,
      `booth=${text}`,
      `x${cookie}`,
      '',
    ])
      expect(await seen(forged)).toBe(401);
    const other = await start({ token: randomBytes(32) });
    expect(await seen(cookie, other.booth)).toBe(401);
    time.advance(30 * 86_400_000 - 1);
    expect(await seen(cookie)).toBe(200);
    time.advance(1);
    expect(await seen(cookie)).toBe(401);
  });

  it.each(['', text.slice(0, -1), `${text}A`, text.toLowerCase(), '秘密'])(
    '%j is not it',
    async (given) => {
      const { booth, log } = await start({ token });
      const answer = await login(booth, given);
      expect(answer.status).toBe(401);
      expect(cookieOf(answer)).toBe('');
      expect(log).toEqual(['booth: wrong-token']);
    },
  );

  it('is not guessed: after some wrong ones a minute has to pass, for all but the right one', async () => {
    const { booth, time } = await start({ token });
    for (let count = 0; count < wrongTokensPerMinuteMax; count += 1)
      expect(codeOf(await login(booth, `wrong${count}`))).toBe('wrong-token');
    expect(await login(booth, 'wrong')).toMatchObject({ status: 429 });
    // Anybody may try: who has the token is let in all the same.
    expect((await login(booth, text)).status).toBe(200);
    time.advance(59_999);
    expect(codeOf(await login(booth, 'wrong'))).toBe('too-many-tries');
    time.advance(1);
    expect(codeOf(await login(booth, 'wrong'))).toBe('wrong-token');
  });

  it('is asked of nobody where there is none', async () => {
    const { booth } = await start();
    expect(codeOf(await login(booth, text))).toBe('wrong-token');
    const page = await send(booth.port, '/');
    expect(page.body).toContain('/booth.js');
    expect(page.headers['set-cookie']).toBeUndefined();
  });
});

describe('off the board', () => {
  it.each(['0.0.0.0', '::', '10.0.0.7'])('it does not start on %s without both', async (host) => {
    await expect(start({ host })).rejects.toBeInstanceOf(RangeError);
    await expect(start({ host, token: randomBytes(32) })).rejects.toBeInstanceOf(RangeError);
    const tls = { certificate: '', key: '' };
    await expect(start({ host, tls })).rejects.toBeInstanceOf(RangeError);
  });

  it('a port in use is told in words', async () => {
    const { booth } = await start();
    await expect(start({ port: booth.port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringMatching(/booth's port \d+ .* in use: .*booth\.port/) as string,
    });
  });
});

describe.skipIf(!canMakeCertificates)(`with TLS${whyNoCertificates}`, () => {
  const token = randomBytes(32);
  const pair = () => {
    const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-booth-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    makeCertificate(folder, 'booth', 'DNS:booth.example,IP:127.0.0.1');
    const read = (name: string) => readFileSync(join(folder, name), 'latin1');
    return { certificate: read('booth.pem'), key: read('booth.key') };
  };

  it('talks under the names of its certificate and under no other, and never in clear', async () => {
    const tls = pair();
    const { booth } = await start({ tls, token, host: '0.0.0.0' });
    expect(booth.address).toBe(`https://0.0.0.0:${booth.port}/`);
    const ca = tls.certificate;
    for (const host of ['booth.example', `booth.example:${booth.port}`, '127.0.0.1', 'localhost'])
      expect((await send(booth.port, '/', { ca, headers: { host } })).status).toBe(200);
    for (const host of ['evil.example', 'x.booth.example', '0.0.0.1', '[::2]', 'a..', '[1:2:3]'])
      expect((await send(booth.port, '/', { ca, headers: { host } })).status).toBe(403);
    await expect(send(booth.port, '/')).rejects.toBeInstanceOf(Error);
  });

  it('its cookie is for this host alone and never sent in clear; its origin is https', async () => {
    const tls = pair();
    const { booth, pressed } = await start({ tls, token, host: '0.0.0.0' });
    const body = JSON.stringify({ token: token.toString('base64url') });
    const headers = {
      host: 'booth.example',
      origin: 'https://booth.example',
      'content-type': 'application/json',
      'content-length': String(body.length),
    };
    const tried = { method: 'POST', ca: tls.certificate, body };
    const plain = { ...headers, origin: 'http://booth.example' };
    expect((await send(booth.port, '/login', { ...tried, headers: plain })).status).toBe(403);
    const answer = await send(booth.port, '/login', { ...tried, headers });
    expect(answer.status).toBe(200);
    const cookie = answer.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/^__Host-booth=.*; HttpOnly; SameSite=Strict; Path=\/; .*; Secure$/);
    const press = JSON.stringify({ button: 'open', event: 'pressed' });
    const sent = await send(booth.port, '/press', {
      ...tried,
      body: press,
      headers: {
        ...headers,
        'content-length': String(press.length),
        cookie: cookie.split(';', 1)[0] ?? '',
      },
    });
    expect(sent.status).toBe(200);
    expect(pressed).toEqual(['open pressed']);
  });
});
