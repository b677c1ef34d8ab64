/** The command line of `gate-kiosk enrol`. Thin: what it does is in `kiosk/enrol`. */
import { writeFileSync } from 'node:fs';
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
import { requestEnrolment } from '../kiosk/enrol/request.js';
import { enrolWords } from '../kiosk/enrol/words.js';
import { askSecret } from './ask-secret.js';
import { type Enrol, type Request, readEnrolWords, usage } from './gate-kiosk-enrol-words.js';

/** Takes the words behind `enrol`; returns the exit code. */
export async function enrolCommand(words: string[]): Promise<ExitCode> {
  const asked = readEnrolWords(words);
  switch (asked.is) {
    case 'help':
      await say(usage);
      return exitCodes.fine;
    case 'wrong':
      return wrong(asked.why);
    case 'request':
      return await request(asked);
    case 'enrol':
      return await enrol(asked);
  }
}

async function request({ out, json, ...names }: Request): Promise<ExitCode> {
  const owner = boardOwner(names.stateDirectory);
  const tools = { disk: boardDisk, owner, makeKey: generatePrivateKey };
  const requested = requestEnrolment({ ...names, ...tools });
  if (!requested.ok) return refused(requested.why, requested.details);
  const { text, checkNumber } = requested;
  try {
    // The same request again is the same file.
    if (readIfThere(out) !== text) writeFileSync(out, text, { flag: 'wx' });
  } catch (error) {
    return refused(enrolWords.diskFailed, [error instanceof Error ? error.message : '']);
  }
  const { site, kiosk } = names;
  const lines = [
    `${both(enrolWords.requested)}: ${out}`,
    `  ${checkNumber}`,
    `  gatectl enrol --site ${site} --kiosk ${kiosk} --request ${out} …`,
  ];
  await say(
    json ? `${JSON.stringify({ file: out, site, kiosk, checkNumber })}\n` : `${lines.join('\n')}\n`,
  );
  return exitCodes.fine;
}

function readIfThere(file: string): string | null {
  const read = readSmallFile(file);
  return read.ok ? Buffer.from(read.bytes).toString('utf8') : null;
}

async function enrol(asked: Enrol): Promise<ExitCode> {
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
  if (!enrolled.ok) return refused(enrolled.why, enrolled.details);
  await (asked.json ? say(`${JSON.stringify(inJson(enrolled))}\n`) : report(enrolled, asked));
  return exitCodes.fine;
}

function refused(why: Phrase, details: readonly string[]): ExitCode {
  tell(both(why));
  for (const line of details) tell(`  ${line}`);
  return exitCodes.cannotStart;
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

async function report(enrolled: Done, { configPath }: Enrol): Promise<void> {
  const { how, site, kiosk, publicKey, isListed, notes } = enrolled;
  const lines = [
    `${both(enrolWords[how])}: ${site}/${kiosk}`,
    ...notes.map(both),
    ...(isListed ? [] : ['', both(enrolWords.giveBack), `  ${keysLine(enrolled)}`]),
    ...(how === 'replaced' ? [both(enrolWords.oldKeyStays)] : []),
  ];
  await say(`${lines.join('\n')}\n`);
  if (process.stdout.isTTY && !isListed) {
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

function inJson({ how, site, kiosk, publicKey, isListed, notes }: Done): object {
  return { how, site, kiosk, publicKey, isListed, notes: notes.map(({ en }) => en) };
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
