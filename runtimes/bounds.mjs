// The promise of test/support/bounds.ts, against the same exact results as in the tests, on whatever host this runs:
// scratch.mjs makes one plain module of it.
import { bound, withinExp, withinLogsumexp } from '../test/support/bounds.ts';
import { hardest, laneCases } from '../test/support/cases.ts';
import { exp, logSoftmax, logsumexp, softmax } from '../test/support/oracle.ts';
import { ulpError, worst } from '../test/support/ulp.ts';

const forms = [
  ['float32', 'fast'],
  ['float32', 'exact'],
  ['float64', 'fast'],
];

/** The exact results do not depend on the build. */
const remembered = new Map();
function once(key, make) {
  if (!remembered.has(key)) remembered.set(key, make());
  return remembered.get(key);
}

function lane(api, build, c, dtype, precision, length) {
  const { theta = 1 } = c,
    x = c.draw(dtype, length),
    options = { precision, theta },
    key = `${c.name} ${dtype} ${x.length}`;
  // a rounded theta in float32 is computed as exact
  const strict = precision === 'exact' || (dtype === 'float32' && theta !== 1) ? 'exact' : 'fast';
  for (const [f, exactOf] of Object.entries({ softmax, logSoftmax })) {
    const { ulp, text } = worst(
      api[f](x, options),
      once(`${f} ${key}`, () => exactOf(x, theta)),
      dtype,
    );
    if (!(ulp <= bound(f, dtype, strict, build))) throw new Error(`${f} of ${x.length}: ${text}`);
  }
  const got = api.logsumexp(x, options),
    exact = once(`logsumexp ${key}`, () => logsumexp(x, { theta })),
    maximum = x.reduce((m, v) => Math.max(m, theta * v), -Infinity);
  if (!withinLogsumexp(got, exact, maximum, dtype, strict, build))
    throw new Error(`logsumexp of ${x.length}: got ${got}, wanted ${exact.value}`);
}

/** [name, test that throws] */
export function* bounds(api) {
  const { build } = api.info();
  for (const [dtype, precision] of forms) {
    for (const c of [...laneCases, ...hardest].filter(({ dtypes }) => dtypes.includes(dtype))) {
      yield [
        `the bounds for ${precision} ${dtype}, ${c.name}`,
        () => {
          for (const length of c.length === undefined && !hardest.includes(c) ? [2, 13, 67] : [undefined])
            lane(api, build, c, dtype, precision, length);
        },
      ];
    }
    yield [
      `the bounds for ${precision} ${dtype}, exp`,
      () => {
        const [low, high] = dtype === 'float32' ? [-104.5, 89] : [-746, 710.5];
        const values = Array.from({ length: 1000 }, (_, i) => low + (high - low) * ((i * 0.6180339887498949) % 1));
        const x = dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
        const y = api.exp(x, { precision }),
          exact = once(`exp ${dtype}`, () => Array.from(x, exp));
        const bad = x.findIndex((_, i) => !withinExp(y[i], exact[i], dtype, precision, build));
        if (bad >= 0) throw new Error(`exp(${x[bad]}) = ${y[bad]}: ${ulpError(y[bad], exact[bad], dtype)} ULP`);
      },
    ];
  }
}
