/** A list that is scrolled ends in a whole row, and says how many are hidden: not every browser shows a bar. */
import { both, fill } from './elements.js';

const moreBelow = (count) => ({ zh: `下面还有 ${count} 人`, en: `${count} more below` });
const moreAbove = (count) => ({ zh: `上面还有 ${count} 人`, en: `${count} more above` });
/** Boxes are rounded to pixels. */
const slackPx = 1;

/**
 * @param {HTMLElement} list what is scrolled, its rows below each other
 * @param {HTMLElement} line says what is hidden
 * @returns {{fit(): void}} to be called when the rows are others
 */
export function createWholeRows(list, line) {
  const boxes = () => [...list.children].map((row) => row.getBoundingClientRect());

  function tell() {
    const { top, bottom } = list.getBoundingClientRect();
    const below = boxes().filter((box) => box.bottom > bottom + slackPx).length;
    const above = boxes().filter((box) => box.top < top - slackPx).length;
    line.hidden = below === 0 && above === 0;
    const words = below > 0 ? moreBelow(below) : moreAbove(above);
    fill(line, ...(line.hidden ? [] : both(words)));
  }

  /** As high as the rows that are whole where it is scrolled to now. */
  function fit() {
    list.style.maxHeight = '';
    line.hidden = true;
    if (list.scrollHeight <= list.clientHeight + slackPx) return tell();
    // The line takes some of the room.
    line.hidden = false;
    fill(line, ...both(moreBelow(list.children.length)));
    const { top, bottom } = list.getBoundingClientRect();
    const whole = boxes().filter((box) => box.top >= top - slackPx && box.bottom <= bottom);
    const last = whole.at(-1);
    if (last !== undefined) list.style.maxHeight = `${Math.ceil(last.bottom - top)}px`;
    tell();
  }

  list.addEventListener('scroll', tell);
  addEventListener('resize', fit);
  return { fit };
}
