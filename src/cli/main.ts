#!/usr/bin/env node
import { bareOf } from '../nearest.ts';
import { commands, parse, type Command, type Request } from './args.ts';
import { computeChunks } from './chunks.ts';
import { checkOptions, compute } from './compute.ts';
import { doctor } from './doctor.ts';
import { Failure, meant, usage } from './failure.ts';
import { help, version } from './help.ts';
import { readWhole, sizeOfFile } from './input.ts';
import { formatOf, write, writeAnswer } from './output.ts';
import { openSource } from './source.ts';

// Where what reads has enough, as `head` has, nothing is left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

/** From which size of a file on, in bytes, it is read by chunks; SOFTMAX_SIMD_LARGE is for tests. */
const large = Number(process.env['SOFTMAX_SIMD_LARGE'] ?? 100e6);

async function main([word = '', ...args]: string[]): Promise<void> {
  // as the function is spelt, too
  const command = Object.hasOwn(commands, bareOf(word)) ? bareOf(word) : word;
  const asked = (...names: string[]): boolean => [command, ...args].some((arg) => names.includes(arg));
  if (asked('--help', '-h') || command === 'help') return write(help);
  if (asked('--version', '-v')) return write(`${version()}\n`);
  if (command === 'doctor') {
    if (args.length > 0) throw usage(`doctor takes neither files nor options, but there is ${args[0]}`);
    return doctor();
  }
  if (!Object.hasOwn(commands, command)) {
    const got = command === '' ? 'there is no command' : `there is no command ${command}`,
      all = [...Object.keys(commands), 'doctor'];
    throw usage(`${got}${meant(command, all)}; the commands are ${all.join(', ')}`);
  }
  const request = parse(command as Command, args);
  checkOptions(request);
  const flat = !('axis' in request.options);
  if (await byChunks(request, flat)) return;
  const x = await readWhole(request.file, flat, large);
  const format = formatOf(request, x.shape);
  await writeAnswer(request, x, compute(request, x), format);
}

/** Whether the file is so large that it was computed by chunks. Bars are drawn of what is read whole. */
async function byChunks(request: Request, flat: boolean): Promise<boolean> {
  const { file } = request;
  const size = file === undefined ? undefined : sizeOfFile(file);
  if (file === undefined || size === undefined || size <= large) return false;
  const source = await openSource(file, size, flat);
  if (source === undefined) return false;
  const format = formatOf(request, source.shape);
  return format !== 'bars' && computeChunks(request, source, format, large, size);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`softmax-simd: ${error.message}\n`);
  process.exitCode = error.code;
}
