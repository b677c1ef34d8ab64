/**
 * The guard: looks at who stands there, asks, and works the booth by its panel alone. Mostly as a
 * guard should; sometimes too fast, or without looking, or as somebody asked who knows better. What
 * the booth shows is read; what is true is asked of the person.
 */
import type { Attestable, OpenReason, PanelButton } from '../../config/vocabulary.js';
import type { Campus } from './campus.js';
import { presses, showsBadge } from './hands.js';
import type { Script } from './script.js';
import type { Site } from './site.js';

/** What the guard finds when looking and asking. */
export interface Answers {
  /** what is so, and may be attested */
  readonly attest: readonly Attestable[];
  /** the case that it is */
  readonly rule?: string;
  /** when the person arrived, days since 1970 in site time */
  readonly arrivalDay?: number;
  readonly children?: number;
  /** by hand, where the guard measures */
  readonly bodyCentidegrees: number;
  /** whether the person has been through on this ticket in this direction already */
  readonly isTicketUsed?: boolean;
  /** there is a reason beside the papers to open */
  readonly open?: OpenReason;
  readonly household?: string;
}

const shownMsMin = 1_100;
const looksMax = 45;

/** A guard comes to a gate where nobody is on duty, or takes over; `isCareful`: holds NEXT, surely. */
export function* comesOnDuty(campus: Campus, site: Site, isCareful = false): Script {
  const { dice, guards, desk, clock } = campus;
  const guard = dice.pick(guards);
  const hours = dice.chance(0.1) ? 1 + dice.int(3) : 12;
  const text = desk.papers.guardBadge(guard, { until: hours * 3_600 });
  const expiresWallMs = clock.now().wallMs + hours * 3_600_000;
  // The badge is made out in whole seconds.
  yield* showsBadge(site, guard, { text, expiresWallMs }, isCareful || !dice.chance(0.03));
}

/**
 * Somebody stands there and does not get through: the guard comes and does what a guard does;
 * `isSure`: whoever has been turned away twice makes sure that somebody comes.
 */
export function* helps(campus: Campus, site: Site, says: Answers, isSure: boolean): Script {
  const { dice } = campus;
  yield 1_500 + dice.int(6_000);
  if (site.state().duty === null) {
    if (!isSure && dice.chance(0.15)) return;
    yield* comesOnDuty(campus, site, isSure);
  }
  if (dice.chance(campus.options.carelessness)) return yield* careless(campus, site);
  if (site.state().attempt?.standing.type === 'held') {
    yield* presses(site, 'acknowledge');
    return;
  }
  if (yield* answers(campus, site, says)) return;
  if (site.ends.turnstile.isUnlocked()) return;
  if (says.open !== undefined) return yield* opens(campus, site, says.open);
  if (site.state().attempt !== null && dice.chance(0.7)) yield* presses(site, 'refuse');
}

/**
 * Walks through what CONFIRM can mean, and confirms what is so.
 * @returns whether the arm yields
 */
function* answers(campus: Campus, site: Site, says: Answers): Script<boolean> {
  const { dice } = campus;
  const passedOver = new Set<string>();
  let isMeasured = false;
  for (let looks = 0; looks < looksMax; looks += 1) {
    yield 300;
    if (site.ends.turnstile.isUnlocked()) return true;
    const { prompt, attempt } = site.state();
    if (attempt === null && prompt === null) return false;
    // Once around, and nothing of it is so.
    if (prompt === null || passedOver.has(prompt.id)) return false;
    const meaning = prompt.id.slice(prompt.id.indexOf('/') + 1);
    if (meaning.startsWith('temperature:') && !isMeasured) isMeasured = dice.chance(0.3);
    if (isTrue(meaning, says, isMeasured, attempt?.selected ?? null)) {
      yield* confirms(site, prompt.id);
      passedOver.clear();
      if (meaning.startsWith('case:') && dice.chance(0.8)) entersDetails(campus, site, says);
    } else {
      passedOver.add(prompt.id);
      yield* presses(site, 'next');
    }
  }
  return false;
}

function isTrue(
  meaning: string,
  says: Answers,
  isMeasured: boolean,
  selected: string | null,
): boolean {
  const [type = '', value = ''] = meaning.split(':');
  switch (type) {
    case 'attest':
      return says.attest.some((what) => what === value);
    case 'case':
      return says.rule === value && selected !== value;
    case 'day':
      return Number(value) === says.arrivalDay;
    case 'temperature':
      return isMeasured && (value === 'fever') === says.bodyCentidegrees >= 3_730;
    case 'accompanied':
      return Number(value) <= (says.children ?? 0);
    case 'ticket':
      return (value === 'used') === (says.isTicketUsed ?? false);
    case 'attend':
      return true;
    default:
      return false;
  }
}

/** Waits until it has been shown for long enough, and presses if it still is. */
function* confirms(site: Site, id: string): Script {
  for (let ms = 0; ms < shownMsMin; ms += 100) {
    yield 100;
    if (site.state().prompt?.id !== id) return;
  }
  yield* presses(site, 'confirm');
}

function* opens(campus: Campus, site: Site, reason: OpenReason): Script {
  const { dice } = campus;
  yield* presses(site, 'open');
  if (!dice.chance(0.6)) return;
  for (let looks = 0; looks < 8; looks += 1) {
    const { prompt } = site.state();
    if (prompt === null || !prompt.id.includes('/reason:')) return;
    if (prompt.id.endsWith(`:${reason}`)) return yield* confirms(site, prompt.id);
    yield* presses(site, 'next');
  }
}

/** At the booth's keyboard: sealed at once, and in no record in clear. */
function entersDetails({ dice }: Campus, site: Site, says: Answers): void {
  const attempt = site.state().attempt?.serial ?? null;
  if (attempt === null) return;
  site.gate.details({
    attempt,
    fields: {
      'where-from': '外地归来测试',
      phone: '0451-5550000',
      ...(says.household !== undefined && dice.chance(0.8) && { household: says.household }),
    },
  });
}

const carelessButtons: readonly [PanelButton, ...PanelButton[]] = [
  'confirm',
  'confirm',
  'next',
  'next',
  'open',
  'refuse',
  'acknowledge',
];

/** Presses before looking, the wrong thing, or nothing that helps. */
function* careless(campus: Campus, site: Site): Script {
  const { dice } = campus;
  for (let times = 1 + dice.int(6); times > 0; times -= 1) {
    const button = dice.pick(carelessButtons);
    yield* presses(site, button, { isLong: dice.chance(0.1) });
    yield dice.int(2_500);
  }
}
