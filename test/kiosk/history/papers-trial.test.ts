/** What another revocation list, or trust list, would make of grants on record. */
import { describe, expect, test } from 'vitest';
import { privateKeyFromSeed } from '../../../config/crypto/ed25519-key.js';
import { noRevocations, type Revocations } from '../../../kiosk/credential/revocations.js';
import type { Issuer, TrustList } from '../../../kiosk/credential/trust.js';
import { byRevocations, byTrust } from '../../../kiosk/history/papers-trial.js';
import type { RecordDraft } from '../../../kiosk/journal/port.js';
import { code, form, Hands, startWallMs } from '../core/hands.js';

const kid = '0'.repeat(16);
const startSeconds = startWallMs / 1_000;

/** Somebody on duty, in by a form of this unit and a campus card. */
function granted(unit: string | null = null): RecordDraft {
  const gate = new Hands();
  gate.show(form('p1', { unit }));
  gate.show(code('p1'));
  gate.measure(3_650);
  const found = gate.records.find(
    ({ type, outcome }) => type === 'decision' && outcome === 'grant',
  );
  if (found === undefined) throw new Error('not granted');
  return found;
}

function idOf(record: RecordDraft, kind: string): string {
  const documents = record['documents'] as readonly { id: string; kind: string }[];
  return documents.find((document) => document.kind === kind)?.id ?? '';
}

describe('revocations', () => {
  const record = granted();
  const under = (change: Partial<Revocations>) =>
    byRevocations({ ...noRevocations, ...change }).judge(record);
  const kinds = (kind: number, before: number) => ({
    kinds: new Map([[`${kid}/${kind}`, before]]),
  });
  const formRevoked = { is: 'different', to: 'approval-form refused: revoked' };

  test('by paper, issuer, kind and holder; of others and of later ones nothing', () => {
    const [own, other] = [idOf(record, 'approval-form'), 'ab'.repeat(16)];
    expect(under({})).toEqual({ is: 'same' });
    expect(under({ credentials: new Set([other]) })).toEqual({ is: 'same' });
    expect(under({ credentials: new Set([own]) })).toEqual(formRevoked);
    expect(under({ issuers: new Map([['cd'.repeat(8), 0]]) })).toEqual({ is: 'same' });
    expect(under({ issuers: new Map([[kid, startSeconds + 3_600]]) })).toEqual({ is: 'same' });
    expect(under({ issuers: new Map([[kid, startSeconds - 3_600]]) })).toEqual(formRevoked);
    expect(under(kinds(1, startSeconds))).toEqual(formRevoked);
    expect(under(kinds(1, startSeconds - 3_600))).toEqual({ is: 'same' });
    expect(under(kinds(3, startSeconds))).toEqual({ is: 'same' });
    expect(under({ holders: new Set(['campus-id:p2']) })).toEqual({ is: 'same' });
    const holder = { is: 'different', to: 'holder refused: revoked' };
    expect(under({ holders: new Set(['campus-id:p1']) })).toEqual(holder);
  });

  test('who was refused is refused still, unless it was for that', () => {
    const { judge } = byRevocations(noRevocations);
    const { at } = record;
    const refused = (reason: string) => judge({ at, outcome: 'deny', reasons: [reason] });
    expect(refused('expired')).toEqual({ is: 'same' });
    expect(refused('revoked')).toEqual({ is: 'undecidable' });
  });

  const [firstDocument] = record['documents'] as readonly object[];
  test.each([
    [{}, 'at'],
    [{ ...record, at: 'yesterday' }, 'at'],
    [{ ...record, documents: 'none' }, 'documents'],
    [{ ...record, documents: [{ ...Object(firstDocument), id: 5 }] }, 'documents[0].id'],
  ])('what is no such record is malformed', (bad, place) => {
    const to = `malformed at ${place}`;
    expect(byRevocations(noRevocations).judge(bad)).toEqual({ is: 'malformed', to });
  });
});

describe('a trust list', () => {
  const issuer: Issuer = {
    ...{ name: 'office', key: privateKeyFromSeed(new Uint8Array(32)).publicKey },
    ...{
      kinds: new Set([1, 2] as const),
      variants: null,
      purposes: null,
      units: null,
      zones: null,
    },
    ...{ notBeforeSeconds: 0, notAfterSeconds: Number.POSITIVE_INFINITY },
  };
  const under = (change: Partial<Issuer>, record = granted()) => {
    const issuers = new Map([[kid, { ...issuer, ...change }]]);
    return byTrust({ issuers } as unknown as TrustList).judge(record);
  };
  const outside = { is: 'different', to: 'approval-form refused: kind-not-allowed' };

  test('an issuer that is there and may do what it has done', () => {
    expect(under({})).toEqual({ is: 'same' });
    expect(under({ zones: new Set(['*']) })).toEqual({ is: 'same' });
    expect(under({ variants: new Set(['staff-entry', 'staff']) })).toEqual({ is: 'same' });
    expect(under({ units: new Set(['lab']) }, granted('lab'))).toEqual({ is: 'undecidable' });
  });

  test('one that is gone, over, or fenced', () => {
    const gone = { is: 'different', to: 'approval-form refused: unknown-key' };
    expect(byTrust({ issuers: new Map() } as unknown as TrustList).judge(granted())).toEqual(gone);
    expect(under({ notAfterSeconds: startSeconds - 60 })).toEqual(gone);
    expect(under({ kinds: new Set([2]) })).toEqual(outside);
    expect(under({ variants: new Set(['staff']) })).toEqual(outside);
    expect(under({ units: new Set(['shop']) }, granted('lab'))).toEqual(outside);
  });

  test('which zones a paper names no record tells', () => {
    expect(under({ zones: new Set(['north-gate']) })).toEqual({ is: 'undecidable' });
  });
});
