/**
 * `gate-kiosk run`: one gate on the devices that its configuration names, from the reading of the
 * files to an exit code. What ends a run stands in `ending.ts`, the codes in `exit-codes.ts`.
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { deviceKeyPath } from '../../config/mqtt-files.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { readMachineStart } from '../../hardware/linux/machine-start.js';
import type { Clock, Scheduler } from '../../hardware/ports.js';
import { type WorkerRelay, workerRelay } from '../../hardware/relay.js';
import { step } from '../core/step.js';
import type { Gate } from '../gate.js';
import { openJournal } from '../journal/journal.js';
import type { JournalPort, Restored } from '../journal/port.js';
import { openLog } from '../log.js';
import { createGate, foreignIds } from '../main.js';
import type { Reporter } from '../report/reporter.js';
import type { Contents } from '../settings/desk/contents.js';
import type { SpentDesk } from '../settings/desk/spent-desk.js';
import { gateSettings } from '../settings/gate-settings.js';
import { countEnds } from './bad-ends.js';
import { type GateLines, openLines } from './board-lines.js';
import { type Configuration, readConfiguration } from './configuration.js';
import { configuredContacts, outOfService } from './devices.js';
import { type Ending, type FaultOrigin, faultFields, watchEnding } from './ending.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { logFigures } from './figures.js';
import { healthOf } from './health.js';
import { startTally, type Tally } from './metrics.js';
import { openGateJournal } from './open-journal.js';
import { packageVersion } from './package-version.js';
import { openPages, type Pages } from './pages.js';
import { type OpenJournal, startReports } from './reports.js';
import { type ConfiguredSessions, configuredSessions } from './sessions.js';
import { signJournal } from './sign-journal.js';
import { type SignedSettings, startSettings, startSignedSettings } from './signed-settings.js';
import { ownUses, startSpent } from './spent-uses.js';
import { superviseRun } from './supervise-run.js';

export interface RunOptions {
  readonly configPath: string;
  readonly logLevel: string;
  /** one line for the person who started it */
  tell(line: string): void;
  /** for tests that break a part on purpose; the real ones without it */
  readonly parts?: Partial<RunParts>;
}

/** What a test may put a spoilt one in place of. */
export interface RunParts {
  readonly openJournal: typeof openJournal;
  readonly workerRelay: typeof workerRelay;
  readonly step: typeof step;
}

/** A run under way. */
interface Run {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly ending: Ending;
  readonly parts: RunParts;
  tell(line: string): void;
  /** what has been opened so far, and has to be closed */
  gate: Gate | null;
  journal: JournalPort | null;
  relay: WorkerRelay | null;
  outbox: OpenJournal['outbox'] | null;
  reporter: Reporter | null;
  /** its channels of configuration */
  settings: SignedSettings | null;
  /** what it tells other gates and hears of them; null: it has no broker */
  spent: SpentDesk | null;
  /** ends the signing of the journal; a gate that reports signs by its reporter */
  endSigning: () => Promise<void>;
  /** turns that the loop has taken */
  turns: number;
  /** the runs before have ended badly too often */
  readonly isOutOfService: boolean;
  readonly version: string;
  readonly tally: Tally;
  /** makes the devices that have sessions of their own */
  readonly sessions: ConfiguredSessions;
  readonly closers: (() => Promise<void>)[];
}

/** From the first signal to the end are 2 s at most; a disk that takes longer has failed. */
const closeMsMax = 1_500;

/**
 * Runs until SIGINT or SIGTERM, or until the gate cannot go on. The caller ends the process with
 * the code: threads and timers may be left where something did not close in time.
 */
export async function runGate(options: RunOptions): Promise<ExitCode> {
  const { configPath, logLevel, tell } = options;
  const read = readConfiguration(configPath);
  if (!read.ok) {
    for (const line of read.lines) tell(line);
    return exitCodes.wrongConfiguration;
  }
  const { configuration } = read;
  const log = openLog({ level: logLevel });
  const clock = systemClock({ markFile: configuration.config.clock.synchronizedMark });
  const ends = countEnds(process.env['RUNTIME_DIRECTORY'], () => clock.now().monotonicMs);
  const run: Run = {
    configuration,
    clock,
    scheduler: systemScheduler(),
    log,
    ending: watchEnding({
      log,
      halt(code) {
        if (code === exitCodes.fine) run.gate?.leave();
        run.gate?.stop();
      },
      fault: (origin) => recordFault(run, origin),
    }),
    parts: { openJournal, workerRelay, step, ...options.parts },
    tell,
    gate: null,
    journal: null,
    relay: null,
    outbox: null,
    reporter: null,
    settings: null,
    spent: null,
    endSigning: async () => {},
    turns: 0,
    isOutOfService: ends.isOutOfService,
    version: packageVersion(),
    tally: startTally(),
    sessions: configuredSessions((device, line) =>
      log.info({ device, line }, 'the program of a device says'),
    ),
    closers: [],
  };
  try {
    if (await open(run)) await run.ending.reached;
    else run.ending.end(exitCodes.cannotStart);
  } catch (error) {
    log.fatal(faultFields(error), 'a fault of the program while starting');
    run.ending.end(exitCodes.fault);
  }
  await close(run);
  run.ending.unwatch();
  ends.ended(run.ending.code());
  log.info({ code: run.ending.code() }, 'the gate has ended');
  return run.ending.code();
}

/** Opens everything; false where something cannot be used, which has been told. */
async function open(run: Run): Promise<boolean> {
  const { clock, scheduler, log, tell, closers } = run;
  const { config } = run.configuration;
  const { board } = run.configuration;
  const opened = openLines(config, board, { clock, scheduler, log });
  if (!opened.ok) {
    tell(opened.problem);
    return false;
  }
  const { lines, choice } = opened;
  closers.push(async () => lines.close());
  log.info({ ...choice }, 'the way to the lines is chosen');
  for (const warning of board?.warnings ?? []) log.warn({ warning }, 'the board map');
  // Before the journal: a second gate started by mistake ends here and has touched nothing.
  const gate = (): Gate | null => run.gate;
  const health = healthOf({ ...run, config, gate, reporter: () => run.reporter });
  const pages = await openPages({ ...run, health, gate });
  if (pages === null) return false;
  closers.push(pages.close);
  const journalled = await openGateJournal({
    folder: config.stateDirectory,
    clock,
    scheduler,
    log,
    tell,
    machineStart: readMachineStart(),
    openJournal: run.parts.openJournal,
    kiosk: config.kiosk,
    opened(later) {
      run.gate?.restored(later.restored);
      run.spent?.restored(ownUses(later.restored));
      tellReplaced(run, later.restored);
      void report(run, journalled?.bootId ?? '', later);
    },
    fault: (fault, on) => run.gate?.journal(fault, on),
    lost: (why) => partLost(run, 'journal', why),
  });
  if (journalled === null) return false;
  const { journal, restored } = journalled;
  run.journal = journal;
  closers.push(() => journal.close());
  const start = startSettings(run.configuration, restored.reason, run);
  run.spent = startSpent(run, {
    gate,
    trust: () => run.settings?.trust() ?? start.loaded.contents.trust,
  });
  run.spent?.restored(ownUses(restored));
  closers.push(async () => run.spent?.stop());
  startGate(run, lines, pages, journal, restored, start.loaded.contents);
  if (run.gate !== null) {
    const settings = startSignedSettings(start, run.gate, {
      ...run,
      sessions: run.isOutOfService ? null : run.sessions,
      relink: () => run.reporter?.relink(),
      retain: journal.retain,
      speak: pages.speak,
    });
    run.settings = settings;
    closers.push(settings.stop);
  }
  tellReplaced(run, restored);
  if (journalled.open !== null) await report(run, journalled.bootId, journalled.open);
  closers.push(async () => run.reporter?.stop());
  closers.push(() => run.endSigning());
  const figures = logFigures({ clock, scheduler, log, counts: () => run.gate?.counts() ?? none });
  closers.push(async () => figures());
  for (const line of pages.addresses) tell(line);
  closers.push(superviseRun(run));
  return true;
}

/** From now on what is recorded is reported, too; of a journal that was given up no more. */
async function report(run: Run, bootId: string, open: OpenJournal): Promise<void> {
  const { gate, reporter, settings } = run;
  if (gate === null || settings === null) return;
  run.reporter = null;
  await reporter?.stop();
  await run.endSigning();
  run.endSigning = async () => {};
  run.outbox = open.outbox;
  const { spent } = run;
  const guests = spent === null ? settings.guests : [...settings.guests, spent.guest];
  run.reporter = startReports({ ...run, gate, bootId, settings: { ...settings, guests } }, open);
  if (run.reporter === null) run.endSigning = sign(run, open);
}

/** @returns what ends it */
function sign(run: Run, open: OpenJournal): () => Promise<void> {
  const { config, deviceKey } = run.configuration;
  if (deviceKey !== null) return signJournal({ ...run, names: config, deviceKey }, open);
  run.log.warn(
    { missing: deviceKeyPath(config.stateDirectory) },
    'the journal is not signed: make the gate a key (gatectl keys new --out FILE)',
  );
  return async () => {};
}

/** The person in the booth hears of it, and with the alarm's record the duty officer. */
function tellReplaced({ gate }: Run, { replaced }: Restored): void {
  if (replaced !== undefined) gate?.journal('journal-damaged', true);
}

const none: ReadonlyMap<string, number> = new Map();

/** Nothing in here waits: a thread that ends at once is heard of all the same. */
function startGate(
  run: Run,
  lines: GateLines,
  { screen, booth }: Pages,
  journal: JournalPort,
  restored: Restored,
  { trust, policy, revocations, config }: Contents,
): void {
  const { clock, scheduler, log, ending, closers } = run;
  const { pepper } = run.configuration;
  const { mode = 'pulse', releaseInput: hasRelease = true } = config.devices.turnstile;
  const relay = run.parts.workerRelay({ lines: lines.relay, clock, mode, hasRelease });
  run.relay = relay;
  closers.push(() => relay.close());
  const devices = { ...run.sessions(config), ...configuredContacts(config, lines) };
  if (run.isOutOfService)
    log.fatal(
      { alarm: 'out-of-service' },
      'the gate has ended badly three times in ten minutes: only panel, EMERGENCY and fire work until it is stopped and started',
    );
  const gate = createGate(
    {
      clock,
      scheduler,
      devices: run.isOutOfService ? outOfService(devices) : devices,
      random: randomBytes,
      relay,
      journal,
      known: run.spent?.port ?? { publish: () => {}, subscribe: () => () => {} },
      log,
    },
    {
      settings: gateSettings(config, policy),
      verifier: { trust, revocations, peppers: [pepper] },
      restored,
      version: run.version,
      show: screen.publish,
      showBooth: booth.publish,
      broken: () => ending.end(exitCodes.fault),
      step: run.parts.step,
      observe(_input, _state, effects) {
        run.turns += 1;
        run.tally.count(effects);
        run.settings?.stepped(effects);
        run.reporter?.stepped();
      },
    },
  );
  run.gate = gate;
  // After the gate's own ear: the loss is in the journal when the run ends of it.
  relay.subscribe((report) => {
    if (report.type === 'status' && report.ended) partLost(run, 'relay', report.why);
  });
  screen.publish(gate.view());
  booth.publish(gate.boothView());
}

function partLost(run: Run, part: 'relay' | 'journal', why: string): void {
  run.log.fatal({ alarm: `${part}-lost`, why }, 'a part of the gate is gone: it has to start anew');
  run.ending.end(exitCodes.partLost);
  // Where the journal's thread is gone nothing can be written of it: the next start says `killed`.
  recordFault(run, `${part}-lost`);
}

/** So that the journal's clean end is not taken for the run's. */
function recordFault(
  { journal, gate, clock }: Run,
  origin: FaultOrigin | 'relay-lost' | 'journal-lost',
): void {
  const { wallMs } = gate?.state().time ?? clock.now();
  const records = [{ type: 'fault', at: formatRfc3339(wallMs), origin }];
  // Nobody waits for this answer.
  journal?.append({ id: foreignIds, records, uses: [], urgent: true });
}

/** Closes what was opened, the relay's lines first; waits no longer than `closeMsMax`. */
async function close({ gate, closers, clock, scheduler, ending, log }: Run): Promise<void> {
  gate?.stop();
  const all = Promise.allSettled(closers.toReversed().map((close) => close())).then(() => true);
  const late = new Promise<false>((resolve) => {
    scheduler.at(clock.now().monotonicMs + closeMsMax, () => resolve(false));
  });
  if (await Promise.race([all, late])) return;
  log.error({ alarm: 'close-late' }, 'the disk does not take the last records: they may be lost');
  ending.end(exitCodes.partLost);
}
