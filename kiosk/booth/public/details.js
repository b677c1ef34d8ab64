/**
 * What buttons cannot enter. A text stands in the page only while it is typed: sent, cleared, or with
 * its person gone, it is gone too.
 */
import { both, element, make } from './elements.js';

const taken = { zh: '已登记并封存', en: 'Taken and sealed' };
const gone = { zh: '此人已离开，内容已清除', en: 'The person has gone: cleared' };
const abouts = {
  person: { zh: '当前人员', en: 'at the gate' },
  passed: { zh: '已通行', en: 'has passed' },
  emergency: { zh: '紧急情况', en: 'the emergency' },
};
const longestCharacters = 200;
/** Where a touch screen's keyboard is to begin with digits. */
const numeric = ['id-number', 'phone', 'people', 'temperature'];

/**
 * @param {{
 *   send(path: string, message: object): Promise<object>,
 *   say(text: {zh: string, en: string}, isGood: boolean): void,
 * }} page
 */
export function createDetails({ send, say }) {
  /** the form that is filled in: of the newest view as long as it stands there */
  let open = null;
  let forms = [];
  let isSending = false;
  const form = element('details-form');

  const isSame = (one, other) => one.attempt === other.attempt;
  const inputs = () => [...form.querySelectorAll('input')];

  function clear() {
    for (const input of inputs()) input.value = '';
    form.replaceChildren();
    element('details-problem').replaceChildren();
  }

  function close() {
    open = null;
    clear();
    element('details').hidden = true;
  }

  function fieldOf({ id, label }) {
    const name = `details-${id}`;
    const input = make('input', {
      id: name,
      type: 'text',
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      maxlength: String(longestCharacters),
      'data-field': id,
      ...(numeric.includes(id) ? { inputmode: 'decimal' } : {}),
    });
    return make(
      'p',
      { 'data-field': id },
      make('label', { for: name }, ...both(label)),
      input,
      make('small', { class: 'problem' }),
    );
  }

  /** Fields that are asked no longer go, those that are new come; what is typed elsewhere stays. */
  function arrange(next) {
    open = next;
    const old = new Map([...form.children].map((field) => [field.dataset.field, field]));
    const fields = next.fields.map((field) => old.get(field.id) ?? fieldOf(field));
    const kept = new Set(fields);
    for (const field of old.values()) {
      if (kept.has(field)) continue;
      field.querySelector('input').value = '';
      field.remove();
    }
    for (const [index, field] of fields.entries())
      if (form.children[index] !== field) form.insertBefore(field, form.children[index] ?? null);
    element('details-about').replaceChildren(...both(abouts[next.about]), ` ${next.masked ?? ''}`);
    element('details-other').hidden = forms.length < 2;
  }

  function begin(next) {
    clear();
    arrange(next);
    element('details').hidden = false;
    inputs()[0]?.focus();
  }

  async function submit() {
    if (open === null || isSending) return;
    const about = open;
    const entered = inputs().map((input) => [input.dataset.field, input.value]);
    const fields = Object.fromEntries(entered.filter(([, text]) => text.trim() !== ''));
    isSending = true;
    const answer = await send('/details', { attempt: about.attempt, fields });
    isSending = false;
    if (answer.ok) {
      if (open !== null && isSame(open, about)) close();
      return say(taken, true);
    }
    if (open === null || !isSame(open, about)) return;
    if (answer.code === 'not-wanted') close();
    else tellProblems(answer.problems);
    say(answer.text, false);
    if (open !== null) element('details-problem').replaceChildren(...both(answer.text));
  }

  function tellProblems(problems) {
    for (const field of form.children) {
      const problem = problems.find((it) => it.field === field.dataset.field);
      const words = problem === undefined ? [] : both(problem.text);
      field.querySelector('input').setAttribute('aria-invalid', String(problem !== undefined));
      field.querySelector('.problem').replaceChildren(...words);
    }
    form.querySelector('[aria-invalid="true"]')?.focus();
  }

  form.addEventListener('submit', (event) => event.preventDefault());
  addEventListener('keydown', (event) => {
    // An input method that is still choosing a character has Enter and Esc for itself.
    if (open === null || event.isComposing) return;
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter') {
      const all = inputs();
      const next = all[all.indexOf(document.activeElement) + 1];
      if (event.ctrlKey || next === undefined) submit();
      else next.focus();
    } else if (event.key === 'F2') {
      const other = forms[(forms.findIndex((it) => isSame(it, open)) + 1) % forms.length];
      if (other !== undefined && !isSame(other, open)) begin(other);
    } else return;
    event.preventDefault();
  });

  return {
    isOpen: () => open !== null,
    open() {
      const first = forms.find(({ isWanted }) => isWanted) ?? forms[0];
      if (first !== undefined) begin(first);
    },
    show(view) {
      forms = view.forms;
      if (open === null) return;
      const same = forms.find((it) => isSame(it, open));
      if (same !== undefined) return arrange(same);
      close();
      say(gone, false);
    },
    close,
  };
}
