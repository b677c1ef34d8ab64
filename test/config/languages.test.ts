import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shippedLanguages } from '../../config/language.js';
import { languageJsonSchema, readLanguages } from '../../config/language-files.js';
import { memberPlace } from '../../config/problems.js';
import { russian } from '../kiosk/screen/russian.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-languages-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(value: unknown): string {
  const file = join(folder, 'ru.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

describe('languages of the screen', () => {
  it('shipped are Chinese and English, which are read where nothing is said', () => {
    const { languages, problems } = readLanguages();
    expect(problems).toEqual([]);
    expect(languages.map(({ tag }) => tag)).toEqual(['zh-CN', 'en']);
    expect(readLanguages(['en', 'zh']).languages).toEqual(languages.toReversed());
  });

  it('shipped are the files of the folder, each by its name', () => {
    const folder = readdirSync(new URL('../../config/languages/', import.meta.url));
    const files = folder.filter((name) => name !== 'language.schema.json');
    expect(files.sort()).toEqual(shippedLanguages.map((name) => `${name}.json`));
    expect(readLanguages(shippedLanguages)).toMatchObject({ problems: [] });
  });

  it('a third one is one file, named by its path', () => {
    const { languages, problems } = readLanguages(['zh', write(russian)]);
    expect(problems).toEqual([]);
    expect(languages[1]).toEqual(russian);
  });

  it('lists every missing and every unknown key with its place', () => {
    const { go: _go, ...headlines } = russian.headlines;
    const file = write({
      ...russian,
      headlines: { ...headlines, gone: 'x' },
      labels: { ...russian.labels, normal: '' },
      extra: 1,
    });
    const { languages, problems } = readLanguages(['zh', file]);
    expect(languages.length).toBe(1);
    const told = problems.map(({ place, problem }) => `${place}: ${problem}`).sort();
    expect(problems.every((it) => it.file === file)).toBe(true);
    expect(told).toEqual([
      'extra: unknown key: remove it or correct its spelling',
      'headlines.go: missing: a string is needed here',
      'headlines.gone: unknown key: remove it or correct its spelling',
      expect.stringMatching(/^labels\.normal: must be at least 1/),
    ]);
  });

  it.each([
    ['no paper is named', { 'show-paper': 'Покажите' }, /must have \{paper\} in it once/],
    ['it is named twice', { 'lay-paper': '{paper} {paper}' }, /must have \{paper\} in it once/],
    ['a text is too long', { walk: 'x'.repeat(200) }, /at most 110/],
    ['a line ends in it', { walk: 'a\nb' }, /no control characters/],
    ['it begins with a space', { walk: ' a' }, /begin nor end with a space/],
  ])('is refused where %s', (_why, change, problem) => {
    const file = write({ ...russian, steps: { ...russian.steps, ...change } });
    const { problems } = readLanguages([file]);
    expect(problems).toMatchObject([
      { file, place: memberPlace('steps', Object.keys(change)[0] ?? '') },
    ]);
    expect(problems[0]?.problem).toMatch(problem);
  });

  it('says what is wrong with a file that is none, and with a name that nobody knows', () => {
    expect(readLanguages([write('{')]).problems).toHaveLength(1);
    expect(readLanguages([join(folder, 'none.json')]).problems[0]?.problem).toMatch(
      /does not exist/,
    );
    expect(readLanguages(['xx']).problems[0]?.problem).toMatch(
      /no language "xx" is shipped \(en, zh\)/,
    );
    expect(readLanguages(['schema', 'language']).problems).toHaveLength(2);
  });

  it('have a schema for editors beside them, as the code has it (else: npm run schema)', () => {
    const shipped = (name: string): unknown =>
      JSON.parse(readFileSync(new URL(`../../config/languages/${name}`, import.meta.url), 'utf8'));
    expect(shipped('language.schema.json')).toEqual(languageJsonSchema());
    for (const name of ['zh.json', 'en.json'])
      expect(shipped(name)).toMatchObject({ $schema: './language.schema.json' });
  });
});
