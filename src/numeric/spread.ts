import { insertionSort, type Pairs } from './order.ts';

/** numbers that `spread` takes, at most, and how many may fall into one bucket of those that are sorted */
const MOST = 512;
const CROWD = 16;
const BUCKETS = 128;
const bucketOf = /*#__PURE__*/ new Uint8Array(MOST);
const ends = /*#__PURE__*/ new Int32Array(BUCKETS);

/**
 * Puts the k largest of n numbers in order, of equal ones the first first. False where they are too many, no numbers, or crowd
 * in one place: `from` is as it was then.
 * Method: buckets lie evenly between the least and the largest number. They are filled in their order, as far as k elements need
 * it, and insertion does the rest, for few elements share a bucket.
 */
export function spread(from: Pairs, n: number, k: number, into: Pairs): boolean {
  if (n > MOST || k > n) return false;
  into.grow(n);
  const { values, places } = from,
    { values: sorted, places: sortedPlaces } = into;
  let low = values[0]!,
    high = low,
    nothing = 0;
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
    nothing += value - value;
  }
  const scale = (BUCKETS - 1) / (high - low);
  // NaN, infinities, or all the same
  if (nothing !== 0 || !(scale > 0 && scale < Infinity)) return false;
  ends.fill(0);
  for (let i = 0; i < n; i++) {
    const bucket = ((high - values[i]!) * scale) | 0;
    bucketOf[i] = bucket;
    ends[bucket]!++;
  }
  let end = 0;
  for (let b = 0, total = 0; b < BUCKETS; b++) {
    const count = ends[b]!;
    ends[b] = total;
    if (total < k) {
      if (count > CROWD) return false;
      end = total + count;
    }
    total += count;
  }
  for (let i = 0; i < n; i++) {
    const at = ends[bucketOf[i]!]!++;
    sorted[at] = values[i]!;
    sortedPlaces[at] = places[i]!;
  }
  insertionSort(into, 0, end);
  return true;
}
