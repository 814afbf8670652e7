// What tells a row's outcome.

/** Says that the format does not have the cipher, as it should not. */
export class Refused extends Error {}

/** Whether lists or bytes are the same. */
export function compare(what, got, expected) {
  if (got.length !== expected.length)
    throw new Error(`${what}: ${got.length}, not ${expected.length}`);
  for (let i = 0; i < got.length; i++)
    if (got[i] !== expected[i]) throw new Error(`${what}: ${i} is another`);
}
