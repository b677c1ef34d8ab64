/** `gatectl config status`: what stands at the broker for each gate, and what each gate goes by. */
import type { TrustList } from '../../kiosk/credential/trust.js';
import { standingOf } from '../../kiosk/settings/admin/reported.js';
import { type SiteView, siteView } from '../../kiosk/settings/admin/site-view.js';
import { adminFilters } from '../../kiosk/settings/admin/step-topics.js';
import { channels } from '../../kiosk/settings/signed/config-step.js';
import { brokerOptions, readBroker } from './broker-options.js';
import { formatRows, type OutputRow, printable } from './collect-output.js';
import { type ExitCode, readArguments, required, type Streams } from './command.js';
import { readId } from './config-words.js';
import { readTrustFile } from './files.js';
import { openSiteLink } from './site-link.js';

const text = { type: 'string' } as const;
const options = {
  ...brokerOptions,
  ...{ site: text, trust: text },
  json: { type: 'boolean' },
} as const;

/** @returns 0: every gate goes by what stands there for it; 1: one does not */
export async function showStatus(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values } = readArguments(args, options, 0);
  const site = readId(required(values.site, '--site'), '--site');
  const trust = values.trust === undefined ? null : readTrustFile(values.trust);
  const view = siteView(site);
  const opened = await openSiteLink({
    ...{ broker: readBroker(values), site, filters: adminFilters(site) },
    message: (message) => view.take(message),
  });
  if (!opened.ok) {
    streams.err(`gatectl config status: ${opened.why}\n`);
    return 1;
  }
  await opened.link.settled();
  await opened.link.close();
  const rows = kiosksOf(view, trust).flatMap((kiosk) => rowsOf(view, kiosk));
  const columns = ['gate', 'online', 'channel', 'desired', 'reported', 'phase', 'code', 'is'];
  await streams.out(formatRows(values.json === true ? 'json' : 'table', columns, rows));
  return rows.every((row) => row['is'] === 'as desired') ? 0 : 1;
}

/** Takes a view and a list; returns the ids of all gates that either knows. */
export function kiosksOf(view: SiteView, trust: TrustList | null): readonly string[] {
  const listed = trust?.kiosks.map(({ id }) => id) ?? [];
  return [...new Set([...view.gates().map(({ kiosk }) => kiosk), ...listed])].sort();
}

function rowsOf(view: SiteView, kiosk: string): readonly OutputRow[] {
  const { reported, online } = view.gate(kiosk);
  return channels.flatMap((channel): readonly OutputRow[] => {
    const desired = view.desiredOf(kiosk, channel);
    const step = reported?.get(channel);
    if (desired === null && step === undefined) return [];
    const mark = desired?.file.mark;
    return [
      {
        ...{ gate: kiosk, online: online === null ? 'unknown' : online ? 'yes' : 'NO', channel },
        ...{ desired: mark?.seq ?? null, reported: step?.seq ?? null },
        ...{ phase: step?.phase ?? 'never', code: printable(step?.code ?? '') },
        is: mark === undefined ? 'not at the broker' : wordOf({ ...mark, channel }, reported),
      },
    ];
  });
}

function wordOf(...args: Parameters<typeof standingOf>): string {
  const { standing } = standingOf(...args);
  if (standing === 'confirmed') return 'as desired';
  if (standing === 'waiting') return 'behind';
  return standing === 'overtaken' ? 'further' : standing;
}
