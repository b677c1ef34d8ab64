/** The channels of configuration of a gate, as the daemon runs them, on a link of their own: no devices, no journal. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Policy } from '../../config/policy.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { noRevocations } from '../../kiosk/credential/revocations.js';
import type { TrustList } from '../../kiosk/credential/trust.js';
import { openLog } from '../../kiosk/log.js';
import { type BrokerLink, connectBroker } from '../../kiosk/report/broker-link.js';
import { startChannelDesk } from '../../kiosk/settings/desk/channel-desk.js';
import type { Contents } from '../../kiosk/settings/desk/contents.js';
import { loadSettings } from '../../kiosk/settings/desk/load.js';
import { settingsThread } from '../../kiosk/settings/desk/worker-port.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';
import type { Access } from './shipped-broker.js';

export interface DeskGate {
  /** what the gate goes by */
  contents(): Contents;
  /** reasons of messages that were not taken, `policy rollback` */
  readonly refused: readonly string[];
  /** alarms that were raised */
  readonly alarms: readonly string[];
  close(): Promise<void>;
}

export interface DeskGateOptions {
  readonly access: Access;
  readonly site: string;
  readonly kiosk: string;
  readonly trust: TrustList;
  readonly policy: Policy;
}

/** Resolves once it is connected. */
export async function deskGate(options: DeskGateOptions): Promise<DeskGate> {
  const { access, site, kiosk, trust, policy } = options;
  const folder = mkdtempSync(join(tmpdir(), 'desk-gate-'));
  mkdirSync(join(folder, 'keys'));
  const [clock, scheduler] = [systemClock(), systemScheduler()];
  const { config } = shippedConfiguration();
  const enrolled: Contents = { trust, policy, revocations: noRevocations, config };
  const loaded = loadSettings(folder, enrolled, null, clock.now().monotonicMs);
  const refused: string[] = [];
  const alarms: string[] = [];
  const desk = startChannelDesk({
    ...{ names: { site, kiosk }, groups: ['north'], version: '1.0.0', loaded, enrolled },
    ...{ place: { zone: 'campus-gate', direction: 'in' }, clock, scheduler },
    settings: settingsThread({ folder, marks: loaded.marks }, () => {}),
    log: openLog({ level: 'error', file: join(folder, 'log') }),
    time: () => ({ nowMs: clock.now().wallMs, floorMs: null }),
    apply: () => {},
    isPending: () => false,
    news: () => {},
    refused: (channel, why) => void refused.push(`${channel} ${why}`),
    fault: (fault, on) => {
      if (on) alarms.push(fault);
    },
  });
  const { guest } = desk;
  const link = await new Promise<BrokerLink>((resolve) => {
    const made: BrokerLink = connectBroker(
      {
        ...{ ...access, clientId: kiosk, keepAliveSeconds: 30, sessionSeconds: 0 },
        filters: guest.filters,
      },
      { clock, scheduler, chance: () => 0 },
      {
        up() {
          guest.up(made);
          const state = { online: true, session: '1', at: '2020-02-12T00:00:00.000Z' };
          const topic = `gk/1/${site}/${kiosk}/state`;
          made.publish({ topic, payload: JSON.stringify(state), retain: true }, () =>
            resolve(made),
          );
        },
        down: () => guest.down(),
        message(message, taken) {
          guest.message(message);
          taken();
        },
      },
    );
  });
  return {
    contents: desk.contents,
    refused,
    alarms,
    async close() {
      await link.close();
      await desk.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
