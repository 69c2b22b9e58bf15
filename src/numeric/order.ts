// Numbers in descending order, with what they stand for. No NaN.

/** elements up to which insertion sorts faster than merging */
const RUN = 8;

/** The r-th largest of the first n elements, r from 1 on; those before place r are at least as large then. Hoare's FIND. */
export function nthLargest(a: Float64Array, n: number, r: number): number {
  const k = r - 1;
  let low = 0,
    high = n - 1;
  for (let budget = 4 * (32 - Math.clz32(n)); low < high; budget--) {
    if (budget === 0) {
      // the pivots were bad ones throughout
      a.subarray(low, high + 1).sort().reverse();
      break;
    }
    const pivot = middle(a[low]!, a[(low + high) >>> 1]!, a[high]!);
    let i = low,
      j = high;
    while (i <= j) {
      while (a[i]! > pivot) i++;
      while (a[j]! < pivot) j--;
      if (i > j) break;
      const value = a[i]!;
      a[i++] = a[j]!;
      a[j--] = value;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return a[k]!;
}

function middle(a: number, b: number, c: number): number {
  if (a > b) return b > c ? b : a > c ? c : a;
  return a > c ? a : b > c ? c : b;
}

/** Sorts the first n values, largest first, and their places alike; equal ones stay in order. The spare arrays are as long. */
export function sortDescending(
  values: Float64Array,
  places: Int32Array,
  n: number,
  spareValues: Float64Array,
  sparePlaces: Int32Array,
): void {
  for (let low = 0; low < n; low += RUN) insertionSort(values, places, low, Math.min(n, low + RUN));
  let v = values,
    p = places,
    toV = spareValues,
    toP = sparePlaces;
  for (let width = RUN; width < n; width *= 2) {
    for (let low = 0; low < n; low += 2 * width) {
      merge(v, p, low, Math.min(n, low + width), Math.min(n, low + 2 * width), toV, toP);
    }
    [v, p, toV, toP] = [toV, toP, v, p];
  }
  if (v === values) return;
  for (let i = 0; i < n; i++) ((values[i] = v[i]!), (places[i] = p[i]!));
}

function insertionSort(values: Float64Array, places: Int32Array, low: number, high: number): void {
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
// prettier-ignore
function merge(
  values: Float64Array, places: Int32Array, low: number, mid: number, high: number, toValues: Float64Array, toPlaces: Int32Array,
): void {
  let a = low,
    b = mid;
  for (let to = low; to < high; to++) {
    const from = a === mid || (b < high && values[b]! > values[a]!) ? b++ : a++;
    toValues[to] = values[from]!;
    toPlaces[to] = places[from]!;
  }
}
