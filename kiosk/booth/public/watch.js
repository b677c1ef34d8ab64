/** What is wrong: alarms with their age, devices, other gates, records that wait for the disk. */
import { both, element, english, fill, fitRows, make, more } from './elements.js';
import { siteTime } from './time.js';

const openingsMax = 2;

const noAlarms = { zh: '没有报警', en: 'No alarms' };
const known = { zh: '已知悉', en: 'seen' };
const others = { zh: '其他门', en: 'Other gates' };
const notHeard = { zh: '听不到', en: 'not heard' };

/** Shows the right side of a view. */
export function showWatch({ alarms, devices, hearsOthers, unwritten, utcOffsetMinutes }) {
  const open = alarms.filter(({ acknowledged }) => !acknowledged).length;
  element('alarm-count').textContent = open > 0 ? String(open) : '';
  const parts = [
    ...devices,
    { text: others, status: hearsOthers ? 'ok' : 'degraded', statusText: notHeard },
  ];
  fill('unwritten', ...unwrittenParts(unwritten, utcOffsetMinutes));
  const showAlarms = (rows) =>
    fill(
      'alarms',
      ...alarms.slice(0, rows).map(alarmRow),
      more(alarms.length - rows, 'li'),
      alarms.length === 0 ? make('li', { 'data-ink': 'soft' }, ...both(noAlarms)) : null,
    );
  // Every part where there is room; alarms come first.
  fill('devices', ...parts.map(chip));
  showAlarms(alarms.length);
  const { scrollHeight, clientHeight } = element('alarms');
  if (scrollHeight <= clientHeight) return;
  fill('devices', ...parts.filter(({ status }) => status !== 'ok').map(chip), soundLine(parts));
  fitRows('alarms', alarms.length, showAlarms);
}

/** How many parts are sound, in place of their list. */
function soundLine(parts) {
  const count = parts.filter(({ status }) => status === 'ok').length;
  const words =
    count === parts.length
      ? { zh: `${count} 项全部正常`, en: `all ${count} sound` }
      : { zh: `其余 ${count} 项正常`, en: `the other ${count} sound` };
  return make('li', { class: 'sound' }, ...both(words));
}

function alarmRow({ text, since, acknowledged, count }) {
  return make(
    'li',
    { class: 'alarm', 'data-tone': acknowledged ? 'quiet' : 'alarm' },
    make('b', {}, text.zh),
    make(
      'span',
      {},
      count > 1 ? make('b', {}, `×${count} `) : '',
      acknowledged ? `${known.zh} ` : '',
      make('span', { 'data-since': since }),
    ),
    english(text.en),
    make(
      'span',
      { lang: 'en' },
      acknowledged ? `${known.en} ` : '',
      make('span', { 'data-since': since }),
    ),
  );
}

const chipTones = { ok: 'quiet', degraded: 'attention', lost: 'alarm' };

function chip({ text, status, statusText }) {
  return make(
    'li',
    { class: 'device', 'data-tone': chipTones[status] },
    make('span', {}, text.zh),
    make('b', { 'data-ink': status === 'ok' ? 'good' : '' }, status === 'ok' ? '✓' : statusText.zh),
    english(status === 'ok' ? text.en : `${text.en}: ${statusText.en}`),
  );
}

function unwrittenParts({ count, lost, openings }, utcOffsetMinutes) {
  if (count === 0 && lost === 0) return [];
  const lines = [both({ zh: `未写入 ${count} 条记录`, en: `${count} records not written` })];
  if (lost > 0) lines.push(both({ zh: `丢失 ${lost} 条`, en: `${lost} given up` }));
  for (const { at, reason } of openings.slice(-openingsMax)) {
    const time = siteTime(Date.parse(at), utcOffsetMinutes, true);
    lines.push(both({ zh: `${time} 开门：${reason.zh}`, en: reason.en }));
  }
  return lines.map((words) => make('p', { class: 'row' }, ...words));
}
