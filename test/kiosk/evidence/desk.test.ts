import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { noRevocations } from '../../../kiosk/credential/revocations.js';
import { type Peppers, personToken } from '../../../kiosk/credential/tokens.js';
import type { CardText } from '../../../kiosk/evidence/card.js';
import { cardKeptMsMax } from '../../../kiosk/evidence/card-keeper.js';
import { type EvidenceDesk, evidenceDesk } from '../../../kiosk/evidence/desk.js';
import { partLimits } from '../../../kiosk/evidence/part-keeper.js';
import type { Verifier } from '../../../kiosk/evidence/scan.js';
import { openSealed } from '../../../kiosk/evidence/seal.js';
import { settings, startWallMs } from '../core/hands.js';
import { virtualTime } from '../journal/virtual-time.js';
import {
  bearerPass,
  guest,
  heldPapers,
  li,
  paperFor,
  privateWords,
  registryEntry,
  registryPrivateKey,
  verifierWith,
  zhang,
} from './people.js';

const pepper = randomBytes(32);
const olderPepper = randomBytes(32);
const at = '2020-02-12T01:00:00.000Z';

interface Site {
  readonly desk: EvidenceDesk;
  readonly time: ReturnType<typeof virtualTime>;
  readonly registry: string[];
  /** what came of each scan and card, one after the other, 100 ms apart */
  scan(text: string): ReturnType<EvidenceDesk['scan']>;
  card(card: CardText, wallMs?: number): ReturnType<EvidenceDesk['card']>;
}

function site(verifier: Verifier = verifierWith([pepper])): Site {
  const time = virtualTime();
  const registry: string[] = [];
  const desk = evidenceDesk({
    ticketsSeen: () => [],
    settings: settings(),
    verifier,
    scheduler: time,
    random: randomBytes,
    registryChanged: (state) => registry.push(state),
  });
  let takenMs = 1_000;
  const moment = (wallMs = startWallMs) => {
    takenMs += 100;
    return { takenMs, wallMs };
  };
  return {
    desk,
    time,
    registry,
    scan: (text) => desk.scan(text, moment()),
    card: (card, wallMs) => desk.card(card, moment(wallMs)),
  };
}

const tokenOf = (card: CardText, by: Uint8Array = pepper): string =>
  personToken(by, 'id-number', card.number);

function bound(evidence: ReturnType<EvidenceDesk['card']>): readonly string[] {
  if (evidence.type !== 'card') throw new Error(evidence.reason);
  return evidence.bound;
}

function boundTo(evidence: ReturnType<EvidenceDesk['scan']>): string | null | undefined {
  if (evidence.type !== 'document') throw new Error(evidence.reason);
  return evidence.boundTo;
}

describe('binding', () => {
  test.each(Object.keys(heldPapers) as (keyof typeof heldPapers)[])(
    'a card finds the %s that names it, whichever comes first, and no other',
    (kind) => {
      const text = paperFor(zhang, pepper, kind);
      const first = site();
      const paper = first.scan(text);
      expect(boundTo(paper)).toBeNull();
      const card = first.card(zhang);
      expect(bound(card)).toEqual(paper.type === 'document' ? [paper.id] : []);
      const second = site();
      const { identity } = card.type === 'card' ? card : { identity: null };
      second.card(zhang);
      expect(boundTo(second.scan(text))).toBe(identity?.token);
      const third = site();
      third.scan(text);
      expect(bound(third.card(li))).toEqual([]);
      expect(boundTo(third.scan(text))).toBeNull();
    },
  );

  test('a paper that names nobody is bound to nobody, and does not say so', () => {
    const { scan, card } = site();
    card(zhang);
    const evidence = scan(bearerPass());
    expect(evidence.type).toBe('document');
    expect(evidence).not.toHaveProperty('boundTo');
  });

  test('a tag made with a pepper of another site binds nobody', () => {
    const { scan, card } = site();
    const text = paperFor(zhang, randomBytes(32));
    scan(text);
    expect(bound(card(zhang))).toEqual([]);
    expect(boundTo(scan(text))).toBeNull();
  });

  test('while two peppers are valid both bind, and the token is the newer one’s', () => {
    const peppers: Peppers = [pepper, olderPepper];
    for (const by of peppers) {
      const { scan, card } = site(verifierWith(peppers));
      const paper = scan(paperFor(zhang, by));
      expect(bound(card(zhang))).toEqual(paper.type === 'document' ? [paper.id] : []);
      expect(boundTo(scan(paperFor(zhang, by)))).toBe(tokenOf(zhang));
    }
    const after = site();
    after.card(zhang);
    expect(boundTo(after.scan(paperFor(zhang, olderPepper)))).toBeNull();
  });

  test('a foreigner’s number, which has no check digit, binds like any other', () => {
    const { scan, card } = site();
    card(guest);
    expect(boundTo(scan(paperFor(guest, pepper)))).toBe(tokenOf(guest));
  });

  test('a small x on paper or card is the same number', () => {
    const { scan, card } = site();
    card({ ...zhang, number: zhang.number.toLowerCase() });
    expect(boundTo(scan(paperFor(zhang, pepper)))).toBe(tokenOf(zhang));
  });
});

describe('forgetting', () => {
  const text = paperFor(zhang, pepper);

  test('with the attempt its card and its papers are forgotten', () => {
    const { desk, scan, card } = site();
    card(zhang);
    desk.attemptIs({ startedMs: 1_100 });
    expect(boundTo(scan(text))).toBe(tokenOf(zhang));
    desk.attemptIs(null);
    expect(boundTo(scan(text))).toBeNull();
    desk.attemptIs(null);
    expect(bound(card(zhang))).toEqual([]);
  });

  test('a card that ends an attempt stays for the next, the papers before it do not', () => {
    const { desk, scan, card } = site();
    scan(text);
    const next = card(li);
    desk.attemptIs({ startedMs: next.takenMs });
    expect(boundTo(scan(paperFor(li, pepper)))).toBe(tokenOf(li));
    expect(bound(card(zhang))).toEqual([]);
  });

  test('the next card takes the place of the one before', () => {
    const { scan, card } = site();
    card(zhang);
    card(li);
    expect(boundTo(scan(text))).toBeNull();
  });

  test('a card that does not count takes the place of the one before, too', () => {
    const { scan, card } = site();
    card(zhang);
    card({ ...li, validTo: '2020-02-11' });
    expect(boundTo(scan(text))).toBeNull();
    expect(boundTo(scan(paperFor(li, pepper)))).toBeNull();
  });

  test('after ten minutes a card is forgotten, whatever becomes of the attempt', () => {
    const { time, scan, card } = site();
    const { takenMs } = card(zhang);
    expect(boundTo(scan(text))).toBe(tokenOf(zhang));
    expect(time.next()).toBe(true);
    expect(time.now().monotonicMs).toBe(takenMs + cardKeptMsMax);
    expect(boundTo(scan(text))).toBeNull();
  });

  test('the ten minutes of one card do not end those of the next', () => {
    const { time, scan, card } = site();
    card(li);
    const { takenMs } = card(zhang);
    expect(boundTo(scan(text))).toBe(tokenOf(zhang));
    time.next();
    expect(time.now().monotonicMs).toBe(takenMs + cardKeptMsMax);
    expect(time.next()).toBe(false);
  });

  test('a gate that stops forgets, and leaves no timer behind', () => {
    const { desk, time, scan, card } = site();
    card(zhang);
    desk.forget();
    expect(time.next()).toBe(false);
    expect(boundTo(scan(text))).toBeNull();
  });
});

describe('a card counts or is refused', () => {
  const midnight = (date: string): number => Date.parse(`${date}T00:00:00+08:00`);

  test.each([
    ['the first day', { validFrom: '2020-02-12' }, midnight('2020-02-12'), 'card'],
    ['the day before it', { validFrom: '2020-02-12' }, midnight('2020-02-12') - 1, 'not-yet-valid'],
    ['the last day', { validTo: '2020-02-12' }, midnight('2020-02-13') - 1, 'card'],
    ['the day after it', { validTo: '2020-02-12' }, midnight('2020-02-13'), 'expired'],
    ['长期', { validTo: null }, midnight('2199-01-01'), 'card'],
    ['a last day that is no date', { validTo: 'soon' }, startWallMs, 'expired'],
    ['a last day that is not in the calendar', { validTo: '2030-13-01' }, startWallMs, 'expired'],
    ['a first day that is no date', { validFrom: '' }, startWallMs, 'not-yet-valid'],
    ['no time at all', { validTo: null }, Number.NaN, 'not-yet-valid'],
  ])('on %s, in site time', (_when, change, wallMs, expected) => {
    const evidence = site().card({ ...zhang, ...change }, wallMs);
    expect(evidence.type === 'refused' ? evidence.reason : evidence.type).toBe(expected);
  });

  test('a refused card says what it was and nothing of whose', () => {
    expect(site().card({ ...zhang, validTo: '2020-02-11' })).toEqual({
      type: 'refused',
      reason: 'expired',
      kind: null,
      id: null,
      cardKind: 'resident',
      takenMs: 1_100,
    });
  });

  test('a holder revoked under either pepper is refused', () => {
    for (const by of [pepper, olderPepper]) {
      const holders = new Set([`id-number:${tokenOf(zhang, by)}`]);
      const { card } = site(verifierWith([pepper, olderPepper], { ...noRevocations, holders }));
      expect(card(zhang)).toMatchObject({ type: 'refused', reason: 'revoked' });
      expect(card(li).type).toBe('card');
    }
  });

  test('the end of a card is the end of its last day in site time', () => {
    const end = { validToSeconds: midnight('2030-02-13') / 1000 };
    expect(site().card(zhang)).toMatchObject(end);
    expect(site().card({ ...zhang, validTo: null })).toMatchObject({ validToSeconds: null });
  });
});

describe('sealing', () => {
  function contentsBeside(desk: EvidenceDesk, ref: string | null | undefined): unknown {
    const { sealed } = desk.beside([{ type: 'decision', at, sealed: ref ?? '' }]);
    const [part] = sealed;
    const opened = part === undefined ? null : openSealed(registryPrivateKey, part);
    return opened?.ok === true ? opened.contents : null;
  }

  test('a card is sealed whole, and found again by the record that names it', () => {
    const { desk, card } = site();
    const evidence = card({ ...guest, ...{ photo: 'never' } });
    const { ref } = evidence.type === 'card' ? evidence : { ref: null };
    const { kind, ...members } = guest;
    expect(contentsBeside(desk, ref)).toEqual({ type: 'id-card', kind, ...members });
  });

  test('what leaves the desk shows no more of a card than the mask', () => {
    for (const person of [zhang, li, guest]) {
      const { desk, scan, card } = site();
      const paper = paperFor(person, pepper, 'residence-pass');
      const told = [
        scan(paper),
        card(person),
        scan(paperFor(person, pepper)),
        card({ ...person, validTo: '2001-01-01' }),
      ];
      const [, evidence] = told;
      const ref = evidence?.type === 'card' ? evidence.ref : null;
      const all = JSON.stringify([told, desk.beside([{ type: 'decision', at, sealed: ref }])]);
      for (const word of privateWords(person)) expect(all).not.toContain(word);
      const { masked } = evidence?.type === 'card' ? evidence : { masked: '' };
      expect(masked).toMatch(/^[A-Z0-9]{2}\*{4}[X0-9]{2}$/);
      // Nor five characters of the number in a row (a birthday has eight, a region six), where they
      // are not the chance of a hash or a box.
      const plain = all.replaceAll(/[0-9A-Za-z_-]{32,}/g, '');
      for (let start = 0; start + 5 <= person.number.length; start += 1)
        expect(plain).not.toContain(person.number.slice(start, start + 5));
    }
  });

  test('a record that names no part, or one that is gone, is told apart', () => {
    const { desk, card } = site();
    const evidence = card(zhang);
    const ref = evidence.type === 'card' ? evidence.ref : null;
    const gone = 'ab'.repeat(32);
    const records = [
      { type: 'x', at },
      { type: 'x', at, sealed: ref },
      { type: 'x', at, sealed: gone },
      { type: 'x', at, sealed: ref },
    ];
    const { sealed, missingCount } = desk.beside(records);
    expect(sealed.map(({ recordIndex }) => recordIndex)).toEqual([1, 3]);
    expect(missingCount).toBe(1);
  });

  /** Evidence of three samples of a body. */
  function measure({ desk }: Site, bodyCentidegrees: number, fromMs = 2_000) {
    const sample = (monotonicMs: number) => ({
      type: 'temperature-sample' as const,
      objectCentidegrees: bodyCentidegrees - 300,
      ambientCentidegrees: 2_200,
      bodyCentidegrees,
      monotonicMs,
    });
    const evidence = [0, 100, 200].map((ms) => desk.temperature(sample(fromMs + ms), startWallMs));
    return evidence.at(-1) ?? null;
  }

  test('a fever in an attempt is sealed exactly; a normal reading, or nobody’s, is not', () => {
    const gate = site();
    expect(measure(gate, 3_815)).not.toHaveProperty('ref');
    gate.desk.attemptIs({ startedMs: 0 });
    expect(measure(gate, 3_729)).not.toHaveProperty('ref');
    const fever = measure(gate, 3_730, 4_000);
    expect(contentsBeside(gate.desk, fever?.ref)).toEqual({
      type: 'temperature',
      bodyCentidegrees: 3_730,
      ambientCentidegrees: 2_200,
      compensationCentidegrees: 300,
      sampleCount: 3,
      spreadCentidegrees: 0,
    });
  });

  test('each record of a fever has a key pair of its own, in one attempt and in the next', () => {
    const gate = site();
    const keyOf = (ref: string | undefined): string => {
      const [part] = gate.desk.beside([{ type: 'x', at, sealed: ref ?? '' }]).sealed;
      return Buffer.from(part?.box ?? '', 'base64url')
        .subarray(0, 32)
        .toString('hex');
    };
    gate.desk.attemptIs({ startedMs: 1_000 });
    const first = keyOf(measure(gate, 3_800, 2_000)?.ref);
    const sameAttempt = measure(gate, 3_800, 3_000)?.ref;
    gate.desk.attemptIs({ startedMs: 4_000 });
    const nextAttempt = measure(gate, 3_800, 5_000)?.ref;
    const keys = [first, keyOf(sameAttempt), keyOf(nextAttempt)];
    expect(keys.map((key) => key.length)).toEqual([64, 64, 64]);
    expect(new Set(keys).size).toBe(3);
  });

  test('a wrist left on the sensor does not push out a card, nor a part that a record has named', () => {
    const gate = site();
    const evidence = gate.card(zhang);
    const ref = evidence.type === 'card' ? evidence.ref : null;
    gate.desk.attemptIs({ startedMs: 1_100 });
    const named = measure(gate, 3_800)?.ref;
    expect(contentsBeside(gate.desk, named)).not.toBeNull();
    const unnamed = measure(gate, 3_801, 2_100)?.ref;
    for (let round = 0; round <= partLimits.freshMax; round += 1)
      measure(gate, 3_810, 3_000 + 100 * round);
    expect(contentsBeside(gate.desk, ref)).not.toBeNull();
    expect(contentsBeside(gate.desk, named)).not.toBeNull();
    expect(contentsBeside(gate.desk, unnamed)).toBeNull();
  });

  test('without a registry key nothing is sealed, and it is said once', () => {
    const gate = site(verifierWith([pepper], noRevocations, []));
    gate.desk.checkRegistry(startWallMs);
    const evidence = gate.card(zhang);
    expect(evidence).toMatchObject({ type: 'card', ref: null });
    gate.desk.attemptIs({ startedMs: 1_100 });
    expect(measure(gate, 3_815)).not.toHaveProperty('ref');
    expect(gate.registry).toEqual(['none']);
  });

  test('a key whose day has not come serves with an alarm, which ends with its day', () => {
    const early = { ...registryEntry, notBefore: '2020-02-13T00:00:00+08:00' };
    const gate = site(verifierWith([pepper], noRevocations, [early]));
    gate.desk.checkRegistry(startWallMs);
    const evidence = gate.card(zhang);
    expect(evidence.type === 'card' && contentsBeside(gate.desk, evidence.ref)).toBeTruthy();
    gate.card(zhang, startWallMs + 86_400_000);
    expect(gate.registry).toEqual(['early', 'current']);
  });

  test('a text that has no UTF-8 is not sealed, and does not throw', () => {
    expect(site().card({ ...zhang, name: '\ud800' })).toMatchObject({ type: 'card', ref: null });
  });
});
