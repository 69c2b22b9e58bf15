// TypeScript users: consumer.ts and consumer.cts against the installed declarations, checked whole (no skipLibCheck), and the two linters
// of packages.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { here, sh } from './scratch.mjs';

const compilers = ['typescript-5.4', 'typescript-5.9', 'typescript-7'];
const resolutions = [
  ['node16', 'node16'],
  ['es2022', 'bundler'],
  ['nodenext', 'nodenext'],
];

/** The file of a program that a package brings. */
function program(name, command) {
  const folder = join(here, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

export function* types({ folder, installed, tarball }) {
  for (const compiler of compilers) {
    for (const [module, moduleResolution] of resolutions) {
      const file = module === 'nodenext' ? 'consumer.cts' : 'consumer.ts';
      yield {
        check: `TypeScript ${compiler.split('-')[1]}, ${moduleResolution}${file.endsWith('cts') ? ', CommonJS' : ''}`,
        async run() {
          const compilerOptions = {
            module,
            moduleResolution,
            target: 'es2022',
            lib: ['es2022'],
            types: [],
            strict: true,
            noEmit: true,
          };
          const config = join(folder, `tsconfig.${compiler}.${moduleResolution}.json`);
          writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
          const tsc = program(compiler, 'tsc');
          await sh(process.execPath, [tsc, '-p', config], { cwd: folder });
          const { stdout } = await sh(process.execPath, [tsc, '--version']);
          return `${file} is accepted by ${stdout.trim().split(' ').pop()}`;
        },
      };
    }
  }
  yield {
    check: 'publint',
    async run() {
      const { publint } = await import('publint');
      const { formatMessage } = await import('publint/utils');
      const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true });
      const said = messages
        .filter(({ type }) => type !== 'suggestion')
        .map((message) => formatMessage(message, pkg, { color: false }));
      if (said.length > 0) throw new Error(said.join('\n'));
      return 'nothing to say';
    },
  };
  yield {
    check: 'arethetypeswrong (node16)',
    async run() {
      const raw = ['relaxed.wasm', 'simd.wasm', 'scalar.wasm'];
      const attw = program('@arethetypeswrong/cli', 'attw');
      await sh(
        process.execPath,
        [attw, tarball, '--profile', 'node16', '--exclude-entrypoints', ...raw, '--no-color'],
        { cwd: dirname(tarball) },
      );
      return 'nothing to say';
    },
  };
}
