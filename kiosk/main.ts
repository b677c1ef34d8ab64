/**
 * One gate, composed: `createGate(ports, options)` joins device sessions, evidence, core, journal,
 * relay and screen. The way of the data can be read from top to bottom.
 */
import { formatRfc3339 } from '../config/rfc3339.js';
import type { SessionDevices } from '../drivers/device-sessions.js';
import type { Reading } from '../drivers/reading.js';
import { gateDrivers } from '../drivers/registry.js';
import { projectBooth } from './booth/project.js';
import { windowsOf } from './core/known/known.js';
import { type BrokenLaw, recordLaw } from './core/laws/invariants.js';
import type { ConfigurationHashes, Effect } from './core/messages.js';
import { doOverlap } from './core/policy/ticket.js';
import type { GateSettings } from './core/settings.js';
import { initialState } from './core/state.js';
import { step as coreStep } from './core/step.js';
import { evidenceDesk } from './evidence/desk.js';
import type { Verifier } from './evidence/scan.js';
import type { Answer, Gate, GateOptions } from './gate.js';
import type { GatePorts } from './gate-ports.js';
import { watchAnswers } from './journal/answer-watch.js';
import { ownRecordsId, type Restored } from './journal/port.js';
import { postInSlices } from './known-slices.js';
import { gateLamps } from './lamps.js';
import { startLoop } from './loop.js';
import { maskMemory } from './masks.js';
import { projectView } from './screen/project.js';
import type { ScreenView } from './screen/view.js';

/**
 * Ids of the core's requests stay far below. From here on they are of what ends the run: a fault, and
 * a broken law, which has the last.
 */
export const foreignIds = Number.MAX_SAFE_INTEGER - 1;

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
  let view: ScreenView;
  let isBroken = false;
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
      lamps.stepped(state, now);
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
  const lamps = gateLamps({ clock, scheduler, show: drivers.signal });

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
    lampTest: lamps.test,
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
      lamps.stop();
      drivers.stop();
      loop.stop();
      desk.forget();
      for (const cancel of cancels) cancel();
      relay.off();
    },
  };
}

function hashesOf(
  { configurationHash: configuration }: GateSettings,
  { trust, revocations }: Verifier,
): ConfigurationHashes {
  return { configuration, trust: trust.sha256, revocations: revocations.sha256 };
}
