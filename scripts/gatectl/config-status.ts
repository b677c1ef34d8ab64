/** `gatectl config status`: what stands at the broker for each gate, and what each gate goes by. */
import type { TrustList } from '../../kiosk/credential/trust.js';
import { type Reported, standingOf } from '../../kiosk/settings/admin/reported.js';
import { type SiteView, siteView } from '../../kiosk/settings/admin/site-view.js';
import { conflictsAtGate } from '../../kiosk/settings/admin/step-conflicts.js';
import type { StepFile } from '../../kiosk/settings/admin/step-file.js';
import { adminFilters } from '../../kiosk/settings/admin/step-topics.js';
import { channels } from '../../kiosk/settings/signed/config-step.js';
import { brokerOptions, readBroker } from './broker-options.js';
import { formatRows, type OutputRow, printable } from './collect-output.js';
import { type ExitCode, readArguments, required, type Streams } from './command.js';
import { readId } from './config-words.js';
import { readTrustFile } from './files.js';
import { openSiteLink, unheardWords, unsettledWords } from './site-link.js';

const text = { type: 'string' } as const;
const options = {
  ...brokerOptions,
  ...{ site: text, trust: text },
  json: { type: 'boolean' },
} as const;

/** @returns 0: every gate goes by what stands there for it; 1: one does not, or none was heard of */
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
  const isAll = await opened.link.settled();
  await opened.link.close();
  const rows = kiosksOf(view, trust).flatMap((kiosk) => rowsOf(view, kiosk));
  const columns = ['gate', 'online', 'channel', 'desired', 'reported', 'phase', 'code', 'is'];
  await streams.out(formatRows(values.json === true ? 'json' : 'table', columns, rows));
  const isHeard = view.gates().length > 0;
  if (!isHeard) streams.err(`gatectl config status: ${unheardWords(site)}\n`);
  if (!isAll) streams.err(`gatectl config status: ${unsettledWords}\n`);
  return isAll && isHeard && rows.every((row) => row['is'] === 'as desired') ? 0 : 1;
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
    const [is, why] =
      desired === null ? ['not at the broker', ''] : wordsOf(desired.file, kiosk, reported);
    const code = why === '' ? (step?.code ?? '') : why;
    return [
      {
        ...{ gate: kiosk, online: online === null ? 'unknown' : online ? 'yes' : 'NO', channel },
        ...{ desired: desired?.file.mark.seq ?? null, reported: step?.seq ?? null },
        ...{ phase: step?.phase ?? 'never', code: printable(code), is },
      },
    ];
  });
}

/** @returns how far the gate is from what stands there for it, and why it will not come there, where that is known */
function wordsOf(
  file: StepFile,
  kiosk: string,
  reported: Reported | null,
): readonly [is: string, code: string] {
  const { channel } = file.step;
  const { standing, code } = standingOf({ ...file.mark, channel }, reported);
  if (standing === 'confirmed') return ['as desired', code];
  const [conflict] = conflictsAtGate([file], kiosk, reported);
  if (standing === 'waiting')
    return conflict === undefined ? ['behind', ''] : ['refused', conflict.why];
  return standing === 'overtaken' ? ['further', conflict?.why ?? ''] : [standing, code];
}
