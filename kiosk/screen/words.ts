/** The view in words: each phrase in every language of the screen, in their order. Pure. */
import type { LabelId, Language } from '../../config/language.js';
import type { Phrase } from '../../config/policy.js';
import type { ChecklistItem, Hint, NextStep, ScreenMode, ScreenView, Tone } from './view.js';

/** One text for each language, the large one first. */
export type Texts = readonly string[];

/** What the page is sent: nothing in it is to be looked up. */
export interface PageView {
  readonly mode: ScreenMode;
  readonly headline: Texts;
  readonly step: { readonly texts: Texts; readonly hint: Hint } | null;
  readonly checklist: readonly {
    readonly texts: Texts;
    readonly state: ChecklistItem['state'];
    /** stands behind a line that is done, e.g. `36.5 ℃` */
    readonly value: string | null;
  }[];
  /** a normal one, where no checklist shows it */
  readonly temperature: string | null;
  readonly masked: string | null;
  readonly tone: Tone;
  readonly toneSerial: number;
  readonly direction: 'in' | 'out';
}

/** What the page knows before its first view, and needs when there is none any more. */
export interface PageWords {
  readonly languages: readonly { readonly tag: string; readonly unbroken: readonly string[] }[];
  readonly ways: { readonly in: Texts; readonly out: Texts };
  readonly normal: Texts;
  readonly starting: Texts;
  readonly lost: { readonly headline: Texts; readonly step: Texts };
}

/** @returns a view as the page shows it */
export function viewInWords(view: ScreenView, languages: readonly Language[]): PageView {
  const { headline, nextStep, checklist, temperature, ...rest } = view;
  const celsius = temperature === null ? null : `${temperature.celsius}\u00a0℃`;
  const measured = checklist.find(({ id, state }) => id === 'temperature' && state === 'done');
  return {
    ...rest,
    headline: languages.map(({ headlines }) => headlines[headline]),
    step:
      nextStep === null
        ? null
        : { texts: languages.map((it) => stepIn(it, nextStep)), hint: nextStep.hint },
    checklist: checklist.map((item) => ({
      texts: languages.map((it) => lineIn(it, item)),
      state: item.state,
      value: item === measured ? celsius : null,
    })),
    temperature: measured === undefined ? celsius : null,
  };
}

/** @returns the page's own words */
export function pageWords(languages: readonly Language[]): PageWords {
  const label = (id: LabelId): Texts => languages.map(({ labels }) => labels[id]);
  return {
    languages: languages.map(({ tag, unbroken = [] }) => ({ tag, unbroken })),
    ways: { in: label('in'), out: label('out') },
    normal: label('normal'),
    starting: languages.map(({ headlines }) => headlines.starting),
    lost: {
      headline: languages.map(({ headlines }) => headlines.lost),
      step: languages.map(({ steps }) => steps['controller-lost']),
    },
  };
}

function stepIn(language: Language, nextStep: NextStep): string {
  if (nextStep.step === null) return policyWords(language, nextStep.phrase);
  const text = language.steps[nextStep.step];
  if (!('paper' in nextStep)) return text;
  // By a function: what stands in a label is no pattern.
  return text.replace('{paper}', () => policyWords(language, nextStep.paper));
}

function lineIn(language: Language, { id, label }: ChecklistItem): string {
  return id === 'temperature' ? language.labels.temperature : policyWords(language, label);
}

/** The policy speaks Chinese and English; further languages bring its labels, or it stays English. */
function policyWords({ tag, papers = {} }: Language, { zh, en }: Phrase): string {
  if (/^zh(-|$)/.test(tag)) return zh;
  return Object.hasOwn(papers, en) ? (papers[en] ?? en) : en;
}
