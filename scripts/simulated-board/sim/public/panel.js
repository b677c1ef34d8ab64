/** The guard's panel: seven buttons, two of them under covers, held for as long as a finger is on them. */
import { both, element, fill, make, timeOf } from './elements.js';

const buttons = [
  { name: 'open', zh: '开门', en: 'OPEN' },
  { name: 'refuse', zh: '拒绝', en: 'REFUSE' },
  { name: 'confirm', zh: '确认', en: 'CONFIRM' },
  { name: 'next', zh: '下一项', en: 'NEXT' },
  { name: 'acknowledge', zh: '知悉', en: 'ACK' },
  { name: 'emergency', zh: '紧急', en: 'EMERGENCY', guarded: true },
  { name: 'lockdown', zh: '封闭', en: 'LOCKDOWN', guarded: true },
];
/** Contacts need a moment to be taken for a press. */
const pressMsMin = 150;
const coverOpen = { zh: '合盖', en: 'close' };
const coverClosed = { zh: '掀盖', en: 'lift' };
const ends = {
  held: { zh: '扣留：按「知悉」结束', en: 'held: ACK ends it' },
  referred: { zh: '等门卫：开门、确认或拒绝', en: 'for the guard: OPEN, CONFIRM or REFUSE' },
  fire: { zh: '火警：按「火警」解除', en: 'fire: the fire button ends it' },
  lockdown: { zh: '封闭：掀盖，长按「封闭」解除', en: 'LOCKDOWN: lift the cover, hold to end it' },
};
const offDuty = { zh: '无人值班', en: 'nobody on duty' };
const nothingToConfirm = { zh: '无可确认', en: 'nothing to confirm' };

/** Why the arm or the person is held as it is, and what ends it. */
function showWhy(line, guard, lane, clock) {
  const words = [];
  if (guard?.fire === true) words.push(ends.fire);
  if (guard?.emergencyUntil != null) {
    const until = timeOf(guard.emergencyUntil, clock);
    words.push({
      zh: `紧急放行：${until} 自动结束`,
      en: `EMERGENCY: released, ends at ${until}`,
    });
  }
  if (guard?.lockdown === true) words.push(ends.lockdown);
  const standing = ends[lane?.standing];
  if (standing !== undefined) words.push(...lane.reasons, standing);
  line.hidden = words.length === 0;
  fill(line, ...words.flatMap((one) => [make('span', { class: 'part' }, ...both(one)), ' ']));
}

/**
 * @param {{act(action: object): Promise<boolean>}} page
 */
export function createPanel({ act }) {
  /** when each that is down went down */
  const down = new Map();
  const lifted = new Set();
  /** what is sent arrives in its order */
  let queue = Promise.resolve();
  const tell = (action) => {
    queue = queue.then(() => act(action));
  };

  function begin({ name, guarded }) {
    if (down.has(name) || (guarded && !lifted.has(name))) return;
    down.set(name, performance.now());
    tell({ action: 'press', button: name, down: true });
  }
  function end({ name }) {
    const sinceMs = down.get(name);
    if (sinceMs === undefined) return;
    down.delete(name);
    const leftMs = Math.max(0, pressMsMin - (performance.now() - sinceMs));
    setTimeout(() => tell({ action: 'press', button: name, down: false }), leftMs);
  }
  const letGo = () => {
    for (const one of buttons) end(one);
  };

  const caps = buttons.map((one) => {
    const cap = make('button', { type: 'button', class: 'cap', 'data-button': one.name });
    cap.append(...both(one));
    cap.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      cap.focus();
      cap.setPointerCapture(event.pointerId);
      begin(one);
    });
    for (const name of ['pointerup', 'pointercancel', 'lostpointercapture', 'blur'])
      cap.addEventListener(name, () => end(one));
    cap.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      if (!event.repeat) begin(one);
    });
    cap.addEventListener('keyup', () => end(one));
    cap.addEventListener('contextmenu', (event) => event.preventDefault());
    return one.guarded ? covered(one, cap) : cap;
  });
  element('panel').replaceChildren(...caps);
  addEventListener('blur', letGo);
  addEventListener('pagehide', letGo);
  element('badge').addEventListener('click', () => act({ action: 'badge' }));

  function covered({ name }, cap) {
    const cover = make('button', { type: 'button', class: 'cover', 'data-cover': name });
    cover.addEventListener('click', () =>
      act({ action: 'cover', button: name, lifted: !lifted.has(name) }),
    );
    return make('div', { class: 'covered' }, cap, cover);
  }

  return {
    show({ guard, props, lane, clock }) {
      showWhy(element('why'), guard, lane, clock);
      for (const { name, guarded, ...words } of buttons) {
        const cap = document.querySelector(`[data-button="${name}"]`);
        cap.dataset.down = String(props.held.includes(name));
        if (!guarded) continue;
        const isLifted = props.lifted.includes(name);
        if (isLifted) lifted.add(name);
        else lifted.delete(name);
        cap.parentElement.dataset.lifted = String(isLifted);
        const cover = document.querySelector(`[data-cover="${name}"]`);
        cover.ariaPressed = String(isLifted);
        const over = make('span', { class: 'over' }, ...both(words));
        fill(cover, over, ...both(isLifted ? coverOpen : coverClosed));
      }
      const duty = guard?.onDuty ?? null;
      fill(element('duty'), ...(duty === null ? both(offDuty) : [`值班 ${duty.masked}`]));
      const prompt = guard?.prompt ?? null;
      element('prompt').dataset.ready = String(prompt?.ready === true && duty !== null);
      fill(
        element('prompt'),
        ...(prompt === null ? both(nothingToConfirm) : both(prompt.text)),
        prompt === null ? null : make('small', {}, `${prompt.index} / ${prompt.count}`),
      );
      const feedback = guard?.feedback ?? null;
      element('feedback').dataset.tone = feedback?.isGood === false ? 'bad' : 'plain';
      fill(element('feedback'), ...(feedback === null ? [] : both(feedback.text)));
    },
  };
}
