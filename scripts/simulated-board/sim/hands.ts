/** Does at the gates what is asked for at `/sim`: what a hand, a person, the weather or a fault would. */
import type { Phrase } from '../../../config/policy.js';
import type { Direction } from '../../../config/vocabulary.js';
import { chilledSkinOf } from '../../../drivers/thermometer/twin.js';
import { systemClock, systemScheduler } from '../../../hardware/linux/clock.js';
import type { SkippingClock } from '../../../hardware/simulated/clock.js';
import type { EmbeddedBroker } from '../embedded-broker.js';
import type { LiveCollector } from '../live-collector.js';
import type { LiveGate } from '../live-gate.js';
import type { Action, ActionName, ActionOf } from './actions.js';
import type { Cast } from './cast.js';
import type { ActionFault } from './faults.js';
import { clearAway, isUntouched, type Props, putBack, setCable, setDisk } from './props.js';
import type { TrueTime } from './true-time.js';

export interface HandsOptions {
  readonly gates: Readonly<Record<Direction, LiveGate>>;
  readonly props: Readonly<Record<Direction, Props>>;
  readonly cast: Cast;
  readonly clock: SkippingClock;
  readonly time: TrueTime;
  /** null: another one is used, which is not ours to stop */
  readonly broker: EmbeddedBroker | null;
  readonly collector: LiveCollector;
}

export interface Hands {
  /** @returns null once it is done, which may take seconds, or why not */
  perform(direction: Direction, action: Action): Promise<ActionFault | null>;
  /** what takes a while, and is under way */
  doing(): Phrase | null;
  /** whether nothing is left broken or unlike itself, and neither fire, EMERGENCY nor LOCKDOWN is on */
  isSound(): boolean;
  /** Everything at both gates is sound again, and nobody touches it. */
  mend(): Promise<void>;
}

/** A wrist is held this long at most. */
const wristMsMax = 3_000;
const lookMs = 50;
/** Longer than the contacts of a press need to settle. */
const settledMs = 120;
/** The second of two is this close behind the first; who turns back does so in the arm. */
const behindMs = 250;
/** Skipped time is gone through in such pieces, so that the pages see it pass. */
const skipStepMs = 5_000;
/** Real time for each piece: a broker that has none to answer in would be taken for a silent one. */
const skipAnswerMs = 10;

type Performers = {
  readonly [Name in ActionName]: (
    place: { readonly gate: LiveGate; readonly props: Props },
    action: ActionOf<Name>,
  ) => ActionFault | null | Promise<ActionFault | null>;
};

/** @returns hands that have done nothing yet */
export function openHands(options: HandsOptions): Hands {
  const { gates, props, cast, clock, time, broker, collector } = options;
  const own = systemClock();
  const scheduler = systemScheduler();
  let doing: Phrase | null = null;
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      scheduler.at(own.now().monotonicMs + ms, resolve);
    });
  /** One at a time of what takes a while. */
  const during = async (words: Phrase, work: () => Promise<void>): Promise<ActionFault | null> => {
    if (doing !== null) return 'busy';
    doing = words;
    try {
      await work();
    } finally {
      doing = null;
    }
    return null;
  };
  const scanned = (at: Props, title: Phrase): void => {
    at.scanned = { title, count: (at.scanned?.count ?? 0) + 1 };
  };
  const walked = (at: Props, result: NonNullable<Props['walked']>['result']): void => {
    at.walked = { result, count: (at.walked?.count ?? 0) + 1 };
  };
  const showPaper = (gate: LiveGate, at: Props, paper: string): boolean => {
    const { attempt, attemptSerial } = gate.board().gate.state();
    const name = `${gate.kiosk}/${attempt?.serial ?? attemptSerial + 1}`;
    const shown = cast.show(paper, name);
    if (shown === null) return false;
    gate.board().scan(shown.text);
    scanned(at, shown.title);
    return true;
  };
  const holdWrist = async (gate: LiveGate, at: Props, celsius: number): Promise<void> => {
    const { thermometer } = gate.board();
    const reading = () => gate.board().gate.state().attempt?.temperature ?? null;
    const before = reading();
    const body = Math.round(celsius * 100);
    thermometer.present(chilledSkinOf(body, Math.round(at.outsideCelsius * 100)));
    at.wristCelsius = celsius;
    const isRead = (): boolean => reading() !== null && reading() !== before;
    for (let ms = 0; ms < wristMsMax && gate.hasPower() && !isRead(); ms += lookMs)
      await sleep(lookMs);
    thermometer.clear();
    at.wristCelsius = null;
  };
  const mend = async (): Promise<void> => {
    for (const direction of ['in', 'out'] as const) {
      await gates[direction].powerOn();
      clearAway(gates[direction], props[direction]);
    }
    time.restore();
    clock.setClockState('synced');
    await broker?.start();
  };

  const performers: Performers = {
    scan: ({ gate, props: at }, { paper }) => (showPaper(gate, at, paper) ? null : 'unknown-paper'),
    'scan-text'({ gate, props: at }, { text }) {
      gate.board().scan(text);
      scanned(at, anyDocument);
      return null;
    },
    'lay-card'({ gate, props: at }, { person }) {
      const card = cast.cardOf(person);
      if (card === null) return 'unknown-person';
      gate.board().reader.place(card);
      at.card = person;
      return null;
    },
    'take-card'({ gate, props: at }) {
      gate.board().reader.remove();
      at.card = null;
      return null;
    },
    async wrist({ gate, props: at }, { celsius }) {
      if (at.wristCelsius !== null) return 'busy';
      await holdWrist(gate, at, celsius);
      return null;
    },
    weather({ gate, props: at }, { outside, indoors }) {
      at.outsideCelsius = outside;
      at.indoorsCelsius = indoors;
      gate.board().thermometer.setAmbient(Math.round(indoors * 100));
      return null;
    },
    press({ gate, props: at }, { button, down }) {
      if (down) at.held.add(button);
      else at.held.delete(button);
      if (at.cut.has('panel')) return null;
      if (down) gate.board().panel.hold(button);
      else gate.board().panel.release(button);
      return null;
    },
    cover({ gate, props: at }, { button, lifted }) {
      if (lifted) at.lifted.add(button);
      else at.lifted.delete(button);
      gate.board().panel.cover(button, lifted);
      return null;
    },
    badge: ({ gate, props: at }) =>
      during(words.badge, async () => {
        const { panel } = gate.board();
        if (!at.cut.has('panel')) panel.hold('next');
        await sleep(settledMs);
        showPaper(gate, at, 'guard/badge');
        await sleep(2 * settledMs);
        panel.release('next');
      }),
    async walk({ gate, props: at }, { how }) {
      const { turnstile } = gate.board();
      if (how === 'backwards') turnstile.walkBack();
      if (how === 'force') turnstile.force();
      const goes = how === 'backwards' || how === 'force' ? null : turnstile.walk();
      walked(at, how === 'backwards' ? 'back' : (goes ?? 'passes'));
      if (goes !== 'passes' || how === 'through') return null;
      await sleep(behindMs);
      if (how === 'turn-back') turnstile.walkBack();
      else turnstile.walk();
      walked(at, how === 'turn-back' ? 'back' : 'passes');
      return null;
    },
    leave({ gate, props: at }) {
      gate.board().reader.remove();
      gate.board().thermometer.clear();
      at.card = null;
      return null;
    },
    cable({ gate, props: at }, { device, whole }) {
      setCable(gate, at, device, whole);
      return null;
    },
    disk({ gate, props: at }, { state }) {
      setDisk(gate, at, state);
      return null;
    },
    broker(_, { state }) {
      if (broker === null) return 'other-broker';
      return during(words.broker, () => {
        if (state === 'wiped') return broker.wipe();
        return state === 'up' ? broker.start() : broker.stop();
      });
    },
    'clock-jump'(_, { seconds }) {
      time.jump(seconds * 1_000);
      return null;
    },
    'clock-state'(_, { state }) {
      clock.setClockState(state);
      return null;
    },
    'time-skip': (_, { seconds }) =>
      during(words.skip, async () => {
        for (let leftMs = seconds * 1_000; leftMs > 0; leftMs -= skipStepMs) {
          clock.skip(Math.min(leftMs, skipStepMs));
          await sleep(skipAnswerMs);
        }
      }),
    fire({ gate, props: at }, { on }) {
      at.fire = on;
      gate.board().fire.alarm(on);
      return null;
    },
    power: ({ gate, props: at }, { on }) =>
      during(on ? words.powerOn : words.powerOff, async () => {
        if (!on) return await gate.powerOff();
        if (gate.hasPower()) return;
        await gate.powerOn();
        putBack(gate, at, cast.cardOf);
      }),
    acknowledge(_, { kiosk, notice, party }) {
      return collector.acknowledge(kiosk, notice, party) === 'done' ? null : 'unknown-notice';
    },
    'new-people'() {
      cast.renew();
      return null;
    },
    mend: () => during(words.mend, mend),
  };
  return {
    doing: () => doing,
    isSound: () =>
      time.jumpedMs() === 0 &&
      clock.now().clock === 'synced' &&
      broker?.isUp() !== false &&
      (['in', 'out'] as const).every((one) => isUntouched(gates[one], props[one])),
    mend,
    async perform(direction, action) {
      const place = { gate: gates[direction], props: props[direction] };
      if (!place.gate.hasPower() && !withoutPower.includes(action.action)) return 'no-power';
      // The table has each action's own type at its name.
      const performer = performers[action.action] as (
        at: typeof place,
        what: Action,
      ) => ActionFault | null | Promise<ActionFault | null>;
      try {
        return await performer(place, action);
      } catch (error) {
        // The power went while it was done.
        if (!place.gate.hasPower()) return 'no-power';
        throw error;
      }
    },
  };
}

/** What can be done all the same. */
const withoutPower: readonly ActionName[] = [
  ...(['broker', 'clock-jump', 'clock-state', 'time-skip', 'power'] as const),
  ...(['acknowledge', 'new-people', 'mend'] as const),
];

const anyDocument: Phrase = { zh: '任意文件', en: 'any document' };
const words = {
  badge: { zh: '门卫正在上岗', en: 'the guard comes on duty' },
  broker: { zh: '消息服务器正在变化', en: 'the broker is being changed' },
  skip: { zh: '时间快进中', en: 'time is running ahead' },
  powerOff: { zh: '正在断电', en: 'the power goes' },
  powerOn: { zh: '正在启动', en: 'the gate starts' },
  mend: { zh: '正在修复', en: 'everything is being mended' },
} as const satisfies Readonly<Record<string, Phrase>>;
