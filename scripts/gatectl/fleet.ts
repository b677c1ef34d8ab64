/** `gatectl fleet`: the gates of a site as they are now. */
import { certificateDaysSoon } from '../../config/mqtt-files.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { monotonicNowMs, systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { type GateView, siteView } from '../../kiosk/settings/admin/site-view.js';
import { adminFilters, recordFilter } from '../../kiosk/settings/admin/step-topics.js';
import { channels } from '../../kiosk/settings/signed/config-step.js';
import { brokerOptions, readBroker } from './broker-options.js';
import { formatRows, type OutputRow, printable } from './collect-output.js';
import { type Command, readArguments, required, type Streams } from './command.js';
import { kiosksOf } from './config-status.js';
import { readId } from './config-words.js';
import { readTrustFile } from './files.js';
import { drawScreen } from './live-screen.js';
import { openSiteLink, unheardWords, unsettledWords } from './site-link.js';

const help = `Usage: gatectl fleet --site SITE --broker URL [--ca FILE --cert FILE --key-file FILE] [--protocol 5|4]
                     [--trust FILE] [--once] [--json]

A table of the gates, from what they say of themselves at the broker: online, clock, the number of the step
that each channel of configuration goes by (and its phase, where it is not confirmed), records not yet
acknowledged, devices that are not well, when the gate's certificate ends (marked from 30 days before it on:
scripts/broker-ca.sh client makes another one), and the last passage that was seen since the start, where
this certificate may read records. Live on a terminal, until Ctrl-C.

  --trust FILE   its gates are shown, whether or not one was ever heard
  --once         one table, and out; so it is where the output is no terminal, and with --json

Exit code 0; 1 where the broker does not let us in; 2 wrong usage.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  ...brokerOptions,
  ...{ site: text, trust: text, once: flag, json: flag },
} as const;
const drawMs = 1_000;
const columns = [
  ...['gate', 'online', 'clock', ...channels, 'backlog', 'devices', 'certificate'],
  ...['passage', 'said', 'version'],
];

export const fleetCommand: Command = {
  summary: 'the gates of a site as they are now, live',
  help,
  async run(args, streams) {
    const { values } = readArguments(args, options, 0);
    const site = readId(required(values.site, '--site'), '--site');
    const trust = values.trust === undefined ? null : readTrustFile(values.trust);
    const view = siteView(site);
    let down: string | null = null;
    const opened = await openSiteLink({
      ...{ broker: readBroker(values), site, filters: adminFilters(site) },
      wishes: [recordFilter(site)],
      message(message) {
        down = null;
        view.take(message);
      },
      down(why) {
        down = why;
      },
    });
    if (!opened.ok) {
      streams.err(`gatectl fleet: ${opened.why}\n`);
      return 1;
    }
    const { link } = opened;
    const isAll = await link.settled();
    const rows = (): readonly OutputRow[] =>
      kiosksOf(view, trust).map((kiosk) => rowOf(view.gate(kiosk), systemClock().now().wallMs));
    if (values.json === true) await streams.out(formatRows('json', columns, rows()));
    else if (values.once === true || !streams.isTerminal)
      await streams.out(formatRows('table', columns, rows()));
    else await drawUntilSignal(streams, rows, () => down);
    if (view.gates().length === 0) streams.err(`gatectl fleet: ${unheardWords(site)}\n`);
    if (!isAll) streams.err(`gatectl fleet: ${unsettledWords}\n`);
    await link.close();
    return 0;
  },
};

async function drawUntilSignal(
  streams: Streams,
  rows: () => readonly OutputRow[],
  down: () => string | null,
): Promise<void> {
  const scheduler = systemScheduler();
  let cancel = (): void => {};
  const draw = (): void => {
    const table = formatRows('table', columns, rows()).trimEnd().split('\n');
    const why = down();
    const head = `${formatRfc3339(systemClock().now().wallMs)}  ${why === null ? 'connected' : `NO BROKER: ${printable(why)}`}`;
    const { rows: height, columns: width } = process.stdout;
    void streams.out(drawScreen([head, '', ...table], height, width));
    cancel = scheduler.at(monotonicNowMs() + drawMs, draw);
  };
  draw();
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  cancel();
}

/** `2027-02-12`, `2020-03-01 in 18 days`, `2020-02-11 ENDED`; null: the gate says nothing of one. */
function certificateWords(untilMs: number | null, nowMs: number): string | null {
  if (untilMs === null) return null;
  const date = formatRfc3339(untilMs).slice(0, 10);
  const days = Math.floor((untilMs - nowMs) / 86_400_000);
  if (days < 0) return `${date} ENDED`;
  return days < certificateDaysSoon ? `${date} in ${days} days` : date;
}

function rowOf(gate: GateView, nowMs: number): OutputRow {
  const { kiosk, online, clock, backlog, troubles, passageAt, atMs, version } = gate;
  const steps = channels.map((channel) => {
    const step = gate.reported?.get(channel);
    const phase = step === undefined || step.phase === 'confirmed' ? '' : ` ${step.phase}`;
    return [channel, step === undefined ? null : `${step.seq}${phase}`] as const;
  });
  return {
    ...{ gate: kiosk, online: online === null ? 'unknown' : online ? 'yes' : 'NO', clock },
    ...Object.fromEntries(steps),
    ...{ backlog, devices: [...troubles], passage: passageAt },
    certificate: certificateWords(gate.certificateUntilMs, nowMs),
    ...{ said: atMs === null ? null : formatRfc3339(atMs), version },
  };
}
