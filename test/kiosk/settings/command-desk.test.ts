/** Commands at the gate's end of the link, in virtual time: what is taken, what does nothing and says so. */
import { beforeEach, expect, test } from 'vitest';
import type { PrivateKey } from '../../../config/crypto/ed25519-key.js';
import type { CommandName } from '../../../config/vocabulary.js';
import { type VirtualClock, virtualClock } from '../../../hardware/simulated/clock.js';
import { parseTrustList, type TrustList } from '../../../kiosk/credential/trust.js';
import { openLog } from '../../../kiosk/log.js';
import type { OutMessage } from '../../../kiosk/report/publish-window.js';
import { type CommandOrder, composeCommand } from '../../../kiosk/settings/compose-command.js';
import { type CommandDesk, startCommandDesk } from '../../../kiosk/settings/desk/command-desk.js';
import { commandLimits } from '../../../kiosk/settings/signed/judge-command.js';
import { makeAdmin } from '../../admin-steps.js';

const [ann, ben, dan] = [makeAdmin('ann'), makeAdmin('ben'), makeAdmin('dan', ['policy'])];
const startMs = Date.parse('2020-02-12T08:00:00+08:00');
const base = 'gk/1/harbin/gate-1';

let clock: VirtualClock;
let desk: CommandDesk;
let given: string[];
let faults: string[];
let said: OutMessage[];
let lampTests: string[];
let isTimeKnown: boolean;
let thresholds: Record<string, number>;

/** An hour after the start: commands are of after it. */
beforeEach(() => {
  clock = virtualClock({ wallMs: startMs });
  [given, faults, said, lampTests, isTimeKnown, thresholds] = [[], [], [], [], true, {}];
  desk = startCommandDesk({
    names: { site: 'harbin', kiosk: 'gate-1' },
    clock,
    log: openLog({ level: 'silent' }),
    trust: () => list(),
    nowMs: () => (isTimeKnown ? clock.now().wallMs : null),
    give: (name, id, admins) => void given.push([name, id, ...admins].join(' ')),
    lampTest: () => void lampTests.push('lit'),
    diagnostics: () => ({ lane: 'locked' }),
    fault: (fault, on) => void faults.push(`${fault} ${on}`),
  });
  up();
  clock.advance(3_600_000);
});

function list(): TrustList {
  const admins = [ann.member, ben.member, dan.member];
  const read = parseTrustList({ issuers: [], admins, thresholds });
  if (!read.ok) throw new Error(read.problems[0]?.problem);
  return read.trust;
}

function up(): void {
  desk.guest.up({
    publish: (message) => void said.push(message),
    subscribe: () => {},
    unsubscribe: () => {},
  });
}

let serial = 0;
function order(name: CommandName, change: Partial<CommandOrder> = {}): CommandOrder {
  serial += 1;
  const issuedMs = clock.now().wallMs;
  return {
    ...{ site: 'harbin', kiosk: 'gate-1', id: `c-${serial}`, name },
    ...{ nonce: `${serial}`.padStart(22, '0'), issuedMs, expiresMs: issuedMs + 60_000 },
    ...change,
  };
}

function send(
  asked: CommandOrder,
  {
    by = [ann.key],
    retained = false,
    topic = asked.name,
  }: { by?: readonly PrivateKey[]; retained?: boolean; topic?: string } = {},
): string {
  const payload = composeCommand(asked, by);
  return desk.guest.message({ topic: `${base}/cmd/${topic}`, payload, retained });
}

const answers = (): readonly unknown[] =>
  said.map(({ topic, payload }) => ({ topic, ...JSON.parse(String(payload)) }));

test('one that holds is handed to the gate once, and answered with what the gate has made of it', () => {
  const open = order('open');
  expect(send(open)).toBe('taken');
  expect([given, said]).toEqual([[`open ${open.id} ann`], []]);
  desk.answered(open.id, 'open', 'done');
  const refused = order('open');
  send(refused, { by: [ann.key, ben.key] });
  desk.answered(refused.id, 'open', 'nobody-on-duty');
  expect(given[1]).toBe(`open ${refused.id} ann ben`);
  expect(answers()).toEqual([
    { topic: `${base}/rsp/open`, id: open.id, status: 'ok', code: '', detail: null },
    {
      ...{ topic: `${base}/rsp/open`, id: refused.id, detail: null },
      ...{ status: 'rejected', code: 'nobody-on-duty' },
    },
  ]);
  expect(said.map(({ retain }) => retain)).toEqual([false, false]);
});

test('diagnostics are answered with the gate’s figures, and a lamp test lights the lamps', () => {
  const [figures, lamps] = [order('diagnostics'), order('lamp-test')];
  send(figures);
  expect(lampTests).toEqual([]);
  send(lamps);
  expect(lampTests).toEqual(['lit']);
  desk.answered(figures.id, 'diagnostics', 'done');
  expect(answers()).toMatchObject([{ status: 'ok', detail: { lane: 'locked' } }]);
});

test.each<readonly [string, string, string, () => string]>([
  ['kept by a broker', 'rejected', 'retained', () => send(order('open'), { retained: true })],
  ['by another topic', 'rejected', 'wrong-name', () => send(order('open'), { topic: 'release' })],
  ['for another gate', 'rejected', 'wrong-kiosk', () => send(order('open', { kiosk: 'gate-2' }))],
  ['for another site', 'rejected', 'wrong-site', () => send(order('open', { site: 'beijing' }))],
  [
    'late',
    'expired',
    'expired',
    () => {
      const late = order('open');
      clock.advance(60_000);
      return send(late);
    },
  ],
  [
    'from the future',
    'rejected',
    'issued-ahead',
    () => {
      const issuedMs = clock.now().wallMs + 300_001;
      return send(order('open', { issuedMs, expiresMs: issuedMs + 1_000 }));
    },
  ],
  [
    'while nobody knows the time',
    'rejected',
    'no-clock',
    () => {
      isTimeKnown = false;
      return send(order('open'));
    },
  ],
])('one %s does nothing, and says so', (_, status, code, give) => {
  expect(give()).toBe('refused');
  expect([given, faults]).toEqual([[], []]);
  expect(answers()).toMatchObject([{ status, code }]);
});

test('one of before this start does nothing: nobody remembers whether it was done', () => {
  const issuedMs = startMs + 10_000;
  clock = virtualClock({ wallMs: issuedMs + 5_000 });
  const fresh: string[] = [];
  desk = startCommandDesk({
    names: { site: 'harbin', kiosk: 'gate-1' },
    clock,
    log: openLog({ level: 'silent' }),
    trust: list,
    nowMs: () => clock.now().wallMs,
    give: (name) => void fresh.push(name),
    lampTest: () => {},
    diagnostics: () => ({}),
    fault: () => {},
  });
  up();
  expect(send(order('open', { issuedMs, expiresMs: issuedMs + 60_000 }))).toBe('refused');
  expect([fresh, answers()]).toMatchObject([[], [{ status: 'rejected', code: 'before-start' }]]);
  expect(send(order('open'))).toBe('taken');
  expect(fresh).toEqual(['open']);
});

test('the same once more is done once, as long as it lives; then it is late', () => {
  const open = order('open');
  expect([send(open), send(open)]).toEqual(['taken', 'refused']);
  // Another copy, by another connection, and at the very end.
  desk.guest.down();
  up();
  clock.advance(59_999);
  expect(send(open)).toBe('refused');
  clock.advance(1);
  expect(send(open)).toBe('refused');
  expect(given).toHaveLength(1);
  expect(answers()).toMatchObject([
    { code: 'repeated' },
    { code: 'repeated' },
    { status: 'expired' },
  ]);
});

test('one that was done is not done again where time is set back to before its end', () => {
  const open = order('open');
  send(open);
  clock.advance(3_600_000);
  send(order('lamp-test'));
  clock.jumpWall(-3_600_000);
  expect(send(open)).toBe('refused');
  expect(given.filter((it) => it.startsWith('open'))).toHaveLength(1);
});

test('a flood of good ones is held back; a minute later there is room again', () => {
  for (let count = 0; count < commandLimits.rememberedMax; count += 1)
    expect(send(order('lamp-test'))).toBe('taken');
  expect(send(order('lamp-test'))).toBe('refused');
  expect(answers()).toMatchObject([{ code: 'too-many' }]);
  clock.advance(60_000);
  expect(send(order('lamp-test'))).toBe('taken');
});

test('what nobody has signed who may raises an alarm, and is not answered', () => {
  expect(send(order('open'), { by: [] })).toBe('refused');
  expect(send(order('open'), { by: [dan.key] })).toBe('refused');
  thresholds = { command: 2 };
  expect(send(order('open'), { by: [ann.key] })).toBe('refused');
  expect([given, said]).toEqual([[], []]);
  expect(faults).toEqual(Array(3).fill('configuration-forged true'));
  expect(send(order('open'), { by: [ann.key, ben.key] })).toBe('taken');
});

test('the answer has the correlation of whom it is for, and no other', () => {
  const correlation = Uint8Array.of(1, 2, 3);
  const [with5, without] = [order('release'), order('release')];
  for (const asked of [with5, without]) {
    const payload = composeCommand(asked, [ann.key]);
    const message = { topic: `${base}/cmd/release`, payload, retained: false };
    desk.guest.message(asked === with5 ? { ...message, correlation } : message);
  }
  desk.answered(without.id, 'release', 'done');
  desk.answered(with5.id, 'release', 'done');
  // What is refused is told who has asked likewise.
  const payload = composeCommand(with5, [ann.key]);
  desk.guest.message({ topic: `${base}/cmd/release`, payload, retained: false, correlation });
  expect(said.map((it) => it.correlation)).toEqual([undefined, correlation, correlation]);
});

test('a retained one that is taken back is no command, and other topics are not its own', () => {
  const empty = new Uint8Array();
  const say = (topic: string) => desk.guest.message({ topic, payload: empty, retained: false });
  expect(say(`${base}/cmd/open`)).toBe('taken');
  expect(say('gk/1/harbin/gate-2/cmd/open')).toBe('unasked');
  expect([given, said, faults]).toEqual([[], [], []]);
});

test('an answer waits for the next connection, as long as somebody may wait for it, and is said once', () => {
  const open = order('open');
  send(open);
  desk.guest.down();
  desk.answered(open.id, 'open', 'done');
  // What a broker hands over before the connection is up.
  expect(send(open)).toBe('refused');
  clock.advance(59_999);
  up();
  expect(answers()).toMatchObject([{ status: 'ok' }, { code: 'repeated' }]);
  desk.guest.down();
  up();
  expect(said).toHaveLength(2);
  desk.guest.down();
  desk.answered(open.id, 'open', 'done');
  clock.advance(60_000);
  up();
  expect(said).toHaveLength(2);
});

test('of many answers that wait the last are kept', () => {
  desk.guest.down();
  for (let count = 0; count < 100; count += 1) desk.answered(`c${count}`, 'release', 'done');
  up();
  expect(answers()).toHaveLength(64);
  expect(answers().at(-1)).toMatchObject({ id: 'c99' });
});
