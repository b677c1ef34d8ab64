/** From bytes and contacts to what the core is told, and from its state to lamps and sealed parts. */
import { describe, expect, test } from 'vitest';
import { panelButtons } from '../../config/vocabulary.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import type { Evidence } from '../../kiosk/core/evidence.js';
import type { Input } from '../../kiosk/core/messages.js';
import { personToken } from '../../kiosk/credential/tokens.js';
import { openSealed } from '../../kiosk/evidence/seal.js';
import { openCampus } from '../../scripts/simulated-board/papers.js';
import { crowd } from '../../scripts/simulated-board/people.js';
import { startWallMs } from './core/hands.js';
import { measure, type WholeGate, wholeGate } from './whole-gate.js';

function campusGate(options: Parameters<typeof wholeGate>[0] = {}) {
  const clock = virtualClock({ wallMs: startWallMs });
  const campus = openCampus(clock, 480);
  const nextPerson = crowd(() => startWallMs);
  const run = wholeGate({ ...options, clock, verifier: campus.verifier });
  const scan = (text: string): void => {
    run.scan(text);
    clock.advance(200);
  };
  const lay = (card: ReturnType<typeof nextPerson>): void => {
    run.reader.place(card);
    clock.advance(1_500);
  };
  const tokenOf = ({ number }: { number: string }): string =>
    personToken(campus.verifier.peppers[0], 'id-number', number);
  return { ...campus, ...run, run, nextPerson, scan, lay, tokenOf };
}

const evidenceOf = ({ inputs }: Pick<WholeGate, 'inputs'>): Evidence[] =>
  inputs.flatMap((input) => (input.type === 'evidence' ? [input.evidence] : []));

/** What lies sealed beside the records that name a part, opened with the registry's key. */
function sealedContents(run: WholeGate, registryPrivateKey: Uint8Array): unknown[] {
  return run.records().flatMap((record) => {
    if (record.type !== 'named') return [];
    const part = run.disk.sealed.get(Number(record['seq']));
    if (part === undefined) throw new Error('a record names a part that is not there');
    const opened = openSealed(registryPrivateKey, part);
    return opened.ok ? [opened.contents] : [];
  });
}

test('a collaborator’s form, card and wrist reach the core as evidence of one person', () => {
  const side = campusGate();
  const person = side.nextPerson();
  side.scan(side.papers.externalForm(person, 'research'));
  side.lay(person);
  measure(side.run, 3_650);
  const [form, card, temperature] = evidenceOf(side);
  if (form?.type !== 'document' || card?.type !== 'card') throw new Error('other evidence');
  expect(form).toMatchObject({ variant: 'external-entry', purpose: 'research', boundTo: null });
  expect(card).toMatchObject({
    cardKind: 'resident',
    identity: { space: 'id-number', token: side.tokenOf(person) },
  });
  expect(temperature).toMatchObject({ type: 'temperature' });
  expect(temperature).not.toHaveProperty('ref');
  expect(sealedContents(side.run, side.registryPrivateKey)).toEqual([
    expect.objectContaining({ type: 'id-card', name: person.name, number: person.number }),
  ]);
});

test('with the card first its papers name it as they come, and another’s do not', () => {
  const side = campusGate();
  const [person, other] = [side.nextPerson(), side.nextPerson()];
  // The present attempt keeps the card; without one it is forgotten after the step.
  side.scan(side.papers.certificate(null));
  side.lay(person);
  side.scan(side.papers.externalForm(person, 'service'));
  side.scan(side.papers.certificate(other));
  const bound = evidenceOf(side).flatMap((it) => (it.type === 'document' ? [it.boundTo] : []));
  expect(bound).toEqual([undefined, side.tokenOf(person), null]);
});

test('a card left lying is told once, and again when it has been taken away and laid anew', () => {
  const side = campusGate();
  const person = side.nextPerson();
  side.lay(person);
  side.clock.advance(60_000);
  expect(evidenceOf(side).map(({ type }) => type)).toEqual(['card']);
  side.reader.remove();
  side.clock.advance(2_000);
  side.lay(person);
  expect(evidenceOf(side).map(({ type }) => type)).toEqual(['card', 'card']);
});

test('a card that cannot be read is a refusal, once for as long as it lies there', () => {
  const side = campusGate();
  side.reader.place(new Uint8Array(256));
  side.clock.advance(30_000);
  expect(evidenceOf(side)).toEqual([
    {
      type: 'refused',
      reason: 'card-unreadable',
      kind: null,
      id: null,
      takenMs: expect.any(Number),
    },
  ]);
});

test('a card whose last day is over is a refusal that names its kind, and nothing of it is sealed', () => {
  const side = campusGate();
  side.lay({ ...side.nextPerson(), validFrom: '2009-02-11', validTo: '2019-02-11' });
  expect(evidenceOf(side)).toEqual([
    expect.objectContaining({ type: 'refused', reason: 'expired', cardKind: 'resident' }),
  ]);
  expect(side.disk.sealed.size).toBe(0);
});

test('a fever’s exact value is sealed, and only then', () => {
  const side = campusGate();
  side.scan(side.papers.form('2019000001'));
  measure(side.run, 3_810);
  const refs = evidenceOf(side).flatMap((it) => (it.type === 'temperature' ? [it.ref] : []));
  expect(refs.length).toBeGreaterThan(0);
  expect(refs).not.toContain(undefined);
  const contents = sealedContents(side.run, side.registryPrivateKey);
  expect(contents).toHaveLength(refs.length);
  expect(contents[0]).toMatchObject({ type: 'temperature', sampleCount: 3 });
});

const buttonInputs = (inputs: readonly Input[]): string[] =>
  inputs.flatMap((it) => (it.type === 'button' ? [`${it.button} ${it.event}`] : []));

test('every button of the panel reaches the core: pressed, long where it has it, released', () => {
  const { panel, clock, inputs } = campusGate();
  panel.cover('emergency', true);
  panel.cover('lockdown', true);
  clock.advance(100);
  for (const button of panelButtons) {
    panel.hold(button);
    clock.advance(1_200);
    panel.release(button);
    clock.advance(100);
  }
  const hasLong = ['next', 'lockdown', 'acknowledge'];
  expect(buttonInputs(inputs)).toEqual(
    panelButtons.flatMap((button) => [
      `${button} pressed`,
      ...(hasLong.includes(button) ? [`${button} long`] : []),
      `${button} released`,
    ]),
  );
});

test('LOCKDOWN under its cover is no press; EMERGENCY is', () => {
  const { panel, clock, inputs } = campusGate();
  for (const button of ['lockdown', 'emergency'] as const) {
    panel.press(button);
    clock.advance(500);
  }
  expect(buttonInputs(inputs)).toEqual(['emergency pressed', 'emergency released']);
});

test('a key of the booth is the same input as the button that it stands for', () => {
  const { gate, inputs } = campusGate();
  for (const button of panelButtons)
    for (const event of ['pressed', 'long', 'released'] as const) gate.press(button, event);
  expect(buttonInputs(inputs)).toEqual(
    panelButtons.flatMap((it) => [`${it} pressed`, `${it} long`, `${it} released`]),
  );
});

test('a body in the arm and one against its direction reach the core, and nothing where no contact is', () => {
  const phases = ({ inputs }: WholeGate) =>
    inputs.flatMap((it) => (it.type === 'passage' ? [it.phase] : []));
  const { run } = campusGate();
  run.turnstile.force();
  run.clock.advance(1_000);
  run.turnstile.walkBack();
  run.clock.advance(1_000);
  expect(phases(run)).toEqual(['entered', 'left', 'reversed']);
  const { run: blind } = campusGate({
    change: ({ devices, ...config }) => ({
      ...config,
      devices: { ...devices, turnstile: { pulseMs: 500, passageSensor: true } },
    }),
  });
  blind.turnstile.walkBack();
  blind.clock.advance(1_000);
  expect(phases(blind)).toEqual([]);
});

test('whether other gates can be heard is told after the start and at each change', () => {
  let tell = (_reachable: boolean): void => {};
  let isCancelled = false;
  const { inputs, gate } = campusGate({
    known: {
      publish: () => {},
      subscribe: () => () => {},
      reachable(listener) {
        tell = listener;
        listener(true);
        return () => {
          isCancelled = true;
        };
      },
    },
  });
  tell(false);
  const told = inputs.filter(({ type }) => type === 'others' || type === 'boot');
  expect(told.map((it) => (it.type === 'others' ? it.reachable : it.type))).toEqual([
    'boot',
    true,
    false,
  ]);
  gate.stop();
  expect(isCancelled).toBe(true);
});

test('what is entered in the booth reaches the core sealed, and what is wrong does not reach it', () => {
  const side = campusGate();
  const fields = { name: '李某', 'vehicle-plate': '黑A12345', people: '2' };
  expect(side.gate.details({ attempt: null, fields })).toEqual([]);
  expect(side.gate.details({ attempt: 1, fields: { temperature: 'x' } })).toEqual([
    { field: 'temperature', fault: 'bad-form' },
  ]);
  expect(side.inputsOf('details').map(({ details }) => details.fields)).toEqual([
    ['name', 'people', 'vehicle-plate'],
  ]);
  side.clock.advance(100);
  expect(sealedContents(side.run, side.registryPrivateKey)).toEqual([
    { type: 'details', ...fields },
  ]);
});

test('a refused exit is heard in the booth at once, and the lamp flashes', () => {
  const side = campusGate({ direction: 'out' });
  expect(side.signals.isOn('normal')).toBe(true);
  side.run.scan(side.papers.form('2019000001', { from: -7_200, until: -1 }));
  side.clock.advance(100);
  expect([side.signals.isOn('buzzer'), side.signals.isOn('attention')]).toEqual([true, true]);
});

test('a fire opens the release and sounds the siren until somebody knows of it', () => {
  const side = campusGate();
  side.fire.alarm(true);
  side.clock.advance(200);
  expect(side.turnstile.isUnlocked()).toBe(true);
  side.clock.advance(2_000);
  expect(side.signals.drawn('buzzer', 100, 12)).toMatch(/##\.##\.##/);
  side.panel.press('acknowledge');
  side.clock.advance(3_000);
  expect(side.signals.isOn('buzzer')).toBe(false);
  expect(side.turnstile.isUnlocked()).toBe(true);
  side.fire.alarm(false);
  side.clock.advance(3_000);
  expect(side.turnstile.isUnlocked()).toBe(false);
});

test('a lamp test sounds no siren away, and one after the other hides nothing for ever', () => {
  const side = campusGate();
  const drawn = (): string => side.signals.drawn('buzzer', 100, 12);
  side.gate.lampTest();
  side.clock.advance(1_000);
  expect(side.signals.isOn('lockdown')).toBe(true);
  side.fire.alarm(true);
  side.clock.advance(2_000);
  expect(drawn()).toMatch(/##\.##\.##/);
  expect(side.signals.isOn('lockdown')).toBe(false);
  side.gate.lampTest();
  expect(drawn()).toMatch(/##\.##\.##/);
  side.fire.alarm(false);
  side.panel.press('acknowledge');
  side.clock.advance(20_000);
  let litMs = 0;
  for (let ms = 0; ms < 60_000; ms += 500) {
    side.gate.lampTest();
    side.clock.advance(500);
    if (side.signals.isOn('lockdown')) litMs += 500;
  }
  expect(litMs).toBeGreaterThan(0);
  expect(litMs).toBeLessThan(30_000);
});

test('no name, number or entry of anybody stands in log, picture, input, effect or record', () => {
  const side = campusGate();
  const people = [
    side.nextPerson(),
    side.nextPerson('hk-macao-taiwan'),
    side.nextPerson('foreign-2023'),
  ];
  for (const person of people) {
    side.scan(side.papers.externalForm(person, 'logistics'));
    side.lay(person);
    side.gate.details({
      attempt: 1,
      fields: { name: person.name, 'id-number': person.number, phone: '138 1234 5678' },
    });
    side.reader.remove();
    side.clock.advance(2_500);
  }
  expect(sealedContents(side.run, side.registryPrivateKey)).toHaveLength(6);
  const all = [...side.written, ...side.records().map((it) => JSON.stringify(it))].join('\n');
  const secrets = people.flatMap(({ name, number, address }) => [name, number, address ?? number]);
  for (const secret of [...secrets, '138 1234 5678']) expect(all).not.toContain(secret);
  expect(all).toContain(side.tokenOf(people[0] ?? { number: '' }));
});

describe('before a turnstile that wants a level', () => {
  const level: NonNullable<Parameters<typeof wholeGate>[0]>['change'] = (config) => ({
    ...config,
    devices: { ...config.devices, turnstile: { ...config.devices.turnstile, mode: 'level' } },
  });
  const granted = () => {
    const side = campusGate({ change: level });
    side.scan(side.papers.form('2019000001'));
    side.scan(side.papers.code('2019000001'));
    measure(side.run, 3_650);
    expect(side.turnstile.isUnlocked()).toBe(true);
    return side;
  };
  const outcome = ({ run }: ReturnType<typeof granted>): unknown =>
    run.records().findLast(({ type }) => type === 'passage')?.['outcome'];

  test('the bolt falls behind the first who goes: one passage, and the next one is blocked', () => {
    const side = granted();
    side.clock.advance(2_000);
    const walkedMs = side.clock.now().monotonicMs;
    expect(side.turnstile.walk()).toBe('passes');
    side.clock.advance(1_000);
    expect(side.turnstile.walk()).toBe('blocked');
    const [on, off, ...more] = side.edges;
    expect([on?.on, off?.on, more]).toEqual([true, false, []]);
    // As soon as the contact has come to rest.
    expect((off?.atMs ?? 0) - walkedMs).toBeLessThan(300);
    expect(outcome(side)).toBe('passed');
  });

  test('it locks by the relay’s own time where nobody comes', () => {
    const side = granted();
    side.clock.advance(10_000);
    const [on, off] = side.edges;
    expect((off?.atMs ?? 0) - (on?.atMs ?? 0)).toBe(5_000);
    expect(outcome(side)).toBe('no-show');
  });
});

test('without a release input a fire lets one after the other go by pulses, and the relay rests afterwards', () => {
  const side = campusGate({
    change: (config) => ({
      ...config,
      devices: {
        ...config.devices,
        turnstile: { ...config.devices.turnstile, releaseInput: false },
      },
    }),
  });
  side.fire.alarm(true);
  side.clock.advance(3_000);
  for (let person = 0; person < 3; person += 1) {
    expect(side.turnstile.walk()).toBe('passes');
    side.clock.advance(2_000);
  }
  side.fire.alarm(false);
  side.clock.advance(10_000);
  expect(side.turnstile.walk()).toBe('blocked');
  expect(side.edges.length).toBeGreaterThan(14);
  expect(side.edges.at(-1)).toMatchObject({ line: 'grant', on: false });
  expect(new Set(side.edges.map(({ line }) => line))).toEqual(new Set(['grant']));
  const outcomes = side.records().flatMap((it) => (it.type === 'passage' ? [it['outcome']] : []));
  expect(outcomes).toEqual(['emergency', 'emergency', 'emergency']);
});
