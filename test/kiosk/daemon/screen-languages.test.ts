/** Which languages a running gate's screen may be told to say. */
import { expect, test } from 'vitest';
import { readLanguages } from '../../../config/language-files.js';
import { screenLanguages } from '../../../kiosk/daemon/screen-languages.js';
import { russian } from '../screen/russian.js';

const [chinese, english] = readLanguages().languages;
const screen = (languages?: readonly string[]) => ({
  screen: { port: 0, ...(languages && { languages }) },
});

test('those that are shipped, in any order, and what is usual where nothing is said', () => {
  const of = screenLanguages({ config: screen(), languages: readLanguages().languages });
  expect(of(screen(['en']))).toEqual([english]);
  expect(of(screen(['en', 'zh']))).toEqual([english, chinese]);
  expect(of(screen())).toEqual([chinese, english]);
});

test('a file that the gate was started with is what it was then; no other is ever read', () => {
  const ru = '/etc/gate-kiosk/ru.json';
  const config = screen(['zh', ru]);
  const of = screenLanguages({
    config,
    languages: readLanguages(['zh']).languages.concat(russian),
  });
  expect(of(screen(['en']))).toEqual([english]);
  expect(of(config)).toEqual([chinese, russian]);
  expect(of(screen(['en', '/etc/gate-kiosk/de.json']))).toBeNull();
});
