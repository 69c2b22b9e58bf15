import { radixDescending } from './radix.ts';

// Numbers in descending order, without branches on what they are: half of those would be foretold wrongly. No NaN.

/** numbers up to which insertion sorts faster than merging */
const RUN = 8;
/** numbers from which sorting by digits is faster than merging */
const MANY = 1024;

/** The r-th largest of the first n numbers, r from 1 on. Those before place r are as large, then. */
export function nthLargest(a: Float64Array, n: number, r: number): number {
  let low = 0,
    high = n - 1;
  for (let rounds = 4 * (32 - Math.clz32(n)); low < high; rounds--) {
    if (rounds === 0) {
      // the pivots were bad ones throughout
      a.subarray(low, high + 1)
        .sort()
        .reverse();
      break;
    }
    const pivot = middle(a[low]!, a[(low + high) >>> 1]!, a[high]!);
    // low .. more are above the pivot, more .. least equal to it
    let more = low;
    for (let i = low; i <= high; i++) {
      const value = a[i]!;
      a[i] = a[more]!;
      a[more] = value;
      more = (more + +(value > pivot)) | 0;
    }
    if (r <= more) {
      high = more - 1;
      continue;
    }
    let less = more;
    for (let i = more; i <= high; i++) {
      const value = a[i]!;
      a[i] = a[less]!;
      a[less] = value;
      less = (less + +(value === pivot)) | 0;
    }
    if (r <= less) break;
    low = less;
  }
  return a[r - 1]!;
}

function middle(a: number, b: number, c: number): number {
  if (a > b) return b > c ? b : a > c ? c : a;
  return a > c ? a : b > c ? c : b;
}

/** Numbers, and what they stand for. */
export class Pairs {
  values: Float64Array;
  places: Int32Array;

  constructor(room: number) {
    this.values = new Float64Array(room);
    this.places = new Int32Array(room);
  }

  /** Makes room for n and one more; what is there stays. */
  grow(n: number): void {
    const { values, places } = this;
    if (values.length > n) return;
    const room = Math.max(n + 1, Math.min(2 * n, n + 65536));
    this.values = new Float64Array(room);
    this.places = new Int32Array(room);
    this.values.set(values);
    this.places.set(places);
  }
}

/** The first n pairs with falling values, those with equal ones as they were: in `pairs`, or in `spare` if that is returned. */
export function sortDescending(pairs: Pairs, n: number, spare: Pairs): Pairs {
  if (n >= MANY) {
    radixDescending(pairs, n, spare);
    return spare;
  }
  for (let low = 0; low < n; low += RUN) insertionSort(pairs, low, Math.min(n, low + RUN));
  let from = pairs,
    to = spare;
  for (let width = RUN; width < n; width *= 2) {
    for (let low = 0; low < n; low += 2 * width) {
      merge(from, low, Math.min(n, low + width), Math.min(n, low + 2 * width), to);
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Elements low .. high of the pairs, with falling values, those with equal ones as they were. */
export function insertionSort({ values, places }: Pairs, low: number, high: number): void {
  for (let i = low + 1; i < high; i++) {
    const value = values[i]!,
      place = places[i]!;
    let j = i;
    for (; j > low && values[j - 1]! < value; j--) {
      values[j] = values[j - 1]!;
      places[j] = places[j - 1]!;
    }
    values[j] = value;
    places[j] = place;
  }
}

/** Two sorted neighbours, low .. mid .. high, as one. */
function merge({ values, places }: Pairs, low: number, mid: number, high: number, into: Pairs): void {
  const toValues = into.values,
    toPlaces = into.places;
  let a = low,
    b = mid,
    to = low;
  while (a < mid && b < high) {
    const second = +(values[b]! > values[a]!) | 0,
      from = a + Math.imul(b - a, second);
    toValues[to] = values[from]!;
    toPlaces[to++] = places[from]!;
    a = (a + 1 - second) | 0;
    b = (b + second) | 0;
  }
  for (; a < mid; a++, to++) ((toValues[to] = values[a]!), (toPlaces[to] = places[a]!));
  for (; b < high; b++, to++) ((toValues[to] = values[b]!), (toPlaces[to] = places[b]!));
}
