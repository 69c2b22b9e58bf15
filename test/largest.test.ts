import { expect, test } from 'vitest';
import { nthLargest, Pairs, sortDescending } from '../src/numeric/order.ts';
import { spread } from '../src/numeric/spread.ts';
import { eachBuild } from './support/eachBuild.ts';
import { random, type Random } from './support/random.ts';

type Any = (...args: unknown[]) => any;

/** Lanes on which a selection goes wrong first: in order, against it, all alike, few values, zeros of both signs, peaks, pivots that are bad. */
const patterns: Record<string, (n: number, r: Random) => number[]> = {
  random: (n, r) => Array.from({ length: n }, () => Math.fround(r.normal())),
  rising: (n) => Array.from({ length: n }, (_, i) => i),
  falling: (n) => Array.from({ length: n }, (_, i) => -i),
  alike: (n) => Array.from({ length: n }, () => 3),
  hidden: (n) => Array.from({ length: n }, () => -Infinity),
  few: (n, r) => Array.from({ length: n }, () => r.whole(3)),
  zeros: (n, r) => Array.from({ length: n }, () => (r.whole(2) ? 0 : -0)),
  pipe: (n) => Array.from({ length: n }, (_, i) => Math.min(i, n - i)),
  // the elements that a guess samples are the largest: it is too high, by far
  sampled: (n) => Array.from({ length: n }, (_, i) => (i % Math.max(1, Math.floor(n / 128)) === 0 ? 1000 - i : -i)),
  specials: (n, r) => Array.from({ length: n }, () => [NaN, Infinity, -Infinity, 1, -0, 0][r.whole(6)]!),
  oneNaN: (n, r) => { const x = Array.from({ length: n }, () => Math.fround(r.normal())); if (n > 0) x[r.whole(n)] = NaN; return x; },
  allNaN: (n) => Array.from({ length: n }, () => NaN),
};

/** The indices of the largest in order, by a stable sort: NaN first, equal ones as they stand. */
function ordered(x: readonly number[]): number[] {
  const before = (a: number, b: number): number => (a === b || (a !== a && b !== b) ? 0 : a !== a ? -1 : b !== b ? 1 : b - a);
  return x.map((_, i) => i).sort((i, j) => before(x[i]!, x[j]!) || i - j);
}

test('nthLargest and sortDescending agree with a stable sort, on lanes that are bad for pivots too', () => {
  for (let seed = 0; seed < 40; seed++) {
    const r = random(`order ${seed}`);
    for (const [name, make] of Object.entries(patterns)) {
      const n = 1 + r.whole(600), x = make(n, r).filter((v) => v === v);
      if (x.length === 0) continue;
      const order = ordered(x), k = 1 + r.whole(x.length), a = Float64Array.from(x), where = `seed ${seed}, ${name}, n ${x.length}, r ${k}`;
      expect(nthLargest(a, x.length, k) + 0, where).toBe(x[order[k - 1]!]! + 0);
      expect(Array.from(a.subarray(0, k), (v) => v + 0).sort((p, q) => q - p), where).toEqual(order.slice(0, k).map((i) => x[i]! + 0));
      const pairs = new Pairs(x.length), spare = new Pairs(x.length);
      pairs.values.set(x);
      pairs.places.set(x.map((_, i) => i));
      const sorted = sortDescending(pairs, x.length, spare);
      expect([...sorted.places], where).toEqual(order);
      expect([...sorted.values], where).toEqual(order.map((i) => x[i]!));
    }
  }
});

test('nthLargest of all short lists', () => {
  const wrong: string[] = [];
  for (let n = 1; n <= 5; n++) {
    for (let code = 0; code < 5 ** n; code++) {
      const x = Array.from({ length: n }, (_, i) => Math.floor(code / 5 ** i) % 5), sorted = [...x].sort((p, q) => q - p); // prettier-ignore
      for (let r = 1; r <= n; r++) {
        // what lies behind the first n is neither read nor written
        const a = Float64Array.of(...x, 9, -9), got = nthLargest(a, n, r), first = [...a.subarray(0, r)].sort((p, q) => q - p); // prettier-ignore
        if (got !== sorted[r - 1] || first.join() !== sorted.slice(0, r).join() || a[n] !== 9 || a[n + 1] !== -9) wrong.push(`${x}: ${r}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

/** n, n - 1 .. 1 in an order in which each pivot is the second largest of those that are left, the larger one being the first. */
function badForPivots(n: number): Float64Array {
  const x = new Float64Array(n), places = Array.from({ length: n }, (_, i) => i); // prettier-ignore
  for (let low = 0; low < n; low += 2) {
    const top = places[low]!, pivot = places[(low + n - 1) >>> 1]!; // prettier-ignore
    let to = low;
    // moved as nthLargest moves them
    for (const own of [top, pivot]) {
      for (let i = to; i < n; i++) {
        const place = places[i]!;
        places[i] = places[to]!;
        places[to] = place;
        if (place === own) to++;
      }
    }
    x[places[low]!] = n - low;
    if (low + 1 < n) x[places[low + 1]!] = n - low - 1;
  }
  return x;
}

test('nthLargest with bad pivots throughout', () => {
  // 2 of 200 are split off in each of 32 rounds; then what is left is sorted
  const n = 200, x = badForPivots(n); // prettier-ignore
  for (let r = 1; r <= n; r++) {
    const a = x.slice();
    expect(nthLargest(a, n, r)).toBe(n + 1 - r);
    expect(Math.min(...a.subarray(0, r))).toBe(n + 1 - r);
  }
});

test('spread gives the first of a stable sort, or leaves the numbers as they are', () => {
  const taken: Record<string, number> = {};
  for (let seed = 0; seed < 200; seed++) {
    const r = random(`spread ${seed}`);
    for (const [name, make] of Object.entries<(n: number, r: Random) => number[]>({ ...patterns, huge: (n) => Array.from({ length: n }, () => r.normal() * 1.7e308) })) {
      const n = 1 + r.whole(r.whole(2) ? 600 : 60), x = make(n, r), k = 1 + r.whole(n), where = `seed ${seed}, ${name}, n ${n}, k ${k}`;
      const from = new Pairs(n), into = new Pairs(1), order = ordered(x).slice(0, k);
      from.values.set(x);
      from.places.set(x.map((_, i) => i));
      if (spread(from, n, k, into)) {
        taken[name] = (taken[name] ?? 0) + 1;
        expect([...into.places.subarray(0, k)], where).toEqual(order);
        expect([...into.values.subarray(0, k)], where).toEqual(order.map((i) => x[i]!));
      }
      expect([...from.values], where).toEqual(x);
      expect([...from.places], where).toEqual(x.map((_, i) => i));
    }
  }
  for (const name of ['random', 'rising', 'falling', 'pipe']) expect(taken[name], name).toBeGreaterThan(20);
});

eachBuild('the largest elements', (s, build) => {
  const { argmax, topk } = s as unknown as Record<'argmax' | 'topk', Any>;

  test('topk and argmax agree with a stable sort, for lanes of every pattern and length, contiguous, strided, float16 and masked', () => {
    for (let seed = 0; seed < 6; seed++) {
      const r = random(`largest ${build} ${seed}`);
      for (const [name, make] of Object.entries(patterns)) {
        // short, long, and longer than a piece
        const n = [1 + r.whole(30), 200 + r.whole(120), 500 + r.whole(1500), 8192 + r.whole(9000)][r.whole(4)]!, x = make(n, r);
        const order = ordered(x), type = [Float32Array, Float64Array][r.whole(2)]!, data = type.from(x);
        const k = [1, 1 + r.whole(Math.min(n, 16)), 1 + r.whole(n), Math.min(n, 17 + r.whole(60)), n][r.whole(5)]!;
        const where = `build ${build}, seed ${seed}, ${name}, ${type.name}, n ${n}, k ${k}`, best = order.slice(0, k), values = best.map((i) => x[i]!);
        const top = topk(data, k);
        expect([...top.indices], where).toEqual(best);
        expect([...top.values], where).toEqual(values);
        expect(argmax(data), where).toBe(order[0]);
        expect(topk(x, k), `${where}, list`).toEqual({ values, indices: best });
        expect(argmax(x), `${where}, list`).toBe(order[0]);
        const wide = new type(2 * n + 1);
        for (let i = 0; i < n; i++) wide[2 * i + 1] = x[i]!;
        const view = { data: wide, shape: [n], strides: [2], offset: 1 };
        expect([...topk(view, k, { axis: 0 }).indices.data], `${where}, strided`).toEqual(best);
        expect([...argmax(view, { axis: 0 }).data], `${where}, strided`).toEqual([order[0]]);
        if (name === 'few') {
          const bits = Uint16Array.from(x, (v) => [0, 0x3c00, 0x4000][v]!), half = { dtype: 'float16' };
          expect([...topk(bits, k, half).indices], `${where}, float16`).toEqual(best);
          expect(argmax(bits, half), `${where}, float16`).toBe(order[0]);
        }
        // three lanes side by side, as columns and as rows
        const columns = (type as Float64ArrayConstructor).from({ length: 3 * n }, (_, i) => x[(Math.floor(i / 3) + (i % 3)) % n]!), rows = (type as Float64ArrayConstructor).from({ length: 3 * n }, (_, i) => x[((i % n) + Math.floor(i / n)) % n]!);
        const lanes = [0, 1, 2].map((by) => ordered(x.map((_, i) => x[(i + by) % n]!)));
        expect([...argmax(columns, { shape: [n, 3], axis: 0 })], `${where}, columns`).toEqual(lanes.map((lane) => lane[0]));
        expect([...argmax(rows, { shape: [3, n], axis: 1 })], `${where}, rows`).toEqual(lanes.map((lane) => lane[0]));
        expect([...topk(rows, k, { shape: [3, n], axis: 1 }).indices], `${where}, rows`).toEqual(lanes.flatMap((lane) => lane.slice(0, k)));
        const across = topk(columns, k, { shape: [n, 3], axis: 0 });
        expect([...across.indices], `${where}, columns`).toEqual(Array.from({ length: 3 * k }, (_, i) => lanes[i % 3]![Math.floor(i / 3)]));
        // masked: what is hidden is not there
        const mask = Uint8Array.from({ length: n }, () => (r.whole(4) ? 0 : 1)), seen = order.find((i) => mask[i]) ?? -1;
        expect(argmax(data, { where: mask }), `${where}, masked`).toBe(seen);
        expect(argmax(x, { where: mask }), `${where}, masked list`).toBe(seen);
      }
    }
  });

  test('a bound is guessed from the first piece alone', () => {
    // of the second piece a guess would sample all that is large, and be too high
    const x = new Float32Array(16_384).fill(-1);
    for (let i = 0; i < 128; i++) x[8192 + 64 * i] = i;
    expect([...topk(x, 20).values]).toEqual(Array.from({ length: 20 }, (_, i) => 127 - i));
  });

  test('more NaN than places, in a lane of several pieces', () => {
    for (const Class of [Float32Array, Float64Array]) {
      const { values, indices } = topk(new Class(20_000).fill(NaN, 0, 9000), 40);
      expect([...indices]).toEqual(Array.from({ length: 40 }, (_, i) => i));
      expect([...values]).toEqual(new Array(40).fill(NaN));
    }
  });

  test('argmax and topk of tensors, which are looked at where they lie', () => {
    const r = random(`tensors ${build}`);
    for (const dtype of ['float32', 'float64'] as const) {
      for (const n of [5, 300, 9000]) {
        const x = patterns['oneNaN']!(2 * n, r), tensor = s.tensor(dtype, [2, n], x), lanes = [x.slice(0, n), x.slice(n)].map(ordered);
        expect([...argmax(tensor, { axis: 1 }).data], `${dtype} ${n}`).toEqual(lanes.map((lane) => lane[0]));
        expect([...topk(tensor, 5, { axis: 1 }).indices.data], `${dtype} ${n}`).toEqual(lanes.flatMap((lane) => lane.slice(0, 5)));
        expect([...tensor.data], `${dtype} ${n}: it is left as it was`).toEqual(x.map((v) => (dtype === 'float32' ? Math.fround(v) : v)));
        tensor.dispose();
      }
    }
  });
});
