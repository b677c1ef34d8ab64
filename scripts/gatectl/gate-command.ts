/** `gatectl command`: asks one gate for something, once and now, and says what it came to. */
import { randomBytes } from 'node:crypto';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import type { Phrase } from '../../config/policy.js';
import { type CommandName, commandNames } from '../../config/vocabulary.js';
import { monotonicNowMs, systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import type { TrustList } from '../../kiosk/credential/trust.js';
import { gateTopics } from '../../kiosk/report/topics.js';
import {
  type CommandAnswer,
  isFinal,
  knownAnswer,
  readCommandAnswer,
} from '../../kiosk/settings/admin/command-answer.js';
import { siteView } from '../../kiosk/settings/admin/site-view.js';
import { composeCommand } from '../../kiosk/settings/compose-command.js';
import { commandLimits } from '../../kiosk/settings/signed/judge-command.js';
import { type BrokerAccess, brokerOptions, readBroker } from './broker-options.js';
import { jsonLine, printable } from './collect-output.js';
import { type Command, readArguments, required, type Streams, UsageError } from './command.js';
import { missingWords, readId } from './config-words.js';
import { readTrustFile } from './files.js';
import { aboutWords, doneWords, refusedWords, silenceWords } from './gate-command-words.js';
import { readKeyFiles } from './key-files.js';
import { openSiteLink, type SiteLink } from './site-link.js';
import { readDurationSeconds } from './words.js';

const help = `Usage: gatectl command NAME --site SITE --kiosk ID --key FILE… --broker URL [--trust FILE]
                       [--passphrase-file FILE…] [--wait 30s] [--json]
                       [--ca FILE --cert FILE --key-file FILE] [--protocol 5|4]

Asks one gate for something, once and now: signs it, sends it, and says what the gate answers. NAME is

  open         open for one passage, as the guard’s OPEN does: a guard must be on duty there, in whose name it
               is done, and the gate’s kiosk.json must allow it ("commands": {"open": true})
  lockdown     nobody comes in until release; a way out stays free
  release      the end of lockdown
  end-attempt  who stands there is sent away, as by REFUSE
  acknowledge  the alarms are known, as by ACKNOWLEDGE
  lamp-test    all lamps and the buzzer for some seconds
  diagnostics  what the gate is like: version, clock, configuration, lane, alarms, devices, counts

  --key        an admin’s key with the role command, and as many more as the trust list asks for: a command
               is over too soon to be passed on. One that is locked is asked for, or comes by
               --passphrase-file, the first for the first key
  --trust      the list in force: what has too few signatures is not sent
  --wait       how long the command is good for, and the answer waited for: 60s at the most

Without an answer nobody knows whether it was done; it is not done later. To send it again is a new
command: an open opens once more. Every one is in the gate’s journal, with who has signed it.

Exit code 0 done; 1 the gate did not do it, or nobody answered; 2 wrong usage.
`;

const text = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;
const options = {
  ...brokerOptions,
  ...{ site: text, kiosk: text, trust: text, wait: text, key: many, 'passphrase-file': many },
  json: { type: 'boolean' },
} as const;

const waitDefault = '30s';
/** An answer that is under way when the command is over. */
const spareMs = 2_000;
const nonceBytes = 16;
const stoppedWords =
  'gatectl command: stopped; it may have been done, or be done still until it is over: ' +
  'look with gatectl command diagnostics before you ask again\n';

interface Asked {
  readonly name: CommandName;
  readonly site: string;
  readonly kiosk: string;
  readonly broker: BrokerAccess;
  readonly waitMs: number;
  readonly keys: readonly PrivateKey[];
}

/** `unsent`: nothing has left this machine, or the broker does not pass it on. */
type Outcome = CommandAnswer | { readonly status: 'unsent' | 'no-answer'; readonly why: string };

export const gateCommand: Command = {
  summary: 'ask one gate for something: open, lockdown, diagnostics …',
  help,
  async run(args, streams) {
    const { values, positionals } = readArguments(args, options, 1);
    const name = readName(required(positionals[0], 'a NAME'));
    const site = readId(required(values.site, '--site'), '--site');
    const kiosk = readId(required(values.kiosk, '--kiosk'), '--kiosk');
    const waitMs = 1_000 * readDurationSeconds(values.wait ?? waitDefault, '--wait');
    if (waitMs > commandLimits.lifeMs)
      throw new UsageError(`--wait: a command is over after ${commandLimits.lifeMs / 1_000} s`);
    const broker = readBroker(values);
    const trust = values.trust === undefined ? null : readTrustFile(values.trust);
    const keys = await readKeyFiles(values.key, values['passphrase-file'], streams);
    if (trust !== null) refuseTooFew(keys, trust);
    const id = randomBytes(8).toString('hex');
    const outcome = await ask({ name, site, kiosk, broker, waitMs, keys }, id, streams);
    const isDone = outcome.status === 'ok';
    if (values.json === true) {
      const answer = { ok: isDone, site, kiosk, name, id, ...outcome };
      await streams.out(jsonLine(answer));
    } else await tell(kiosk, name, outcome, streams);
    return isDone ? 0 : 1;
  },
};

function readName(word: string): CommandName {
  const name = commandNames.find((known) => known === word);
  if (name !== undefined) return name;
  throw new UsageError(`${word} is no command; there are ${commandNames.join(', ')}`);
}

/** A gate would not answer, and an alarm would go up: better said here. */
function refuseTooFew(keys: readonly PrivateKey[], { admins, thresholds }: TrustList): void {
  const able = admins.filter(({ roles }) => roles.has('command'));
  const signers = able.filter(({ key }) =>
    keys.some(({ publicKey }) => publicKey.text === key.text),
  );
  const missing = (thresholds.get('command') ?? commandLimits.thresholdDefault) - signers.length;
  if (missing <= 0) return;
  const others = able.filter((it) => !signers.includes(it)).map(({ name }) => name);
  const useless = keys
    .filter(({ publicKey }) => !able.some(({ key }) => key.text === publicKey.text))
    .map(
      ({ publicKey: { kid } }) =>
        `\nkid ${kid} has no role command on this list: its signature would not count`,
    );
  throw new UsageError(
    `${missingWords(missing)} by this list; of ${others.join(', ') || 'nobody on it'}${useless.join('')}`,
  );
}

async function ask(asked: Asked, id: string, streams: Streams): Promise<Outcome> {
  const { name, site, kiosk, broker, waitMs, keys } = asked;
  const { base, state } = gateTopics({ site, kiosk });
  const rsp = `${base}/rsp/${name}`;
  const view = siteView(site);
  let answer: CommandAnswer | null = null;
  const opened = await openSiteLink({
    ...{ broker, site, filters: [state, rsp] },
    message(message) {
      if (message.topic !== rsp) return view.take(message);
      answer = knownAnswer(answer, readCommandAnswer(message.payload, id));
    },
    down: (why) => streams.err(`gatectl command: no connection, trying again: ${why}\n`),
  });
  if (!opened.ok) return { status: 'unsent', why: opened.why };
  const { link } = opened;
  let isOver = (): void => {};
  try {
    await link.settled();
    if (view.gate(kiosk).online === false)
      return { status: 'unsent', why: `${kiosk} is not connected; nothing was sent` };
    if (view.gate(kiosk).online === null)
      streams.err(`gatectl command: ${kiosk} was never heard at this broker\n`);
    isOver = streams.whenStopped?.(stoppedWords) ?? isOver;
    const about = aboutWords[name];
    if (about !== undefined) streams.err(`${kiosk} ${about.en}\n${kiosk}：${about.zh}\n`);
    const issuedMs = Math.round(systemClock().now().wallMs);
    const nonce = encodeBase64url(randomBytes(nonceBytes));
    const order = { site, kiosk, id, name, nonce, issuedMs, expiresMs: issuedMs + waitMs };
    const endMs = monotonicNowMs() + waitMs + spareMs;
    const why = await send(link, `${base}/cmd/${name}`, composeCommand(order, keys), waitMs);
    if (why !== null) return { status: 'unsent', why };
    await link.until(() => isFinal(answer), endMs - monotonicNowMs());
    return answer ?? { status: 'no-answer', why: wordsOfSilence(view.gate(kiosk).online) };
  } finally {
    isOver();
    await link.close();
  }
}

/** @returns null: the broker has it, or nobody can say in time; else why it has it not */
async function send(
  link: SiteLink,
  topic: string,
  payload: Uint8Array,
  waitMs: number,
): Promise<string | null> {
  const sent = link.publish({ topic, payload, retain: false });
  let cancel = (): void => {};
  const late = new Promise<null>((resolve) => {
    cancel = systemScheduler().at(monotonicNowMs() + waitMs, () => resolve(null));
  });
  const result = await Promise.race([sent, late]);
  cancel();
  if (result === null || result.ok) return null;
  return `the broker does not take ${topic}: its ACL must let this certificate write there`;
}

function wordsOfSilence(online: boolean | null): string {
  return online === false ? 'its connection was lost meanwhile' : '';
}

async function tell(
  kiosk: string,
  name: CommandName,
  outcome: Outcome,
  streams: Streams,
): Promise<void> {
  const say = ({ en, zh }: Phrase): string => `${kiosk}: ${en}\n${kiosk}：${zh}\n`;
  if ('why' in outcome) {
    if (outcome.why !== '') streams.err(`gatectl command: ${outcome.why}\n`);
    return outcome.status === 'unsent' ? undefined : streams.err(silenceWords.map(say).join(''));
  }
  const { status, code, detail } = outcome;
  if (status !== 'ok') {
    const known = Object.entries(refusedWords).find(([word]) => word === code)?.[1];
    const unknown = printable(`${status} ${code}`);
    return streams.err(say(known ?? { en: unknown, zh: unknown }));
  }
  await streams.out(say(doneWords[name]));
  if (typeof detail === 'object' && detail !== null) await streams.out(detailLines(detail));
}

/** Figures of a gate, a line each; what is in them came from afar. */
function detailLines(detail: object): string {
  const lines = Object.entries(detail).map(([member, value]) => {
    const words = typeof value === 'string' ? value : JSON.stringify(value);
    return `  ${printable(`${member.padEnd(12)} ${words}`)}\n`;
  });
  return lines.join('');
}
