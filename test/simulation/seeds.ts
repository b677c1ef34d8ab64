/** Which world a seed is: all sorts in turn, so that a run of seeds sees each of them. */
import { allTroubles, noTroubles, onlyHands, type WorldOptions } from './options.js';

type Sort = Omit<WorldOptions, 'seed'>;

/** From well-behaved people at sound gates to everything at once, at the worst moments. */
const sorts: readonly [Sort, ...Sort[]] = [
  { days: 8, visitsPerDay: 12, troubles: noTroubles, mischief: 0, carelessness: 0 },
  { days: 18, visitsPerDay: 8, troubles: onlyHands, mischief: 0.3, carelessness: 0.15 },
  {
    days: 8,
    visitsPerDay: 12,
    troubles: allTroubles,
    mischief: 0.2,
    carelessness: 0.1,
    gates: { building: true },
  },
  {
    days: 6,
    visitsPerDay: 14,
    troubles: allTroubles,
    strikes: 0.4,
    mischief: 0.25,
    carelessness: 0.1,
    gates: { secondOut: true },
  },
  {
    days: 8,
    visitsPerDay: 12,
    troubles: { ...noTroubles, partition: 2, badMedium: 0.2, lockdown: 0.5 },
    mischief: 0.5,
    carelessness: 0.1,
    gates: { secondOut: true },
  },
];

/** @returns the options of the world of this seed */
export function optionsOf(seed: number): WorldOptions {
  const sort = sorts[seed % sorts.length] ?? sorts[0];
  return { ...sort, seed };
}
