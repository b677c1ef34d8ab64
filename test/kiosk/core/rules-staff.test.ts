/** The university's own staff and those who return: accepted, and refused for each reason. */
import { bothWays, building, expired, holds, type Row } from './rule-rows.js';
import { attested, card, now, papers, person, temperature } from './scene.js';

const { staffForm, labForm, code, student, pass, ticket } = papers;

/** What the two rules for forms and campus card codes have in common. */
function withCode(rule: string, form: typeof staffForm, otherForm: typeof staffForm) {
  return [
    ...bothWays({ when: 'complete', attempt: person([form(), code()]), says: `grant ${rule}` }),
    ...bothWays({
      when: 'complete, in a building',
      settings: building,
      attempt: person([form(), code()]),
      says: `grant ${rule}`,
    }),
    ...bothWays({ when: 'no code', attempt: person([form()]), says: 'missing code' }),
    ...bothWays({ when: 'no form', attempt: person([code()]), says: 'missing form' }),
    ...bothWays({
      when: 'no temperature',
      attempt: person([form(), code()], { temperature: null }),
      says: 'missing temperature',
    }),
    ...bothWays({
      when: 'a temperature by hand',
      attempt: person([form(), code()], { temperature: null, attested: attested('temperature') }),
      says: `grant ${rule}`,
    }),
    ...bothWays({
      when: 'a form of somebody else',
      attempt: person([form({ identity: { space: 'campus-id', token: 'you' } }), code()]),
      says: 'missing ',
    }),
    ...bothWays({
      when: 'a form for another zone',
      attempt: person([form({ zones: ['lab-7'] }), code()]),
      says: `refused ${form().id} wrong-zone`,
    }),
    ...bothWays({
      when: 'a form that has run out',
      attempt: person([form(expired), code()]),
      says: `refused ${form().id} expired`,
    }),
    ...bothWays({
      when: 'a code that has run out',
      attempt: person([form(), code(expired)]),
      says: 'refused c1 expired',
    }),
    ...bothWays({
      when: 'a code that was issued for too long',
      attempt: person([form(), code({ expiresSeconds: now.wallMs / 1000 + 3_600 })]),
      says: 'refused c1 lifetime-too-long',
    }),
    ...bothWays({
      when: 'a second form, of the other rule',
      attempt: person([otherForm(expired), form(), code()]),
      says: `grant ${rule}`,
    }),
    ...bothWays({
      when: 'a fever',
      attempt: person([form(), code()], { temperature: temperature(3_730) }),
      says: 'refer fever',
    }),
    ...bothWays({
      when: 'a student’s code besides',
      attempt: person([form(), code(), student()]),
      says: 'deny student, held',
    }),
    ...bothWays({
      when: 'an ID card of whom the form says nothing',
      attempt: person([form(), code()], { card: card() }),
      says: 'asks holder-unnamed: guard',
    }),
  ];
}

const arrived = { card: card(), arrivalDay: 18_300 };

holds({
  'returning-tenant (七.3.3)': [
    {
      when: 'complete',
      direction: 'in',
      attempt: person([], {
        ...arrived,
        selected: 'returning-tenant',
        attested: attested('questions', 'landlord', 'property-office'),
      }),
      says: 'grant returning-tenant',
    },
    {
      when: 'complete, with a pass and what was shown before the guard chose',
      direction: 'in',
      attempt: person([pass(), ticket()], {
        ...arrived,
        selected: 'returning-tenant',
        attested: attested('questions', 'landlord', 'property-office'),
      }),
      says: 'grant returning-tenant',
    },
    {
      when: 'no day of arrival yet',
      direction: 'in',
      attempt: person([], {
        card: card(),
        selected: 'returning-tenant',
        attested: attested('questions', 'landlord', 'property-office'),
      }),
      says: 'awaits day',
    },
    ...(['questions', 'landlord', 'property-office'] as const).map(
      (what): Row => ({
        when: `${what} not attested`,
        direction: 'in',
        attempt: person([], {
          ...arrived,
          selected: 'returning-tenant',
          attested: attested('questions', 'landlord', 'property-office').filter(
            (it) => it.what !== what,
          ),
        }),
        says: `missing ${what}`,
      }),
    ),
    {
      when: 'nobody chose it',
      direction: 'in',
      attempt: person([], {
        ...arrived,
        attested: attested('questions', 'landlord', 'property-office'),
      }),
      says: 'missing form',
    },
    {
      when: 'on the way out',
      direction: 'out',
      attempt: person([], {
        ...arrived,
        selected: 'returning-tenant',
        attested: attested('questions', 'landlord', 'property-office'),
      }),
      says: 'missing ',
    },
    {
      when: 'at a building',
      direction: 'in',
      settings: building,
      attempt: person([], {
        ...arrived,
        selected: 'returning-tenant',
        attested: attested('questions', 'landlord', 'property-office'),
      }),
      says: 'missing ',
    },
    {
      when: 'no card',
      direction: 'in',
      attempt: person([pass()], {
        arrivalDay: 18_300,
        selected: 'returning-tenant',
        attested: attested('questions', 'landlord', 'property-office'),
      }),
      says: 'missing card',
    },
  ],
  'returning-outside-unit (七.3.2)': [
    {
      when: 'complete by the pass',
      direction: 'in',
      attempt: person([pass()], {
        ...arrived,
        selected: 'returning-outside-unit',
        attested: attested('questions'),
      }),
      says: 'grant returning-outside-unit',
    },
    {
      when: 'complete by the property office',
      direction: 'in',
      attempt: person([], {
        ...arrived,
        selected: 'returning-outside-unit',
        attested: attested('questions', 'property-office'),
      }),
      says: 'grant returning-outside-unit',
    },
    {
      when: 'no residence shown',
      direction: 'in',
      attempt: person([], {
        ...arrived,
        selected: 'returning-outside-unit',
        attested: attested('questions'),
      }),
      says: 'missing pass',
    },
    {
      when: 'a pass that has run out',
      direction: 'in',
      attempt: person([pass(expired)], {
        ...arrived,
        selected: 'returning-outside-unit',
        attested: attested('questions', 'property-office'),
      }),
      says: 'refused p1 expired',
    },
  ],
  'returning-staff (七.3.1)': [
    {
      when: 'complete',
      direction: 'in',
      attempt: person([], {
        ...arrived,
        selected: 'returning-staff',
        attested: attested('work-id', 'questions'),
      }),
      says: 'grant returning-staff',
    },
    {
      when: 'complete, with code and pass for the isolation',
      direction: 'in',
      attempt: person([code(), pass()], {
        ...arrived,
        selected: 'returning-staff',
        attested: attested('work-id', 'questions'),
      }),
      says: 'grant returning-staff',
    },
    {
      when: 'no work ID seen',
      direction: 'in',
      attempt: person([code()], {
        ...arrived,
        selected: 'returning-staff',
        attested: attested('questions'),
      }),
      says: 'missing work-id',
    },
    {
      when: 'the landlord says so',
      direction: 'in',
      attempt: person([], {
        ...arrived,
        selected: 'returning-staff',
        attested: attested('questions', 'landlord', 'property-office'),
      }),
      says: 'missing work-id',
    },
  ],
  'lab-staff (三.1)': withCode('lab-staff', labForm, staffForm),
  'duty-staff (二)': withCode('duty-staff', staffForm, labForm),
});
