import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Booth, type BoothOptions, startBooth } from '../../../kiosk/booth/server.js';
import { quiet, views } from '../../browser/booth-views.js';
import { clock, scheduler } from '../../browser/browser.js';
import { canMakeCertificates, makeCertificate, whyNoCertificates } from '../../certificates.js';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const presses: string[] = [];
async function start(change: Partial<BoothOptions> = {}): Promise<Booth> {
  presses.length = 0;
  const booth = await startBooth({
    port: 0,
    clock,
    scheduler,
    onPress: (button, event) => presses.push(`${button} ${event}`),
    onDetails: () => [],
    ...change,
  });
  closers.push(() => booth.close());
  return booth;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Header by header as given: `fetch` sets Host and Origin by itself. */
function ask(booth: Booth, path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const url = new URL(path, booth.address);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise<{ status: number; text: string; cookie: string }>((resolve, reject) => {
    const outgoing = send(
      url,
      { method, headers: { ...headers }, rejectUnauthorized: false },
      (answer) => {
        let text = '';
        answer.on('data', (part) => {
          text += String(part);
        });
        const cookie = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? '';
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, cookie }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const own = (booth: Booth) => ({
  origin: booth.address.slice(0, -1),
  'content-type': 'application/json',
});
const press = (booth: Booth, message: unknown, headers: Record<string, string> = {}) => {
  const body = JSON.stringify(message);
  return ask(booth, '/press', {
    method: 'POST',
    headers: { ...own(booth), 'content-length': String(Buffer.byteLength(body)), ...headers },
    body,
  });
};
const next = { button: 'next', event: 'pressed' };

describe('the booth’s listener', () => {
  it('takes a press from its own page, and no other message', async () => {
    const booth = await start();
    booth.publish(quiet);
    expect(await press(booth, next)).toMatchObject({ status: 200 });
    expect(presses).toEqual(['next pressed']);
    const wrong = [
      {},
      null,
      [],
      'next',
      { button: 'next' },
      { button: 'next', event: 'long' },
      { button: 'door', event: 'pressed' },
      { ...next, extra: 1 },
      { button: 'confirm', event: 'pressed' },
      { button: 'confirm', event: 'pressed', prompt: 7 },
    ];
    for (const message of wrong)
      expect((await press(booth, message)).status, JSON.stringify(message)).toBe(422);
    expect(presses).toEqual(['next pressed']);
  });

  it('refuses other origins, foreign names for its address, and pages of other sites', async () => {
    const booth = await start();
    const foreign: Record<string, string>[] = [
      { origin: 'http://127.0.0.1:8080' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { host: `evil.example:${booth.port}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign)
      expect((await press(booth, next, headers)).status, JSON.stringify(headers)).toBe(403);
    const body = JSON.stringify(next);
    const noOrigin = { 'content-type': 'application/json', 'content-length': `${body.length}` };
    const sent = { method: 'POST', headers: noOrigin, body };
    expect((await ask(booth, '/press', sent)).status).toBe(403);
    expect(presses).toEqual([]);
  });

  it('refuses what is too large, no JSON, or of another type, and other methods', async () => {
    const booth = await start();
    const large = JSON.stringify({ button: 'next', event: 'x'.repeat(9_000) });
    const of = (body: string, change: Record<string, string> = {}) =>
      ask(booth, '/press', {
        method: 'POST',
        headers: { ...own(booth), 'content-length': `${Buffer.byteLength(body)}`, ...change },
        body,
      });
    expect((await of(large)).status).toBe(413);
    expect((await of('{"button":')).status).toBe(400);
    expect((await of('{"button":"next","button":"open","event":"pressed"}')).status).toBe(400);
    expect((await of('a=b', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await ask(booth, '/press')).status).toBe(405);
    expect((await ask(booth, '/', { method: 'DELETE', headers: own(booth) })).status).toBe(405);
    expect((await ask(booth, '/../run.ts')).status).toBe(404);
    expect(presses).toEqual([]);
  });

  it('takes CONFIRM only for what every page shows now', async () => {
    const booth = await start();
    booth.publish(views.confirming);
    const confirm = { button: 'confirm', event: 'pressed' };
    expect((await press(booth, { ...confirm, prompt: 'another' })).status).toBe(409);
    const { prompt } = views.confirming;
    expect((await press(booth, { ...confirm, prompt: prompt?.id ?? null })).status).toBe(200);
    expect(presses).toEqual(['confirm pressed']);
  });

  it('takes details only for a form that is asked for', async () => {
    const booth = await start();
    booth.publish(quiet);
    const body = JSON.stringify({ attempt: 1, fields: { name: 'Zhao' } });
    const headers = { ...own(booth), 'content-length': `${body.length}` };
    const answer = await ask(booth, '/details', { method: 'POST', headers, body });
    expect(answer).toMatchObject({ status: 409 });
    expect(answer.text).not.toContain('Zhao');
  });

  it('off loopback it starts only with TLS and a token', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toThrow(RangeError);
  });
});

describe.skipIf(!canMakeCertificates)(`with TLS and a token${whyNoCertificates}`, () => {
  it('nothing is shown or taken before the token, and the cookie is a proof and not the token', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-booth-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    makeCertificate(folder, 'booth', 'IP:127.0.0.1');
    const token = new Uint8Array(32).fill(7);
    const booth = await start({
      token,
      tls: {
        certificate: readFileSync(join(folder, 'booth.pem'), 'utf8'),
        key: readFileSync(join(folder, 'booth.key'), 'utf8'),
      },
    });
    booth.publish(quiet);
    expect(booth.address).toMatch(/^https:/);
    expect((await press(booth, next)).status).toBe(401);
    expect((await ask(booth, '/events')).status).toBe(401);
    const login = (text: string) => {
      const body = JSON.stringify({ token: text });
      const headers = { ...own(booth), 'content-length': `${body.length}` };
      return ask(booth, '/login', { method: 'POST', headers, body });
    };
    expect((await login('wrong')).status).toBe(401);
    const secret = Buffer.from(token).toString('base64url');
    const { status, cookie } = await login(secret);
    expect(status).toBe(200);
    expect(cookie).not.toContain(secret);
    expect((await press(booth, next, { cookie })).status).toBe(200);
    expect((await press(booth, next, { cookie: `${cookie}x` })).status).toBe(401);
    for (let tries = 0; tries < 10; tries += 1) await login(`wrong-${tries}`);
    expect((await login(secret)).status).toBe(429);
  });
});
