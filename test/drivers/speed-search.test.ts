import { expect, test } from 'vitest';
import { type SpeedFailure, speedSearch } from '../../drivers/speed-search.js';

/** What is tried and told while every speed fails for the same reason. */
function failures(search: ReturnType<typeof speedSearch>, whys: readonly SpeedFailure[]) {
  return whys.map((why) => {
    const { baudRate } = search;
    return `${baudRate} ${search.failed(why) ?? '-'}`;
  });
}
const silent = (count: number): SpeedFailure[] => new Array(count).fill('silent');

test('every other try is at the likely speed, and a round is told once, at its end', () => {
  const search = speedSearch([115_200, 57_600, 9_600]);
  const round = ['115200 -', '57600 -', '115200 -', '9600 silent'];
  expect(failures(search, silent(8))).toEqual([...round, ...round]);
});

test('the worst that was heard at any speed is what a round tells', () => {
  const search = speedSearch([115_200, 9_600]);
  expect(failures(search, ['silent', 'garbled', 'silent', 'silent'])).toEqual([
    ...['115200 -', '9600 garbled'],
    ...['115200 -', '9600 silent'],
  ]);
});

test('a speed that has answered is the likely one, and its silence is told at once', () => {
  const search = speedSearch([115_200, 57_600, 9_600]);
  failures(search, silent(3));
  expect(search.baudRate).toBe(9_600);
  search.answered();
  expect(failures(search, silent(5))).toEqual([
    '9600 silent',
    ...['115200 -', '9600 -', '57600 silent', '9600 -'],
  ]);
  search.interrupted();
  expect(search.baudRate).toBe(9_600);
});

test('without speeds the link has its own, and every failure is told', () => {
  const search = speedSearch([]);
  expect(failures(search, ['silent', 'garbled'])).toEqual([
    'undefined silent',
    'undefined garbled',
  ]);
});
