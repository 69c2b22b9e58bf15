// Makes the patches that src/kernels/patch.ts applies; the format is described there.

// found by trying: the smallest entry, minified and gzipped
const WINDOW = 12; // bytes that a copy from anywhere must match
const NEARBY = 6; // bytes that a copy from the expected place must match: such a copy costs less

/**
 * Greedy: at each byte the longest copy, of equal ones the nearest to the expected place; where there is none, an insert.
 *
 * @param {Uint8Array} from
 * @param {Uint8Array} to
 * @returns {Uint8Array} patch with which applyPatch(from, patch) equals to
 */
export function makePatch(from, to) {
  const places = new Map(); // windows of `from`, as text -> where they start
  const text = (bytes, at) => Buffer.from(bytes.subarray(at, at + WINDOW)).toString('latin1');
  for (let i = 0; i + WINDOW <= from.length; i++) {
    const window = text(from, i);
    if (!places.has(window)) places.set(window, []);
    places.get(window).push(i);
  }
  const match = (place, at) => {
    let length = 0;
    while (at + length < to.length && place + length < from.length && from[place + length] === to[at + length])
      length++;
    return length;
  };

  const operations = [],
    inserted = [];
  const number = (value, list = operations) => {
    for (; value > 127; value >>>= 7) list.push((value & 127) | 128);
    list.push(value);
  };
  let done = 0; // bytes of `to` that the patch makes so far
  let end = 0; // where the last copy ended in `from`
  const operation = (at, place, length) => {
    const distance = place - (end + at - done);
    number(at - done);
    for (; done < at; done++) inserted.push(to[done]);
    number(length);
    number(distance < 0 ? -2 * distance - 1 : 2 * distance);
    done = at + length;
    end = place + length;
  };

  for (let at = 0; at < to.length;) {
    const expected = end + at - done;
    let best = expected;
    let longest = match(expected, at);
    if (longest < NEARBY) longest = 0;
    for (const place of places.get(text(to, at)) ?? []) {
      const length = match(place, at);
      const nearer = Math.abs(place - expected) < Math.abs(best - expected);
      if (length > longest || (length === longest && nearer)) [best, longest] = [place, length];
    }
    if (longest > 0) operation(at, best, longest);
    at = longest > 0 ? done : at + 1;
  }
  if (done < to.length) operation(to.length, end + to.length - done, 0);
  const head = [];
  number(to.length, head);
  number(inserted.length, head);
  return Uint8Array.from([...head, ...inserted, ...operations]);
}
