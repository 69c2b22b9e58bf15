import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bound, cancelling, core32, core64, subnormalExp64, theta32 } from '../test/support/bounds.ts';
import * as exp32 from './proof/exp32.ts';
import * as exp64 from './proof/exp64.ts';
import { missing } from './proof/gappa.ts';
import * as last from './proof/last.ts';
import { log32, log64 } from './proof/log.ts';

// npm run proof: what the tools show beside what is promised, printed, and written to docs/proof.md. It fails where a bound shown is
// larger than one promised.

interface Line {
  readonly what: string;
  readonly shown: number;
  readonly promised: number;
  readonly unit: string;
}

/** elements of the longest lane that bounds are promised for */
const LONGEST = 1e7;

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
      // plain sums of float64, of up to 10^7 elements in a quarter as many steps (lemma 4), and all else in float64
      const wide64 = (LONGEST / 4) * 2 ** -53 + 2 ** -40;
      line(
        `softmax of float32${theta}, ${build}`,
        last.quotient({ nonRounding: e, whole: true, sum: e + wide64, u, truncated: true, single }),
        bound('softmax', 'float32', 'fast', build),
        'ULP',
      );
      const difference = last.difference({ core: e, relative: wide64, u, parts: theta !== '', theta: theta !== '' });
      line(`logSoftmax of float32${theta}, ${build}`, difference, bound('logSoftmax', 'float32', 'fast', build), 'ULP');
      line(
        `logsumexp of float32, and of a maximum logSoftmax${theta}, ${build}`,
        last.rounded(e + wide64, u),
        bound('logsumexp', 'float32', 'fast', build),
        'ULP',
      );
      line(
        `logsumexp of float32 that cancels${theta}, ${build}`,
        // beside the error of L, which is at most that of e, half a unit of a result below 1 / 2
        e + 2 ** -26,
        cancelling.float32.absolute,
        'absolute',
      );
    }
    // the sum has the errors of e that are known and its own (lemma 2), which 1 / S has too; L those of its logarithm
    const { known } = cores.get(single)!,
      sum = known + 2 * (LONGEST * 2 ** -53) ** 2,
      wanted = { u: 2 ** -53, parts: true, core: sum, relative: log.far };
    relative(`S of float64, ${build}`, sum, -56);
    relative(`L of float64, ${build}`, sum + log.far, -56);
    line(
      `softmax of float64, ${build}`,
      last.quotient({ nonRounding: known, whole: false, sum, u: 2 ** -53, truncated: false, single }),
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
  const rows = lines.map(
    ({ what, shown, promised, unit }) => `| ${what} | ${shown.toPrecision(5)} | ${promised} | ${unit} |\n`,
  );
  writeFileSync(
    new URL('../docs/proof.md', import.meta.url),
    `# Bounds that are shown by tools

Written by \`npm run proof\`; do not edit. docs/accuracy.md says what is shown in which way.

| what | shown | promised | unit |
| --- | --: | --: | --- |
${rows.join('')}`,
  );
  expect(lines.filter(({ shown, promised }) => !(shown <= promised)).map(({ what }) => what)).toEqual([]);
}, 600_000);
