/**
 * Reads the screen's languages: shipped ones by name, others by path. A language with a key missing or
 * unknown is refused whole, so that no blank ever stands before a person.
 */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isAbsolutePath, pathCharactersMax } from './kiosk-config.js';
import {
  headlineIds,
  type Language,
  labelIds,
  paperStepIds,
  shippedLanguages,
  stepIds,
  usualLanguages,
} from './language.js';
import { type Problem, problemsOf } from './problems.js';
import { fileBytesMax, readSmallFile } from './read-file.js';
import { parseStrictJsonBytes } from './strict-json.js';

/** In characters: what still stands large at 800 x 480; the longest of ours have 20, 79 and 9. */
const longest = { headline: 32, step: 110, label: 20, paper: 80 } as const;
/** Far more than any policy has labels, or a language needs words held together. */
const entriesMax = 256;

const shippedFolder = new URL('./languages/', import.meta.url);

const text = (charactersMax: number) =>
  z
    .string()
    .min(1)
    .max(charactersMax)
    .refine((it) => it === it.trim() && !/\p{Cc}/u.test(it), {
      message: 'must neither begin nor end with a space, and hold no control characters',
    });
const paperStep = text(longest.step).refine((it) => it.split('{paper}').length === 2, {
  message: 'must have {paper} in it once: there the paper is named',
});

function recordOf<Id extends string, Value extends z.ZodType>(ids: readonly Id[], value: Value) {
  const shape = Object.fromEntries(ids.map((id) => [id, value])) as Record<Id, Value>;
  return z.strictObject(shape);
}

const languageSchema: z.ZodType<Language> = z
  .strictObject({
    $schema: z.string().max(pathCharactersMax).exactOptional(),
    tag: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language tag, as zh-CN or ru')
      .describe('BCP 47, e.g. zh-CN or ru'),
    unbroken: z
      .array(text(longest.label))
      .max(entriesMax)
      .exactOptional()
      .describe('words that no line may break, where there are no spaces between words'),
    headlines: recordOf(headlineIds, text(longest.headline)).describe(
      'the main words: short, a long one is set narrow',
    ),
    steps: z.strictObject({
      ...recordOf(stepIds, text(longest.step)).shape,
      ...recordOf(paperStepIds, paperStep).shape,
    }),
    labels: recordOf(labelIds, text(longest.label)),
    papers: z
      .record(text(longest.paper), text(longest.paper))
      .refine((it) => Object.keys(it).length <= entriesMax, `must be at most ${entriesMax} entries`)
      .exactOptional()
      .describe("the policy's labels by their English; what is not here stands in English"),
  })
  .describe("What the person's screen says in one language.");

/**
 * Reads languages as `screen.languages` of `kiosk.json` lists them; never throws.
 * @param listed names of shipped languages, and absolute paths of files
 * @returns those that could be read, in their order, and every problem with its file and place
 */
export function readLanguages(listed: readonly string[] = usualLanguages): {
  readonly languages: readonly Language[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const languages = listed.flatMap((name) => {
    const file = isAbsolutePath(name) ? name : shippedFile(name);
    const whole = (problem: string) => ({ file: file ?? '', place: '', problem });
    if (file === null) {
      const known = shippedLanguages.join(', ');
      problems.push(whole(`no language "${name}" is shipped (${known}): give its file's path`));
      return [];
    }
    const read = readSmallFile(file);
    if (!read.ok) {
      problems.push(whole(`the screen's language ${read.problem}`));
      return [];
    }
    const json = parseStrictJsonBytes(read.bytes, fileBytesMax);
    if (!json.ok) {
      problems.push(...json.problems.map((problem) => ({ file, ...problem })));
      return [];
    }
    const parsed = languageSchema.safeParse(json.value, { reportInput: true });
    if (parsed.success) return [parsed.data];
    problems.push(...problemsOf(parsed.error).map((problem) => ({ file, ...problem })));
    return [];
  });
  return { languages, problems };
}

function shippedFile(name: string): string | null {
  if (!shippedLanguages.includes(name)) return null;
  return fileURLToPath(new URL(`${name}.json`, shippedFolder));
}

/** The JSON schema (2020-12) that is shipped as `languages/language.schema.json`. */
export function languageJsonSchema(): unknown {
  return { ...z.toJSONSchema(languageSchema), title: 'gate-kiosk: a language of the screen' };
}
