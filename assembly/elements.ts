import { Plain } from './exp';
import { get, pmin, put, span, splat, width } from './lanes';
import { CHUNK, CHUNK_E, expRow, maxRow, scaleRow } from './rows';
import { spreadLane } from './tile';

// exp, element by element.

const COPY: usize = memory.data(8192, 16);

/** y = exp(x) of n elements, in chunks; x may be y */
export function exponentials<E, V>(x: usize, y: usize, n: i32): void {
  // exp(cap) overflows when it is scaled; up to `safe` the scale 2^offset fits below the largest number
  const cap = splat<E, V>(sizeof<E>() == 4 ? 110 : 720), safe: f64 = sizeof<E>() == 4 ? 40 : 500;
  const down: f64 = sizeof<E>() == 4 ? 5.421010862427522e-20 : 6.223015277861142e-61; // 2^-64, 2^-200
  const dx = CHUNK * sizeof<E>();
  for (; n > 0; n -= CHUNK, x += dx, y += dx) {
    const size = min<i32>(n, CHUNK);
    for (let i = 0, at: usize = 0; i < size; i += width<E, V>(), at += span<E, E, V>()) {
      put<E, E, V>(COPY + at, pmin<E, V>(get<E, E, V>(x + at, size - i, cap), cap), size - i);
    }
    spreadLane<E, V>(0, 0, 0);
    expRow<E, E, Plain, V>(COPY, CHUNK_E, size, 1, 1);
    scaleRow<E, E, V>(CHUNK_E, y, size, down, 0);
    if (maxRow<E, E, V>(COPY, size, 1) <= safe) continue;
    // rare: the large ones again, in a scale of their own
    const K: f64 = sizeof<E>() == 4 ? 100 : 1000, up: f64 = sizeof<E>() == 4 ? 68719476736.0 : 6.668014432879854e240; // 2^36, 2^800
    spreadLane<E, V>(0, K * 0.69, K);
    expRow<E, E, Plain, V>(COPY, CHUNK_E, size, 1, 1);
    for (let i = 0; i < size; i++) {
      if (<f64>load<E>(COPY + i * sizeof<E>()) > safe) {
        store<E>(y + i * sizeof<E>(), (load<E>(CHUNK_E + i * sizeof<E>()) * <E>up));
      }
    }
  }
}
