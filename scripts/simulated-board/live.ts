/**
 * `npm start`: a gate in and a gate out on the simulated board in real time, with their pages, a
 * broker, a collector and `/sim`; sample people come and go until Ctrl-C, and each passage is a line
 * of the table.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { type KioskConfig, timeZoneOffsetMinutes } from '../../config/kiosk-config.js';
import type { Policy } from '../../config/policy.js';
import type { Direction } from '../../config/vocabulary.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { skippingClock } from '../../hardware/simulated/clock.js';
import { PageStartError } from '../../kiosk/page-server/listen.js';
import { type BrokerWatch, watchBroker } from './broker-watch.js';
import { embeddedBroker } from './embedded-broker.js';
import { knownHub } from './hub.js';
import { keepKeys, openKept } from './kept.js';
import { startLiveCollector } from './live-collector.js';
import { type LiveGate, startLiveGate } from './live-gate.js';
import { openCampus } from './papers.js';
import { passageTable } from './passage-table.js';
import { crowd } from './people.js';
import { openPlaySite, type PlaySite } from './play-site.js';
import { openShow } from './show.js';
import { boardView } from './sim/board-view.js';
import { openCast } from './sim/cast.js';
import { openHands } from './sim/hands.js';
import { newProps } from './sim/props.js';
import { simRoutes } from './sim/routes.js';
import { openTrueTime } from './sim/true-time.js';
import { visitors } from './visitors.js';

export interface LiveOptions {
  readonly config: KioskConfig;
  readonly policy: Policy;
  readonly log: Logger;
  /** of the screen at the gate in; 0: any free ones */
  readonly port: number;
  /** mqtt://host:port; null: an own one is started */
  readonly broker: string | null;
  /** where databases and keys stay; null: they go with the play */
  readonly keep: string | null;
  /** whether visitors come by themselves */
  readonly show: boolean;
}

/** Exit code of a broken law: the supervisor starts the gate anew. */
const brokenLawExitCode = 70;
/** The gate out has the next two ports. */
const portsPerGate = 2;
const portsMax = 2 * portsPerGate;
/** Ctrl-C ends in 2 s, whatever the disk or the broker does. */
const closeMsMax = 1_700;

/** Runs until SIGINT or SIGTERM. @returns the process's exit code */
export async function playLive(options: LiveOptions): Promise<number> {
  const closers: (() => Promise<void> | void)[] = [];
  const { keep, port } = options;
  const problem = keep === null ? null : openKept(keep);
  if (problem !== null) {
    process.stderr.write(`${problem}\n`);
    return 2;
  }
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'gate-kiosk-'));
  try {
    return await play({ ...options, folder }, closers);
  } catch (error) {
    if (!(error instanceof PageStartError)) throw error;
    const more = port === 0 ? '' : `; npm start -- --port N takes N to N + ${portsMax - 1} instead`;
    process.stderr.write(`${error.message}${error.code === 'port-in-use' ? more : ''}\n`);
    return 1;
  } finally {
    await closeAll(closers);
    if (keep === null) rmSync(folder, { recursive: true, force: true });
  }
}

async function play(
  { config, policy, log, port, folder, ...asked }: LiveOptions & { readonly folder: string },
  closers: (() => Promise<void> | void)[],
): Promise<number> {
  const clock = skippingClock();
  closers.push(() => clock.close());
  const broker = asked.broker === null ? await embeddedBroker() : null;
  if (broker !== null) closers.push(broker.close);
  const brokerUrl = broker?.url ?? asked.broker ?? '';
  const time = openTrueTime(clock);
  const utcOffsetMinutes = timeZoneOffsetMinutes(config.timeZone) ?? 0;
  const campus = openCampus(time, utcOffsetMinutes);
  const hub = knownHub();
  const site = openPlaySite(campus.verifier.trust);
  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const table = passageTable((line) => void process.stdout.write(`${line}\n`));

  const gateOf = async (direction: Direction): Promise<LiveGate> => {
    const gate = await startLiveGate({
      ...{ direction, config, policy, clock, hub, folder, log, brokerUrl, site },
      offices: campus.verifier,
      port: port === 0 || direction === 'in' ? port : port + portsPerGate,
      cutOff: (clientId) => broker?.cutOff(clientId),
      beside: routes[direction],
      touched: () => show.touched(),
      wrote: (lines) => table.wrote(direction, lines, show.isPlaying()),
      broken(detail) {
        process.stderr.write(`a law is broken, the gate is locked: ${detail}\n`);
        end(brokenLawExitCode);
      },
    });
    closers.push(gate.close);
    return gate;
  };
  const routesOf = (direction: Direction) =>
    simRoutes({
      direction,
      view: (of) => boardView(viewed, of),
      people: () => cast.people(),
      portOf: (of) => gates[of].screenPort,
      async perform(of, action) {
        await show.stepAside();
        return await hands.perform(of, action);
      },
    });
  const routes = { in: routesOf('in'), out: routesOf('out') };
  const gates = { in: await gateOf('in'), out: await gateOf('out') };
  const { registryPrivateKey, pepper } = campus;
  if (asked.keep !== null) keepKeys(folder, { site, brokerUrl, registryPrivateKey, pepper });
  const watch = asked.broker === null ? null : watchNamed(asked.broker);
  closers.push(() => watch?.stop());
  const collector = startLiveCollector({
    ...{ folder, site: config.site, zone: config.zone.name, url: brokerUrl, own: site.collector },
    linked: (why) => watch?.heard(why),
    kiosks: new Map(site.trust.kiosks.map(({ id, key }) => [id, key])),
  });
  closers.push(collector.close);
  const nextPerson = crowd(() => time.now().wallMs);
  const cast = openCast({ campus, clock: time, nextPerson, tell: hub.join().publish });
  const props = { in: newProps(), out: newProps() };
  const hands = openHands({ gates, props, cast, clock, time, broker, collector });
  const show = openShow({
    ...{ gate: gates.in, clock, papers: campus.papers, nextPerson, isOn: asked.show },
    ...{ seed: clock.now().wallMs, playerClock: systemClock(), visitors },
    mend: hands.mend,
    isSound: hands.isSound,
    played: table.played,
  });
  const viewed = {
    ...{ gates, props, hands, show, clock, cast, broker, brokerUrl, collector },
    ...{ time, utcOffsetMinutes },
  };
  for (const gate of Object.values(gates)) await gate.powerOn();
  cast.renew();
  for (const one of Object.values(routes)) {
    one.start();
    closers.push(one.stop);
  }
  process.once('SIGINT', () => end(0));
  process.once('SIGTERM', () => end(0));

  const origin = `http://127.0.0.1:${gates.in.screenPort}`;
  process.stdout.write(
    [
      `the person's screen: ${origin}/`,
      `the guard's page:    ${gates.in.boothAddress}`,
      `play with it:        ${origin}/sim   (the gate out: ${origin}/sim?gate=out; Ctrl-C ends)`,
      `reports go to:       ${brokerUrl}`,
      ...(asked.keep === null ? [] : keptLines(resolve(folder), site, config.site)),
      '',
      '',
    ].join('\n'),
  );
  table.begin();
  const failed = show.run().catch((error: unknown) => {
    process.stderr.write(`the show stopped: ${String(error)}\n`);
    return 1;
  });
  return await Promise.race([ended, failed]);
}

/** The own broker is stopped at `/sim`, and that is seen there; of another one only we can say. */
function watchNamed(url: string): BrokerWatch {
  return watchBroker({
    ...{ url, scheduler: systemScheduler() },
    nowMs: () => systemClock().now().monotonicMs,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
}

/** What an auditor and an admin find, and how to begin. */
function keptLines(folder: string, { admins }: PlaySite, site: string): readonly string[] {
  return [
    `kept for an auditor: ${folder}`,
    `and for an admin:    ${admins.map(({ name }) => `${name}.json`).join(', ')} there; begin with`,
    `                     npx gatectl fleet --site ${site} $(cat ${join(folder, 'broker')})`,
  ];
}

/** The last that was opened first; who does not come to an end in time is left. */
async function closeAll(closers: readonly (() => Promise<void> | void)[]): Promise<void> {
  const close = async (): Promise<void> => {
    for (const one of closers.toReversed()) await one();
  };
  const late = new Promise<void>((resolve) => {
    systemScheduler().at(systemClock().now().monotonicMs + closeMsMax, resolve);
  });
  await Promise.race([close(), late]);
}
