/** Small pieces of a picture; text only ever becomes text. */

export const element = (id) => document.getElementById(id);

/** An element with attributes and children: nodes or texts; null is left out. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** English, small beside the Chinese. */
export const english = (text) => make('span', { lang: 'en' }, text);

/** Both languages of a phrase, Chinese first. */
export const both = ({ zh, en }) => [make('b', {}, zh), ' ', english(en)];

/** Puts these in place of what an element held. */
export function fill(id, ...children) {
  element(id).replaceChildren(...children.filter((child) => child !== null));
}

/** Says how many of a list were left out, or nothing. */
export function more(left, tag = 'p') {
  if (left <= 0) return null;
  return make(tag, { class: 'more' }, ...both({ zh: `另有 ${left} 项`, en: `${left} more` }));
}

/**
 * Renders until an element holds what is in it: first with English below the Chinese, then beside it,
 * then with ever fewer lines.
 * @param {number} most lines
 * @param {(lines: number) => void} render what has to be there with no line at all fits
 * @param {number} fewest lines for which English stays whole: they go before it does
 */
export function fitRows(id, most, render, fewest = most) {
  const holder = element(id);
  const fits = (lines, isTall) => {
    holder.dataset.tall = String(isTall);
    render(lines);
    return holder.scrollHeight <= holder.clientHeight;
  };
  for (let lines = most; lines >= Math.min(fewest, most); lines -= 1) if (fits(lines, true)) return;
  for (let lines = most; lines >= 0; lines -= 1) if (fits(lines, false)) return;
}
