/** The journal as it grows, newest first; a record opens to all that stands in it. */
import { element, make, timeOf } from './elements.js';

/** @returns the piece of the page */
export function createJournal() {
  let newest = -1;
  const lineOf = ({ seq, at, name, what, tone, rest }, clock) =>
    make(
      'li',
      { 'data-seq': String(seq), 'data-tone': tone },
      make(
        'details',
        {},
        make(
          'summary',
          {},
          make('span', { class: 'seq' }, String(seq)),
          make('time', {}, timeOf(at, clock)),
          make(
            'p',
            { class: 'record' },
            make('b', { lang: 'zh-CN' }, what.zh === '' ? name.zh : `${name.zh}：${what.zh}`),
            ' ',
            make('span', { lang: 'en' }, what.en === '' ? name.en : `${name.en}: ${what.en}`),
          ),
        ),
        make('code', {}, rest),
      ),
    );
  return {
    show({ journal, clock }) {
      const first = journal[0]?.seq ?? 0;
      if (first === newest) return;
      const list = element('journal');
      if (first < newest) list.replaceChildren();
      const fresh = journal
        .filter(({ seq }) => first < newest || seq > newest)
        .map((record) => lineOf(record, clock));
      newest = first;
      list.prepend(...fresh);
      while (list.children.length > journal.length) list.lastElementChild.remove();
      element('journal-count').textContent = String(first);
    },
  };
}
