/** Whoever comes from outside to work or to visit: accepted, and refused for each reason. */
import { expect, test } from 'vitest';
import type { Attempt } from '../../../kiosk/core/attempt/attempt-state.js';
import { evaluate } from '../../../kiosk/core/policy/rules.js';
import { bothWays, expired, holds, type Row } from './rule-rows.js';
import { attested, card, gate, now, papers, person, startMs } from './scene.js';

const { external, code, certificate, filing, hostCode } = papers;

/** What the rules for external forms and ID cards have in common. */
function withCard(
  rule: string,
  purpose: string,
  missingWithoutCard: string,
  more: Partial<Attempt> = {},
): readonly Row[] {
  const mine = { card: card(), ...more };
  return [
    ...bothWays({
      when: 'complete',
      attempt: person([external(purpose)], mine),
      says: `grant ${rule}`,
    }),
    ...bothWays({
      when: 'complete, the card after the paper',
      attempt: person([external(purpose, { boundTo: null })], {
        ...mine,
        card: card({ bound: ['f3'] }),
      }),
      says: `grant ${rule}`,
    }),
    ...bothWays({
      when: 'no card',
      attempt: person([external(purpose)], { ...more, identifiedMs: null }),
      says: missingWithoutCard,
    }),
    ...bothWays({
      when: 'a form that names somebody else',
      attempt: person([external(purpose, { boundTo: null })], mine),
      says: 'refused f3 wrong-holder',
    }),
    ...bothWays({
      when: 'a form for another zone',
      attempt: person([external(purpose, { zones: ['lab-7'] })], mine),
      says: 'refused f3 wrong-zone',
    }),
    ...bothWays({
      when: 'a form that has run out',
      attempt: person([external(purpose, expired)], mine),
      says: 'refused f3 expired',
    }),
    ...bothWays({
      when: 'a card that has run out',
      attempt: person([external(purpose)], {
        ...mine,
        card: card({ validToSeconds: now.wallMs / 1000 }),
      }),
      says: 'refused card expired',
    }),
    ...bothWays({
      when: 'a card of which nothing could be sealed',
      attempt: person([external(purpose)], { ...mine, card: card({ ref: null }) }),
      says: 'gate refers registry-missing',
    }),
    ...bothWays({
      when: 'no key to seal to',
      state: (state) => ({ ...state, registry: 'none' }),
      attempt: person([external(purpose)], mine),
      says: 'gate refers registry-missing',
    }),
    ...bothWays({
      when: 'no card reader',
      state: (state) => ({ ...state, devices: { ...state.devices, 'id-card-reader': 'lost' } }),
      attempt: person([external(purpose)], mine),
      says: 'gate refers part-failed',
    }),
    ...bothWays({
      when: 'no temperature',
      attempt: person([external(purpose)], { ...mine, temperature: null }),
      says: 'missing temperature',
    }),
  ];
}

holds({
  'lab-external (三.2)': withCard('lab-external', 'research', 'missing card'),
  'posted-service (五)': [
    ...withCard('posted-service', 'service', 'missing card', {
      attested: attested('resumption-certificate'),
    }),
    ...bothWays({
      when: 'complete by a certificate that names nobody',
      attempt: person([external('service'), certificate()], { card: card() }),
      says: 'grant posted-service',
    }),
    ...bothWays({
      when: 'complete by a certificate that names the holder',
      attempt: person([external('service'), certificate({ boundTo: 'card' })], { card: card() }),
      says: 'grant posted-service',
    }),
    ...bothWays({
      when: 'a certificate that names somebody else',
      attempt: person([external('service'), certificate({ boundTo: null })], { card: card() }),
      says: 'refused w1 wrong-holder',
    }),
    ...bothWays({
      when: 'no certificate',
      attempt: person([external('service')], { card: card() }),
      says: 'missing certificate',
    }),
    ...bothWays({
      when: 'the guard’s word for a certificate that failed verification',
      attempt: person([external('service')], {
        card: card(),
        attested: attested('resumption-certificate'),
        refusals: [{ reason: 'bad-signature', kind: null, id: null }],
      }),
      says: 'missing certificate',
    }),
    ...bothWays({
      when: 'the guard’s word for a certificate that was revoked',
      attempt: person([external('service')], {
        card: card(),
        attested: attested('resumption-certificate'),
        refusals: [{ reason: 'revoked', kind: 'resumption-certificate', id: 'w9' }],
      }),
      says: 'missing certificate',
    }),
    ...bothWays({
      when: 'the guard’s word, where another paper was refused',
      attempt: person([external('service')], {
        card: card(),
        attested: attested('resumption-certificate'),
        refusals: [
          { reason: 'revoked', kind: 'residence-pass', id: 'p9' },
          { reason: 'bad-prefix', kind: null, id: null },
        ],
      }),
      says: 'grant posted-service',
    }),
  ],
  'logistics-service (六)': withCard('logistics-service', 'logistics', 'missing card'),
  'hosted-visitor (八)': [
    {
      when: 'complete',
      direction: 'in',
      attempt: person([filing(), hostCode()], { card: card() }),
      says: 'grant hosted-visitor',
    },
    {
      when: 'complete',
      direction: 'out',
      attempt: person([filing()], { card: card() }),
      says: 'grant hosted-visitor',
    },
    {
      when: 'no host',
      direction: 'in',
      attempt: person([filing()], { card: card() }),
      says: 'missing host',
    },
    {
      when: 'the code of somebody else',
      direction: 'in',
      attempt: person([filing(), code({ takenMs: startMs + 9_000 })], {
        card: card(),
        identities: { 'id-number': card().identity },
      }),
      says: 'missing host',
    },
    {
      when: 'the code of somebody else, then the host’s',
      direction: 'in',
      attempt: person([filing(), code({ takenMs: startMs + 8_000 }), hostCode()], {
        card: card(),
        identities: { 'id-number': card().identity },
      }),
      says: 'grant hosted-visitor',
    },
    {
      when: 'the host’s code before the temperature',
      direction: 'in',
      attempt: person([filing(), hostCode({ takenMs: startMs + 4_000 })], { card: card() }),
      says: 'missing host',
    },
    {
      when: 'the host’s code before the temperature, and another after it',
      direction: 'in',
      attempt: person([filing(), hostCode({ takenMs: startMs + 4_000 }), hostCode({ id: 'c3' })], {
        card: card(),
      }),
      says: 'grant hosted-visitor',
    },
    {
      when: 'the temperature before the visitor’s card',
      direction: 'in',
      attempt: person([filing(), hostCode()], { card: card({ takenMs: startMs + 6_000 }) }),
      says: 'missing temperature host',
    },
    {
      when: 'a temperature by hand between card and host',
      direction: 'in',
      attempt: person([filing(), hostCode({ takenMs: startMs + 11_000 })], {
        card: card(),
        temperature: null,
        attested: attested('temperature'),
      }),
      says: 'grant hosted-visitor',
    },
    {
      when: 'a temperature by hand after the host',
      direction: 'in',
      attempt: person([filing(), hostCode()], {
        card: card(),
        temperature: null,
        attested: attested('temperature'),
      }),
      says: 'missing host',
    },
    ...bothWays({
      when: 'a filing that names somebody else',
      attempt: person([filing({ boundTo: null }), hostCode()], { card: card() }),
      says: 'refused v1 wrong-holder',
    }),
    ...bothWays({
      when: 'a filing for another zone',
      attempt: person([filing({ zones: ['lab-7'] }), hostCode()], { card: card() }),
      says: 'refused v1 wrong-zone',
    }),
    ...bothWays({
      when: 'a filing that was issued for more than seven days',
      attempt: person([filing({ expiresSeconds: now.wallMs / 1000 + 604_800 })], { card: card() }),
      says: 'refused v1 lifetime-too-long',
    }),
  ],
});

test('a grant names what it uses up: the host’s code, or the ticket', () => {
  const visit = evaluate(gate('in'), person([filing(), hostCode()], { card: card() }), now);
  expect(visit).toMatchObject({ ticket: null, hostCode: { id: 'c2' } });
  const shopping = evaluate(gate('out'), person([papers.pass(), papers.ticket()]), now);
  expect(shopping).toMatchObject({ ticket: { id: 't1' }, hostCode: null });
});
