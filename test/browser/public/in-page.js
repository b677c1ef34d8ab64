/**
 * Runs in the page under test, before its own script: measures what a person would see and notes
 * what would be heard.
 */
const sounds = [];

/** In place of a loudspeaker: notes what oscillators are set to. */
class SilentNode {
  type = '';
  frequency = { value: 0 };
  gain = { value: 0, setValueAtTime() {}, exponentialRampToValueAtTime() {} };
  connect(target) {
    return target;
  }
  start(from = 0) {
    sounds.push('start', this.type, this.frequency.value, from);
  }
  stop(to = 0) {
    sounds.push('stop', to);
  }
}
globalThis.AudioContext = class {
  state = 'running';
  currentTime = 0;
  destination = new SilentNode();
  createOscillator() {
    return new SilentNode();
  }
  createGain() {
    return new SilentNode();
  }
  resume() {}
};

const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const known = new Map();

/** Red, green, blue and alpha, 0-255, of any CSS color. */
function channels(color) {
  if (known.has(color)) return known.get(color);
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  known.set(color, [...canvas.getImageData(0, 0, 1, 1).data]);
  return known.get(color);
}

/** Relative luminance (WCAG 2.2). */
function luminance(color) {
  const [red, green, blue] = channels(color).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The color behind an element; a half-transparent one counts as gray: none is allowed here. */
function groundOf(element) {
  if (element === null) return 'white';
  const color = getComputedStyle(element).backgroundColor;
  const alpha = channels(color)[3];
  if (alpha === 0) return groundOf(element.parentElement);
  return alpha === 255 ? color : 'rgb(128 128 128)';
}

function isFaded(element) {
  if (element === null) return false;
  return getComputedStyle(element).opacity !== '1' || isFaded(element.parentElement);
}

function measure(element, text) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const { left, right, ...line } = range.getBoundingClientRect().toJSON();
  // A line of a Chinese font is 1.45 em high; what is painted is the middle 1.05.
  const margin = 0.2 * Number.parseFloat(getComputedStyle(element).fontSize);
  const top = line.top + margin;
  const bottom = line.bottom - margin;
  const [high, low] = [
    luminance(getComputedStyle(element).color),
    luminance(groundOf(element)),
  ].sort((one, other) => other - one);
  return {
    text,
    contrast: isFaded(element) ? 0 : (high + 0.05) / (low + 0.05),
    isInside: left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight,
    box: { left, top, right, bottom },
  };
}

/** Where the ink of a text stands: of its first and last line the letters, not the line. */
function inkOf(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const { left, right, top, bottom } = range.getBoundingClientRect();
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(node.parentElement);
  canvas.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  const ink = canvas.measureText(node.data);
  return {
    ...{ left, right },
    top: top + ink.fontBoundingBoxAscent - ink.actualBoundingBoxAscent,
    bottom: bottom - ink.fontBoundingBoxDescent + ink.actualBoundingBoxDescent,
  };
}

/** Of English in its own box there may be less: the rest of it is not missed. */
const endsInEllipsis = (box) =>
  box.lang === 'en' && getComputedStyle(box).textOverflow === 'ellipsis';

/** Whether a box cuts off some of this ink; boxes are rounded to pixels. */
function isCut(ink, box) {
  const { overflowX, overflowY } = getComputedStyle(box);
  const outer = box.getBoundingClientRect();
  const slackPx = 0.5;
  const isCutAside =
    overflowX !== 'visible' && (ink.left < outer.left - 1 || ink.right > outer.right + 1);
  const isCutAbove =
    overflowY !== 'visible' &&
    (ink.top < outer.top - slackPx || ink.bottom > outer.bottom + slackPx);
  return isCutAside || isCutAbove;
}

/** The frequency with the most power, by Goertzel's algorithm every 5 Hz. */
function dominantHz(samples, sampleRate) {
  let best = { hz: 0, power: 0 };
  for (let hz = 100; hz <= 3000; hz += 5) {
    const coefficient = 2 * Math.cos((2 * Math.PI * hz) / sampleRate);
    let [one, two] = [0, 0];
    for (const sample of samples) [one, two] = [sample + coefficient * one - two, one];
    const power = one * one + two * two - coefficient * one * two;
    if (power > best.power) best = { hz, power };
  }
  return best.hz;
}

/** When it is heard: bursts of sound with their lengths, in ms, and where the last one ends. */
function envelope(samples, sampleRate) {
  const windowMs = 10;
  const size = (sampleRate * windowMs) / 1000;
  const bursts = [];
  let isHeard = false;
  let endMs = 0;
  for (let at = 0; at + size <= samples.length; at += size) {
    const loud = samples.subarray(at, at + size).some((sample) => Math.abs(sample) > 0.03);
    if (loud && !isHeard) bursts.push(0);
    if (loud) {
      bursts[bursts.length - 1] += windowMs;
      endMs = (at / sampleRate) * 1000 + windowMs;
    }
    isHeard = loud;
  }
  return { bursts, endMs };
}

globalThis.inPage = {
  /** Each visible text with its contrast (WCAG 2.2, section 1.4.6) and place. */
  measureTexts() {
    const elements = [...document.querySelectorAll('body *')].filter((one) =>
      one.checkVisibility(),
    );
    return elements.flatMap((element) => {
      const texts = [...element.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
      const text = texts
        .map((child) => child.textContent)
        .join('')
        .trim();
      return text === '' ? [] : [measure(element, text)];
    });
  },
  /** Whether the page is no larger than the window. */
  fitsWindow: () =>
    document.documentElement.scrollHeight <= innerHeight &&
    document.documentElement.scrollWidth <= innerWidth,
  /** The texts of visible elements that are cut off by the window or by what they stand in. */
  cutOff: (selector) =>
    [...document.querySelectorAll(selector)]
      .filter((one) => one.checkVisibility())
      .filter((one) => {
        const { left, top, right, bottom } = one.getBoundingClientRect();
        const isOutside = left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
        return isOutside || one.scrollWidth > one.clientWidth + 1;
      })
      .filter((one) => getComputedStyle(one).display !== 'inline')
      .map((one) => one.textContent),
  /**
   * Texts of which ink is cut off by whatever they stand in, in any language: at the side, or the
   * bottoms of their letters. English that ends in an ellipsis is meant to end there.
   */
  cutTexts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const cut = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const { parentElement: parent, data } = node;
      if (data.trim() === '' || !parent.checkVisibility({ visibilityProperty: true })) continue;
      let ink = inkOf(node);
      for (let box = parent; box !== document.body; box = box.parentElement) {
        if (endsInEllipsis(box)) {
          const { right, width } = box.getBoundingClientRect();
          if (width < 1) break;
          ink = { ...ink, right: Math.min(ink.right, right) };
        }
        if (isCut(ink, box)) cut.push(`${data} in ${box.id || box.className || box.tagName}`);
      }
    }
    return cut;
  },
  /** Of the rows of a list that is scrolled: those that are seen in part, and how many are not whole. */
  rowsOf(selector) {
    const list = document.querySelector(selector);
    const outer = list.getBoundingClientRect();
    const slackPx = 1;
    const rows = [...list.children].map((row) => [row, row.getBoundingClientRect()]);
    const hidden = rows.filter(
      ([, { top, bottom }]) => top < outer.top - slackPx || bottom > outer.bottom + slackPx,
    );
    const halves = hidden.filter(
      ([, { top, bottom }]) => bottom > outer.top + slackPx && top < outer.bottom - slackPx,
    );
    return { halves: halves.map(([{ textContent }]) => textContent), hidden: hidden.length };
  },
  /** Visible elements that are painted in a red, of whatever: it says that something is wrong. */
  reds() {
    const isRed = (color) => {
      const [red, green, blue, alpha] = channels(color);
      return alpha > 0 && red > 100 && red > 1.5 * green && red > 1.5 * blue;
    };
    const paints = ['color', 'backgroundColor', 'borderTopColor', 'fill', 'stroke'];
    return [...document.querySelectorAll('body, body *')]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }))
      .filter((one) => paints.some((name) => isRed(getComputedStyle(one)[name])))
      .map((one) => one.id || one.className || one.tagName);
  },
  /** The ids of the visible elements whose text is the largest of all. */
  largest() {
    const sizeOf = (one) => Number.parseFloat(getComputedStyle(one).fontSize);
    const visible = [...document.querySelectorAll('body *')].filter(
      (one) =>
        one.checkVisibility({ visibilityProperty: true }) &&
        [...one.childNodes].some(
          ({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim() !== '',
        ),
    );
    const most = Math.max(...visible.map(sizeOf));
    return visible.filter((one) => sizeOf(one) === most).map((one) => one.id);
  },
  look: () => ({
    ground: getComputedStyle(document.body).backgroundColor,
    luminance: luminance(getComputedStyle(document.body).backgroundColor),
    symbol: document.querySelector('#symbol').getAttribute('href'),
    word: document.querySelector('#headline-0').textContent,
  }),
  /** Resolves when the page has painted the view of this serial, by its own mark. */
  untilPainted: (serial) =>
    new Promise((resolve) => {
      const isPainted = () =>
        performance.getEntriesByName('painted').some(({ detail }) => detail === serial);
      const look = () => (isPainted() ? resolve() : requestAnimationFrame(look));
      look();
    }),
  /** Resolves when the page has been told that its window has this size, and has drawn itself anew. */
  untilResized: (width, height) =>
    new Promise((resolve) => {
      const isSo = () => innerWidth === width && innerHeight === height;
      // A frame tells of the size before it asks whoever waits for it; the second is the one behind.
      const look = () =>
        requestAnimationFrame(() => (isSo() ? requestAnimationFrame(resolve) : look()));
      look();
    }),
  /** Resolves when nothing that ends by itself moves any more. */
  untilStill: () =>
    Promise.all(
      document
        .getAnimations()
        .filter((one) => one.effect.getComputedTiming().endTime < 10_000)
        .map((one) => one.finished.catch(() => {})),
    ),
  /** The screen's main word: the em it is set in, and how high its ink stands. */
  mainWord() {
    const word = document.querySelector('#headline-0');
    const { fontSize, fontWeight, fontFamily } = getComputedStyle(word);
    canvas.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    const { actualBoundingBoxAscent, actualBoundingBoxDescent } = canvas.measureText(
      word.firstElementChild.textContent,
    );
    return {
      emPx: Number.parseFloat(fontSize),
      inkPx: actualBoundingBoxAscent + actualBoundingBoxDescent,
      narrow: Number.parseFloat(getComputedStyle(word).getPropertyValue('--narrow')),
    };
  },
  /** Everything that is looked at in each picture of the screen. */
  examine: () => ({
    main: inPage.mainWord(),
    texts: inPage.measureTexts(),
    fits: inPage.fitsWindow(),
    outOfBox: inPage.outOfBox('header, .chip, #headline, li, #step-texts'),
    symbolPx: document.querySelector('.symbol').getBoundingClientRect().height,
  }),
  /** Texts that reach out of the box that they stand in, by their ink. */
  outOfBox: (selector) =>
    [...document.querySelectorAll(selector)]
      .filter((one) => one.checkVisibility())
      .flatMap((outer) => {
        const { left, right, top, bottom } = outer.getBoundingClientRect();
        const inner = [outer, ...outer.querySelectorAll('*')].filter((one) =>
          [...one.childNodes].some(
            ({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim() !== '',
          ),
        );
        return inner
          .map((one) => measure(one, one.textContent))
          .filter(
            ({ box }) =>
              box.left < left - 1 ||
              box.right > right + 1 ||
              box.top < top - 1 ||
              box.bottom > bottom + 1,
          )
          .map(({ text }) => `${text} in ${outer.id || outer.className || outer.tagName}`);
      }),
  /** What a tone sounds like, computed from its samples. */
  async analyse(name) {
    const module = '/tones.js';
    const { startTone } = await import(module);
    const sampleRate = 16_000;
    const context = new OfflineAudioContext(1, 3 * sampleRate, sampleRate);
    startTone(context, name);
    const samples = (await context.startRendering()).getChannelData(0);
    return { ...envelope(samples, sampleRate), dominantHz: dominantHz(samples, sampleRate) };
  },
  /** What was to be heard since the last call. */
  takeSounds: () => JSON.stringify(sounds.splice(0)),
  /** The modes shown while so many heartbeats come on a stream of its own. */
  modesDuringBeats: (wanted) =>
    new Promise((resolve) => {
      const modes = new Set([document.body.dataset.mode]);
      const observer = new MutationObserver(() => modes.add(document.body.dataset.mode));
      observer.observe(document.body, { attributes: true });
      const source = new EventSource('/events');
      let beats = 0;
      source.addEventListener('alive', () => {
        beats += 1;
        if (beats < wanted) return;
        source.close();
        resolve([...modes]);
      });
    }),
};
