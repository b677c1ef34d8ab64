/** What a gate is asked for when it is made, and what can be asked of it. */
import type {
  CommandName,
  ConfigChannel,
  JournalFault,
  Now,
  PanelButton,
  ReportFault,
  SettingsFault,
} from '../config/vocabulary.js';
import type { SessionDevices } from '../drivers/device-sessions.js';
import type { Reading } from '../drivers/reading.js';
import type { BoothView } from './booth/view.js';
import type { BrokenLaw } from './core/laws/invariants.js';
import type { Effect, Input, StepNews } from './core/messages.js';
import type { GateSettings } from './core/settings.js';
import type { GateState } from './core/state.js';
import type { step as coreStep } from './core/step.js';
import type { DetailProblem, DetailsInput } from './evidence/details.js';
import type { Verifier } from './evidence/scan.js';
import type { Restored } from './journal/port.js';
import type { ScreenView } from './screen/view.js';

export interface GateOptions {
  readonly settings: GateSettings;
  readonly verifier: Verifier;
  /** what the journal knew when it was opened */
  readonly restored: Restored;
  readonly version: string;
  /** each new picture for the person; equal pictures are not repeated */
  show(view: ScreenView): void;
  /** each new picture for the guard, where there is a page in the booth */
  showBooth?(view: BoothView): void;
  /** a law is broken: the relay is off, the gate has stopped, the process is to end with code 70 */
  broken(broken: BrokenLaw): void;
  /** for tests that break laws on purpose, and for replay */
  readonly step?: typeof coreStep;
  /** sees every step after its effects: simulation and figures */
  observe?(input: Input, state: GateState, effects: readonly Effect[]): void;
}

/** As the panel's driver says it: `pressed` and `released` in turn, `long` between them. */
type ButtonEvent = Extract<Reading, { type: 'button' }>['event'];

/** What a command came to. */
export type Answer = Extract<Effect, { type: 'answer' }>;

export interface Gate {
  state(): GateState;
  view(): ScreenView;
  /** what the guard sees now */
  boothView(): BoothView;
  /** the time that the gate goes by (law 6) */
  now(): Now;
  /** how often bytes were discarded and papers and cards refused, by `device/reason` */
  counts(): ReadonlyMap<string, number>;
  /** A key of the booth's keyboard, which stands for a button of the panel. */
  press(button: PanelButton, event: ButtonEvent): void;
  /** What the guard has entered in the booth; returns why it is not taken, or nothing where it is. */
  details(input: DetailsInput): readonly DetailProblem[];
  /** What is wrong with reports; false: it is over. */
  reports(fault: ReportFault, on: boolean): void;
  /** What is wrong with the journal; false: it is over. */
  journal(fault: JournalFault, on: boolean): void;
  /** Who was at the gate in an attempt of this run, as the screen showed it; null: not known any more. */
  maskOf(attempt: number): string | null;
  /** Reporting has found a law broken: all is off, and the run ends as by any other broken law. */
  lawBroken(law: BrokenLaw): void;
  /** Takes one turn of the loop in which nothing has to happen; a supervisor sees by it that it turns. */
  turn(): void;
  /** A journal that could not be opened at the start has been: what it knows is taken in. */
  restored(restored: Restored): void;
  /** From the next attempt on it goes by these; `settings` is an object of its own each time. */
  reconfigure(next: {
    readonly settings: GateSettings;
    readonly verified: Pick<Verifier, 'trust' | 'revocations'>;
    /** those that are other objects than before have their sessions opened anew; left out: all as they are */
    readonly devices?: SessionDevices;
  }): void;
  /** A command of these admins, judged; told what it came to where `answered` listens. */
  command(name: CommandName, id: string, admins: readonly string[]): void;
  /** Told what commands come to. */
  onAnswer(listener: (answer: Answer) => void): void;
  /** All lamps on and the buzzer heard, for some seconds; a fire and an alarm are seen again after it. */
  lampTest(): void;
  /** What has become of a step of configuration. */
  configStep(news: StepNews): void;
  /** A message that is no step of its channel, and how many more like it. */
  configRefused(channel: ConfigChannel, why: string, omitted: number): void;
  /** A time that was signed, judged (law 6). */
  signedTime(given: Omit<Extract<Input, { type: 'signed-time' }>, 'type'>): void;
  /** What is wrong with configuration; false: it is over. */
  settingsFault(fault: SettingsFault, on: boolean): void;
  /** The run ends in order: what it went by is left, on record. Called before `stop`. */
  leave(): void;
  /** Stops devices and loop, relay off; the journal stays the caller's to close. */
  stop(): void;
}
