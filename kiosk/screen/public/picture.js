/**
 * The picture: a view as symbol, words and checklist. Sizes are computed from the boxes of the style
 * sheet, which are asked for once a window's size; a view is written in one go and nothing is read back.
 */
import { createFitter } from './fit.js';

/** Chinese and Latin letters stand well in these; in em. */
const leading = 1.12;
const weights = { headline: 900, step: 700, line: 600, second: 500 };
/** More lines than this, and those that are done stand in one. */
const rowsMost = 5;
/**
 * The main word's size in parts of the window's height: what is written of a character is 0.92 of it,
 * and that is to be an eighth.
 */
const mainWordLeast = 0.138;

const element = (id) => document.getElementById(id);
const svgNamespace = 'http://www.w3.org/2000/svg';

/** @param {object} words the page's own, in every language of the screen (`PageWords`) */
export function createPicture(words) {
  const { body } = document;
  let shown = {
    mode: 'starting',
    headline: words.starting,
    step: null,
    checklist: [],
    temperature: null,
    masked: null,
    toneSerial: null,
    direction: null,
  };
  let boxes = new Map();
  let beat = 'a';

  const fitters = words.languages.map(({ tag, unbroken }, index) => {
    for (const text of document.querySelectorAll(`[data-language="${index}"]`)) text.lang = tag;
    const { fontFamily: family } = getComputedStyle(element(`headline-${index}`));
    return createFitter({ tag, unbroken, family });
  });
  document.documentElement.lang = words.languages[0].tag;

  /** Asks the style sheet once how large things are in each layout. */
  function measureBoxes() {
    boxes = new Map();
    for (const layout of ['plain', 'rows'])
      for (const hasStep of ['true', 'false']) {
        body.dataset.layout = layout;
        body.dataset.step = hasStep;
        const sizeOf = (id) => {
          const { clientWidth: width, clientHeight: height } = element(id);
          return { width, height };
        };
        boxes.set(`${layout} ${hasStep}`, {
          headline: sizeOf('headline'),
          checklist: sizeOf('checklist'),
          step: sizeOf('step-texts'),
        });
      }
  }

  /** Two languages one under the other: the first as large as it goes, the second in what is left. */
  function fillPair(id, texts, box, { weight, share, most, least, lines, second: below }) {
    const hasSecond = texts.length > 1;
    const first = fitters[0].fit(texts[0], {
      ...{ weight, leading, lines, least, most },
      width: box.width,
      height: hasSecond ? box.height * share : box.height,
    });
    setLines(`${id}-0`, first, weight);
    if (!hasSecond) return setLines(`${id}-1`, null, weight);
    const second = fitters[1].fit(texts[1], {
      ...{ weight: below.weight, leading, lines },
      width: box.width,
      height: Math.max(1, (box.height - first.height) * 0.94),
      // Where the first had to be small, the second need not be smaller still.
      most: Math.max(first.font * below.most, box.height * below.least),
    });
    setLines(`${id}-1`, second, below.weight);
  }

  function setLines(id, fitted, weight) {
    const holder = element(id);
    holder.hidden = fitted === null;
    if (fitted === null) return holder.replaceChildren();
    holder.style.fontSize = `${fitted.font}px`;
    holder.style.fontWeight = weight;
    holder.style.setProperty('--narrow', fitted.narrow);
    holder.replaceChildren(
      ...fitted.lines.flatMap((line) => {
        const span = document.createElement('span');
        span.textContent = line.trimEnd();
        // For who reads it aloud; between lines nothing of it is painted.
        return line.endsWith(' ') ? [span, ' '] : [span];
      }),
    );
  }

  function fillChecklist(checklist, box) {
    const list = element('checklist');
    const gap = box.height * 0.03;
    const room = (box.height + gap) / Math.max(1, checklist.length) - gap;
    const row = Math.min(room, innerHeight * (innerWidth > innerHeight ? 0.2 : 0.085));
    list.style.setProperty('--row', `${row}px`);
    list.style.setProperty('--gap', `${gap}px`);
    list.replaceChildren(...checklist.map((line) => rowOf(line, row, box.width)));
  }

  function rowOf({ texts, state, value }, row, listWidth) {
    const line = document.createElement('li');
    line.dataset.state = state;
    const most = row * 0.43;
    // Mark, padding and gaps are these parts of the row's height in the style sheet.
    const valueWidth =
      value === null ? 0 : fitters[0].widthOf(value, weights.line) * most + row * 0.25;
    const width = listWidth - row * 1.45 - valueWidth;
    const label = document.createElement('p');
    // What one language has from the other is not said twice.
    for (const [index, text] of [...new Set(texts)].entries()) {
      const weight = index === 0 ? weights.line : weights.second;
      const { font, narrow } = fitters[index].fit(text, {
        ...{ weight, leading, width, lines: 1 },
        height: row,
        most: index === 0 ? most : row * 0.29,
        least: index === 0 ? most * 0.8 : row * 0.2,
      });
      const span = document.createElement('span');
      span.lang = words.languages[index].tag;
      span.textContent = text;
      span.style.fontSize = `${font}px`;
      span.style.fontWeight = weight;
      span.style.setProperty('--narrow', narrow);
      label.append(span);
    }
    line.append(symbol(`row-${state}`), label);
    if (value !== null) {
      const shownValue = document.createElement('b');
      shownValue.textContent = value;
      shownValue.style.fontSize = `${most}px`;
      line.append(shownValue);
    }
    return line;
  }

  /** Chips and words in one line, as wide as they are: their parts in em stand in the style sheet. */
  function headerEm(ways, measured, masked) {
    const [way = '', second = ''] = ways;
    const chip = (text) => (text === '' ? 0 : 3.4 + fitters[0].widthOf(text, 400));
    const wayEm = fitters[0].widthOf(way, weights.step) + 2.6;
    const secondEm = second === '' ? 0 : 0.82 * fitters[1].widthOf(second, 400);
    return wayEm + secondEm + chip(measured) + chip(masked);
  }

  function fillHeader({ direction, temperature, masked }) {
    const ways = words.ways[direction] ?? [];
    const measured = temperature === null ? '' : `${temperature} ${words.normal[0]}`;
    const em = headerEm(ways, measured, masked ?? '');
    element('header').style.fontSize =
      `${Math.min(innerHeight * (innerWidth > innerHeight ? 0.05 : 0.031), (innerWidth * 0.92) / em)}px`;
    for (const index of [0, 1]) element(`way-${index}`).textContent = ways[index] ?? '';
    element('way').hidden = ways.length === 0;
    if (ways.length > 0) setSymbol('way-symbol', direction);
    element('temperature').hidden = temperature === null;
    element('temperature-text').textContent = measured;
    element('masked').hidden = masked === null;
    element('masked-text').textContent = masked ?? '';
  }

  function draw() {
    const { mode, headline, step, checklist } = shown;
    const layout = checklist.length > 0 ? 'rows' : 'plain';
    const box = boxes.get(`${layout} ${step !== null}`);
    const drawn = symbolOf(shown);
    const isLandscape = innerWidth > innerHeight;
    Object.assign(body.dataset, { mode, layout, step: String(step !== null) });
    setSymbol('symbol', drawn);
    fillHeader(shown);
    fillPair('headline', headline, box.headline, {
      weight: weights.headline,
      share: 0.76,
      most: innerHeight * (isLandscape ? 0.3 : 0.2),
      least: innerHeight * mainWordLeast,
      lines: 3,
      second: { weight: weights.step, most: 0.46, least: 0 },
    });
    fillChecklist(withDoneTogether(checklist), box.checklist);
    if (step === null) return;
    const hint = step.hint === 'scan-or-card' ? 'card' : step.hint;
    // What is drawn large already is not drawn twice.
    setSymbol('step-symbol', hint === drawn ? 'next' : hint);
    fillPair('step', step.texts, box.step, {
      weight: weights.step,
      share: 0.58,
      most: innerHeight * (isLandscape ? 0.08 : 0.046),
      least: 0,
      lines: 2,
      second: { weight: weights.second, most: 0.62, least: 0.24 },
    });
  }

  measureBoxes();
  draw();

  return {
    show(view) {
      // What was read is seen at once, though the picture may be the same.
      if (shown.toneSerial !== null && view.toneSerial !== shown.toneSerial) {
        beat = beat === 'a' ? 'b' : 'a';
        element('ring').dataset.beat = beat;
      }
      shown = view;
      draw();
    },
    lose() {
      element('ring').dataset.beat = '';
      shown = {
        ...shown,
        mode: 'lost',
        headline: words.lost.headline,
        step: { texts: words.lost.step, hint: 'guard' },
        checklist: [],
        temperature: null,
        masked: null,
        toneSerial: null,
      };
      draw();
    },
    /** The window has another size. */
    resize() {
      measureBoxes();
      draw();
    },
  };
}

/** Of a long list what is still to be done counts. */
function withDoneTogether(checklist) {
  if (checklist.length <= rowsMost) return checklist;
  const done = checklist.filter(({ state }) => state === 'done');
  if (done.length < 2) return checklist;
  const texts = done[0].texts.map((_, index) => done.map((line) => line.texts[index]).join(' · '));
  const left = checklist.filter(({ state }) => state !== 'done');
  return [{ texts, state: 'done', value: null }, ...left];
}

/** Before a verdict: where to go with the hand; afterwards: the verdict's own sign. */
function symbolOf({ mode, step }) {
  if (mode === 'idle') return 'scan';
  if (mode !== 'collecting') return mode;
  return step?.hint ?? 'wait';
}

function setSymbol(id, name) {
  element(id).setAttribute('href', `#symbol-${name}`);
}

function symbol(name) {
  const svg = document.createElementNS(svgNamespace, 'svg');
  const use = document.createElementNS(svgNamespace, 'use');
  use.setAttribute('href', `#symbol-${name}`);
  svg.append(use);
  return svg;
}
