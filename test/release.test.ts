import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

// tools/release.mjs on a copy of the repository, as far as it is read, whose changelog has a section for the version.

const root = dirname(import.meta.dirname),
  place = mkdtempSync(join(tmpdir(), 'softmax-simd-release-')),
  version = '7.8.9';
const at = (...path: string[]): string => join(place, ...path),
  read = (...path: string[]): string => readFileSync(at(...path), 'utf8'),
  hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

function release(...args: string[]): { code: number | null; out: string; error: string } {
  // not the settings of an npm that runs the tests
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  const { status, stdout, stderr } = spawnSync(process.execPath, [at('tools/release.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...env, npm_config_offline: 'true', npm_config_loglevel: 'error' },
  });
  return { code: status, out: stdout, error: stderr };
}
/** with a file of the copy changed meanwhile */
function changed<T>(file: string, change: (text: string) => string, body: () => T): T {
  const before = readFileSync(at(file));
  writeFileSync(at(file), change(before.toString('latin1')), 'latin1');
  try {
    return body();
  } finally {
    writeFileSync(at(file), before);
  }
}

beforeAll(() => {
  for (const part of ['tools/release.mjs', 'package.json', 'package-lock.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'asconfig.json', 'assembly', 'dist'])
    cpSync(join(root, part), at(part), { recursive: true });
  const set = (file: string, change: (text: string) => string): void => writeFileSync(at(file), change(read(file)));
  for (const file of ['package.json', 'package-lock.json']) set(file, (text) => text.replaceAll(/^( {2}| {6})"version": ".*?"/gm, (line, indent, place) => (place < 400 ? `${indent}"version": "${version}"` : line)));
  set('CHANGELOG.md', (text) => text.replace(/^## .*$/m, `## ${version}\n\n- What is new.\n\n## 0.0.1`));
});
afterAll(() => rmSync(place, { recursive: true }));

test('a tag is refused unless package.json, its lock and the changelog name the same version', () => {
  expect(release(`v${version}`)).toEqual({ code: 0, out: '', error: '' });
  expect(release('v7.8.8')).toEqual({ code: 1, out: '', error: `the tag is 7.8.8; package.json says ${version}: make them one\n` });
  expect(release().error).toMatch(/^the tag is missing/);
  expect(changed('CHANGELOG.md', (text) => text.replace(`## ${version}`, '## Unreleased'), () => release(`v${version}`)).error).toBe(
    `the first section of CHANGELOG.md is Unreleased; package.json says ${version}: make them one\n`,
  );
  expect(changed('package-lock.json', (text) => text.replace(version, '7.8.7'), () => release(`v${version}`)).error).toMatch(/^package-lock.json is 7\.8\.7/);
});

test('the tarball, its SBOM, the hashes of both and of dist/, and the text', () => {
  const { code, out, error } = release(`v${version}`, at('release'));
  expect({ code, error }).toEqual({ code: 0, error: '' });
  const tarball = `softmax-simd-${version}.tgz`,
    bom = `softmax-simd-${version}.cdx.json`;
  expect(readdirSync(at('release')).sort()).toEqual(['SHA256SUMS', 'notes.md', bom, tarball]);
  expect(out).toBe(read('release/notes.md') + '\n');
  expect(out).toMatch(/^- What is new\.\n\n## Hashes\n/);

  const sums = new Map(read('release/SHA256SUMS').trim().split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
  for (const [file, sum] of sums) expect(hash(file.startsWith('dist/') ? at(file) : at('release', file)), file).toBe(sum);
  for (const file of [tarball, bom, 'dist/relaxed.wasm', 'dist/simd.wasm', 'dist/scalar.wasm']) expect(out).toContain(`| ${file} | \`${sums.get(file)}\` |`);
  const inDist = readdirSync(at('dist'), { recursive: true, withFileTypes: true }).filter((each) => each.isFile() && each.name !== 'SHA256SUMS');
  expect(sums.size).toBe(inDist.length + 2);

  const { bomFormat, metadata, components, dependencies } = JSON.parse(read('release', bom));
  expect({ bomFormat, components }).toEqual({ bomFormat: 'CycloneDX', components: [] });
  expect(metadata.component).toMatchObject({ name: 'softmax-simd', version, purl: `pkg:npm/softmax-simd@${version}`, hashes: [{ alg: 'SHA-256', content: sums.get(tarball) }] });
  expect(dependencies[0]).toEqual({ ref: `softmax-simd@${version}`, dependsOn: [] });
  const { devDependencies } = JSON.parse(read('package.json'));
  expect(metadata.component.components.map((each: { name: string; version: string }) => `${each.name} ${each.version}`).sort()).toEqual(
    ['assemblyscript', 'csv-parser'].map((name) => `${name} ${devDependencies[name]}`),
  );
});

test('a folder that holds something, and wasm that is not what its hashes say, are refused before anything is written', () => {
  expect(release(`v${version}`, at('tools')).error).toMatch(/tools is not empty: name a folder that is new\n$/);
  const { code, error } = changed('dist/simd.wasm', (bytes) => bytes + '\0', () => release(`v${version}`, at('other')));
  expect({ code, error }).toEqual({ code: 1, error: 'dist/simd.wasm is not what dist/SHA256SUMS says: npm run build makes both\n' });
  expect(existsSync(at('other'))).toBe(false);
});

test('the package has no dependencies at run time', () => {
  const { dependencies, optionalDependencies, peerDependencies, bundledDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect([dependencies, optionalDependencies, peerDependencies, bundledDependencies]).toEqual([undefined, undefined, undefined, undefined]);
});
