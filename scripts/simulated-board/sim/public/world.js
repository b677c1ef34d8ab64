/** What is around the gate: cables, disk, broker, clock, fire, power and the weather. */
import { both, button, element, fill, make } from './elements.js';

const disks = [
  { state: 'sound', zh: '正常', en: 'sound' },
  { state: 'stalls', zh: '卡住', en: 'stalls' },
  { state: 'disk-full', zh: '写满', en: 'full' },
  { state: 'read-only', zh: '只读', en: 'read-only' },
];
const brokers = [
  {
    ...{ state: 'up', zh: '运行', en: 'up' },
    done: { zh: '消息服务器在运行，闸机正在重连', en: 'the broker is up; the gates connect again' },
  },
  {
    ...{ state: 'down', zh: '停止', en: 'stopped' },
    done: { zh: '消息服务器已停止，记录在闸机中等待', en: 'the broker is stopped; records wait' },
  },
  {
    ...{ state: 'wiped', zh: '清空', en: 'wipe' },
    done: { zh: '消息服务器的内容已全部清空', en: 'the broker has forgotten everything' },
  },
];
const jumps = [
  { seconds: -3_600, zh: '−1 小时', en: '−1 h' },
  { seconds: 3_600, zh: '+1 小时', en: '+1 h' },
  { seconds: 86_400, zh: '+1 天', en: '+1 day' },
  { seconds: 172_800, zh: '+2 天', en: '+2 days' },
];
const clocks = [
  { state: 'synced', zh: '同步', en: 'synced' },
  { state: 'holdover', zh: '守时', en: 'holdover' },
  { state: 'floor', zh: '下限', en: 'floor' },
  { state: 'conflict', zh: '矛盾', en: 'conflict' },
];
const skips = [
  { seconds: 30, zh: '快进 30 秒', en: 'skip 30 s' },
  { seconds: 120, zh: '快进 2 分', en: 'skip 2 min' },
];
const weathers = [
  { outside: 15, indoors: 22, zh: '春天', en: 'spring' },
  { outside: -20, indoors: 18, zh: '严冬', en: 'hard winter' },
  { outside: -30, indoors: 5, zh: '门厅无暖气', en: 'no heating' },
];
const cables = [
  { device: 'scanner', zh: '扫码器', en: 'scanner' },
  { device: 'id-card-reader', zh: '读卡器', en: 'card reader' },
  { device: 'thermometer', zh: '测温仪', en: 'thermometer' },
  { device: 'turnstile', zh: '闸机触点', en: 'arm contact' },
  { device: 'panel', zh: '面板', en: 'panel' },
  { device: 'fire', zh: '消防回路', en: 'fire loop' },
  { device: 'mains', zh: '市电（有电池）', en: 'mains (UPS)' },
  { device: 'signals', zh: '灯与蜂鸣', en: 'lamps' },
];

/** A row of choices of which one is pressed. */
function choices(id, all, nameOf, done) {
  const made = all.map((one) => button(one, () => done(one), { 'data-choice': nameOf(one) }));
  element(id).append(...made);
  return (chosen) => {
    for (const [index, one] of all.entries())
      made[index].ariaPressed = String(nameOf(one) === chosen);
  };
}

/**
 * @param {{
 *   act(action: object): Promise<boolean>,
 *   say(text: {zh: string, en: string}): void,
 * }} page
 */
export function createWorld({ act, say }) {
  /** What is done at once leaves a word. */
  const tell = async (action, words) => {
    if (await act(action)) say(words);
  };
  const showDisk = choices(
    'disk',
    disks,
    ({ state }) => state,
    ({ state }) => act({ action: 'disk', state }),
  );
  const showBroker = choices(
    'broker',
    brokers,
    ({ state }) => state,
    ({ state, done }) => tell({ action: 'broker', state }, done),
  );
  const showClock = choices(
    'clock-state',
    clocks,
    ({ state }) => state,
    ({ state }) => act({ action: 'clock-state', state }),
  );
  const showWeather = choices(
    'weather',
    weathers,
    ({ outside }) => String(outside),
    ({ outside, indoors }) => act({ action: 'weather', outside, indoors }),
  );
  element('clock-jump').append(
    ...jumps.map((one) =>
      button(one, () => act({ action: 'clock-jump', seconds: one.seconds }), {
        'data-jump': String(one.seconds),
      }),
    ),
    ...skips.map((one) =>
      button(one, () => act({ action: 'time-skip', seconds: one.seconds }), {
        'data-skip': String(one.seconds),
      }),
    ),
  );
  let view = null;
  const cableButtons = cables.map(({ device, ...words }) => {
    const made = button(
      words,
      () => act({ action: 'cable', device, whole: view?.props.cut.includes(device) ?? false }),
      { 'data-cable': device },
    );
    return made;
  });
  element('cables').append(...cableButtons);
  const fire = button({ zh: '火警', en: 'fire alarm' }, () =>
    act({ action: 'fire', on: view?.props.fire !== true }),
  );
  fire.id = 'fire';
  const power = button({ zh: '断电', en: 'cut the power' }, () =>
    act({ action: 'power', on: view?.power !== true }),
  );
  power.id = 'power';
  const mend = button({ zh: '全部修好', en: 'mend everything' }, async () => {
    if (await act({ action: 'mend' })) say(mendedWords(view?.guard));
  });
  mend.id = 'mend';
  element('fire-power').append(fire, power, mend);
  const sendText = () => {
    const text = element('any-text').value;
    if (text !== '') act({ action: 'scan-text', text });
  };
  element('any-scan').addEventListener('click', sendText);
  element('any-text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') sendText();
  });

  return {
    show(next) {
      view = next;
      const { props, broker, clock } = next;
      showDisk(props.disk);
      showBroker(broker.isUp ? 'up' : 'down');
      showClock(clock.asked);
      showWeather(String(props.outsideCelsius));
      for (const one of element('broker').querySelectorAll('button')) one.disabled = !broker.isOurs;
      for (const made of cableButtons) {
        const isCut = props.cut.includes(made.dataset.cable);
        made.ariaPressed = String(isCut);
      }
      fire.ariaPressed = String(props.fire);
      power.ariaPressed = String(!next.power);
      fill(power, ...both(next.power ? { zh: '断电', en: 'cut the power' } : powerBack));
      const jumped = clock.jumpedMs / 3_600_000;
      fill(
        element('jumped'),
        jumped === 0 ? null : make('span', {}, `${jumped > 0 ? '+' : '−'}${Math.abs(jumped)} h`),
      );
    },
  };
}

/** What mending does not end: the guard's own EMERGENCY and LOCKDOWN. */
function mendedWords(guard) {
  if (guard?.lockdown === true)
    return {
      zh: '已修好；封闭仍在：掀盖，长按「封闭」解除',
      en: 'mended; LOCKDOWN is still on: lift its cover and hold it down to end it',
    };
  if (guard?.emergencyUntil != null)
    return {
      zh: '已修好；紧急放行未到时间，仍在',
      en: 'mended; EMERGENCY is still on until its two minutes are over',
    };
  return { zh: '全部修好了', en: 'everything is sound again' };
}

const powerBack = { zh: '来电', en: 'power back' };
