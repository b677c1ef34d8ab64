/** `gatectl broker check`: what the ACL of a broker lets through, tried and not read. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type Canary,
  type CanaryRole,
  type CanaryVerdict,
  canariesOf,
  canaryRoles,
  judgeCanary,
} from '../../kiosk/settings/admin/canaries.js';
import { readBrokerUrl, readPem, readProtocol } from './broker-options.js';
import { type CanaryClient, canaryClient } from './canary-client.js';
import { formatRows } from './collect-output.js';
import {
  type Command,
  type ExitCode,
  readArguments,
  required,
  type Streams,
  UsageError,
  unknownVerb,
} from './command.js';
import { readId } from './config-words.js';

const help = `Usage: gatectl broker check --broker mqtts://HOST:PORT --site SITE --certificates FOLDER
                            [--gate NAME] [--other NAME] [--admin NAME] [--collector NAME]
                            [--protocol 5|4] [--json]

check    connects as two gates, an admin and a collector, and tries what each may write and what it must not:
         another gate's topics, cfg/desired, cmd, ev/ack, a will in another's name; and whether a gate
         can read what is another's. What counts is what arrives, never what the broker says

FOLDER has ca.pem, NAME.pem and NAME.key, as scripts/broker-ca.sh makes them. Names are canary-1, canary-2,
admin-1 and collector-1 by default. Make the gates' two for this and no real gate: what is tried are messages
that nobody has signed, not retained. A client of the same name that is connected meanwhile loses its
connection: check with certificates of an admin and a collector that do not run.

--json   prints JSON

Exit code 0 all as it must be; 1 a hole, something that must arrive and does not, or nobody let in; 2 wrong
usage.
`;

const text = { type: 'string' } as const;
const options = {
  ...{ broker: text, site: text, certificates: text, protocol: text },
  ...{ gate: text, other: text, admin: text, collector: text },
  json: { type: 'boolean' },
} as const;
const nameDefaults = {
  ...{ gate: 'canary-1', other: 'canary-2', admin: 'admin-1', collector: 'collector-1' },
} as const;
/** For the end of what was sent to come round; and for a broker of several machines, a little more. */
const endMs = 5_000;
const graceMs = 500;

type Clients = ReadonlyMap<CanaryRole, CanaryClient>;

export const brokerCommand: Command = {
  summary: 'prove what a broker lets through, by trying it',
  help,
  async run(args, streams) {
    const [verb = '', ...rest] = args;
    if (verb !== 'check') throw unknownVerb('broker', verb, ['check']);
    return await check(rest, streams);
  },
};

async function check(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values } = readArguments(args, options, 0);
  const site = readId(required(values.site, '--site'), '--site');
  const url = readBrokerUrl(values.broker);
  if (!url.startsWith('mqtts:'))
    throw new UsageError('--broker is mqtts://…: without certificates nobody has a name');
  const folder = required(values.certificates, '--certificates');
  const protocol = readProtocol(values.protocol);
  const names = new Map(canaryRoles.map((role) => [role, values[role] ?? nameDefaults[role]]));
  if (new Set(names.values()).size < names.size)
    throw new UsageError('the four names are different: a name is who somebody is');
  const nameOf = (role: CanaryRole): string => readId(names.get(role) ?? '', `--${role}`);
  const canaries = canariesOf(site, { gate: nameOf('gate'), other: nameOf('other') });
  const mark = randomBytes(8).toString('hex');
  const payloadOf = (index: number): string => JSON.stringify({ canary: `${mark}-${index}` });

  const authority = readPem(join(folder, 'ca.pem'));
  const clients = new Map<CanaryRole, CanaryClient>();
  try {
    for (const role of canaryRoles) {
      const name = nameOf(role);
      const certificate = readPem(join(folder, `${name}.pem`));
      const key = readPem(join(folder, `${name}.key`));
      const access = { url, protocol, tls: { authority, certificate, key } };
      const at = canaries.findIndex(({ by, isWill }) => isWill && by === role);
      const topic = canaries[at]?.topic;
      const will = topic === undefined ? null : { topic, payload: payloadOf(at), retain: false };
      const opened = await canaryClient(access, name, filtersOf(site, name), will, mark);
      if (!opened.ok) {
        streams.err(`gatectl broker check: ${name} is not let in: ${opened.why}\n`);
        return 1;
      }
      clients.set(role, opened.client);
    }
    await tryAll(clients, canaries, payloadOf);
    await hearOut(clients, site, `${mark}-1`, canaryRoles);
    // Who is gone hears nothing for a while: that comes last.
    const vanishing = new Set(canaries.filter(({ isWill }) => isWill).map(({ by }) => by));
    for (const role of vanishing) clients.get(role)?.vanish();
    const rest = canaryRoles.filter((role) => !vanishing.has(role));
    await hearOut(clients, site, `${mark}-2`, rest);
  } finally {
    await Promise.all([...clients.values()].map((client) => client.close()));
  }
  return await tell(
    verdictsOf(clients, canaries, payloadOf),
    nameOf,
    values.json === true,
    streams,
  );
}

/** As wide as the broker allows: what a client may not read must not reach it however it asks. */
function filtersOf(site: string, name: string): readonly (readonly string[])[] {
  const own = [`gk/1/${site}/${name}/#`, `gk/1/${site}/_all/#`, `gk/1/${site}/_spent/+/+`];
  const reports = ['state', 'ev', 'checkpoint', 'notice/+', 'rsp/+', 'cfg/#'].map(
    (topic) => `gk/1/${site}/+/${topic}`,
  );
  return [['#'], [`gk/1/${site}/#`], [...own, ...reports], reports, own];
}

async function tryAll(
  clients: Clients,
  canaries: readonly Canary[],
  payloadOf: (index: number) => string,
): Promise<void> {
  for (const [index, { by, topic, isWill }] of canaries.entries())
    if (!isWill)
      await clients.get(by)?.publish({ topic, payload: payloadOf(index), retain: false });
}

/** What is sent last comes last: who has heard it has heard all that came before. */
async function hearOut(
  clients: Clients,
  site: string,
  end: string,
  listening: readonly CanaryRole[],
): Promise<void> {
  const send = (by: CanaryRole, topic: string, payload: string) =>
    clients.get(by)?.publish({ topic, payload, retain: false });
  const own = `${end}-own`;
  await send('admin', `gk/1/${site}/_all/settled/${end}`, end);
  // A collector reads nothing of that: it has what it may write and read itself.
  await send('collector', `gk/1/${site}/_settled/notice/ack`, own);
  await Promise.all(
    listening.map((role) => clients.get(role)?.until(role === 'collector' ? own : end, endMs)),
  );
  await clients.get('admin')?.until(`${end}-never`, graceMs);
}

interface Tried {
  readonly canary: Canary;
  readonly heard: ReadonlySet<CanaryRole>;
  readonly verdict: CanaryVerdict;
}

function verdictsOf(
  clients: Clients,
  canaries: readonly Canary[],
  payloadOf: (index: number) => string,
): readonly Tried[] {
  const heardBy = (index: number): ReadonlySet<CanaryRole> =>
    new Set(canaryRoles.filter((role) => clients.get(role)?.heard.has(payloadOf(index)) === true));
  const all = canaries.map((canary, index) => ({ canary, heard: heardBy(index) }));
  return all.map(({ canary, heard }) => {
    const hears = (reader: CanaryRole): boolean =>
      all.some((it) => it.canary.may && it.canary.topic === canary.topic && it.heard.has(reader));
    return { canary, heard, verdict: judgeCanary(canary, heard, hears) };
  });
}

async function tell(
  tried: readonly Tried[],
  nameOf: (role: CanaryRole) => string,
  isJson: boolean,
  streams: Streams,
): Promise<ExitCode> {
  const rows = tried.map(({ canary, heard, verdict }) => ({
    ...{ verdict, writes: `${nameOf(canary.by)}${canary.isWill ? ' (will)' : ''}` },
    ...{ topic: canary.topic, must: canary.may ? 'arrive' : 'not arrive' },
    heard: [...heard].map(nameOf),
  }));
  const bad = tried.filter(({ verdict }) => verdict !== 'arrives' && verdict !== 'kept out');
  const columns = ['verdict', 'writes', 'topic', 'must', 'heard'];
  await streams.out(formatRows(isJson ? 'json' : 'table', columns, rows));
  if (bad.length === 0) {
    if (!isJson)
      await streams.out(`${rows.length} tried: the broker carries what it must, and no more\n`);
    return 0;
  }
  streams.err(
    `gatectl broker check: ${bad.length} of ${rows.length} are not as they must be: ` +
      'compare the broker’s ACL with config/broker/acl\n',
  );
  return 1;
}
