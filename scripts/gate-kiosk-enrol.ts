/** The command line of `gate-kiosk enrol`. Thin: what it does is in `kiosk/enrol`. */
import { parseArgs } from 'node:util';
import { generatePrivateKey } from '../config/crypto/ed25519-key.js';
import type { Phrase } from '../config/policy.js';
import { readSmallFile } from '../config/read-file.js';
import { groupOrOthersAnything } from '../config/secret.js';
import { systemClock } from '../hardware/linux/clock.js';
import { readConfiguration } from '../kiosk/daemon/configuration.js';
import { type ExitCode, exitCodes } from '../kiosk/daemon/exit-codes.js';
import { boardDisk } from '../kiosk/enrol/board-disk.js';
import { type Enrolled, enrolBoard } from '../kiosk/enrol/enrol.js';
import { boardOwner } from '../kiosk/enrol/owner.js';
import { enrolWords } from '../kiosk/enrol/words.js';
import { askSecret } from './ask-secret.js';

const usage = `Usage: gate-kiosk enrol --file FILE [--config FILE] [--passphrase-file FILE] [--replace] [--json]

Makes this board the gate that an enrolment file (gatectl enrol) says: its device key, which is made here
and stays here, certificate, trust list, pepper and kiosk.json. Asks for the file's passphrase. Checks
everything before it writes anything; interrupted at any moment, the same command goes on.

--file             the enrolment file
--config           where kiosk.json goes (/etc/gate-kiosk/kiosk.json)
--passphrase-file  the passphrase from a file that only its owner reads, instead of the terminal
--replace          takes the place of what is here; without it, it says what that would be
--json             prints one JSON object

Exit codes: 0 enrolled; 1 refused, nothing was written, or writing failed; 2 wrong usage.
`;

const usualConfigPath = '/etc/gate-kiosk/kiosk.json';

interface Asked {
  readonly file: string;
  readonly configPath: string;
  readonly passphraseFile: string | null;
  readonly replace: boolean;
  readonly json: boolean;
}

/** Takes the words behind `enrol`; returns the exit code. */
export async function enrolCommand(words: string[]): Promise<ExitCode> {
  const asked = read(words);
  if (asked === 'help') {
    await say(usage);
    return exitCodes.fine;
  }
  if (typeof asked === 'string') return wrong(asked);
  const { passphraseFile } = asked;
  if (passphraseFile === null && !process.stdin.isTTY) return wrong(enrolWords.noTerminal.en);
  const enrolled = await enrolBoard({
    ...asked,
    wallMs: systemClock().now().wallMs,
    disk: boardDisk,
    owner: boardOwner,
    makeKey: generatePrivateKey,
    passphrase: passphraseFile === null ? fromTerminal : fromFile(passphraseFile),
  });
  if (!enrolled.ok) {
    tell(both(enrolled.why));
    for (const line of enrolled.details) tell(`  ${line}`);
    return exitCodes.cannotStart;
  }
  await (asked.json ? say(`${JSON.stringify(inJson(enrolled))}\n`) : report(enrolled, asked));
  return exitCodes.fine;
}

function read(words: string[]): Asked | 'help' | string {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean', default: false } as const;
    const { values } = parseArgs({
      args: words,
      options: {
        file: text,
        config: text,
        'passphrase-file': text,
        replace: flag,
        json: flag,
        help: { ...flag, short: 'h' },
      },
    });
    if (values.help) return 'help';
    if (!values.file) return '--file FILE is needed';
    return {
      file: values.file,
      configPath: values.config ?? usualConfigPath,
      passphraseFile: values['passphrase-file'] ?? null,
      replace: values.replace,
      json: values.json,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function fromTerminal(before: Phrase | null): Promise<string | null> {
  const write = (text: string): void => void process.stderr.write(text);
  if (before !== null) write(`${both(before)}\n`);
  return await askSecret(`${both(enrolWords.ask)}\n> `, process.stdin, write);
}

/** A file is read once: what is wrong in it stays wrong. */
function fromFile(file: string): (before: Phrase | null) => Promise<string | null> {
  return async (before) => {
    if (before !== null) {
      tell(both(before));
      return null;
    }
    const passphrase = readSmallFile(file);
    if (!passphrase.ok) {
      tell(`${file}: ${passphrase.problem}`);
      return null;
    }
    if ((passphrase.mode & groupOrOthersAnything) !== 0) {
      tell(`${file}: others than its owner may read it: run chmod 600 '${file}'`);
      return null;
    }
    return Buffer.from(passphrase.bytes).toString('utf8');
  };
}

type Done = Extract<Enrolled, { readonly ok: true }>;

async function report(enrolled: Done, { configPath }: Asked): Promise<void> {
  const { how, site, kiosk, publicKey, notes } = enrolled;
  const lines = [
    `${both(enrolWords[how])}: ${site}/${kiosk}`,
    ...notes.map(both),
    '',
    both(enrolWords.giveBack),
    `  ${keysLine(enrolled)}`,
    ...(how === 'replaced' ? [both(enrolWords.oldKeyStays)] : []),
  ];
  await say(`${lines.join('\n')}\n`);
  if (process.stdout.isTTY) {
    // A gate that runs has no use for the writer of codes.
    const { drawQr, paintQr } = await import('./gatectl/qr.js');
    await say(paintQr(await drawQr(`${kiosk} ${publicKey}`, 'M'), true));
  }
  const ready = readConfiguration(configPath);
  const steps = ready.ok
    ? [
        `${both(enrolWords.next)}:`,
        `  runuser -u gate-kiosk -- gate-kiosk doctor --config ${configPath}`,
        '  systemctl enable --now gate-kiosk',
      ]
    : [both(enrolWords.notReady), ...ready.lines.map((line) => `  ${line}`)];
  await say(`${steps.join('\n')}\n`);
}

function keysLine({ kiosk, publicKey }: Done): string {
  return `gatectl keys kiosk --list trust.json --id ${kiosk} --public-key ${publicKey}`;
}

function inJson({ how, site, kiosk, publicKey, notes }: Done): object {
  return { how, site, kiosk, publicKey, notes: notes.map(({ en }) => en) };
}

function both({ zh, en }: Phrase): string {
  return `${zh} / ${en}`;
}

function tell(line: string): void {
  process.stderr.write(`gate-kiosk: ${line}\n`);
}

function wrong(why: string): ExitCode {
  tell(why);
  process.stderr.write(usage);
  return exitCodes.wrongConfiguration;
}

/** A pipe takes it later: the process must not end before. */
function say(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}
