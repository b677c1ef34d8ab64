/**
 * What may be done at `/sim`, read strictly: an unknown action or member, a wrong type, a number out
 * of its range or a long text refuses the whole of it. Pure.
 */
import {
  clockStates,
  guardedButtons,
  type Party,
  panelButtons,
  parties,
} from '../../../config/vocabulary.js';

export const actionLimits = {
  /** of a request: the longest document, with every character escaped */
  bodyBytesMax: 16_384,
  /** a scanner sends lines up to this; longer than the longest credential, so that it can be tried */
  textCharactersMax: 2_000,
  wordCharactersMax: 64,
  bodyCelsius: { min: 25, max: 45 },
  outsideCelsius: { min: -45, max: 45 },
  indoorsCelsius: { min: -30, max: 50 },
  /** a clock is set by a month at most */
  jumpSeconds: { min: -2_678_400, max: 2_678_400 },
  /** time runs ahead by ten minutes at most: it is gone through */
  skipSeconds: { min: 1, max: 600 },
} as const;

/** How somebody goes through the lane, or does not. */
const walks = ['through', 'two', 'turn-back', 'backwards', 'force'] as const;
/** What can be cut: a cable each. */
export const cables = [
  'scanner',
  'id-card-reader',
  'thermometer',
  'turnstile',
  'panel',
  'fire',
  'mains',
  'signals',
] as const;
export type Cable = (typeof cables)[number];
export const diskStates = ['sound', 'stalls', 'disk-full', 'read-only'] as const;
export const brokerStates = ['up', 'down', 'wiped'] as const;

/** undefined: not of its form */
type Read<Value> = (value: unknown) => Value | undefined;

const flag: Read<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);
const oneOf =
  <Name extends string>(names: readonly Name[]): Read<Name> =>
  (value) =>
    names.find((name) => name === value);
const text =
  (charactersMax: number): Read<string> =>
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= charactersMax
      ? value
      : undefined;
const word = text(actionLimits.wordCharactersMax);
const number =
  ({ min, max }: { readonly min: number; readonly max: number }): Read<number> =>
  (value) =>
    typeof value === 'number' && value >= min && value <= max ? value : undefined;
const whole =
  (range: { readonly min: number; readonly max: number }): Read<number> =>
  (value) =>
    Number.isInteger(value) ? number(range)(value) : undefined;

const shapes = {
  /** holds a sample person's paper to the scanner: `person/paper` */
  scan: { paper: word },
  /** holds any document to the scanner */
  'scan-text': { text: text(actionLimits.textCharactersMax) },
  'lay-card': { person: word },
  'take-card': {},
  /** holds a wrist of this body temperature until it is read */
  wrist: { celsius: number(actionLimits.bodyCelsius) },
  weather: {
    outside: number(actionLimits.outsideCelsius),
    indoors: number(actionLimits.indoorsCelsius),
  },
  press: { button: oneOf(panelButtons), down: flag },
  cover: { button: oneOf(guardedButtons), lifted: flag },
  /** the guard comes on duty: NEXT is held while the badge is scanned */
  badge: {},
  walk: { how: oneOf(walks) },
  /** goes away without having walked through */
  leave: {},
  cable: { device: oneOf(cables), whole: flag },
  disk: { state: oneOf(diskStates) },
  broker: { state: oneOf(brokerStates) },
  'clock-jump': { seconds: whole(actionLimits.jumpSeconds) },
  'clock-state': { state: oneOf(clockStates) },
  /** lets time pass at once */
  'time-skip': { seconds: whole(actionLimits.skipSeconds) },
  fire: { on: flag },
  power: { on: flag },
  /** a party has seen a notice */
  acknowledge: { kiosk: word, notice: word, party: oneOf<Party>(parties) },
  /** other people come, with papers of now */
  'new-people': {},
  /** everything is sound again */
  mend: {},
} as const satisfies { readonly [name: string]: { readonly [member: string]: Read<unknown> } };

type Shapes = typeof shapes;
type Value<Reader> = Reader extends Read<infer Found> ? Found : never;
export type ActionName = keyof Shapes;
export type Action = {
  readonly [Name in ActionName]: { readonly action: Name } & {
    readonly [Member in keyof Shapes[Name]]: Value<Shapes[Name][Member]>;
  };
}[ActionName];
export type ActionOf<Name extends ActionName> = Extract<Action, { readonly action: Name }>;

/** @returns the action, with its members and no others; null for anything else */
export function parseAction(value: unknown): Action | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { action, ...given } = value as { readonly [member: string]: unknown };
  if (typeof action !== 'string' || !Object.hasOwn(shapes, action)) return null;
  const shape: { readonly [member: string]: Read<unknown> } = shapes[action as ActionName];
  const names = Object.keys(shape);
  if (Object.keys(given).length !== names.length) return null;
  const members = names.map((name) => [name, shape[name]?.(given[name])] as const);
  if (members.some(([, read]) => read === undefined)) return null;
  return { action, ...Object.fromEntries(members) } as Action;
}
