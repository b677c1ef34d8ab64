/** What can be asked of `gate-kiosk enrol`: its usage, and the reading of its words. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { argumentWords } from './argument-words.js';

export const usage = `Usage: gate-kiosk enrol --file FILE [--config FILE] [--passphrase-file FILE] [--replace] [--json]
       gate-kiosk enrol --request FILE --site SITE --kiosk ID [--state DIR] [--json]

Makes this board the gate that an enrolment file (gatectl enrol) says: its device key, which is made here
and stays here, certificate, trust list, pepper and kiosk.json. Asks for the file's passphrase. Checks
everything before it writes anything; interrupted at any moment, the same command goes on.

--file             the enrolment file
--config           where kiosk.json goes (/etc/gate-kiosk/kiosk.json)
--passphrase-file  the passphrase from a file that only its owner reads, instead of the terminal
--replace          takes the place of what is here; without it, it says what that would be
--request          where no key is to travel: makes the keys here first and writes FILE for the admin, who
                   answers with gatectl enrol --request; --file takes the answer. Touches nothing else
--site --kiosk     what the board is to be
--state            the state directory (/var/lib/gate-kiosk)
--json             prints one JSON object

Exit codes: 0 enrolled; 1 refused, nothing was written, or writing failed; 2 wrong usage.
`;

const usualConfigPath = '/etc/gate-kiosk/kiosk.json';
const usualStateDirectory = '/var/lib/gate-kiosk';

type Asked =
  | ({ readonly is: 'enrol' } & Enrol)
  | ({ readonly is: 'request' } & Request)
  | { readonly is: 'help' }
  | { readonly is: 'wrong'; readonly why: string };

export interface Request {
  /** where the file for the admin goes */
  readonly out: string;
  readonly site: string;
  readonly kiosk: string;
  readonly stateDirectory: string;
  readonly json: boolean;
}

export interface Enrol {
  readonly file: string;
  readonly configPath: string;
  readonly passphraseFile: string | null;
  readonly replace: boolean;
  readonly json: boolean;
}

/** Takes the words behind `enrol`; returns what is asked for, or what is wrong with it. */
export function readEnrolWords(words: string[]): Asked {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(words);
  } catch (error) {
    return { is: 'wrong', why: argumentWords(error) };
  }
  const { file, site, kiosk, state, config, replace, json } = values;
  if (values.help) return { is: 'help' };
  const isRequest = values.request !== undefined;
  const [own, others] = isRequest
    ? [values.request, [file, config, values['passphrase-file'], replace || undefined]]
    : [file, [site, kiosk, state]];
  if (!own) return { is: 'wrong', why: '--file FILE is needed, or --request FILE' };
  if (others.some((value) => value !== undefined))
    return { is: 'wrong', why: 'these options do not belong together' };
  if (!isRequest)
    return {
      is: 'enrol',
      file: own,
      configPath: config ?? usualConfigPath,
      passphraseFile: values['passphrase-file'] ?? null,
      replace,
      json,
    };
  if (!site || !kiosk) return { is: 'wrong', why: '--request needs --site SITE and --kiosk ID' };
  const stateDirectory = resolve(state ?? usualStateDirectory);
  return { is: 'request', out: own, site, kiosk, stateDirectory, json };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      file: text,
      config: text,
      'passphrase-file': text,
      replace: flag,
      request: text,
      site: text,
      kiosk: text,
      state: text,
      json: flag,
      help: { ...flag, short: 'h' },
    },
  });
  return values;
}
