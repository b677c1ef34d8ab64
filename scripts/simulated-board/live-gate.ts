/**
 * One gate of `npm start`: the board with its pages and its reports, and its mains switch. The pages
 * are the gate's computer's: without power they say nothing, and a browser shows that it is lost.
 */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { readLanguages } from '../../config/language-files.js';
import type { Policy } from '../../config/policy.js';
import type { Direction } from '../../config/vocabulary.js';
import type { SkippingClock } from '../../hardware/simulated/clock.js';
import { simulatedMachine } from '../../hardware/simulated/machine-start.js';
import { type Booth, startBooth } from '../../kiosk/booth/server.js';
import { healthOf } from '../../kiosk/daemon/health.js';
import { startTally } from '../../kiosk/daemon/metrics.js';
import { packageVersion } from '../../kiosk/daemon/package-version.js';
import { startReports } from '../../kiosk/daemon/reports.js';
import { screenLanguages } from '../../kiosk/daemon/screen-languages.js';
import type { SignedSettings } from '../../kiosk/daemon/signed-settings.js';
import { ownUses, startSpent } from '../../kiosk/daemon/spent-uses.js';
import type { Verifier } from '../../kiosk/evidence/scan.js';
import type { Reporter } from '../../kiosk/report/reporter.js';
import { type Beside, type Screen, startScreen } from '../../kiosk/screen/server.js';
import type { SpentDesk } from '../../kiosk/settings/desk/spent-desk.js';
import { type Board, openBoard } from './board.js';
import type { KnownHub } from './hub.js';
import { type JournalLine, type JournalTail, journalTail } from './journal-tail.js';
import { withOffice } from './live-known.js';
import { liveSettings } from './live-settings.js';
import { mainsOf } from './mains.js';
import type { PlaySite } from './play-site.js';
import { type Witness, witness } from './witness.js';

export interface LiveGateOptions {
  readonly direction: Direction;
  readonly config: KioskConfig;
  readonly policy: Policy;
  readonly clock: SkippingClock;
  readonly site: Pick<PlaySite, 'gates' | 'trust'>;
  /** of the offices: what they have revoked by then, and their peppers */
  readonly offices: Pick<Verifier, 'revocations' | 'peppers'>;
  /** where the office that isolates people tells of them */
  readonly hub: KnownHub;
  /** where its journal lies, and its state directory */
  readonly folder: string;
  readonly log: Logger;
  /** of the screen; the booth's is the next one. 0: any free ones */
  readonly port: number;
  readonly brokerUrl: string;
  /** ends the gate's connection, so that a power cut tells the broker nothing */
  cutOff(clientId: string): void;
  /** what is on the screen's listener besides */
  readonly beside: Beside;
  /** records that have reached the disk */
  wrote(lines: readonly JournalLine[]): void;
  broken(detail: string): void;
  /** somebody has done something at the guard's page */
  touched(): void;
}

export interface LiveGate {
  readonly direction: Direction;
  readonly kiosk: string;
  readonly screenPort: number;
  readonly boothAddress: string;
  readonly seen: Witness;
  readonly tail: JournalTail;
  /** @throws without power */
  board(): Board;
  hasPower(): boolean;
  /** null without power */
  reporter(): Reporter | null;
  /** Ends as a power cut does. */
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
  close(): Promise<void>;
}

/** The pages, before there is a gate. Rejects with `PageStartError` where a port is taken. */
export async function startLiveGate(options: LiveGateOptions): Promise<LiveGate> {
  const { direction, clock, log, config, policy, port, hub, beside, site, offices } = options;
  const { kiosk, key: deviceKey } = site.gates[direction];
  const own: KioskConfig = {
    ...config,
    direction,
    kiosk,
    mqtt: { broker: options.brokerUrl, protocol: 4 },
    stateDirectory: resolve(options.folder, kiosk),
  };
  const mains = mainsOf(clock);
  const office = hub.join();
  const machine = simulatedMachine();
  let board: Board | null = null;
  let reporter: Reporter | null = null;
  let channels: SignedSettings | null = null;
  let spent: SpentDesk | null = null;
  const configuration = { config: own, mqtt: { deviceKey, tls: null } };
  const settings = liveSettings({
    ...{ clock, scheduler: clock, log, peppers: offices.peppers },
    configuration: { config: own, policy, trust: site.trust },
    revokedByOffices: () => offices.revocations,
    relink: () => reporter?.relink(),
  });
  const tools = { clock, scheduler: mains.scheduler };
  const tally = startTally();
  const version = packageVersion();
  const health = healthOf({
    ...{ config: own, version, tally },
    gate: () => board?.gate ?? null,
    reporter: () => reporter,
  });
  const screen = await startScreen({ port, beside, health, ...tools });
  const booth = await startBooth({
    port: port === 0 ? 0 : port + 1,
    ...tools,
    isLinked: true,
    gateWallMs: () => (board?.gate.now() ?? clock.now()).wallMs,
    onPress(button, event) {
      options.touched();
      board?.gate.press(button, event);
    },
    onDetails(details) {
      options.touched();
      return board?.gate.details(details) ?? [];
    },
  }).catch(async (error: unknown) => {
    await screen.close();
    throw error;
  });
  const languagesOf = screenLanguages({ config: own, languages: readLanguages().languages });
  const seen = witness(() => board?.lastByteAtMs() ?? 0);
  const tail = journalTail(options.wrote);

  const powerOn = async (): Promise<void> => {
    if (board !== null) return;
    const uses = startSpent(
      { clock, scheduler: clock, log, configuration },
      { gate: () => board?.gate ?? null, trust: () => channels?.trust() ?? site.trust },
    );
    if (uses === null) throw new Error('a gate of a play has a broker');
    const opened = await openBoard({
      ...{ config: own, policy, clock, folder: options.folder, log },
      known: withOffice(uses.port, office),
      ...{ verifier: { ...offices, trust: site.trust }, accepted: settings.startsUnder },
      seed: randomBytes(4).readUInt32BE(),
      machineStart: machine.start(),
      show: screen.publish,
      showBooth: booth.publish,
      observe(input, state, effects) {
        seen.observe(input, state, effects);
        tally.count(effects);
        channels?.stepped(effects);
        reporter?.stepped();
      },
      broken: options.broken,
    });
    board = opened;
    screen.publish(opened.gate.view());
    booth.publish(opened.gate.boothView());
    tail.follow(opened.journal);
    spent = uses;
    spent.restored(ownUses(opened.journal.restored));
    channels = settings.join(opened.gate, {
      retain: opened.journal.journal.retain,
      speak(next) {
        const languages = languagesOf(next);
        if (languages !== null) screen.speak(languages);
      },
    });
    reporter = startReports(
      {
        ...{ clock, scheduler: clock, log, gate: opened.gate, configuration },
        ...{ version, bootId: opened.bootId },
        settings: { ...channels, guests: [...channels.guests, spent.guest] },
      },
      opened.journal,
    );
    mains.on();
  };
  return {
    ...{ direction, kiosk, seen, tail, powerOn },
    screenPort: screen.port,
    boothAddress: booth.address,
    board() {
      if (board === null) throw new Error(`${kiosk} has no power`);
      return board;
    },
    hasPower: () => board !== null,
    reporter: () => reporter,
    async powerOff() {
      const [last, reports, steps] = [board, reporter, channels];
      if (last === null) return;
      board = null;
      reporter = null;
      channels = null;
      spent?.stop();
      spent = null;
      mains.off();
      machine.restart();
      options.cutOff(`${config.site}/${kiosk}`);
      await Promise.all([last.cutPower(), reports?.stop(), steps?.cut()]);
    },
    async close() {
      const [last, reports, steps] = [board, reporter, channels];
      board = null;
      reporter = null;
      channels = null;
      spent?.stop();
      spent = null;
      // A disk that is made to stall would keep the last records, and us.
      last?.disk.heal();
      await reports?.stop();
      // Nor is a policy that is being tried waited for: what was accepted is on the disk.
      await Promise.all([steps?.cut(), last?.close(), closePages(booth, screen)]);
    },
  };
}

async function closePages(booth: Booth, screen: Screen): Promise<void> {
  await booth.close();
  await screen.close();
}
