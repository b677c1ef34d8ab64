/**
 * The built daemon, a mosquitto with TLS and the shipped ACL, an admin and a guard: what is asked from afar is
 * done once and on record; what is retained, repeated, late, another's or a stranger's does nothing and says so.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { type BrokerLink, connectBroker } from '../../kiosk/report/broker-link.js';
import { type CommandOrder, composeCommand } from '../../kiosk/settings/compose-command.js';
import { makeAdmin } from '../admin-steps.js';
import { site } from '../kiosk/collector/rig.js';
import { ask, listenTo } from '../kiosk/page-client.js';
import { gatectl, type Ran } from '../scripts/gatectl/run-in-place.js';
import { isMosquittoMissing, type MosquittoOptions, startMosquitto } from './mosquitto.js';
import { withoutSocat } from './pty.js';
import { type Gate, makeRig } from './rig.js';
import { secure, shippedBroker } from './shipped-broker.js';

const clock = systemClock();
const scheduler = systemScheduler();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const base = `gk/1/${site}/gate-1`;
const [ann, dan] = [makeAdmin('ann', ['command']), makeAdmin('dan', ['policy'])];

interface Answer {
  readonly id: string;
  readonly status: string;
  readonly code: string;
  readonly correlation: string;
}

/** Of one name there is one connection: a second admin has a block of their own, as the file says. */
function brokerForTwo(): MosquittoOptions {
  const shipped = shippedBroker(['gate-1', 'admin-1', 'admin-2']);
  return {
    ...shipped,
    config(place) {
      const lines = shipped.config?.(place) ?? '';
      const acl = join(place.folder, 'acl');
      const text = readFileSync(acl, 'utf8');
      const block = text.slice(text.indexOf('user admin-1'));
      writeFileSync(acl, `${text}\n${block.replaceAll('admin-1', 'admin-2')}`);
      return lines;
    },
  };
}

async function begin() {
  const broker = await startMosquitto(brokerForTwo());
  ends.push(() => broker.close());
  const rig = await makeRig();
  ends.push(() => rig.close());
  const own = rig.site;
  const device = join(own.stateDirectory, 'keys', 'device.json');
  writeFileSync(device, formatKeyFile(generatePrivateKey()), { mode: 0o600 });
  const trust = JSON.parse(readFileSync(own.trustPath, 'utf8'));
  const admins = [ann.member, dan.member];
  writeFileSync(own.trustPath, JSON.stringify({ ...trust, admins }), { mode: 0o600 });
  const file = (name: string): string => join(broker.folder, name);
  own.configure({
    ...{ site, kiosk: 'gate-1', commands: { open: true } },
    mqtt: {
      broker: `mqtts://127.0.0.1:${broker.port}`,
      tls: {
        authority: file('ca.pem'),
        certificate: file('gate-1.pem'),
        key: file('gate-1.key'),
      },
    },
  });
  writeFileSync(file('ann.json'), formatKeyFile(ann.key));
  const command = (name: string, ...more: string[]): Promise<Ran> =>
    gatectl([
      ...['command', name, '--site', site, '--kiosk', 'gate-1', '--key', file('ann.json')],
      ...['--broker', `mqtts://127.0.0.1:${broker.port}`, '--ca', file('ca.pem')],
      ...['--cert', file('admin-1.pem'), '--key-file', file('admin-1.key'), ...more],
    ]);
  const answers: Answer[] = [];
  let isOnline = false;
  let certificateUntil = '';
  const link = await new Promise<BrokerLink>((resolve) => {
    const opened = connectBroker(
      {
        ...secure(broker, 'admin-2', 5),
        ...{ clientId: 'admin-2', keepAliveSeconds: 30, sessionSeconds: 0 },
        filters: [`${base}/rsp/+`, `${base}/state`],
      },
      { clock, scheduler, chance: () => 0 },
      {
        up: () => resolve(opened),
        down: () => {},
        message({ topic, payload, correlation = new Uint8Array() }, taken) {
          const message = JSON.parse(Buffer.from(payload).toString('utf8') || '{}');
          if (topic === `${base}/state`) {
            isOnline = message.online === true;
            certificateUntil = message.certificateUntil ?? '';
          } else answers.push({ ...message, correlation: Buffer.from(correlation).toString() });
          taken();
        },
      },
    );
    ends.push(() => opened.close());
  });
  const publish = (topic: string, payload: Uint8Array, retain: boolean, mark = ''): Promise<void> =>
    new Promise((resolve, reject) => {
      const message = { topic: `${base}/cmd/${topic}`, payload, retain };
      const correlation = Buffer.from(mark);
      link.publish(mark === '' ? message : { ...message, correlation }, (result) =>
        result.ok ? resolve() : reject(new Error(result.why)),
      );
    });
  return {
    rig,
    command,
    publish,
    answers,
    isOnline: () => isOnline,
    until: () => certificateUntil,
  };
}

type Begun = Awaited<ReturnType<typeof begin>>;

/** Looks again after a while, as long as the test's own limit allows. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo())
    await new Promise<void>((resolve) => {
      scheduler.at(clock.now().monotonicMs + 10, resolve);
    });
}

let serial = 0;
/** An open of now, with what is wrong with it. */
function order(change: Partial<CommandOrder> = {}): CommandOrder {
  serial += 1;
  const issuedMs = Math.round(clock.now().wallMs);
  return {
    ...{ site, kiosk: 'gate-1', id: `c-${serial}`, name: 'open' },
    ...{ nonce: `${serial}`.padStart(22, '0'), issuedMs, expiresMs: issuedMs + 60_000 },
    ...change,
  };
}

/** Sends it, and waits for the answer. */
async function answerTo({ publish, answers }: Begun, asked: CommandOrder): Promise<Answer> {
  const mark = `for ${asked.id}`;
  // What a gate has answered to somebody else may come in between.
  const own = () => answers.filter(({ correlation }) => correlation === mark);
  const before = own().length;
  await publish('open', composeCommand(asked, [ann.key]), false, mark);
  await until(() => own().length > before);
  const answer = own()[before];
  expect(answer).toMatchObject({ id: asked.id });
  return answer as Answer;
}

/** A guard holds NEXT on the booth's page and shows the badge. */
async function goOnDuty({ rig }: Begun, gate: Gate): Promise<void> {
  const line = await gate.line(/guard's page is at http:/);
  const port = Number(/:(\d+)\/$/.exec(line)?.[1]);
  const events = await listenTo(port);
  const press = (event: string) => {
    const body = JSON.stringify({ button: 'next', event });
    const length = String(Buffer.byteLength(body));
    const headers = { 'content-type': 'application/json', 'content-length': length };
    const origin = `http://127.0.0.1:${port}`;
    return ask(port, '/press', { method: 'POST', headers: { ...headers, origin }, body });
  };
  await press('pressed');
  rig.scan(rig.site.papers.guardBadge('guard-7'));
  for (;;) {
    const { event, data } = await events.next();
    if (event === 'view' && JSON.parse(data).onDuty !== null) break;
  }
  await press('released');
  events.end();
}

const isMissing = isMosquittoMissing || withoutSocat !== null;
describe.skipIf(isMissing)('commands from afar (skipped without mosquitto or socat)', () => {
  test('an admin locks down, releases, looks, and opens for the guard on duty; nothing else opens', async () => {
    const all = await begin();
    const { rig, command, publish, answers } = all;
    const diagnosed = async () => {
      const { detail } = JSON.parse((await command('diagnostics', '--json')).out);
      return detail as { lockdown: boolean; isOnDuty: boolean; alarms: string[]; lane: string };
    };

    // What stands at the broker when the gate starts is nothing that somebody wants now.
    const kept = order();
    await publish('open', composeCommand(kept, [ann.key]), true);
    const early = order();
    const gate = await rig.start();
    await until(all.isOnline);
    // The shipped authority makes certificates of two years; the gate tells when its own ends.
    const days = (Date.parse(all.until()) - clock.now().wallMs) / 86_400_000;
    expect(Math.round(days)).toBe(730);
    await until(() => answers.length > 0);
    expect(answers).toMatchObject([{ id: kept.id, status: 'rejected', code: 'retained' }]);
    await publish('open', new Uint8Array(), true);
    expect(await answerTo(all, early)).toMatchObject({ code: 'before-start' });

    expect((await command('lockdown')).code).toBe(0);
    expect(await diagnosed()).toMatchObject({ lockdown: true, lane: 'lockdown', isOnDuty: false });
    const release = await command('release');
    expect([release.code, release.out]).toEqual([0, expect.stringContaining('released')]);
    expect((await diagnosed()).lockdown).toBe(false);
    expect((await command('lamp-test')).code).toBe(0);

    const alone = await command('open');
    expect([alone.code, alone.err]).toEqual([1, expect.stringContaining('nobody is on duty')]);
    await goOnDuty(all, gate);
    expect((await diagnosed()).isOnDuty).toBe(true);
    const late = order({ issuedMs: clock.now().wallMs - 60_000, expiresMs: clock.now().wallMs });
    expect(await answerTo(all, late)).toMatchObject({ status: 'expired', code: 'expired' });
    expect(await answerTo(all, order({ kiosk: 'gate-2' }))).toMatchObject({ code: 'wrong-kiosk' });
    expect(await answerTo(all, order({ site: 'beijing' }))).toMatchObject({ code: 'wrong-site' });
    const wrong = order({ name: 'release' });
    expect(await answerTo(all, wrong)).toMatchObject({ code: 'wrong-name' });

    // Nobody answers a stranger; the gate tells of it.
    const before = answers.length;
    await publish('open', composeCommand(order(), [dan.key]), false);
    expect((await diagnosed()).alarms).toContain('configuration-forged');
    expect((await command('acknowledge')).code).toBe(0);
    expect((await diagnosed()).alarms).not.toContain('configuration-forged');
    expect(answers.slice(before).filter(({ id }) => id === `c-${serial}`)).toEqual([]);

    const open = order();
    expect(await answerTo(all, open)).toMatchObject({ status: 'ok', code: '' });
    await gate.view(({ mode }) => mode === 'go');
    expect(await answerTo(all, open)).toMatchObject({ status: 'rejected', code: 'repeated' });

    // The gate stands still, and dies, while an admin waits; what was under way opens nothing later.
    await gate.view(({ mode }) => mode === 'idle');
    gate.kill('SIGSTOP');
    const silent = await command('open', '--wait', '1s');
    expect([silent.code, silent.out]).toEqual([1, '']);
    expect(silent.err).toContain('no answer: it may have been done; it is over now');
    gate.kill('SIGKILL');
    await gate.ended;
    const heard = answers.length;
    const again = await rig.start();
    await until(() => answers.length > heard);
    expect(answers.slice(heard)).toMatchObject([{ status: 'expired' }]);
    expect((await diagnosed()).lane).toBe('locked');
    await again.close();

    const records = rig.site.records();
    expect(records.filter(({ type }) => type === 'override')).toHaveLength(1);
    const done = records.filter(({ type }) => type === 'command');
    const names = done.filter((it) => it['command'] !== 'diagnostics');
    expect(names.map((it) => [it['command'], it['result']])).toEqual([
      ['lockdown', 'done'],
      ['release', 'done'],
      ['lamp-test', 'done'],
      ['open', 'nobody-on-duty'],
      ['acknowledge', 'done'],
      ['open', 'done'],
    ]);
    for (const record of done) expect(record['admins']).toEqual(['ann']);
  });
});
