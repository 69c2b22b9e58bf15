import { nearest } from '../nearest.ts';

/** What the user has to change: the input (exit code 1) or the command line (2). Printed without a stack. */
export class Failure extends Error {
  readonly code: 1 | 2;

  constructor(message: string, code: 1 | 2 = 1) {
    super(message);
    this.code = code;
  }
}

/** An error of the command line, with where to look. */
export const usage = (message: string): Failure => new Failure(`${message}; see softmax-simd --help`, 2);

/** What to say of a name on the command line that is not known. */
export function meant(name: string, known: readonly string[], before: string = ''): string {
  const near = nearest(name, known);
  return near === undefined ? '' : `, did you mean ${before}${near}`;
}

/** Runs what may refuse the user's input, as the functions of the package do. */
export function attempt<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new Failure(error.message);
    throw error;
  }
}
