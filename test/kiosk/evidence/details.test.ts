import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DetailField, detailFields } from '../../../config/vocabulary.js';
import type { DetailsEvidence } from '../../../kiosk/core/evidence.js';
import { noRevocations } from '../../../kiosk/credential/revocations.js';
import { personToken } from '../../../kiosk/credential/tokens.js';
import { evidenceDesk } from '../../../kiosk/evidence/desk.js';
import type { DetailProblem, DetailsInput } from '../../../kiosk/evidence/details.js';
import { openSealed } from '../../../kiosk/evidence/seal.js';
import { crowd } from '../../../scripts/simulated-board/people.js';
import { settings, startWallMs } from '../core/hands.js';
import { virtualTime } from '../journal/virtual-time.js';
import { registryEntry, registryPrivateKey, verifierWith } from './people.js';

const at = '2020-02-12T01:00:00.000Z';
const pepper = randomBytes(32);
const person = crowd(() => startWallMs)();

function booth(registry: readonly object[] = [registryEntry]) {
  const desk = evidenceDesk({
    ticketsSeen: () => [],
    settings: settings(),
    verifier: verifierWith([pepper, randomBytes(32)], noRevocations, registry),
    scheduler: virtualTime(),
    random: randomBytes,
    registryChanged: () => {},
  });
  const enter = (
    fields: DetailsInput['fields'],
    attempt: number | null = 7,
    unchecked = false,
  ): DetailsEvidence | readonly DetailProblem[] =>
    desk.details({ attempt, fields, unchecked }, { takenMs: 1_000, wallMs: startWallMs });
  const taken = (...words: Parameters<typeof enter>): DetailsEvidence => {
    const answer = enter(...words);
    if (!('type' in answer)) throw new Error(JSON.stringify(answer));
    return answer;
  };
  const sealed = (ref: string | null): unknown => {
    const [part] = desk.beside([{ type: 'details', at, sealed: ref ?? '' }]).sealed;
    const opened = part === undefined ? null : openSealed(registryPrivateKey, part);
    return opened?.ok === true ? opened.contents : null;
  };
  return { enter, taken, sealed };
}

const everything = {
  name: person.name,
  'id-number': person.number,
  'campus-address': '家属区 3 号楼 202',
  phone: '138 0000 0000',
  'where-from': '广州',
  transport: '火车 G1204，7 车 12A',
  household: '3-1-202',
  'campus-id': '20200107-Q',
  service: '120 急救',
  people: '3',
  'vehicle-plate': '黑A·F12345',
  temperature: '36.5',
} satisfies Record<DetailField, string>;

test('what was entered lies in one sealed part, and what the core is told shows none of it', () => {
  const side = booth();
  const details = side.taken(everything);
  expect(details).toEqual({
    type: 'details',
    attempt: 7,
    fields: [...detailFields],
    ref: expect.stringMatching(/^[0-9a-f]{64}$/),
    household: personToken(pepper, 'household', '3-1-202'),
    campusId: personToken(pepper, 'campus-id', '20200107-Q'),
    bodyCentidegrees: 3_650,
    takenMs: 1_000,
  });
  expect(side.sealed(details.ref)).toEqual({
    type: 'details',
    ...everything,
    temperature: '36.50',
  });
  const told = JSON.stringify(details);
  const { people: _, temperature: __, ...texts } = everything;
  for (const text of Object.values(texts)) expect(told).not.toContain(text);
});

test('only what was entered is there, and empty fields were not', () => {
  const side = booth();
  const details = side.taken({ name: '  李某 ', phone: '', household: '   ' }, null);
  expect(details).toMatchObject({
    attempt: null,
    fields: ['name'],
    household: null,
    bodyCentidegrees: null,
  });
  expect(side.sealed(details.ref)).toEqual({ type: 'details', name: '李某' });
  expect(side.enter({ name: ' ', phone: '' })).toEqual([{ field: null, fault: 'empty' }]);
});

test('without a registry key the details are told all the same, and nothing is sealed', () => {
  const side = booth([]);
  expect(side.taken({ household: 'A-1' })).toMatchObject({
    ref: null,
    household: personToken(pepper, 'household', 'A-1'),
  });
});

test('every problem is told at once, one a field, and then nothing is sealed or told', () => {
  const side = booth();
  const fields = { ...everything, phone: 'none', temperature: 'warm', people: '0' };
  expect(side.enter(fields)).toEqual([
    { field: 'phone', fault: 'bad-form' },
    { field: 'people', fault: 'out-of-range' },
    { field: 'temperature', fault: 'bad-form' },
  ]);
});

const wrongLast = person.number.endsWith('1') ? '2' : '1';

describe.each<[DetailField, string, string | DetailProblem['fault']]>([
  ['temperature', '36.5', '36.50'],
  ['temperature', '36,5', '36.50'],
  ['temperature', '３６．５', '36.50'],
  ['temperature', '36', '36.00'],
  ['temperature', '37.29', '37.29'],
  ['temperature', '30.00', '30.00'],
  ['temperature', '45.00', '45.00'],
  ['temperature', '29.99', 'out-of-range'],
  ['temperature', '45.01', 'out-of-range'],
  ['temperature', '365', 'bad-form'],
  ['temperature', '36.', 'bad-form'],
  ['temperature', '36.555', 'too-long'],
  ['temperature', '-36.5', 'bad-form'],
  ['people', '１２', '12'],
  ['people', '007', '7'],
  ['people', '0', 'out-of-range'],
  ['people', '1.5', 'bad-form'],
  ['people', '1000', 'too-long'],
  ['id-number', person.number.toLowerCase(), person.number],
  ['id-number', `${person.number.slice(0, 6)} ${person.number.slice(6)}`, person.number],
  ['id-number', person.number.slice(0, 17) + wrongLast, 'bad-check-digit'],
  ['id-number', person.number.slice(0, 17), 'bad-number'],
  ['id-number', person.number.slice(0, 15), 'bad-number'],
  ['id-number', `99${person.number.slice(2)}`, 'bad-check-digit'],
  ['id-number', '000000000000000000', 'bad-number'],
  ['id-number', 'e12345678', 'E12345678'],
  ['id-number', 'CAN110080010101', 'CAN110080010101'],
  ['id-number', '护照', 'bad-form'],
  ['phone', '+86 138-0000-0000', '+86 138-0000-0000'],
  ['phone', '(0451) 8641 0000', '(0451) 8641 0000'],
  ['phone', '12', 'bad-form'],
  ['vehicle-plate', '黑a12345', '黑A12345'],
  ['vehicle-plate', '-', 'bad-form'],
  ['household', 'Ａ１２-3', 'A12-3'],
  ['household', '三号楼二零二室', 'too-long'],
  ['campus-id', ' ２０２００１０７ ', '20200107'],
  ['campus-id', '工号 7', 'bad-form'],
  ['campus-id', 'a'.repeat(33), 'too-long'],
  ['name', 'a'.repeat(120), 'a'.repeat(120)],
  ['name', '𠮷'.repeat(120), '𠮷'.repeat(120)],
  ['name', 'a'.repeat(121), 'too-long'],
  ['name', '张\u0000三', 'bad-characters'],
  ['name', '张\n三', 'bad-characters'],
  ['name', '张\u202e三', 'bad-characters'],
  ['name', '\ud800', 'bad-characters'],
  ['where-from', 'x'.repeat(121), 'too-long'],
])('%s "%s"', (field, entered, expected) => {
  test(`is ${expected.length > 24 ? 'taken' : expected}`, () => {
    const side = booth();
    const answer = side.enter({ [field]: entered });
    if (!('type' in answer)) expect(answer).toEqual([{ field, fault: expected }]);
    else expect(side.sealed(answer.ref)).toEqual({ type: 'details', [field]: expected });
  });
});

test('a number that the guard has looked at once more is taken as it stands on the paper', () => {
  const side = booth();
  const number = person.number.slice(0, 17) + wrongLast;
  const { ref } = side.taken({ 'id-number': number }, 7, true);
  expect(side.sealed(ref)).toEqual({ type: 'details', 'id-number': number });
});

test('whatever is typed, nothing throws, and what is told holds none of it', () => {
  const side = booth();
  const typed = fc.oneof(
    fc.string({ unit: 'binary', minLength: 4 }),
    fc.string({ unit: 'grapheme', minLength: 4, maxLength: 40 }),
    fc.stringMatching(/^[0-9]{4,18}$/),
  );
  const fields = fc.record(
    Object.fromEntries(detailFields.map((field) => [field, typed])) as Record<
      DetailField,
      typeof typed
    >,
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fields, fc.boolean(), (entered, unchecked) => {
      const answer = side.enter(entered, 7, unchecked);
      const told = JSON.stringify(answer).replaceAll(/[0-9a-f]{32,}/g, '');
      const words = JSON.stringify([
        detailFields,
        'empty too-long bad-characters bad-check-digit',
        1000,
      ]);
      for (const text of Object.values(entered))
        if (!words.includes(text.trim())) expect(told).not.toContain(text.trim());
    }),
  );
});
