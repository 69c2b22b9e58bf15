import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

// Files compiled against the declarations that users get, made anew of src.

const root = fileURLToPath(new URL('../..', import.meta.url)),
  folder = mkdtempSync(join(root, 'build/types-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The compilers by the names that package.json gives them. */
export const compilers = ['typescript', 'typescript-5.9', 'typescript-5.4'] as const;

const settings = {
  target: 'es2022',
  module: 'es2022',
  moduleResolution: 'bundler',
  strict: true,
  skipDefaultLibCheck: true,
  types: [],
  paths: { 'softmax-simd': [join(folder, 'index.d.ts')] },
};

function tsc(compiler: string, flags: readonly string[]): string {
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', compiler, 'bin/tsc'), '--pretty', 'false', ...flags],
    { cwd: root, encoding: 'utf8' },
  );
  if (error !== undefined) throw error;
  return stdout + stderr;
}

/** Writes the declarations; returns where their entry is. */
export function declarations(): string {
  const said = tsc('typescript', ['-p', 'tsconfig.json', '--emitDeclarationOnly', '--outDir', folder]);
  if (said !== '') throw new Error(said);
  return settings.paths['softmax-simd'][0]!;
}

/** What a compiler says of files of the project: the lines of its errors, none if all is right. */
export function compile(compiler: string, lib: readonly string[], files: readonly string[], options: object = {}): string[] {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = { ...settings, lib, noEmit: true, ...options };
  writeFileSync(config, JSON.stringify({ compilerOptions, files: files.map((file) => join(root, file)) }));
  return tsc(compiler, ['-p', config])
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(' '));
}

/** Writes a text beside the declarations; returns its path from the project's root, for `compile`. */
export function scratch(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return relative(root, join(folder, name));
}
