/** Small pieces of the page; text only ever becomes text. */

export const element = (id) => document.getElementById(id);

/** An element with attributes and children: nodes or texts; null is left out. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Both languages of a phrase, Chinese first, English small behind it. */
export const both = ({ zh, en }) => [
  make('b', { lang: 'zh-CN' }, zh),
  ' ',
  make('span', { lang: 'en' }, en),
];

/** Puts these in place of what an element held, where they are others than before. */
export function fill(target, ...children) {
  const [next, now] = [make('i'), target];
  next.append(...children.filter((child) => child !== null));
  if (next.innerHTML === now.innerHTML) return;
  now.replaceChildren(...next.childNodes);
}

/** A drawing of square modules, as a code on a paper or a phone. */
export function qrPicture({ size, path }) {
  const space = 'http://www.w3.org/2000/svg';
  const quiet = 4;
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', `${-quiet} ${-quiet} ${size + 2 * quiet} ${size + 2 * quiet}`);
  svg.setAttribute('class', 'qr');
  svg.setAttribute('aria-hidden', 'true');
  const dark = document.createElementNS(space, 'path');
  dark.setAttribute('d', path);
  svg.append(dark);
  return svg;
}

/** A button with both languages; `done` is called with each press of finger, mouse or key. */
export function button(words, done, attributes = {}) {
  const made = make('button', { type: 'button', ...attributes }, ...both(words));
  made.addEventListener('click', done);
  return made;
}

/** Date and time of day of an RFC 3339 text or of milliseconds, as the site has it: `2020-02-12 09:41:05`. */
export function dateTimeOf(at, { utcOffsetMinutes }) {
  const site = new Date(new Date(at).getTime() + utcOffsetMinutes * 60_000);
  return site.toISOString().slice(0, 19).replace('T', ' ');
}

/** The time of day alone. */
export const timeOf = (at, clock) => dateTimeOf(at, clock).slice(11);
