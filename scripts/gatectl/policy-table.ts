/** Draws an explained policy as a table of two columns, for a page or a terminal of 100 columns. */
import type { Phrase } from '../../config/policy.js';
import type { Explanation, Line } from './policy-explain.js';

const labelColumns = 30;
const textColumns = 67;

/** @returns the table; Chinese first, then English, on one line where both fit */
export function drawExplanation({ title, stops, rules, otherwise, settings }: Explanation): string {
  const groups = [
    {
      heading: { zh: '先行拦截（不论出示何种证件）', en: 'Stops: first, whatever else is shown' },
      entries: stops,
    },
    { heading: { zh: '准入情形（按此顺序）', en: 'Rules, in this order' }, entries: rules },
    { heading: { zh: '不符合以上情形', en: 'Who fits none of them' }, entries: [otherwise] },
  ];
  const lines = [title.zh, title.en];
  for (const { heading, entries } of groups) {
    lines.push('', ...fill(heading, labelColumns + textColumns + 3), doubleRule());
    for (const { order, clause, title: who, lines: parts } of entries) {
      lines.push(...row([order === null ? clause : `${order}  ${clause}`], fill(who, textColumns)));
      for (const part of parts) lines.push(...lineRows(part));
      lines.push(singleRule());
    }
  }
  lines.push('', '设置  Settings', doubleRule());
  for (const { name, words, value } of settings) {
    const said = value.zh === value.en ? value.zh : `${value.zh} ${value.en}`;
    lines.push(...row([said], fill({ zh: words.zh, en: `${words.en}  [${name}]` }, textColumns)));
  }
  lines.push(singleRule());
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function lineRows({ label, items }: Line): readonly string[] {
  const text = items.flatMap((item) => fill(item, textColumns));
  return row(wrap(`  ${label.zh} ${label.en}`, labelColumns), text);
}

function row(label: readonly string[], text: readonly string[]): readonly string[] {
  const height = Math.max(label.length, text.length);
  return Array.from(
    { length: height },
    (_, index) => `${pad(label[index] ?? '', labelColumns)} | ${text[index] ?? ''}`,
  );
}

function singleRule(): string {
  return `${'-'.repeat(labelColumns)}-+-${'-'.repeat(textColumns)}`;
}

function doubleRule(): string {
  return `${'='.repeat(labelColumns)}=+=${'='.repeat(textColumns)}`;
}

/** Both languages on one line where they fit; else each on its own, the second set in a little. */
function fill({ zh, en }: Phrase, columns: number): readonly string[] {
  const line = `${zh}  ${en}`;
  if (widthOf(line) <= columns) return [line];
  return [...wrap(zh, columns), ...wrap(en, columns - 2).map((part) => `  ${part}`)];
}

/** Breaks at spaces, and between characters where a word is longer than a line. */
function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<= )|(?<=[\u3000-\u9fff\uff00-\uffef])/u)) {
    if (line !== '' && widthOf(line + word.trimEnd()) > columns) {
      lines.push(line);
      line = '';
    }
    line += word;
  }
  return line === '' ? lines : [...lines, line];
}

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** Columns on a terminal: Chinese characters and full-width signs take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        character,
      )
        ? 2
        : 1;
  return width;
}
