/** `gatectl issue`: one credential, as text and QR code, as a printable page, as a phone's picture. */
import { type CredentialKindNumber, credentialKinds } from '../../config/vocabulary.js';
import {
  claimsToCbor,
  type LooseClaims,
  listClaims,
  parseClaims,
} from '../../kiosk/credential/claims.js';
import { ProfileError, sealClaims } from '../../kiosk/credential/issue.js';
import { type Command, readArguments, required, type Streams, UsageError } from './command.js';
import { type PaperFile, writePaperFiles } from './files.js';
import { claimOptions, readClaims } from './issue-claims.js';
import { readKeyFile } from './key-files.js';
import { describePaper } from './paper.js';
import { drawPage } from './paper-page.js';
import { exceededLifetime, readLifetimes } from './policy-lifetime.js';
import { drawPhonePicture, drawQr, type ErrorCorrection, paintQr, qrVersionMax } from './qr.js';
import { dateIn, durationWords, readKind } from './words.js';

const help = `Usage: gatectl issue KIND --key FILE [options]

KIND and what it needs (in brackets: may have):
  approval-form           --variant staff-entry|lab-duty --sub ID --zones ZONE,… [--unit]
                          --variant external-entry --purpose research|service|logistics
                            --zones ZONE,… HOLDER [--unit]
  campus-card-code        --variant staff --sub ID [--unit] | --variant student --sub ID --unit COLLEGE
  residence-pass          --household WORD [HOLDER] [--unit]
  exit-entry-ticket       --household WORD [--day DATE] [--unit]
  resumption-certificate  [HOLDER] [--unit]
  visit-filing            --zones ZONE,… --unit HOST-UNIT --host ID HOLDER
  guard-badge             --sub ID [--unit]
HOLDER is --id-number NUMBER --pepper FILE (- reads the number from standard input, which keeps it
out of the shell's history), or --holder HEX where an office makes the tag itself.

  --issued TIME --not-before TIME --expires TIME   RFC 3339; issued now by default
  --lasts DURATION   instead of --expires: 90s 10m 12h 4d; by default a code 10m, a badge 12h,
                     a ticket 4d, a filing or form 7d, a pass or certificate 30d; where gates under
                     the shipped policy would refuse a longer one, that is said
  --day DATE         first of the ticket's two days; today in --time-zone by default (which, is said)
  --time-zone ZONE   the site's, e.g. Asia/Shanghai; this machine's by default
  --cti HEX          8 bytes; random by default
  --svg FILE         a page to print (level Q): forms, certificates and filings on A4, the rest on
                     A6; its times are those of --time-zone
  --png FILE         a picture for a phone's screen (level M); without --svg it implies --phone
                     (both have mode 0600 and are never written over another file)
  --phone            a QR code for a phone's screen (level M) on the terminal, instead of paper
                     (level Q)
  --qr               the picture of the QR code also where the output is no terminal
  --passphrase-file FILE   opens a key that is locked; asked for without it
  --json             one JSON object instead
`;

const options = {
  ...claimOptions,
  key: { type: 'string' },
  'passphrase-file': { type: 'string' },
  svg: { type: 'string' },
  png: { type: 'string' },
  phone: { type: 'boolean' },
  qr: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;
type Values = ReturnType<typeof readArguments<typeof options>>['values'];

const daySeconds = 86_400;

export const issueCommand: Command = {
  summary: 'issue one credential as text, QR code, page or picture',
  help,
  async run(args, streams) {
    const { values, positionals } = readArguments(args, options, 1);
    const kind = readKind(required(positionals[0], 'KIND'));
    const key = await readKeyFile(
      required(values.key, '--key'),
      values['passphrase-file'],
      streams,
    );
    const claims = await readClaims(kind, values, streams.stdin);
    const text = seal(() => sealClaims(key, claims), claims);
    const isForPhone =
      values.phone === true || (values.png !== undefined && values.svg === undefined);
    const errorCorrection = isForPhone ? 'M' : 'Q';
    const qr = await drawFitting(text, errorCorrection, claims, values);
    const { kid } = key.publicKey;
    writePaperFiles(await drawFiles(text, claims, kid, values));
    warnOfLifetime(kind, claims, streams);
    if (values.json === true) {
      const shown = { version: qr.version, errorCorrection };
      const id = `${kid}${claims.cti}`;
      const answer = { text, id, kid, claims: listClaims(claims), qr: shown };
      await streams.out(`${JSON.stringify(answer)}\n`);
      return 0;
    }
    await streams.out(`${text}\n`);
    tellDay(kind, claims, values, streams);
    // Not on standard output, which is the paper's text alone.
    if (values.svg !== undefined) streams.err(`a page to print: ${values.svg}\n`);
    if (values.png !== undefined) streams.err(`a picture for a phone: ${values.png}\n`);
    if (values.qr === true || streams.isTerminal)
      await streams.out(`\n${paintQr(qr, streams.isTerminal)}`);
    return 0;
  },
};

/** The office has another policy, or a paper for nothing: gates say so only when somebody stands there. */
function warnOfLifetime(
  kind: CredentialKindNumber,
  { exp, iat }: LooseClaims,
  streams: Streams,
): void {
  const name = credentialKinds[kind];
  const seconds = Number(exp) - Number(iat);
  const max = exceededLifetime(name, seconds, readLifetimes());
  if (max === null) return;
  streams.err(
    `gatectl issue: gates under the shipped policy refuse this ${name} (lifetime-too-long): ` +
      `it is good for ${durationWords(seconds)}, and ${durationWords(max)} are allowed\n`,
  );
}

/** This machine's zone may be another one than the site's, and then for hours its day is, too. */
function tellDay(
  kind: CredentialKindNumber,
  { day }: LooseClaims,
  values: Values,
  streams: Streams,
): void {
  if (kind !== 4 || values.day !== undefined || values['time-zone'] !== undefined) return;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  streams.err(
    `first of its two days: ${dateIn(Number(day) * daySeconds, 'UTC')}, in this machine’s time zone ` +
      `(${timeZone}); --time-zone ZONE names the site’s\n`,
  );
}

/** Denser codes than a gate is sure to read are refused. */
async function drawFitting(
  text: string,
  errorCorrection: ErrorCorrection,
  claims: LooseClaims,
  { svg }: Values,
) {
  const qr = await drawQr(text, errorCorrection);
  if (qr.version <= qrVersionMax) return qr;
  const phone = svg === undefined ? ', or use --phone' : ', or use --png without --svg';
  throw new UsageError(
    `the QR code needs version ${qr.version}, ${qrVersionMax} at most: shorten ${longest(claims)}` +
      (errorCorrection === 'M' ? '' : phone),
  );
}

async function drawFiles(
  text: string,
  loose: LooseClaims,
  kid: string,
  values: Values,
): Promise<readonly PaperFile[]> {
  const files: PaperFile[] = [];
  const { svg, png } = values;
  if (svg !== undefined) {
    const parsed = parseClaims(claimsToCbor(loose));
    if (!parsed.ok) throw new UsageError(parsed.problem);
    const paper = describePaper(parsed.claims, kid, values['time-zone']);
    files.push({
      file: svg,
      content: drawPage(paper, await drawFitting(text, 'Q', loose, values)),
    });
  }
  if (png !== undefined) files.push({ file: png, content: await drawPhonePicture(text) });
  return files;
}

function seal(make: () => string, { holder }: LooseClaims): string {
  try {
    return make();
  } catch (error) {
    if (
      error instanceof ProfileError &&
      holder === undefined &&
      error.message.startsWith('holder:')
    )
      throw new UsageError(
        'whose paper it is, is required: --id-number NUMBER --pepper FILE, or --holder HEX of 16 bytes',
      );
    if (error instanceof ProfileError) throw new UsageError(error.message);
    throw error;
  }
}

/** What an issuer can shorten, the longest first. */
function longest(claims: LooseClaims): string {
  const length = (name: 'unit' | 'zones') => JSON.stringify(claims[name] ?? '').length;
  return length('unit') > length('zones') ? '--unit or --zones' : '--zones or --unit';
}
