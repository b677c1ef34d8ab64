/** What the collector sees: gates, receipts, open notices, passages; and the gate's backlog. */
import { both, button, element, fill, make, timeOf } from './elements.js';

const partyWords = {
  guard: '门卫',
  'duty-officer': '值班领导',
  'property-office': '物业',
  community: '社区',
  'police-station': '派出所',
  'health-office': '校医院',
  college: '学院',
  'host-unit': '接待单位',
  'units-concerned': '有关单位',
};
const checks = { verified: '检查点已验', waiting: '检查点待验', unverified: '检查点未验' };
const none = { zh: '暂无', en: 'none yet' };
const online = { zh: '在线', en: 'online' };
const offline = { zh: '离线', en: 'offline' };
const unheard = { zh: '未上报', en: 'not heard yet' };
const unknown = { zh: '不明：收集端离线', en: 'not known: the collector is offline' };
const notListed = (left) => ({ zh: `未列 ${left} 条`, en: `${left} not listed` });
const seen = { zh: '知悉', en: 'seen' };

/**
 * @param {{act(action: object): Promise<boolean>}} page
 */
export function createCollector({ act }) {
  const lines = (id, all) => {
    const list = element(id);
    fill(list, ...(all.length === 0 ? [make('li', {}, ...both(none))] : all));
  };
  const gateLine = ({ kiosk, online: isOnline, backlog, head, checkpoint, troubles }, down) => {
    const heard = isOnline === null ? unheard : isOnline ? online : offline;
    // What it heard last may be old: green would be a lie.
    const state = down === null ? heard : unknown;
    const tone = down !== null ? 'plain' : isOnline ? 'good' : 'bad';
    const line = make('li', { 'data-kiosk': kiosk, 'data-tone': tone });
    line.append(make('b', {}, kiosk), ' ', ...both(state));
    const counts = { zh: `已存 ${head ?? 0} · 落后 ${backlog ?? '?'}`, en: 'stored, behind' };
    const [check, seq] = checkpoint?.split(' ') ?? [];
    const checked =
      checkpoint === null ? [] : both({ zh: ` · ${checks[check] ?? ''} ${seq ?? ''}`, en: check });
    line.append(make('small', {}, ...both(counts), ...checked));
    if (troubles.length > 0) line.append(make('em', {}, ` ${troubles.join(', ')}`));
    return line;
  };
  return {
    show({ collector, reports, broker, clock }) {
      const { down, gates, receipts, notices, passages } = collector;
      element('collector-link').dataset.tone = down === null ? 'good' : 'bad';
      element('collector-link').title = down ?? '';
      fill(element('collector-link'), ...both(down === null ? online : offline));
      element('broker-url').textContent = broker.url;
      element('backlog').textContent = reports === null ? '–' : String(reports.backlog);
      element('released').textContent = reports === null ? '–' : String(reports.released);
      lines(
        'gates',
        gates.map((gate) => gateLine(gate, down)),
      );
      lines(
        'receipts',
        receipts
          .slice(0, 4)
          .map(({ kiosk, seq, at }) =>
            make('li', {}, make('time', {}, timeOf(at, clock)), ` ${kiosk} ≤ ${seq}`),
          ),
      );
      element('notice-count').textContent = String(notices.count);
      const shownNotices = notices.first.slice(-6).reverse();
      const left = notices.count - shownNotices.length;
      fill(element('notices-left'), ...(left > 0 ? both(notListed(left)) : []));
      const places = shownNotices.map(({ kiosk, id }) => `${kiosk}/${id}`).join();
      // Their buttons are made once, or none could be pressed.
      if (element('notices').dataset.places !== places) {
        element('notices').dataset.places = places;
        element('notices').replaceChildren();
        lines(
          'notices',
          shownNotices.map(({ kiosk, id, party, kind, atMs }) =>
            make(
              'li',
              {},
              make('time', {}, timeOf(atMs, clock)),
              ` ${partyWords[party] ?? party} `,
              make('span', { lang: 'en', class: 'what' }, `${party}: ${kind}`),
              button(seen, () => act({ action: 'acknowledge', kiosk, notice: id, party })),
            ),
          ),
        );
      }
      lines(
        'passages',
        passages
          .slice(0, 6)
          .map(({ atMs, kiosk, text, rule }) =>
            make(
              'li',
              {},
              make('time', {}, timeOf(atMs, clock)),
              ` ${kiosk} ${rule ?? ''} `,
              ...both(text),
            ),
          ),
      );
    },
  };
}
