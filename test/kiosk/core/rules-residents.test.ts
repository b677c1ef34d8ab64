/** Residents: accepted, and refused for each reason. */
import { putUse } from '../../../kiosk/core/known/known.js';
import { both, bothWays, building, holds, type Row } from './rule-rows.js';
import { attested, card, knowing, known, papers, person, temperature } from './scene.js';

const { certificate, pass, ticket } = papers;

const outside = { card: card(), attested: attested('resumption-certificate') };

holds({
  'resident-outside-unit (七.2)': [
    {
      when: 'complete: the pass names the holder',
      direction: 'out',
      attempt: person([pass({ boundTo: 'card' })], outside),
      says: 'grant resident-outside-unit',
    },
    {
      when: 'complete: the certificate names the holder',
      direction: 'out',
      attempt: person([pass(), certificate({ boundTo: 'card' })], { card: card() }),
      says: 'grant resident-outside-unit',
    },
    ...bothWays({
      when: 'neither names anybody',
      state: (state) => knowing(state, known('passage', 'card', 8, 'out')),
      attempt: person([pass(), certificate()], { card: card() }),
      says: 'asks holder-unnamed: originals',
    }),
    {
      when: 'neither names anybody, and the guard has seen the originals',
      direction: 'out',
      attempt: person([pass(), certificate()], { card: card(), attested: attested('originals') }),
      says: 'grant resident-outside-unit',
    },
    ...bothWays({
      when: 'the pass names somebody else',
      attempt: person([pass({ boundTo: null }), certificate({ boundTo: 'card' })], {
        card: card(),
      }),
      says: 'refused p1 wrong-holder',
    }),
    {
      when: 'an exit known within 48 hours',
      direction: 'in',
      state: (state) => knowing(state, known('passage', 'card', 48, 'out')),
      attempt: person([pass({ boundTo: 'card' })], outside),
      says: 'grant resident-outside-unit',
    },
    {
      when: 'an exit longer ago',
      direction: 'in',
      state: (state) => knowing(state, known('passage', 'card', 48.01, 'out')),
      attempt: person([pass({ boundTo: 'card' })], outside),
      says: 'asks exit-unknown: not-returning',
    },
    {
      when: 'an exit by the clock of another gate, minutes ahead',
      direction: 'in',
      state: (state) => knowing(state, known('passage', 'card', -0.05, 'out')),
      attempt: person([pass({ boundTo: 'card' })], outside),
      says: 'grant resident-outside-unit',
    },
    {
      when: 'an exit that is still to come: the time was set back since',
      direction: 'in',
      state: (state) => knowing(state, known('passage', 'card', -24, 'out')),
      attempt: person([pass({ boundTo: 'card' })], outside),
      says: 'asks exit-unknown: not-returning',
    },
    {
      when: 'an exit that nobody knows of, the guard has asked',
      direction: 'in',
      attempt: person([pass({ boundTo: 'card' })], {
        card: card(),
        attested: attested('resumption-certificate', 'not-returning'),
      }),
      says: 'grant resident-outside-unit',
    },
    {
      when: 'an exit that nobody knows of, and a paper missing: that first',
      direction: 'in',
      attempt: person([pass({ boundTo: 'card' })], { card: card() }),
      says: 'missing certificate',
    },
    {
      when: 'an exit that nobody knows of, before the temperature',
      direction: 'in',
      attempt: person([pass({ boundTo: 'card' })], { ...outside, temperature: null }),
      says: 'asks exit-unknown: not-returning',
    },
    {
      when: 'out after out',
      direction: 'out',
      state: (state) => knowing(state, known('passage', 'card', 3, 'out')),
      attempt: person([pass({ boundTo: 'card' })], outside),
      says: 'grant resident-outside-unit direction-repeated',
    },
    ...bothWays({
      when: 'at a building',
      settings: building,
      attempt: person([pass({ boundTo: 'card' })], outside),
      says: 'refused p1 no-rule',
    }),
  ],
  'resident (七.1)': [
    {
      when: 'complete',
      direction: 'out',
      attempt: person([pass(), ticket()]),
      says: 'grant resident',
    },
    {
      when: 'complete: the exit is known',
      direction: 'in',
      state: (state) => knowing(state, known('ticket', 't1', 3, 'out')),
      attempt: person([pass(), ticket()]),
      says: 'grant resident',
    },
    {
      when: 'the exit is not known',
      direction: 'in',
      attempt: person([pass(), ticket()]),
      says: 'asks exit-unknown: not-returning',
    },
    {
      when: 'the exit is not known, the guard has asked',
      direction: 'in',
      attempt: person([pass(), ticket()], { attested: attested('not-returning') }),
      says: 'grant resident',
    },
    { when: 'no ticket', direction: 'out', attempt: person([pass()]), says: 'missing ticket' },
    { when: 'no pass', direction: 'out', attempt: person([ticket()]), says: 'missing pass' },
    {
      when: 'a ticket of another household',
      direction: 'out',
      attempt: person([pass(), ticket({ identity: { space: 'household', token: 'next door' } })]),
      says: 'missing ',
    },
    {
      when: 'a ticket of yesterday’s two days',
      direction: 'out',
      attempt: person([pass(), ticket({ day: (ticket().day ?? 0) - 2 })]),
      says: 'refused t1 outside-window',
    },
    {
      when: 'a ticket whose 24 hours are over',
      direction: 'in',
      attempt: person([pass(), ticket({ day: (ticket().day ?? 0) - 3 })]),
      says: 'refused t1 outside-window refer',
    },
    ...bothWays({
      when: 'a ticket of tomorrow',
      attempt: person([pass(), ticket({ day: (ticket().day ?? 0) + 1 })]),
      says: 'refused t1 outside-window',
    }),
    ...both.map(
      (direction): Row => ({
        when: 'a ticket used this way',
        direction,
        state: (state) => knowing(state, known('ticket', 't1', 3, direction)),
        attempt: person([pass(), ticket()]),
        says: 'refused t1 already-used',
      }),
    ),
    ...bothWays({
      when: 'a second ticket',
      state: (state) => knowing(state, known('window', `home:${ticket().day}:t0`, 3)),
      attempt: person([pass(), ticket()]),
      says: 'refused t1 second-ticket refer',
    }),
    {
      when: 'out after out',
      direction: 'out',
      state: (state) => knowing(state, known('passage', 'home', 3, 'out')),
      attempt: person([pass(), ticket()]),
      says: 'refused t1 direction-repeated refer',
    },
    {
      when: 'out after in',
      direction: 'out',
      state: (state) =>
        knowing(state, known('passage', 'home', 3, 'out'), known('passage', 'home', 2, 'in')),
      attempt: person([pass(), ticket()]),
      says: 'grant resident',
    },
    {
      when: 'in after in, the exit known',
      direction: 'in',
      state: (state) =>
        knowing(
          state,
          known('ticket', 't1', 3, 'out'),
          known('passage', 'home', 3, 'out'),
          known('passage', 'home', 2, 'in'),
        ),
      attempt: person([pass(), ticket()]),
      says: 'refused t1 direction-repeated refer',
    },
    {
      when: 'a member of the household isolated: the leaver’s card is missing',
      direction: 'out',
      state: (state) => knowing(state, known('isolation', 'home', 24)),
      attempt: person([pass(), ticket()]),
      says: 'missing card',
    },
    {
      when: 'a member of the household isolated, and the card of another',
      direction: 'out',
      state: (state) => knowing(state, known('isolation', 'home', 24)),
      attempt: person([pass(), ticket()], { card: card() }),
      says: 'grant resident',
    },
    {
      when: 'the card of who is isolated',
      direction: 'out',
      state: (state) =>
        knowing(state, known('isolation', 'home', 24), known('isolation', 'card', 24)),
      attempt: person([pass(), ticket()], { card: card() }),
      says: 'refer isolation',
    },
    {
      when: 'a member of the household isolated',
      direction: 'in',
      state: (state) =>
        knowing(state, known('isolation', 'home', 24), known('ticket', 't1', 3, 'out')),
      attempt: person([pass(), ticket()]),
      says: 'grant resident',
    },
    ...both.map(
      (direction): Row => ({
        when: 'a ticket left uncertain by a power cut',
        direction,
        state: (state) => ({
          ...state,
          known: putUse(state.known, known('ticket', 't1', 3, direction), 'uncertain'),
        }),
        attempt: person([pass(), ticket()], { attested: attested('not-returning') }),
        says: 'asks ticket-uncertain: guard',
      }),
    ),
    ...bothWays({
      when: 'a fever comes first',
      attempt: person([pass(), ticket()], { temperature: temperature(3_800) }),
      says: 'refer fever',
    }),
  ],
});
