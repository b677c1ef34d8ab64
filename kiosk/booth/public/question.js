/** What CONFIRM means now, where NEXT leads, and what the last press came to. */
import { both, element, fill, fitRows, make, more } from './elements.js';

/** Rows that fit under a question of two lines. */
const walkMax = 6;
/** The one before, the shown one and the next: of these the English is never cut. */
const walkMin = 3;
const reasonsMax = 3;
/** How long the page's own word stands. */
const sayMs = 4000;

/** What the keys are for where CONFIRM means nothing. */
const nothing = { zh: '现在没有要确认的', en: 'Nothing to confirm now' };
const dutyFirst = {
  zh: '无人值班：按住 N，刷门卫证',
  en: 'Nobody on duty: hold N and scan a guard badge',
};
const held = { zh: '按 A 知悉，结束此人', en: 'A acknowledges and ends it' };
const yours = { zh: 'O 放行，R 拒绝', en: 'O opens, R refuses' };
/** Of these nobody is told to open. */
const stops = ['fever', 'isolation', 'student'];
const offDuty = { zh: '无人值班：按住 N 刷证', en: 'Off duty: hold N, scan' };
const readFirst = { zh: '请看清楚…', en: 'Read it first …' };
const canConfirm = { zh: '可按 C 确认', en: 'C confirms it' };
const sayWhy = { zh: '已开门：用 N、C 说明原因', en: 'Opened: say why' };
const lastInks = { passed: 'good', refused: 'bad', 'not-opened': 'bad', 'no-show': '' };

export function createQuestion() {
  let unsay = null;
  let feedback = null;

  function setFeedback(text, isGood) {
    element('feedback').dataset.tone = text === null ? '' : isGood ? 'good' : 'attention';
    fill('feedback', ...(text === null ? [] : both(text)));
  }
  const showFeedback = () => setFeedback(feedback?.text ?? null, feedback?.isGood ?? true);

  return {
    show(view) {
      showPrompt(view);
      showLast(view);
      feedback = view.feedback;
      if (unsay === null) showFeedback();
      // Last: it takes the room that is left.
      showWalk(view);
    },
    /** The page's own word, in the place of the gate's. */
    say(text, isGood) {
      clearTimeout(unsay);
      setFeedback(text, isGood);
      unsay = setTimeout(() => {
        unsay = null;
        showFeedback();
      }, sayMs);
    },
  };
}

function instead({ onDuty, attempt }) {
  if (attempt?.standing === 'held') return held;
  if (onDuty === null) return dutyFirst;
  const isStopped = attempt?.reasons.some(({ code }) => stops.includes(code));
  return attempt?.standing === 'referred' && !isStopped ? yours : nothing;
}

function showPrompt(view) {
  const { prompt, onDuty } = view;
  const { dataset } = element('prompt');
  const id = prompt?.id ?? '';
  const counts = prompt?.ready === true && onDuty !== null;
  const unasked = instead(view);
  const { zh, en } = prompt?.text ?? unasked;
  element('prompt-index').textContent = prompt === null ? '' : `${prompt.index} / ${prompt.count}`;
  element('prompt-zh').textContent = zh;
  element('prompt-zh').dataset.ink =
    prompt !== null ? '' : unasked === nothing ? 'soft' : 'attention';
  element('prompt-en').textContent = en;
  element('second').hidden = prompt === null;
  if (dataset.id !== id && prompt !== null) {
    // A new bar, so that the second begins anew with the meaning.
    const bar = make('i', { id: 'second-bar' });
    bar.style.setProperty('--shown', `${prompt.shownMs}ms`);
    element('second-bar').replaceWith(bar);
  }
  element('second-bar').dataset.ready = String(prompt?.ready === true);
  dataset.id = id;
  dataset.edge = counts ? 'good' : '';
  element('prompt-ready').hidden = prompt === null;
  element('prompt-ready').dataset.ink = counts ? 'good' : 'attention';
  fill('prompt-ready', ...both(onDuty === null ? offDuty : counts ? canConfirm : readFirst));
}

function showWalk({ walk, prompt }) {
  const at = walk.findIndex(({ id }) => id === prompt?.id);
  const next = walk.length > 1 ? (at + 1) % walk.length : -1;
  element('walk').hidden = walk.length < 2;
  // The shown one and what NEXT leads to; of a long walk the part around them.
  const render = (rows) => {
    const from = Math.min(Math.max(0, at - 1), Math.max(0, walk.length - rows));
    const steps = walk.slice(from, from + rows);
    fill(
      'walk',
      ...steps.map(({ text }, index) => step(text, from + index, from + index === at, next)),
      more(walk.length - from - steps.length, 'li'),
    );
  };
  fitRows('confirm', Math.min(walkMax, walk.length), render, walkMin);
}

function step(text, place, isShown, next) {
  const isNext = place === next;
  return make(
    'li',
    { class: 'step', 'data-tone': isShown ? 'quiet' : '' },
    make('i', { class: 'place', 'data-next': String(isNext) }, isNext ? 'N' : `${place + 1}`),
    make('p', { class: 'row' }, ...both(text)),
  );
}

function showLast({ last, opened, prompt }) {
  if (opened !== null) return fill('last', make('p', { 'data-ink': 'attention' }, ...both(sayWhy)));
  if (last === null || prompt !== null) return fill('last');
  fill(
    'last',
    make('p', { 'data-ink': lastInks[last.code] ?? '' }, ...both(last.text)),
    ...last.reasons
      .slice(0, reasonsMax)
      .map(({ text }) => make('p', { class: 'reason', 'data-ink': 'bad' }, ...both(text))),
  );
}
