#!/usr/bin/env node
import { commands, parse, type Command } from './args.ts';
import { checkOptions, compute } from './compute.ts';
import { doctor } from './doctor.ts';
import { Failure, usage } from './failure.ts';
import { help, version } from './help.ts';
import { readWhole } from './input.ts';
import { formatOf, write, writeAnswer } from './output.ts';

// Where what reads has enough, as `head` has, nothing is left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

/** From which size of a file on, in bytes, it is read by chunks; SOFTMAX_SIMD_LARGE is for tests. */
const large = Number(process.env['SOFTMAX_SIMD_LARGE'] ?? 100e6);

async function main([command = '', ...args]: string[]): Promise<void> {
  const asked = (...names: string[]): boolean => [command, ...args].some((arg) => names.includes(arg));
  if (asked('--help', '-h') || command === 'help') return write(help);
  if (asked('--version', '-v')) return write(`${version()}\n`);
  if (command === 'doctor') {
    if (args.length > 0) throw usage(`doctor takes neither files nor options, but there is ${args[0]}`);
    return doctor();
  }
  if (!Object.hasOwn(commands, command)) {
    const got = command === '' ? 'there is no command' : `there is no command ${command}`;
    throw usage(`${got}; the commands are ${Object.keys(commands).join(', ')}, doctor`);
  }
  const request = parse(command as Command, args);
  checkOptions(request);
  const x = await readWhole(request.file, large);
  const format = formatOf(request, x.shape);
  await writeAnswer(request, x, compute(request, x), format);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`softmax-simd: ${error.message}\n`);
  process.exitCode = error.code;
}
