/** Small things that the benches share: options, statistics, the machine, the output files. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, platform, arch, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * --name value pairs and flags; every bench knows --quick, --node (of the child processes) and --json (the file).
 *
 * @param {any} [more] as parseArgs takes them
 * @returns {any}
 */
export function options(more = {}) {
  /** @type {import('node:util').ParseArgsConfig['options']} */
  const known = {
    quick: { type: 'boolean', default: false },
    node: { type: 'string', default: process.execPath },
    json: { type: 'string' },
  };
  return parseArgs({ options: { ...known, ...more } }).values;
}

/** Relaxed SIMD has a flag on Node 20 and 21: off, as users have it, unless asked for. */
export const relaxedFlag = '--experimental-wasm-relaxed-simd';

/** The value below which a part of a list lies, between its neighbours where it falls between two of them. */
export function quantile(list, part) {
  const sorted = [...list].sort((a, b) => a - b),
    at = part * (sorted.length - 1),
    low = Math.floor(at);
  return sorted[low] + (at - low) * (sorted[Math.ceil(at)] - sorted[low]);
}

export const median = (list) => quantile(list, 0.5);

export const geometricMean = (list) => Math.exp(list.reduce((sum, v) => sum + Math.log(v), 0) / list.length);

/** Four significant digits, for the files. */
export const digits = (v) => Number(v.toPrecision(4));

/** Three significant digits without an exponent. */
export const short = (v) => (v === undefined ? '-' : v >= 100 ? v.toFixed(0) : v.toPrecision(3));

/** What says which build of the kernels a run measured: the start of the hash of all three. */
export const kernels = () =>
  createHash('sha256')
    .update(readFileSync(join(import.meta.dirname, '../dist/SHA256SUMS')))
    .digest('hex')
    .slice(0, 12);

/** The processor's name; on Linux, where a virtual machine may hide that, also its family, model and widest vectors. */
function processor() {
  const name = cpus()[0].model.trim(),
    text = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '',
    of = (key) => new RegExp(`^${key}\\s*: (.*)$`, 'm').exec(text)?.[1];
  if (of('cpu family') === undefined) return name;
  const wide = ['avx512f', 'avx2'].find((flag) => of('flags')?.split(' ').includes(flag));
  return `${name} (family ${of('cpu family')}, model ${of('model')}${wide ? `, ${wide}` : ''})`;
}

/**
 * Where and when: no paths, no host name.
 *
 * @returns {any}
 */
export function machine(node) {
  return {
    date: new Date().toISOString().slice(0, 16) + 'Z',
    kernels: kernels(),
    node: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
    v8: execFileSync(node, ['-p', 'process.versions.v8'], { encoding: 'utf8' }).trim(),
    cpu: `${processor()}, ${cpus().length} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    platform: `${platform()} ${arch()}`,
    load: Number(loadavg()[0].toFixed(2)),
  };
}

export const version = (path) =>
  JSON.parse(readFileSync(join(import.meta.dirname, path, 'package.json'), 'utf8')).version;

export function save(file, value) {
  writeFileSync(file, JSON.stringify(value, undefined, 1) + '\n');
}

export const inBench = (file) => join(import.meta.dirname, file);

/** Columns padded: the first to the left, numbers to the right. */
export function print(rows) {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => String(row[c]).length)));
  for (const row of rows)
    console.log(row.map((v, c) => (c === 0 ? String(v).padEnd(widths[c]) : String(v).padStart(widths[c]))).join('  '));
}
