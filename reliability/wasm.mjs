// Is the wasm reproducible? Compiles each build again elsewhere and compares it with dist: node reliability/wasm.mjs [--json FILE]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, save, version } from '../bench/run.mjs';

const { values: options } = parseArgs({
  options: { json: { type: 'string', default: join(import.meta.dirname, 'results/wasm.json') } },
});
const root = join(import.meta.dirname, '..'),
  folder = mkdtempSync(join(tmpdir(), 'wasm-'));
for (const part of ['assembly', 'asconfig.json']) cpSync(join(root, part), join(folder, part), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

const report = { ...machine(process.execPath), assemblyscript: version('../node_modules/assemblyscript'), builds: [] };
for (const build of ['relaxed', 'simd', 'scalar']) {
  execFileSync(process.execPath, ['node_modules/assemblyscript/bin/asc.js', '--target', build], {
    cwd: folder,
    stdio: 'pipe', // asc warns of v128 in exports of its own modules
  });
  const again = readFileSync(join(folder, `build/${build}.wasm`)),
    shipped = readFileSync(join(root, `dist/${build}.wasm`));
  const sha256 = createHash('sha256').update(shipped).digest('hex'),
    same = again.equals(shipped);
  console.log(`${same ? 'same ' : 'OTHER'} ${build}.wasm ${shipped.length} bytes, SHA-256 ${sha256}`);
  report.builds.push({ build, bytes: shipped.length, sha256, same });
}
rmSync(folder, { recursive: true });
save(options.json, report);
process.exitCode = report.builds.every(({ same }) => same) ? 0 : 1;
