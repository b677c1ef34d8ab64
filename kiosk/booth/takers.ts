/** What the page sends and what becomes of it: a key, details of a person, the token. */
import type { DetailProblem, DetailsInput } from '../evidence/details.js';
import type { JsonFault } from '../page-server/json-body.js';
import type { AccessFault } from './access.js';
import type { Holds } from './holds.js';
import { parseDetails, parseLogin, parsePress } from './messages.js';
import type { Login, Sessions } from './session.js';
import type { BoothView } from './view.js';

/** Why something sent was not taken. */
export type BoothFault =
  | AccessFault
  | JsonFault
  | Extract<Login, { ok: false }>['code']
  | 'no-session'
  /** not of the form */
  | 'bad-message'
  /** the page showed something else than CONFIRM means now */
  | 'prompt-changed'
  /** nobody asks for these details (any more): the person has gone */
  | 'not-wanted'
  /** texts that cannot be what they are to be */
  | 'bad-fields';

export const faultStatus: Readonly<Record<BoothFault, number>> = {
  'foreign-host': 403,
  'foreign-origin': 403,
  'no-origin': 403,
  'no-session': 401,
  'wrong-token': 401,
  'too-many-tries': 429,
  'no-length': 411,
  'too-large': 413,
  'not-json': 415,
  'bad-json': 400,
  'bad-message': 422,
  'bad-fields': 422,
  'prompt-changed': 409,
  'not-wanted': 409,
};

/** `fault` null: taken. `cookie` is to be set. */
export interface Answer {
  readonly fault: BoothFault | null;
  readonly problems?: readonly DetailProblem[];
  readonly cookie?: string;
}

export interface TakersOptions {
  readonly holds: Holds;
  readonly sessions: Sessions;
  /** what every page shows now; null before the first */
  newest(): BoothView | null;
  /** takes details, which are private; returns what is wrong with them */
  onDetails(details: DetailsInput): readonly DetailProblem[];
  readonly log?: ((message: string) => void) | undefined;
}

export interface Taker {
  /** takes it from a browser that has not given the token */
  readonly isOpen: boolean;
  take(value: unknown): Answer;
}

const taken: Answer = { fault: null };
const badMessage: Answer = { fault: 'bad-message' };

/** @returns what takes the JSON that is sent to each path */
export function boothTakers(options: TakersOptions): ReadonlyMap<string, Taker> {
  const { holds, sessions, newest, onDetails, log } = options;

  const press = (value: unknown): Answer => {
    const parsed = parsePress(value);
    if (parsed === null) return badMessage;
    const { button, event, prompt } = parsed;
    if (event === 'released') holds.release(button);
    // The guard confirms what he has read, and a page may lag behind.
    else if (button === 'confirm' && prompt !== (newest()?.prompt?.id ?? null))
      return { fault: 'prompt-changed' };
    else holds.press(button);
    return taken;
  };

  const details = (value: unknown): Answer => {
    const parsed = parseDetails(value);
    if (parsed === null) return badMessage;
    const form = newest()?.forms.find(({ attempt }) => attempt === parsed.attempt);
    const asked = new Set<string>(form?.fields.map(({ id }) => id));
    if (form === undefined || !Object.keys(parsed.fields).every((field) => asked.has(field)))
      return { fault: 'not-wanted' };
    const problems = onDetails(parsed);
    return problems.length === 0 ? taken : { fault: 'bad-fields', problems };
  };

  const login = (value: unknown): Answer => {
    const token = parseLogin(value);
    if (token === null) return badMessage;
    const result = sessions.login(token);
    if (result.ok) return { fault: null, cookie: result.cookie };
    log?.(`booth: ${result.code}`);
    return { fault: result.code };
  };

  return new Map([
    ['/press', { isOpen: false, take: press }],
    ['/details', { isOpen: false, take: details }],
    ['/login', { isOpen: true, take: login }],
  ]);
}
