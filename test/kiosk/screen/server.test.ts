import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Language } from '../../../config/language.js';
import { readLanguages } from '../../../config/language-files.js';
import { PageStartError } from '../../../kiosk/page-server/listen.js';
import { heartbeatMs } from '../../../kiosk/page-server/streams.js';
import { type Screen, screenClientsMax, startScreen } from '../../../kiosk/screen/server.js';
import type { ScreenView } from '../../../kiosk/screen/view.js';
import { type PageView, viewInWords } from '../../../kiosk/screen/words.js';
import { type Asked, listenTo, ask as send, virtualTime } from '../page-client.js';

const idle: ScreenView = {
  mode: 'idle',
  headline: 'idle',
  nextStep: null,
  checklist: [],
  temperature: null,
  masked: null,
  tone: 'none',
  toneSerial: 0,
  direction: 'in',
};

const inWords = (view: ScreenView, languages = readLanguages().languages): PageView =>
  viewInWords(view, languages);

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(log: string[] = []) {
  const time = virtualTime();
  const screen = await startScreen({ port: 0, ...time, log: (line) => log.push(line) });
  closers.push(() => screen.close());
  return { screen, time, log };
}

const ask = (screen: Screen, path: string, asked: Asked = {}) => send(screen.port, path, asked);

/** Opens the event stream, which the test's end closes. */
async function listen(screen: Screen) {
  const stream = await listenTo(screen.port);
  closers.push(() => stream.end());
  return stream;
}

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', /<script src="\/screen.js" type="module">/],
    ['/screen.css', 'text/css; charset=utf-8', /orientation: landscape/],
    ['/screen.js', 'text/javascript; charset=utf-8', /followStream/],
    ['/picture.js', 'text/javascript; charset=utf-8', /createPicture/],
    ['/fit.js', 'text/javascript; charset=utf-8', /createFitter/],
    ['/sound.js', 'text/javascript; charset=utf-8', /createSound/],
    ['/tones.js', 'text/javascript; charset=utf-8', /startTone/],
    ['/stream.js', 'text/javascript; charset=utf-8', /EventSource/],
    ['/icon.svg', 'image/svg+xml', /<svg/],
    ['/healthz', 'text/plain; charset=utf-8', /^ok\n$/],
    ['/?from=bookmark', 'text/html; charset=utf-8', /<html/],
  ])('%s is served, to GET and to HEAD', async (path, type, content) => {
    const { screen } = await start();
    const got = await ask(screen, path);
    expect(got).toMatchObject({ status: 200, headers: { 'content-type': type } });
    expect(got.body).toMatch(content);
    const head = await ask(screen, path, { method: 'HEAD' });
    expect(head).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': String(Buffer.byteLength(got.body)) },
    });
  });

  it('may load nothing from elsewhere and nothing inline, and says so on every answer', async () => {
    const { screen } = await start();
    for (const path of ['/', '/screen.js', '/nothing', '/healthz']) {
      const { headers } = await ask(screen, path);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:|data:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
    const { body } = await ask(screen, '/');
    expect(body).not.toMatch(/https?:|\sstyle=|\son[a-z]+=|<script>|<style/);
    for (const path of ['/screen.js', '/picture.js', '/fit.js'])
      expect((await ask(screen, path)).body).not.toMatch(/innerHTML|outerHTML|insertAdjacent/);
  });

  it.each(['/index.html', '/../server.js', '/%2e%2e/server.js', '/events/', '//', '/nothing'])(
    '%s is not found',
    async (path) => {
      const { screen } = await start();
      expect((await ask(screen, path)).status).toBe(404);
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])(
    'refuses %s everywhere',
    async (method) => {
      const { screen } = await start();
      for (const path of ['/', '/events', '/nothing'])
        expect(await ask(screen, path, { method })).toMatchObject({
          status: 405,
          headers: { allow: 'GET, HEAD' },
        });
    },
  );

  it('refuses a request with a body, and one whose head is too large', async () => {
    const { screen } = await start();
    const body = 'x'.repeat(1000);
    const headers = { 'content-length': String(body.length) };
    expect((await ask(screen, '/', { headers, body })).status).toBe(413);
    const chunked = { 'transfer-encoding': 'chunked' };
    expect((await ask(screen, '/', { headers: chunked })).status).toBe(413);
    expect((await ask(screen, `/${'x'.repeat(20_000)}`)).status).toBe(431);
    expect((await ask(screen, '/', { headers: { cookie: 'x'.repeat(20_000) } })).status).toBe(431);
  });

  it('outlives bytes that are no HTTP', async () => {
    const { screen } = await start();
    await new Promise<void>((resolve) => {
      const socket = connect(screen.port, '127.0.0.1', () =>
        socket.write('\x16\x03\x01 GK1:\r\n\r\n'),
      );
      socket.on('data', () => {});
      socket.on('close', () => resolve());
    });
    expect((await ask(screen, '/healthz')).status).toBe(200);
  });
});

describe('the event stream', () => {
  it('tells a late page the newest view at once, then each change', async () => {
    const { screen } = await start();
    screen.publish({ ...idle, mode: 'wait' });
    screen.publish(idle);
    const stream = await listen(screen);
    await stream.next();
    expect(JSON.parse((await stream.next()).data)).toEqual(inWords(idle));
    const go: ScreenView = { ...idle, mode: 'go', tone: 'go', toneSerial: 1 };
    screen.publish(go);
    screen.publish({ ...go });
    screen.publish(idle);
    expect(JSON.parse((await stream.next()).data)).toEqual(inWords(go));
    expect(JSON.parse((await stream.next()).data)).toEqual(inWords(idle));
  });

  it('says every second that the controller lives, and not before one has passed', async () => {
    const { screen, time } = await start();
    const stream = await listen(screen);
    expect(await stream.next()).toEqual({ event: '', data: '' });
    time.advance(heartbeatMs - 1);
    screen.publish(idle);
    expect((await stream.next()).event).toBe('view');
    time.advance(1);
    expect((await stream.next()).event).toBe('alive');
    time.advance(heartbeatMs);
    expect((await stream.next()).event).toBe('alive');
  });

  it('carries any text in one event, line ends and separators too', async () => {
    const { screen } = await start();
    const stream = await listen(screen);
    await stream.next();
    const nasty = { ...idle, masked: 'a\n\nevent: view\r\ndata: {}\u2028</script>' };
    screen.publish(nasty);
    expect(JSON.parse((await stream.next()).data)).toEqual(inWords(nasty));
  });

  it('serves as many pages as it may and refuses the next, until one leaves', async () => {
    const { screen } = await start();
    const streams = await Promise.all(
      Array.from({ length: screenClientsMax }, () => listen(screen)),
    );
    expect(streams.map((stream) => stream.status)).toEqual(Array(screenClientsMax).fill(200));
    const refused = await ask(screen, '/events');
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect((await ask(screen, '/')).status).toBe(200);
    streams[0]?.end();
    let again = await listen(screen);
    while (again.status !== 200) again = await listen(screen);
  });

  it('drops a client that does not read, and goes on for the others', async () => {
    const { screen, log } = await start();
    const socket = connect(screen.port, '127.0.0.1');
    closers.push(() => socket.destroy());
    await new Promise<void>((resolve) => {
      socket.once('data', () => {
        socket.pause();
        resolve();
      });
      socket.write('GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    });
    const reader = await listen(screen);
    await reader.next();
    const large = 'x'.repeat(20_000);
    // Bounded: the kernel's buffers of one loopback connection hold some 10 MB.
    for (let serial = 1; serial <= 2_000 && log.length === 0; serial += 1) {
      screen.publish({ ...idle, masked: large, toneSerial: serial });
      const event = await reader.next();
      expect((JSON.parse(event.data) as PageView).toneSerial).toBe(serial);
    }
    expect(log).toEqual(['screen: dropped a client that does not read']);
  });

  it('answers HEAD without holding a place', async () => {
    const { screen } = await start();
    for (let count = 0; count <= screenClientsMax; count += 1)
      expect(await ask(screen, '/events', { method: 'HEAD' })).toMatchObject({
        status: 200,
        headers: { 'content-type': 'text/event-stream; charset=utf-8' },
      });
  });
});

describe('other languages', () => {
  const english = readLanguages(['en']).languages;
  /** What the page knows before its first view, and which page it is. */
  async function wordsOf(screen: Screen): Promise<{ edition: string; languages: Language[] }> {
    const { body } = await ask(screen, '/');
    return JSON.parse(/<script id="words"[^>]*>(.*)<\/script>/.exec(body)?.[1] ?? '{}');
  }
  const tagsOf = async (screen: Screen) => (await wordsOf(screen)).languages.map(({ tag }) => tag);

  it('an open page is told that it is another, and the view again in their words', async () => {
    const { screen } = await start();
    screen.publish(idle);
    const stream = await listen(screen);
    await stream.next();
    await stream.next();
    const before = stream.lastId();
    expect(await wordsOf(screen)).toMatchObject({ edition: before });
    expect(await tagsOf(screen)).toEqual(['zh-CN', 'en']);
    screen.speak(english);
    // Before the view: none in other words than the page's own is ever shown.
    expect(await stream.next()).toEqual({ event: '', data: '' });
    expect(stream.lastId()).not.toBe(before);
    expect(JSON.parse((await stream.next()).data)).toEqual(inWords(idle, english));
    expect(await wordsOf(screen)).toMatchObject({ edition: stream.lastId() });
    expect(await tagsOf(screen)).toEqual(['en']);
    screen.speak(readLanguages().languages);
    await stream.next();
    expect(stream.lastId()).toBe(before);
    expect(JSON.parse((await stream.next()).data)).toEqual(inWords(idle));
    expect(await tagsOf(screen)).toEqual(['zh-CN', 'en']);
  });

  it('those that it speaks already change nothing, and a page that comes later has the new ones', async () => {
    const { screen, time } = await start();
    const stream = await listen(screen);
    await stream.next();
    const before = stream.lastId();
    screen.speak(readLanguages().languages);
    time.advance(heartbeatMs);
    expect(await stream.next()).toEqual({ event: 'alive', data: '' });
    expect(stream.lastId()).toBe(before);
    // Of languages that differ in a main word only the view is another, and not the page.
    const ownWords = english.map((it) => ({
      ...it,
      headlines: { ...it.headlines, idle: 'Hello' },
    }));
    const other = await start();
    other.screen.publish(idle);
    other.screen.speak(english);
    const { edition } = await wordsOf(other.screen);
    other.screen.speak(ownWords);
    const follower = await listen(other.screen);
    await follower.next();
    expect(follower.lastId()).toBe(edition);
    expect(JSON.parse((await follower.next()).data)).toEqual(inWords(idle, ownWords));
    // Before the first view, too.
    screen.speak(english);
    screen.publish(idle);
    const late = await listen(screen);
    await late.next();
    expect(late.lastId()).not.toBe(before);
    expect(JSON.parse((await late.next()).data)).toEqual(inWords(idle, english));
    await stream.next();
    await stream.next();
    expect(stream.lastId()).toBe(late.lastId());
  });
});

describe('start and end', () => {
  it('a port in use is told in words', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => other.close(resolve)));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const starting = startScreen({ port, ...virtualTime() });
    await expect(starting).rejects.toBeInstanceOf(PageStartError);
    await expect(starting).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`${port} on 127.0.0.1 is in use`) as string,
    });
  });

  it('closing ends the streams, the heartbeats and the port', async () => {
    const { screen, time } = await start();
    const stream = await listen(screen);
    await stream.next();
    await screen.close();
    await stream.ended;
    expect(time.waiting()).toBe(0);
    await expect(ask(screen, '/healthz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    closers.splice(0);
  });
});
