/** A gate may say of its devices what it likes: whoever looks at the site goes on looking. */
import { expect, test } from 'vitest';
import { parseState, troublesOf } from '../../../kiosk/collector/gates.js';
import { gateRows } from '../../../kiosk/collector/queries/gates.js';
import { siteView } from '../../../kiosk/settings/admin/site-view.js';
import { kiosk, site, storeRig } from './rig.js';

const payload = Buffer.from(
  '{"online":true,"session":"1","devices":{"a":{"toString":1,"valueOf":1},"b":[[{"toString":0}]],"c":"lost","d":"ok"}}',
);
const troubles = ['a unreadable', 'b unreadable', 'c lost'];

test('devices that no text can be made of are told as unreadable, by a collector and to an admin', () => {
  const rig = storeRig();
  try {
    const state = parseState(payload);
    if (state === null) throw new Error('no state');
    rig.store.gates.takeState(kiosk, state);
    expect(gateRows(rig.store.database)).toMatchObject([{ kiosk, troubles }]);
  } finally {
    rig.dispose();
  }
  const view = siteView(site);
  view.take({ topic: `gk/1/${site}/${kiosk}/state`, payload, retained: true });
  expect(view.gate(kiosk)).toMatchObject({ online: true, troubles });
});

test('what a gate says is shown as far as a table has room for it', () => {
  const long = 'x'.repeat(5_000);
  const devices = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`${index}${long}`, long]),
  );
  const view = siteView(site);
  const say = (name: string, said: object): void => {
    const bytes = Buffer.from(JSON.stringify(said));
    view.take({ topic: `gk/1/${site}/${kiosk}/${name}`, payload: bytes, retained: false });
  };
  const { length } = JSON.stringify({ devices });
  expect(length).toBeGreaterThan(100_000);
  const few = Object.fromEntries(Object.entries(devices).slice(0, 1));
  say('state', { online: true, session: '1', version: 'v'.repeat(4_000), devices: few });
  expect(view.gate(kiosk).version?.length).toBeLessThan(100);
  expect(view.gate(kiosk).troubles.join(' ').length).toBeLessThan(200);
  expect(troublesOf(devices).join(' ').length).toBeLessThan(4_000);
});
