import { expect, test } from 'vitest';
import { bound, cancelling, core32, core64, subnormalExp64, theta32 } from '../test/support/bounds.ts';
import * as exp32 from './proof/exp32.ts';
import * as exp64 from './proof/exp64.ts';
import { missing } from './proof/gappa.ts';
import * as last from './proof/last.ts';
import { log32, log64 } from './proof/log.ts';

// npm run proof: what the tools show beside what is promised. It fails where a bound shown is larger than one promised.

interface Line {
  readonly what: string;
  readonly shown: number;
  readonly promised: number;
  readonly unit: string;
}

test('proof', () => {
  const reason = missing();
  if (reason !== '') throw new Error(reason);
  const lines: Line[] = [];
  const line = (what: string, shown: number, promised: number, unit: string): void => {
    lines.push({ what, shown, promised, unit });
    console.log(
      `${shown <= promised ? 'ok  ' : 'FAIL'} ${what}: shown ${shown.toPrecision(5)}, promised ${promised} ${unit}`,
    );
  };
  const relative = (what: string, shown: number, power: number): void =>
    line(what, shown * 2 ** -power, 1, `2^${power}, relative`);

  const { tail, tau } = exp64.tableErrors();
  relative('table of exp, entries', tau, -67 + 1);
  relative('table of exp, tails', tail, -53);
  const cores = new Map<boolean, exp64.Core>();
  for (const fused of [true, false]) {
    const name = fused ? 'relaxed' : 'simd, scalar';
    const core = exp64.core64(fused, false),
      scaled = exp64.core64(fused, true, 2 ** -90);
    cores.set(fused, scaled);
    line(`e of float64, ${name}`, core.e * 2 ** 52, core64, '2^-52, relative');
    line(`e of float64 with a theta, ${name}`, scaled.e * 2 ** 52, core64, '2^-52, relative');
    relative(`e and its rounding error, ${name}`, scaled.known, -59);
    relative(`e of exact float32, ${name}`, exp64.exact32(fused, 800), -38);
    relative(`log of float32, near 1, ${name}`, log32(fused).near, -42);
    relative(`log of float32, elsewhere, ${name}`, log32(fused).far, -42);
    // a result is e times a power of two: what is not rounding counts twice just below one
    line(
      `exp of float64, ${name}`,
      0.5 + core.known * 2 ** 53,
      bound('exp', 'float64', 'fast', fused ? 'relaxed' : 'simd'),
      'ULP',
    );
    line(`exp of float64, subnormal, ${name}`, 0.75 + core.known * 2 ** 52, subnormalExp64, 'ULP');
  }
  const log = log64();
  relative('log of float64, near 1', log.near, -59);
  relative('log of float64, elsewhere', log.far, -57);
  const wide = { relaxed: exp32.base2(), simd: exp32.baseE() };
  for (const build of ['relaxed', 'simd'] as const) {
    line(`e of float32 with a theta, ${build}`, wide[build].total * 2 ** 23, theta32[build], '2^-23, relative');
  }

  last.checkTruncation();
  for (const build of ['relaxed', 'simd'] as const) {
    const single = build === 'relaxed',
      u = 2 ** -24;
    for (const [theta, core] of [
      ['', core32],
      [' with a theta', wide[build].total * 2 ** 23],
    ] as const) {
      const e = core * 2 ** -23;
      line(
        `softmax of float32${theta}, ${build}`,
        last.quotient({ nonRounding: e, whole: true, sum: e + 2 ** -40, u, truncated: true, single }),
        bound('softmax', 'float32', 'fast', build),
        'ULP',
      );
      const difference = last.difference({ core: e, relative: 2 ** -40, u, parts: theta !== '', theta: theta !== '' });
      line(`logSoftmax of float32${theta}, ${build}`, difference, bound('logSoftmax', 'float32', 'fast', build), 'ULP');
      line(
        `logsumexp of float32, and of a maximum logSoftmax${theta}, ${build}`,
        last.rounded(e + 2 ** -40, u),
        bound('logsumexp', 'float32', 'fast', build),
        'ULP',
      );
      line(
        `logsumexp of float32 that cancels${theta}, ${build}`,
        e + 2 ** -26,
        cancelling.float32.absolute,
        'absolute',
      );
    }
    // the sum has the errors of e that are known, and 2^-80 for its own; L those of its logarithm too
    const { known } = cores.get(single)!,
      sum = known + 2 ** -80,
      wanted = { u: 2 ** -53, parts: true, core: sum, relative: log.far };
    relative(`S of float64, ${build}`, sum, -56);
    relative(`L of float64, ${build}`, sum + log.far, -56);
    line(
      `softmax of float64, ${build}`,
      last.quotient({ nonRounding: known, whole: false, sum: sum + 2 ** -100, u: 2 ** -53, truncated: false, single }),
      bound('softmax', 'float64', 'fast', build),
      'ULP',
    );
    for (const theta of [false, true]) {
      line(
        `logSoftmax of float64${theta ? ' with a theta' : ''}, ${build}`,
        last.difference({ ...wanted, theta }),
        bound('logSoftmax', 'float64', 'fast', build),
        'ULP',
      );
    }
    line(
      `logsumexp of float64, ${build}`,
      last.rounded(sum + log.far, 2 ** -53),
      bound('logsumexp', 'float64', 'fast', build),
      'ULP',
    );
  }
  for (const call of ['softmax', 'logSoftmax', 'logsumexp', 'exp'] as const) {
    line(`${call} of exact float32`, 0.5 + 4 * 2 ** -38 * 2 ** 24, bound(call, 'float32', 'exact', 'simd'), 'ULP');
  }
  expect(lines.filter(({ shown, promised }) => !(shown <= promised)).map(({ what }) => what)).toEqual([]);
}, 600_000);
