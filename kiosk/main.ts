/**
 * One gate, composed: `createGate(ports, options)` joins device sessions, evidence, core, journal,
 * relay and screen. The way of the data can be read from top to bottom.
 */
import { formatRfc3339 } from '../config/rfc3339.js';
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
import { gateDrivers } from '../drivers/registry.js';
import { allOn, type SignalState } from '../drivers/signals/patterns.js';
import type { Cancel } from '../hardware/ports.js';
import { projectBooth } from './booth/project.js';
import type { BoothView } from './booth/view.js';
import { windowsOf } from './core/known/known.js';
import { type BrokenLaw, recordLaw } from './core/laws/invariants.js';
import type { ConfigurationHashes, Effect, Input, StepNews } from './core/messages.js';
import { doOverlap } from './core/policy/ticket.js';
import type { GateSettings } from './core/settings.js';
import { type GateState, initialState } from './core/state.js';
import { step as coreStep } from './core/step.js';
import { evidenceDesk } from './evidence/desk.js';
import type { DetailProblem, DetailsInput } from './evidence/details.js';
import type { Verifier } from './evidence/scan.js';
import type { GatePorts } from './gate-ports.js';
import { watchAnswers } from './journal/answer-watch.js';
import { ownRecordsId, type Restored } from './journal/port.js';
import { postInSlices } from './known-slices.js';
import { startLoop } from './loop.js';
import { maskMemory } from './masks.js';
import { projectView } from './screen/project.js';
import type { ScreenView } from './screen/view.js';
import { signalsOf } from './signals.js';

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

/**
 * Ids of the core's requests stay far below. From here on they are of what ends the run: a fault, and
 * a broken law, which has the last.
 */
export const foreignIds = Number.MAX_SAFE_INTEGER - 1;

/** What a command came to. */
export type Answer = Extract<Effect, { type: 'answer' }>;

/** Long enough to walk from one lamp to the next. */
const lampTestMs = 5_000;
/** From the beginning of one to the next: whoever asks again and again hides no alarm for ever. */
const lampTestEveryMs = 15_000;

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

/** How a device is. */
type Told = Pick<Extract<Reading, { type: 'device' }>, 'device' | 'status' | 'why' | 'detail'>;

/**
 * Starts a gate on its ports. Nothing opens by starting: the lane is locked, and no device is
 * trusted before it has reported.
 */
export function createGate(ports: GatePorts, options: GateOptions): Gate {
  const { clock, scheduler, random, journal, relay, known, log } = ports;
  const { settings, verifier } = options;
  /** what each of the core's settings is verified by */
  const verifiers = new WeakMap([[settings, verifier]]);
  /** and the devices that come with them */
  const sessions = new WeakMap<GateSettings, SessionDevices>();
  let inUse = settings;
  const counts = new Map<string, number>();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  let shown = '';
  let signalled = '';
  let view: ScreenView;
  let isBroken = false;
  let endLampTest: Cancel | null = null;
  let nextLampTestMs = Number.NEGATIVE_INFINITY;
  let answerTo: (answer: Answer) => void = () => {};

  const desk = evidenceDesk({
    ticketsSeen: (household, day) =>
      windowsOf(loop.state().known, household)
        .filter((seen) => doOverlap(seen.day, day, loop.state().settings))
        .map(({ ticket }) => ticket),
    settings,
    verifier,
    scheduler,
    random,
    registryChanged(key, keyId) {
      if (key === 'current') log.info({ key, keyId }, 'private data is sealed to the registry');
      else log.warn({ key, keyId }, 'no valid registry key: see the trust list');
      loop.post({ type: 'registry', key, keyId });
    },
  });

  // core → effects
  const masks = maskMemory();
  const answers = watchAnswers();
  const performed: Effect[] = [];
  const perform = (effect: Effect): void => {
    performed.push(effect);
    switch (effect.type) {
      case 'append': {
        const { sealed, missingCount } = desk.beside(effect.records);
        if (missingCount > 0)
          log.error({ missingCount }, 'a record names a sealed part that is gone');
        answers.asked(effect);
        return journal.append({ ...effect, sealed });
      }
      case 'relay-pulse':
        return relay.pulse(effect.id, effect.durationMs);
      case 'relay-end':
        return relay.drop(effect.id);
      case 'relay-release':
        return relay.release(effect.on, effect.untilMs);
      case 'tell':
        return known.publish(effect.entries);
      case 'answer':
        return answerTo(effect);
    }
  };
  const loop = startLoop({
    clock,
    scheduler,
    initial: initialState(settings, clock.now()),
    step: options.step ?? coreStep,
    perform,
    stepped(state, now, input) {
      desk.attemptIs(state.attempt);
      if (state.settings !== inUse) {
        inUse = state.settings;
        desk.use({ settings: inUse, verifier: verifiers.get(inUse) ?? verifier });
        desk.checkRegistry(now.wallMs);
        const devices = sessions.get(inUse);
        if (devices !== undefined) drivers.use(devices);
      }
      if (input.type === 'timer') desk.checkRegistry(now.wallMs);
      masks.note(state.attempt);
      view = projectView(state, now);
      const picture = JSON.stringify(view);
      if (picture !== shown) options.show(view);
      shown = picture;
      options.showBooth?.(projectBooth(state, now));
      const signals = signalsOf(state, now);
      const signal = JSON.stringify(signals);
      // A fire and an emergency wait for no test.
      if (isSiren(signals)) endLampTest?.();
      if (signal !== signalled && endLampTest === null) drivers.signal(signals);
      signalled = signal;
      options.observe?.(input, state, performed.splice(0));
    },
    lawBroken: (law, input) => lawBroken(law, input.type),
  });
  const lawBroken = ({ law, detail }: BrokenLaw, input: string): void => {
    if (isBroken) return;
    isBroken = true;
    relay.off();
    loop.stop();
    drivers.stop();
    log.fatal({ law, detail, input }, 'a law is broken');
    const at = formatRfc3339(loop.now().wallMs);
    const records = [{ type: 'invariant', at, law, detail }];
    // Nobody waits for this answer but the journal's close.
    journal.append({ id: Number.MAX_SAFE_INTEGER, records, uses: [], urgent: true });
    options.broken({ law, detail });
  };

  // devices → evidence → core
  const takeStatus = ({ device, status, why, detail }: Told): void => {
    if (status === 'ok') log.info({ device }, 'device ok');
    else log.warn({ device, status, why, detail }, 'device trouble');
    loop.post({ type: 'device', device, status, why });
  };
  const take = (reading: Reading): void => {
    switch (reading.type) {
      case 'scan': {
        const { wallMs, clock: trusted } = loop.now();
        const isLowerBound = trusted === 'floor' || trusted === 'conflict';
        const at = { takenMs: reading.monotonicMs, wallMs, isLowerBound };
        const evidence = desk.scan(reading.text, at);
        count(evidence.type === 'refused' ? `scan/${evidence.reason}` : 'scan/verified');
        return loop.post({ type: 'evidence', evidence });
      }
      case 'temperature-sample': {
        const evidence = desk.temperature(reading, loop.now().wallMs);
        if (evidence !== null) loop.post({ type: 'evidence', evidence });
        return;
      }
      case 'card': {
        const at = { takenMs: reading.monotonicMs, wallMs: loop.now().wallMs };
        const evidence = desk.card(reading.card, at);
        count(evidence.type === 'refused' ? `card/${evidence.reason}` : 'card/verified');
        return loop.post({ type: 'evidence', evidence });
      }
      case 'card-unreadable':
        count(`id-card-reader/${reading.reason}`);
        return loop.post({ type: 'evidence', evidence: desk.unreadableCard(reading.monotonicMs) });
      case 'card-removed':
        // The driver reads no card twice that has not gone; what it was ends with its attempt.
        return;
      case 'passage':
        return loop.post({ type: 'passage', phase: reading.phase });
      case 'button': {
        const { button, event } = reading;
        return loop.post({ type: 'button', button, event });
      }
      case 'fire':
        return loop.post({ type: 'fire', active: reading.active });
      case 'power':
        return loop.post({ type: 'power', mains: reading.mains });
      case 'door':
        return loop.post({ type: 'door', phase: reading.phase });
      case 'exit-button':
        return loop.post({ type: 'exit-button' });
      case 'tamper':
        return loop.post({ type: 'tamper', open: reading.open });
      case 'device':
        return takeStatus(reading);
      case 'discarded':
        return count(`${reading.device}/${reading.why}`);
    }
  };
  const drivers = gateDrivers(ports.devices, { clock, scheduler, emit: take });

  // journal, relay and other gates → core
  let failing: string | null = null;
  const cancels = [
    journal.subscribe((event) => {
      // What was asked for by somebody else (a broken law, a fault) is not the core's.
      if (event.id >= foreignIds) return;
      const wrong = answers.answered(event);
      if (wrong !== null) return lawBroken({ law: recordLaw, detail: wrong }, 'answer');
      if (event.id === ownRecordsId) return;
      if (event.type === 'committed') {
        loop.post({ type: 'committed', id: event.id, lastSeq: event.lastSeq });
        if (failing !== null) log.info('the journal writes again');
        failing = null;
        return;
      }
      // It is asked again every second: a line for each would fill the disk that is full.
      if (event.why !== failing) log.error({ why: event.why }, 'the journal could not write');
      failing = event.why;
      loop.post({ type: 'append-failed', id: event.id, why: event.why });
    }),
    relay.subscribe((report) => {
      if (report.type === 'status') {
        return takeStatus({ ...report, device: 'relay' });
      }
      loop.post({ type: report.type, id: report.id });
    }),
    known.subscribe((entries) =>
      postInSlices(entries, { clock, scheduler }, (slice) =>
        loop.post({ type: 'known', entries: slice }),
      ),
    ),
  ];

  const { version } = options;
  const restored = ({
    uses,
    standing,
    endedCleanly,
    reason,
    journal: id,
    head,
  }: Restored): void => {
    // Without an id there is none yet: it is told when it has been opened.
    if (id !== '') answers.opened(head);
    loop.post({ type: 'boot', uses, standing, endedCleanly, reason, version });
  };
  view = projectView(loop.state(), loop.now());
  restored(options.restored);
  loop.post({
    type: 'configuration',
    event: 'entered',
    hashes: hashesOf(settings, verifier),
    version,
  });
  const cancelReachable = known.reachable?.((reachable) =>
    loop.post({ type: 'others', reachable }),
  );
  if (cancelReachable !== undefined) cancels.push(cancelReachable);
  desk.checkRegistry(loop.now().wallMs);
  drivers.start();

  return {
    state: loop.state,
    view: () => view,
    boothView: () => projectBooth(loop.state(), loop.now()),
    now: loop.now,
    counts: () => counts,
    press: (button, event) => loop.post({ type: 'button', button, event }),
    details(input) {
      const { monotonicMs, wallMs } = loop.now();
      const details = desk.details(input, { takenMs: monotonicMs, wallMs });
      if (!('type' in details)) return details;
      loop.post({ type: 'details', details });
      return [];
    },
    reports: (fault, on) => loop.post({ type: 'reports', fault, on }),
    journal: (fault, on) => loop.post({ type: 'journal', fault, on }),
    maskOf: masks.find,
    lawBroken: (law) => lawBroken(law, 'reports'),
    turn: () => loop.post({ type: 'timer' }),
    restored,
    reconfigure({ settings, verified, devices }) {
      const next = { ...verified, peppers: verifier.peppers };
      verifiers.set(settings, next);
      if (devices !== undefined) sessions.set(settings, devices);
      const hashes = hashesOf(settings, next);
      loop.post({ type: 'configuration', event: 'entered', hashes, version, settings });
    },
    command: (name, id, admins) => loop.post({ type: 'command', name, id, admins }),
    onAnswer(listener) {
      answerTo = listener;
    },
    lampTest() {
      const nowMs = clock.now().monotonicMs;
      if (nowMs < nextLampTestMs || isSiren(signalsOf(loop.state(), loop.now()))) return;
      nextLampTestMs = nowMs + lampTestEveryMs;
      drivers.signal(allOn);
      const cancel = scheduler.at(nowMs + lampTestMs, () => endLampTest?.());
      endLampTest = () => {
        cancel();
        endLampTest = null;
        drivers.signal(signalsOf(loop.state(), loop.now()));
      };
    },
    configStep: (news) => loop.post({ type: 'config-step', ...news }),
    configRefused: (channel, why, omitted) =>
      loop.post({ type: 'config-refused', channel, why, omitted }),
    signedTime: (given) => loop.post({ type: 'signed-time', ...given }),
    settingsFault: (fault, on) => loop.post({ type: 'settings', fault, on }),
    leave() {
      const hashes = hashesOf(inUse, verifiers.get(inUse) ?? verifier);
      loop.post({ type: 'configuration', event: 'left', hashes, version });
    },
    stop() {
      endLampTest?.();
      drivers.stop();
      loop.stop();
      desk.forget();
      for (const cancel of cancels) cancel();
      relay.off();
    },
  };
}

function isSiren({ buzzer }: SignalState): boolean {
  return buzzer === 'siren';
}

function hashesOf(
  { configurationHash: configuration }: GateSettings,
  { trust, revocations }: Verifier,
): ConfigurationHashes {
  return { configuration, trust: trust.sha256, revocations: revocations.sha256 };
}
