/** Texts that two readers take differently, or that no reader gets to the end of. */
import { parseEnvelope } from '../../config/crypto/dsse.js';
import { commandPayloadType } from '../../kiosk/settings/signed/judge-command.js';
import { configPayloadType } from '../../kiosk/settings/signed/judge-step.js';
import { type Attack, type Edit, without } from './attack.js';
import { command, commandText, got, judged, judgedCommand, opened, sealed, step } from './forge.js';

const strict = 'config/strict-json.js';
const exact = without(
  'kiosk/settings/signed/exact-json.js',
  'if (JSON.stringify(JSON.parse(text)) === text)',
  'if (true)',
);
const whole = step('policy');
const envelopeText = Buffer.from(whole.bytes).toString('utf8');
const payload = Buffer.from(opened(whole.bytes).payload);

/** A payload that was changed before it was signed: an admin’s tool may be anybody’s. */
const signedText = (change: (text: string) => string): string =>
  judged(sealed(configPayloadType, change(payload.toString('utf8'))));

/** @returns what is taken of an envelope that was written otherwise than it is made */
const envelope = (change: (text: string) => string): string | null =>
  got(judged(Buffer.from(change(envelopeText), 'utf8')), 'few', 'all');

/** Neither the reader nor the look at the one spelling is there. */
const both = (find: string, put: string): readonly Edit[] => [
  ...without(strict, find, put),
  ...exact,
];

export const attacks: readonly Attack[] = [
  {
    line: 'deep nesting: an envelope of brackets',
    removed: without(strict, 'if (depth > jsonDepthMax)', 'if (false)'),
    attempt() {
      try {
        return parseEnvelope(Buffer.alloc(60_000, '[')).ok ? 'it is an envelope' : null;
      } catch (error) {
        return `the reader throws: ${error}`;
      }
    },
  },
  {
    line: 'deep nesting: a body of brackets, signed',
    removed: without(strict, 'if (depth > jsonDepthMax)', 'if (false)'),
    attempt: () =>
      got(
        signedText((text) =>
          text.replace('"body":{}', `"body":${'['.repeat(100)}${']'.repeat(100)}`),
        ),
        'all',
      ),
  },
  {
    line: 'duplicate keys: an envelope of two payloads',
    removed: without(strict, 'if (Object.hasOwn(members, key))', 'if (false)'),
    attempt: () => envelope((text) => text.replace('{', '{"payload":"e30=",')),
  },
  {
    line: 'duplicate keys: a step of two numbers, signed',
    removed: both('if (Object.hasOwn(members, key))', 'if (false)'),
    attempt: () =>
      got(
        signedText((text) => text.replace('{', '{"seq":9,')),
        'all',
      ),
  },
  {
    line: 'huge numbers: one that a reader rounds',
    removed: both(
      'if (!Number.isFinite(value) || (isInteger && !Number.isSafeInteger(value)))',
      'if (false)',
    ),
    attempt: () =>
      got(
        signedText((text) => text.replace('"body":{}', '"body":[9007199254740993]')),
        'all',
      ),
  },
  {
    line: 'huge numbers: one that is infinite',
    removed: both(
      'if (!Number.isFinite(value) || (isInteger && !Number.isSafeInteger(value)))',
      'if (false)',
    ),
    attempt: () =>
      got(
        signedText((text) => text.replace('"body":{}', '"body":[1e999]')),
        'all',
      ),
  },
  {
    line: 'huge numbers: a number of a step beyond counting',
    removed: without(
      'kiosk/settings/signed/config-step.js',
      'value >= least && value <= most)',
      'value >= least)',
    ),
    attempt: () =>
      got(
        signedText((text) => text.replace('"seq":1', `"seq":${2 ** 52}`)),
        'all',
      ),
  },
  {
    line: 'another spelling: a step that says the same in other words',
    removed: exact,
    attempt: () =>
      got(
        signedText((text) => text.replace('a test', '\\u0061 test')),
        'all',
      ),
  },
  {
    line: 'bad UTF-8: in a signed payload',
    removed: without('config/utf8.js', 'fatal: true', 'fatal: false'),
    attempt() {
      const at = payload.indexOf('a test');
      const spoilt = Buffer.from(payload);
      spoilt[at] = 0xff;
      return got(judged(sealed(configPayloadType, spoilt)), 'all');
    },
  },
  {
    line: 'trailing bytes: a second envelope behind the first',
    removed: without(strict, 'if (scanner.offset < text.length)', 'if (false)'),
    attempt: () => envelope((text) => `${text}{"payload":"e30="}`),
  },
  {
    line: 'trailing bytes: behind a signed payload',
    removed: both('if (scanner.offset < text.length)', 'if (false)'),
    attempt: () =>
      got(
        signedText((text) => `${text},`),
        'all',
      ),
  },
  {
    line: 'base64 with left-over bits: one payload of two texts',
    removed: without(
      'config/crypto/base64.js',
      "return bytes.toString('base64') === text ? new Uint8Array(bytes) : null;",
      'return new Uint8Array(bytes);',
    ),
    attempt() {
      // A payload of 3n + 1 bytes has four bits to spare.
      const texts = ['a', 'aa', 'aaa'].map((reason) => step('policy', { reason }).bytes);
      const bytes = texts.find((it) => opened(it).payload.length % 3 === 1) ?? whole.bytes;
      const text = Buffer.from(bytes).toString('utf8');
      const [spare = ''] = /.==/.exec(text) ?? [];
      const other = `${String.fromCharCode(spare.charCodeAt(0) + 1)}==`;
      return got(judged(Buffer.from(text.replace(spare, other), 'utf8')), 'few', 'all');
    },
  },
  {
    line: '__proto__: in an envelope',
    removed: [
      ...without(strict, "if (key === '__proto__')", 'if (false)'),
      ...without(strict, 'const members = Object.create(null);', 'const members = {};'),
    ],
    attempt: () => envelope((text) => text.replace('{', '{"__proto__":{"admin":true},')),
  },
  {
    line: '__proto__: in what a signed command asks for',
    removed: without(strict, "if (key === '__proto__')", 'if (false)'),
    attempt() {
      const text = commandText().replace('"args":{}', '"args":{"__proto__":{"admin":true}}');
      return got(judgedCommand(sealed(commandPayloadType, text)), 'taken');
    },
  },
  {
    line: 'endless: a command with kilobytes of white space behind it',
    removed: without(
      'kiosk/settings/signed/judge-command.js',
      'if (bytes.length > commandLimits.bytesMax)',
      'if (false)',
    ),
    attempt() {
      const long = Buffer.concat([command(), Buffer.alloc(9_000, ' ')]);
      return got(judgedCommand(long), 'taken');
    },
  },
];
