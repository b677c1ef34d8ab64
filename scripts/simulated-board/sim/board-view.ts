/** The simulated board in one picture, for the page and for `GET /sim/board`. Its shape is not fixed. */
import type { Phrase } from '../../../config/policy.js';
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { ClockState, Direction } from '../../../config/vocabulary.js';
import { type SignalName, signalLines } from '../../../drivers/signals/patterns.js';
import type { SkippingClock } from '../../../hardware/simulated/clock.js';
import type { BoothAttempt, BoothView } from '../../../kiosk/booth/view.js';
import type { Passage } from '../../../kiosk/collector/queries/passages.js';
import type { ScreenMode } from '../../../kiosk/screen/view.js';
import type { EmbeddedBroker } from '../embedded-broker.js';
import type { CollectorView, LiveCollector } from '../live-collector.js';
import type { LiveGate } from '../live-gate.js';
import type { Show } from '../show.js';
import type { Cable } from './actions.js';
import type { Hands } from './hands.js';
import type { DiskState, Props } from './props.js';
import { passageWords, type RecordPicture, recordPicture } from './record-words.js';
import type { TrueTime } from './true-time.js';

export interface BoardView {
  readonly direction: Direction;
  readonly kiosk: string;
  /** ports of both gates' screens, and where the guard's page is */
  readonly ports: Readonly<Record<Direction, number>>;
  readonly boothAddress: string;
  readonly power: boolean;
  readonly doing: ReturnType<Hands['doing']>;
  /** whether a player has the gate, not the show */
  readonly isPlayed: boolean;
  /** of the sample people: to be asked for anew when it changes */
  readonly cast: string;
  /** the gate's own, or without power the one that it would ask; `asked` is what that one says */
  readonly clock: {
    readonly at: string;
    readonly state: ClockState;
    readonly asked: ClockState;
    readonly jumpedMs: number;
    readonly utcOffsetMinutes: number;
  };
  /** what the person's screen shows; null without power */
  readonly screen: ScreenMode | null;
  /** null without power */
  readonly lane: {
    readonly name: string;
    readonly text: BoothView['lane']['text'];
    readonly attempt: number | null;
    readonly masked: string | null;
    /** how the attempt stands, and why */
    readonly standing: BoothAttempt['standing'] | null;
    readonly reasons: readonly Phrase[];
  } | null;
  readonly arm: {
    readonly isUnlocked: boolean;
    readonly isReleased: boolean;
    readonly relay: boolean;
  };
  readonly guard:
    | (Pick<
        BoothView,
        'onDuty' | 'nextHeld' | 'prompt' | 'feedback' | 'lockdown' | 'emergencyUntil' | 'fire'
      > & { readonly alarms: number })
    | null;
  readonly devices: BoothView['devices'];
  readonly lamps: Readonly<Partial<Record<SignalName, boolean>>>;
  readonly props: {
    readonly outsideCelsius: number;
    readonly indoorsCelsius: number;
    readonly cut: readonly Cable[];
    readonly held: readonly string[];
    readonly lifted: readonly string[];
    readonly card: string | null;
    readonly wristCelsius: number | null;
    readonly scanned: Props['scanned'];
    readonly walked: Props['walked'];
    readonly disk: DiskState;
    readonly fire: boolean;
  };
  readonly broker: { readonly url: string; readonly isOurs: boolean; readonly isUp: boolean };
  /** what the gate has to send; null without power */
  readonly reports: {
    readonly isConnected: boolean;
    readonly backlog: number;
    readonly released: number;
  } | null;
  readonly journal: readonly RecordPicture[];
  readonly collector: Omit<CollectorView, 'passages'> & {
    readonly passages: readonly (Passage & { readonly text: Phrase })[];
  };
}

export interface ViewOptions {
  readonly gates: Readonly<Record<Direction, LiveGate>>;
  readonly props: Readonly<Record<Direction, Props>>;
  readonly hands: Hands;
  readonly show: Show;
  readonly clock: SkippingClock;
  readonly cast: { edition(): string };
  readonly time: TrueTime;
  /** of the site, minutes east of UTC */
  readonly utcOffsetMinutes: number;
  readonly broker: EmbeddedBroker | null;
  readonly brokerUrl: string;
  readonly collector: LiveCollector;
}

const signalNames = Object.keys(signalLines) as readonly SignalName[];

/** @returns what stands at a gate now */
export function boardView(options: ViewOptions, direction: Direction): BoardView {
  const { gates, hands, clock, broker } = options;
  const gate = gates[direction];
  const props = options.props[direction];
  const board = gate.hasPower() ? gate.board() : null;
  const state = board?.gate.state() ?? null;
  const booth = board?.gate.boothView() ?? null;
  const figures = gate.reporter()?.figures() ?? null;
  const asked = clock.now();
  const own = board?.gate.now() ?? asked;
  const lastEdge = board?.relayEdges().findLast(({ line }) => line === 'grant');
  return {
    direction,
    kiosk: gate.kiosk,
    ports: { in: gates.in.screenPort, out: gates.out.screenPort },
    boothAddress: gate.boothAddress,
    power: board !== null,
    doing: hands.doing(),
    isPlayed: options.show.isTaken(),
    cast: options.cast.edition(),
    clock: {
      // To the second: the page is sent what changes.
      at: formatRfc3339(Math.floor(own.wallMs / 1_000) * 1_000),
      state: own.clock,
      asked: asked.clock,
      jumpedMs: options.time.jumpedMs(),
      utcOffsetMinutes: options.utcOffsetMinutes,
    },
    screen: board?.gate.view().mode ?? null,
    lane:
      booth === null
        ? null
        : {
            ...booth.lane,
            attempt: booth.attempt?.serial ?? null,
            masked: booth.attempt?.masked ?? null,
            standing: booth.attempt?.standing ?? null,
            reasons: booth.attempt?.reasons.map(({ text }) => text) ?? [],
          },
    arm: {
      isUnlocked: board?.turnstile.isUnlocked() ?? direction === 'out',
      isReleased: state !== null && state.releaseUntilMs !== null,
      relay: lastEdge?.on ?? false,
    },
    guard: booth === null ? null : guardOf(booth),
    devices: booth?.devices ?? [],
    lamps: lampsOf(gate, props),
    props: {
      ...props,
      cut: [...props.cut],
      held: [...props.held],
      lifted: [...props.lifted],
    },
    broker: { url: options.brokerUrl, isOurs: broker !== null, isUp: broker?.isUp() ?? true },
    reports: figures,
    journal: gate.tail.lines().map(recordPicture),
    collector: collectorOf(options.collector.view()),
  };
}

function collectorOf(view: CollectorView): BoardView['collector'] {
  const passages = view.passages.map((one) => ({ ...one, text: passageWords(one.outcome) }));
  return { ...view, passages };
}

function guardOf(booth: BoothView): BoardView['guard'] {
  const { onDuty, nextHeld, prompt, feedback, lockdown, emergencyUntil, fire, alarms } = booth;
  const alarmsOpen = alarms.filter(({ acknowledged }) => !acknowledged).length;
  return { onDuty, nextHeld, prompt, feedback, lockdown, emergencyUntil, fire, alarms: alarmsOpen };
}

/** A lamp whose cable is cut is dark, whatever the gate wants. */
function lampsOf(gate: LiveGate, { cut }: Props): BoardView['lamps'] {
  if (!gate.hasPower() || cut.has('signals')) return {};
  const { signals } = gate.board();
  return Object.fromEntries(signalNames.map((name) => [name, signals.isOn(name)]));
}
