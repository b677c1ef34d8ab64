/** The picture: what the newest view says, and nothing else. */
import { both, element, english, fill, make } from './elements.js';
import { showPerson } from './person.js';
import { createQuestion } from './question.js';
import { ageText, createGateClock, secondsLeft, siteTime } from './time.js';
import { showWatch } from './watch.js';

const ways = { in: { zh: '入口', en: 'Entrance' }, out: { zh: '出口', en: 'Exit' } };
const laneTones = {
  granted: 'good',
  passing: 'good',
  fault: 'attention',
  lockdown: 'attention',
  released: 'attention',
};
const clockTones = { synced: 'quiet', holdover: 'quiet', floor: 'attention', conflict: 'alarm' };
const fire = { zh: '火警：通道已打开', en: 'FIRE: gate open' };
const lockdowns = {
  in: { zh: '封闭：暂停入校', en: 'LOCKDOWN: no entry' },
  out: { zh: '封闭：出口照常', en: 'LOCKDOWN: exit is free' },
};
const nobodyOnDuty = { zh: '无人值班', en: 'nobody on duty' };
const scanBadge = { zh: 'NEXT 按住中：请刷门卫证', en: 'scan the badge' };
/** Parts that say something of a person or a moment: gone with the controller. */
const perishable = ['person-body', 'walk', 'last', 'feedback', 'alarms', 'devices', 'unwritten'];

export function createPicture() {
  let view = null;
  const clock = createGateClock();
  const question = createQuestion();

  function showHeader({ direction, zone, lane, onDuty, nextHeld, utcOffsetMinutes, clock: told }) {
    const way = ways[direction];
    fill('way', ...both({ zh: `${way.zh} ${zone}`, en: way.en }));
    element('lane').dataset.tone = laneTones[lane.name] ?? 'quiet';
    fill('lane', ...both(lane.text));
    element('duty').dataset.tone = nextHeld || onDuty === null ? 'attention' : 'quiet';
    if (nextHeld) fill('duty', ...both(scanBadge));
    else if (onDuty === null) fill('duty', ...both(nobodyOnDuty));
    else {
      const until = siteTime(Date.parse(onDuty.until), utcOffsetMinutes, false);
      fill('duty', make('b', {}, `值班 ${onDuty.masked} 至 ${until}`), ' ', english('on duty'));
    }
    element('clock').dataset.tone = clockTones[told.state];
    fill('clock', ...both({ zh: `时钟${told.text.zh}`, en: `clock ${told.text.en}` }));
  }

  function showBanners(nowMs) {
    const banners = [];
    if (view.fire) banners.push(['alarm', fire]);
    if (view.emergencyUntil !== null) {
      const left = nowMs === null ? 0 : secondsLeft(Date.parse(view.emergencyUntil), nowMs);
      banners.push([
        'attention',
        { zh: `紧急放行：还有 ${left} 秒`, en: `EMERGENCY: ${left} s left` },
      ]);
    }
    if (view.lockdown) banners.push(['alarm', lockdowns[view.direction]]);
    fill(
      'banners',
      ...banners.map(([tone, text]) =>
        make('p', { class: 'banner', 'data-tone': tone }, ...both(text)),
      ),
    );
  }

  /** What goes on with the time alone. */
  function showTimes() {
    const nowMs = clock.nowMs();
    showBanners(nowMs);
    fill('time', nowMs === null ? '' : siteTime(nowMs, view.utcOffsetMinutes, true));
    if (nowMs === null) return;
    for (const since of document.querySelectorAll('[data-since]')) {
      const { zh, en } = ageText(Date.parse(since.dataset.since), nowMs);
      since.textContent = since.parentElement.lang === 'en' ? en : zh;
    }
    for (const end of document.querySelectorAll('[data-until]')) {
      const left = secondsLeft(Date.parse(end.dataset.until), nowMs);
      end.replaceChildren(' ', ...both({ zh: `${left} 秒`, en: `${left} s` }));
    }
  }

  function showParts() {
    // Banners first: what is below them is fitted into the room that they leave.
    showBanners(clock.nowMs());
    showPerson(view.attempt);
    question.show(view);
    showWatch(view);
    showTimes();
  }

  return {
    show(next) {
      view = next;
      document.body.dataset.state = 'live';
      showHeader(view);
      showParts();
    },
    /** What stands now; null: the controller is gone. */
    view: () => view,
    /** A heartbeat: the gate's time, RFC 3339. */
    tick(text) {
      clock.tell(text);
      if (view !== null) showTimes();
    },
    say: question.say,
    /** The window has another size. */
    refit() {
      if (view !== null) showParts();
    },
    lose() {
      view = null;
      clock.tell(null);
      document.body.dataset.state = 'lost';
      fill('cover-zh', '控制器失联');
      fill('cover-en', 'Controller lost');
      fill('cover-step-zh', '本页已失效，请用门卫面板');
      fill('cover-step-en', 'This page is dead. Use the panel.');
      for (const id of perishable) fill(id);
    },
  };
}
