import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, systemScheduler } from '../../../../hardware/linux/clock.js';
import { type Screen, startScreen } from '../../../../kiosk/screen/server.js';
import { type Action, actionLimits } from '../../../../scripts/simulated-board/sim/actions.js';
import type { BoardView } from '../../../../scripts/simulated-board/sim/board-view.js';
import type { ActionFault } from '../../../../scripts/simulated-board/sim/faults.js';
import { simRoutes } from '../../../../scripts/simulated-board/sim/routes.js';
import { type Asked, ask } from '../../../kiosk/page-client.js';

describe('/sim and its JSON twin', () => {
  const done: (readonly [direction: string, action: Action])[] = [];
  const closers: (() => Promise<void> | void)[] = [];
  let fault: ActionFault | null = null;
  let screen: Screen;

  async function start(): Promise<void> {
    const beside = simRoutes({
      direction: 'in',
      // What the picture says is the board's; which one was asked for is looked at.
      view: (direction) => ({ direction }) as BoardView,
      people: () => Promise.resolve([]),
      portOf: () => 4_711,
      perform(direction, action) {
        done.push([direction, action]);
        return Promise.resolve(fault);
      },
    });
    screen = await startScreen({
      port: 0,
      beside,
      clock: systemClock(),
      scheduler: systemScheduler(),
    });
    beside.start();
    closers.push(screen.close, beside.stop);
  }
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    done.length = 0;
    fault = null;
  });
  const own = (): string => `127.0.0.1:${screen.port}`;
  const post = (body: string, change: Partial<Asked['headers']> = {}, path = '/sim/board') =>
    ask(screen.port, path, {
      method: 'POST',
      body,
      headers: {
        host: own(),
        origin: `http://${own()}`,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        ...change,
      },
    });
  const withoutOrigin = () =>
    ask(screen.port, '/sim/board', {
      method: 'POST',
      body: '{}',
      headers: { host: own(), 'content-type': 'application/json', 'content-length': '2' },
    });
  const codeOf = ({ body }: { readonly body: string }): unknown => JSON.parse(body).code;

  it('an action is performed at the gate of the listener, or at the one that is named', async () => {
    await start();
    expect(await post('{"action":"leave"}')).toMatchObject({ status: 200, body: '{}' });
    await post('{"action":"badge"}', {}, '/sim/board?gate=out');
    expect(done).toEqual([
      ['in', { action: 'leave' }],
      ['out', { action: 'badge' }],
    ]);
    expect(JSON.parse((await ask(screen.port, '/sim/board')).body)).toEqual({ direction: 'in' });
    const other = await ask(screen.port, '/sim/board?gate=out');
    expect(JSON.parse(other.body)).toEqual({ direction: 'out' });
  });

  it('a bad body does nothing, and says which fault it has', async () => {
    await start();
    const long = JSON.stringify({
      action: 'scan-text',
      text: 'A'.repeat(actionLimits.bodyBytesMax),
    });
    for (const [status, code, answer] of [
      [422, 'bad-action', await post('{}')],
      [422, 'bad-action', await post('{"action":"leave","and":1}')],
      [422, 'bad-action', await post('[]')],
      [400, 'bad-json', await post('{"action":"leave","action":"leave"}')],
      [400, 'bad-json', await post('{"action"')],
      [413, 'too-large', await post(long)],
      [415, 'not-json', await post('{}', { 'content-type': 'text/plain' })],
      [403, 'foreign-origin', await post('{}', { origin: 'http://evil.example' })],
      [403, 'foreign-origin', await post('{}', { origin: `http://127.0.0.1:${screen.port + 1}` })],
      [403, 'no-origin', await withoutOrigin()],
      [403, 'foreign-host', await post('{}', { host: 'evil.example' })],
      [404, 'bad-gate', await post('{"action":"leave"}', {}, '/sim/board?gate=side')],
    ] as const) {
      expect(answer.status).toBe(status);
      expect(codeOf(answer)).toBe(code);
    }
    expect(done).toEqual([]);
  });

  it('says why a good one could not be done', async () => {
    await start();
    fault = 'no-power';
    const answer = await post('{"action":"leave"}');
    expect(answer.status).toBe(409);
    expect(codeOf(answer)).toBe('no-power');
  });

  it('takes nothing elsewhere, and nothing by another method', async () => {
    await start();
    for (const path of ['/sim', '/sim/people', '/sim/sim.js']) {
      const answer = await post('{"action":"leave"}', {}, path);
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    }
    expect((await ask(screen.port, '/sim/board', { method: 'DELETE' })).status).toBe(403);
    expect((await ask(screen.port, '/sim/../../package.json')).status).toBe(404);
    expect((await ask(screen.port, '/', { method: 'POST' })).status).toBe(405);
    expect(done).toEqual([]);
  });

  it('the page comes with every part of it, and nothing of elsewhere is allowed in it', async () => {
    await start();
    const page = await ask(screen.port, '/sim');
    expect(page.status).toBe(200);
    const policy = page.headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-src 'self'; frame-ancestors 'self'");
    expect(page.body).not.toMatch(/<script(?![^>]* src=)|<style| style=|https?:/);
    const names = [...page.body.matchAll(/(?:src|href)="(\/sim\/[^"]+)"/g)].map(([, one]) => one);
    const script = await ask(screen.port, '/sim/sim.js');
    names.push(...[...script.body.matchAll(/from '\.(\/[^']+)'/g)].map(([, one]) => `/sim${one}`));
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) expect((await ask(screen.port, name ?? '')).status).toBe(200);
  });

  it('the page of the other gate is at its own listener', async () => {
    await start();
    const answer = await ask(screen.port, '/sim?gate=out');
    expect(answer).toMatchObject({
      status: 302,
      headers: { location: 'http://127.0.0.1:4711/sim' },
    });
  });

  it('on a real gate’s listener there is no such page, and its screen stands in no frame', async () => {
    screen = await startScreen({ port: 0, clock: systemClock(), scheduler: systemScheduler() });
    closers.push(screen.close);
    for (const path of ['/sim', '/sim/board', '/sim/people', '/sim/events'])
      expect((await ask(screen.port, path)).status).toBe(404);
    const page = await ask(screen.port, '/');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['x-frame-options']).toBe('DENY');
  });
});
