/** What counts as tightening only, whoever says so. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isRevoked,
  noRevocations,
  type Revocations,
} from '../../../kiosk/credential/revocations.js';
import { onlyRevokesMore } from '../../../kiosk/settings/signed/tightening.js';

const kids = ['aa'.repeat(8), 'bb'.repeat(8)] as const;
const some = <Item>(items: readonly Item[]) => fc.subarray([...items]);
const times = fc.integer({ min: 0, max: 3 });
const lists: fc.Arbitrary<Revocations> = fc
  .record({
    credentials: some(kids.map((kid) => `${kid}${'01'.repeat(8)}`)),
    holders: some([`campus-id:${'02'.repeat(16)}`]),
    issuers: some(kids).chain((own) =>
      fc.tuple(fc.constant(own), fc.array(times, { minLength: 2, maxLength: 2 })),
    ),
    kinds: some(kids.map((kid) => `${kid}/3`)).chain((own) =>
      fc.tuple(fc.constant(own), fc.array(times, { minLength: 2, maxLength: 2 })),
    ),
  })
  .map(({ credentials, holders, issuers, kinds }) => ({
    ...noRevocations,
    credentials: new Set(credentials),
    holders: new Set(holders),
    issuers: mapOf(...issuers),
    kinds: mapOf(...kinds),
  }));

function mapOf(keys: readonly string[], values: readonly number[]): ReadonlyMap<string, number> {
  return new Map(keys.map((key, index) => [key, values[index] ?? 0]));
}

/** Each paper that a gate might be shown, at each time. */
function* papers() {
  for (const kid of kids)
    for (let iat = 0; iat <= 4; iat += 1)
      for (let now = 0; now <= 4; now += 1)
        for (const sub of ['02', '03'])
          yield {
            now,
            kid,
            claims: { kind: 3, iat, cti: `${sub === '02' ? '01' : '09'}`.repeat(8), sub } as never,
          };
}
const tokenOf = (_: string, id: string): string => id.repeat(16);

test('what only revokes more never lets a paper through again that was revoked', () => {
  let tightened = 0;
  fc.assert(
    fc.property(lists, lists, (before, after) => {
      if (!onlyRevokesMore(before, after)) return;
      tightened += 1;
      for (const { now, ...credential } of papers())
        if (isRevoked(before, credential, now, tokenOf))
          expect(isRevoked(after, credential, now, tokenOf)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  expect(tightened).toBeGreaterThan(50);
});

test('and what lets one through again is not taken for it', () => {
  let loosened = 0;
  fc.assert(
    fc.property(lists, lists, (before, after) => {
      for (const { now, ...credential } of papers())
        if (
          isRevoked(before, credential, now, tokenOf) &&
          !isRevoked(after, credential, now, tokenOf)
        ) {
          loosened += 1;
          expect(onlyRevokesMore(before, after)).toBe(false);
          return;
        }
    }),
    { numRuns: 2_000 },
  );
  expect(loosened).toBeGreaterThan(50);
});

test('the same list, and from nothing', () => {
  fc.assert(
    fc.property(lists, (any) => {
      expect(onlyRevokesMore(any, any)).toBe(true);
      expect(onlyRevokesMore(noRevocations, any)).toBe(true);
    }),
  );
});
