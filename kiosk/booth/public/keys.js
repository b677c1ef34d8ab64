/**
 * Keys that stand for the panel's buttons. Down and up are told as they happen, so that NEXT can be
 * held while a badge is scanned; EMERGENCY and LOCKDOWN count only after a while of holding.
 */
import { both, element, english, make } from './elements.js';

/** A hand that leans on the keyboard goes on; one that means it waits as long. */
const guardMs = 1000;
const holdToPress = { zh: '按住 1 秒', en: 'hold 1 s' };
const holdToEnd = { zh: '长按解除', en: 'hold to end' };

/** By the key's place on the board: a Chinese input method changes what it writes, not where it is. */
const table = [
  { code: 'KeyO', letter: 'O', button: 'open', zh: '开门', en: 'OPEN' },
  { code: 'KeyR', letter: 'R', button: 'refuse', zh: '拒绝', en: 'REFUSE' },
  { code: 'KeyC', letter: 'C', button: 'confirm', zh: '确认', en: 'CONFIRM' },
  { code: 'KeyN', letter: 'N', button: 'next', zh: '下一项', en: 'NEXT' },
  { code: 'KeyA', letter: 'A', button: 'acknowledge', zh: '知悉', en: 'ACK' },
  { code: 'KeyD', letter: 'D', button: null, zh: '登记', en: 'DETAILS' },
  {
    code: 'KeyE',
    letter: 'E',
    button: 'emergency',
    zh: '紧急',
    en: 'EMERGENCY',
    guarded: true,
  },
  { code: 'KeyL', letter: 'L', button: 'lockdown', zh: '封闭', en: 'LOCKDOWN', guarded: true },
];

/**
 * @param {{
 *   press(message: object): Promise<void>,
 *   promptShown(): string | null,   what CONFIRM means on the page
 *   isTyping(): boolean,            a form has the keyboard
 *   openDetails(): void,
 * }} page
 */
export function createKeys({ press, promptShown, isTyping, openDetails }) {
  /** buttons that have been told as pressed */
  const down = new Set();
  /** timers of guarded keys that are held and do not count yet */
  const arming = new Map();
  /** what is sent for one button arrives in its order */
  const queues = new Map();
  let isLive = false;

  const caps = new Map(table.map((key) => [key, capOf(key)]));
  element('keys').replaceChildren(...caps.values());

  function tell(button, event) {
    const message = { button, event };
    if (button === 'confirm' && event === 'pressed') message.prompt = promptShown();
    const before = queues.get(button) ?? Promise.resolve();
    queues.set(
      button,
      before.then(() => press(message)),
    );
  }

  function mark(key) {
    const cap = caps.get(key);
    cap.dataset.down = String(down.has(key.button));
    cap.dataset.arming = String(arming.has(key.button));
  }

  function begin(key) {
    if (!isLive) return;
    if (key.button === null) return openDetails();
    if (down.has(key.button) || arming.has(key.button)) return;
    const count = () => {
      arming.delete(key.button);
      down.add(key.button);
      tell(key.button, 'pressed');
      mark(key);
    };
    if (key.guarded) arming.set(key.button, setTimeout(count, guardMs));
    else count();
    mark(key);
  }

  function end(key) {
    clearTimeout(arming.get(key.button));
    arming.delete(key.button);
    if (down.delete(key.button)) tell(key.button, 'released');
    mark(key);
  }

  function letGo() {
    for (const key of table) end(key);
  }

  function capOf(key) {
    const cap = make(
      'button',
      { type: 'button', class: 'cap', tabindex: '-1', 'data-key': key.button ?? 'details' },
      make('kbd', {}, key.letter),
      make(
        'span',
        { class: 'name' },
        make('b', {}, key.zh),
        english(key.en),
        key.guarded ? make('small', { class: 'hint' }, ...both(holdToPress)) : null,
      ),
    );
    if (key.guarded) cap.dataset.guarded = 'true';
    // For a finger on a touch screen; the mouse is never needed.
    cap.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      cap.setPointerCapture(event.pointerId);
      begin(key);
    });
    for (const name of ['pointerup', 'pointercancel', 'lostpointercapture'])
      cap.addEventListener(name, () => end(key));
    return cap;
  }

  addEventListener('keydown', (event) => {
    const key = table.find(({ code }) => code === event.code);
    if (key === undefined || event.altKey || event.metaKey) return;
    // While somebody types, a letter is a letter: EMERGENCY has a chord for that.
    const isChord = event.ctrlKey && key.button === 'emergency';
    if (isTyping() ? !isChord : event.ctrlKey && !isChord) return;
    event.preventDefault();
    if (!event.repeat) begin(key);
  });
  addEventListener('keyup', (event) => {
    const key = table.find(({ code }) => code === event.code);
    if (key !== undefined) end(key);
  });
  // A key that is let go in another window is never heard of.
  addEventListener('blur', letGo);
  addEventListener('pagehide', letGo);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) letGo();
  });

  const capFor = (button) => caps.get(table.find((key) => key.button === button));
  const hint = (button, words) => {
    capFor(button)
      .querySelector('.hint')
      .replaceChildren(...both(words));
  };

  return {
    show(view) {
      isLive = true;
      hint('lockdown', view.lockdown ? holdToEnd : holdToPress);
      const counts = view.prompt?.ready === true && view.onDuty !== null;
      capFor('confirm').dataset.edge = counts ? 'good' : '';
      const form = capFor(null);
      form.disabled = view.forms.length === 0;
      form.dataset.edge = view.forms.some(({ isWanted }) => isWanted) ? 'attention' : '';
    },
    /** The controller is gone, or the page: no key is held any more. */
    letGo() {
      letGo();
      isLive = false;
    },
  };
}
