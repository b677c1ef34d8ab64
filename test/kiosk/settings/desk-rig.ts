/** A gate's channels over a real database, in virtual time; the broker is the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KioskConfig } from '../../../config/kiosk-config.js';
import { readPolicyFile, shippedPolicyPath } from '../../../config/load.js';
import type { BootReason, SettingsFault } from '../../../config/vocabulary.js';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import type { StepNews } from '../../../kiosk/core/messages.js';
import { noRevocations } from '../../../kiosk/credential/revocations.js';
import { parseTrustList } from '../../../kiosk/credential/trust.js';
import { openLog } from '../../../kiosk/log.js';
import { type ChannelDesk, startChannelDesk } from '../../../kiosk/settings/desk/channel-desk.js';
import type { Contents } from '../../../kiosk/settings/desk/contents.js';
import { loadSettings } from '../../../kiosk/settings/desk/load.js';
import { type SettingsWork, settingsWork } from '../../../kiosk/settings/desk/work.js';
import type { SettingsPort } from '../../../kiosk/settings/desk/worker-port.js';
import { shippedConfiguration } from '../../../scripts/simulated-board/shipped.js';
import { makeAdmin } from '../../admin-steps.js';

export const site = 'main-campus';
export const kiosk = 'gate-1';
export const [ann, ben, cho] = [makeAdmin('ann'), makeAdmin('ben'), makeAdmin('cho')] as const;
export const nowMs = Date.parse('2020-02-12T08:00:00+08:00');

const read = readPolicyFile(shippedPolicyPath);
if (!read.ok) throw new Error('no policy');
export const shippedPolicy = read.value;

/** @returns a list of these admins as JSON */
export function listOf(...members: readonly { member: object }[]): {
  issuers: [];
  admins: object[];
} {
  return { issuers: [], admins: members.map(({ member }) => member) };
}

/** Takes a list as JSON; returns it as a gate goes by it. */
export function trustOf(list: unknown): Contents['trust'] {
  const parsed = parseTrustList(list);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.problem);
  return parsed.trust;
}

const endless = new Promise<never>(() => {});

export interface DeskRig {
  readonly folder: string;
  desk(): ChannelDesk;
  /** what was handed to the gate, newest last */
  readonly applied: readonly Contents[];
  /** what was told of its file's settings, newest last: those in force, and those that a trial goes back to */
  readonly configured: readonly { config: KioskConfig; before: KioskConfig | undefined }[];
  readonly news: readonly StepNews[];
  readonly refused: readonly string[];
  readonly faults: ReadonlyMap<SettingsFault, boolean>;
  /** topics asked for beside those of every connection */
  readonly asked: ReadonlySet<string>;
  /** A message behind `_all/`; returns what the guest said of it. */
  say(topic: string, bytes: Uint8Array, retained?: boolean): string;
  /** Lets what was asked of the disk be answered. */
  settle(): Promise<void>;
  pass(ms: number): Promise<void>;
  reported(): Record<string, { seq: number; phase: string; code: string }>;
  /** Ends as by a power cut. */
  cut(): void;
  /** Its link to the broker is there again; `false`: to one that acknowledges nothing. */
  connect(isAnswering?: boolean): void;
  /** Ends, unless it has, and starts again; with another file, where one is given. */
  restart(lastEnd?: BootReason, file?: KioskConfig): Promise<void>;
  /** Its disk takes nothing from now on. */
  failDisk(why: string | null): void;
  time: { nowMs: number | null; floorMs: number | null };
  /** somebody is at the gate who came before what was handed over last */
  isPending: boolean;
  /** what is tested from now on takes longer than any test does */
  isTestEndless: boolean;
  close(): void;
}

/**
 * @param admins on the list that the gate was enrolled with
 * @param place its `kiosk.json`, and where it keeps what it has accepted, which goes with it at the end
 */
export async function startDesk(
  admins: readonly { member: object }[] = [ann, ben],
  {
    config = shippedConfiguration().config,
    folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-desk-')),
  } = {},
): Promise<DeskRig> {
  let enrolled: Contents = {
    trust: trustOf(listOf(...admins)),
    policy: shippedPolicy,
    revocations: noRevocations,
    config,
  };
  // As a machine's: its clock has fractions of a millisecond.
  const clock = virtualClock({ wallMs: nowMs, monotonicMs: 1_000.375 });
  const log = openLog({ level: 'silent' });
  const applied: Contents[] = [];
  const configured: { config: KioskConfig; before: KioskConfig | undefined }[] = [];
  const news: StepNews[] = [];
  const refused: string[] = [];
  const faults = new Map<SettingsFault, boolean>();
  const asked = new Set<string>();
  const said = new Map<string, string>();
  let failing: string | null = null;
  let desk: ChannelDesk;
  let stopped = false;
  let runs = 0;
  let work: SettingsWork | null = null;
  const rig: DeskRig = {
    ...{ folder, applied, configured, news, refused, faults, asked },
    desk: () => desk,
    time: { nowMs, floorMs: nowMs },
    isPending: false,
    isTestEndless: false,
    say: (topic, payload, retained = true) =>
      desk.guest.message({ topic: `gk/1/${site}/_all/${topic}`, payload, retained }),
    async settle() {
      // Every answer is some turns of the microtask queue away.
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    },
    async pass(ms) {
      clock.advance(ms);
      await rig.settle();
    },
    reported: () => JSON.parse(said.get('cfg/reported') ?? '{}'),
    connect: (isAnswering = true) =>
      desk.guest.up({
        publish({ topic, payload }, done) {
          said.set(topic.slice(`gk/1/${site}/${kiosk}/`.length), String(payload));
          if (isAnswering) done({ ok: true });
        },
        subscribe: (filter) => void asked.add(filter),
        unsubscribe: (filter) => void asked.delete(filter),
      }),
    async restart(lastEnd = 'killed', file = enrolled.config) {
      rig.cut();
      enrolled = { ...enrolled, config: file };
      start(lastEnd);
      await rig.settle();
    },
    cut() {
      desk.guest.down();
      work?.close();
      work = null;
    },
    failDisk(why) {
      failing = why;
    },
    close() {
      stopped = true;
      work?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const start = (lastEnd: BootReason): void => {
    // What a run that was cut off would still do is not done.
    const run = ++runs;
    const isOwn = (): boolean => run === runs;
    const loaded = loadSettings(folder, enrolled, lastEnd, clock.now().monotonicMs);
    applied.push(loaded.contents);
    const own = settingsWork(folder, loaded.marks);
    work = own;
    const settings: SettingsPort = {
      test: (request) => (rig.isTestEndless ? endless : Promise.resolve(own.test(request))),
      keep: async (request) => (stopped ? 'closed' : (failing ?? own.keep(request))),
      close: () => (rig.isTestEndless ? endless : Promise.resolve(own.close())),
      cut: async () => own.close(),
    };
    desk = startChannelDesk({
      ...{
        names: { site, kiosk },
        groups: ['north'],
        version: '1.0.0',
        loaded,
        enrolled,
        settings,
      },
      place: { zone: 'building', direction: 'out' },
      ...{ clock, scheduler: clock, log },
      time: () => rig.time,
      apply: (contents) => void (isOwn() && applied.push(contents)),
      configured: (now, before) => void (isOwn() && configured.push({ config: now, before })),
      isPending: () => rig.isPending,
      news: (step) => void (isOwn() && news.push(step)),
      refused: (channel, why) => void (isOwn() && refused.push(`${channel} ${why}`)),
      fault: (fault, on) => void (isOwn() && faults.set(fault, on)),
    });
    rig.connect();
  };
  start('first');
  await rig.settle();
  return rig;
}
