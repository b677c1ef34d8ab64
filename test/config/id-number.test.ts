import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idCheckCharacter, idNumberFault } from '../../config/id-number.js';

const standardExamples = ['11010519491231002X', '34052419800101001X'];

test('the check digits of the standard and of the permit regions come out', () => {
  for (const number of standardExamples) {
    expect(idCheckCharacter(number.slice(0, 17))).toBe(number[17]);
    expect(idNumberFault('resident', number)).toBeNull();
  }
  for (const number of ['810000199001010019', '820000199001010010', '830000199001010012'])
    expect(idNumberFault('hk-macao-taiwan', number)).toBeNull();
});

test('one wrong character, or two neighbours exchanged, never hold', () => {
  const characters = [...'0123456789X'];
  const example = standardExamples[0] ?? '';
  for (let at = 0; at < 18; at++)
    for (const character of characters) {
      if (character === example[at]) continue;
      const changed = example.slice(0, at) + character + example.slice(at + 1);
      expect(idNumberFault('resident', changed)).not.toBeNull();
    }
  for (let at = 0; at < 17; at++) {
    const swapped = example.slice(0, at) + example[at + 1] + example[at] + example.slice(at + 2);
    if (swapped !== example) expect(idNumberFault('resident', swapped)).not.toBeNull();
  }
});

test.each([
  ['resident', '11010519491231002x', 'bad-number'],
  ['resident', '110105491231002', 'bad-number'],
  ['resident', '110105194912310021', 'bad-check-digit'],
  ['resident', '810000199001010019', 'bad-number'],
  ['resident', '010105194912310021', 'bad-number'],
  ['resident', '990105194912310021', 'bad-number'],
  ['resident', ' 1010519491231002X', 'bad-number'],
  ['resident', '', 'bad-number'],
  ['hk-macao-taiwan', '11010519491231002X', 'bad-number'],
  ['hk-macao-taiwan', '810000199001010018', 'bad-check-digit'],
  ['foreign-2017', 'CAN110023081201', null],
  ['foreign-2017', 'can110023081201', 'bad-number'],
  ['foreign-2017', '11010519491231002X', 'bad-number'],
  ['foreign-2023', '11010519491231002X', 'bad-number'],
] as const)('%s %s: %s', (kind, number, fault) => {
  expect(idNumberFault(kind, number)).toBe(fault);
});

test('a number of 2023 begins with 9 and ends with its check digit, whatever lies between', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^9[0-9]{16}$/), (seventeen) => {
      const check = idCheckCharacter(seventeen) ?? '';
      expect(idNumberFault('foreign-2023', seventeen + check)).toBeNull();
      const other = check === 'X' ? '0' : 'X';
      expect(idNumberFault('foreign-2023', seventeen + other)).toBe('bad-check-digit');
    }),
  );
});

test('no text throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      idCheckCharacter(text);
      for (const kind of ['resident', 'foreign-2017'] as const) idNumberFault(kind, text);
    }),
  );
});
