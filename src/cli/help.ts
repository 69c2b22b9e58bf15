import { readFileSync } from 'node:fs';

export const help = `softmax-simd: probabilities from scores

  softmax-simd COMMAND [FILE] [OPTIONS]

Commands
  softmax      probabilities: exp(x) over the sum of exp(x)
  logsoftmax   their logarithms
  logsumexp    the logarithm of the sum of exp(x)
  argmax       the index of the largest
  topk         the k largest and their indices: --k 5
  sample       indices drawn at random by their probabilities
  doctor       a report on this machine, to put into an issue

FILE is JSON (nested arrays), CSV (.csv, .tsv) or .npy; without it, or as -, standard input.

Options
  --axis N          the axis of a sum: -1 is each row by itself; several as 0,2; 'all', the
                    whole array, is what holds without it (sample: -1)
  --temperature T   above 1 evens probabilities out, below 1 sharpens them
  --theta N         1 / T: a factor on the scores
  --exact           float32 and float16 computed in float64, and rounded once
  --k N             how many topk gives
  --top-k N, --top-p P, --min-p P
                    what sample may draw: the N largest; the fewest that have P together;
                    those with at least P of the largest probability
  --count N         how many sample draws of each sum
  --seed N          the same draws every time
  --logprobs        sample: the logarithms of their probabilities too
  --format F        json, npy (put > FILE behind) or bars; without it bars on a terminal
                    where there is one sum, else json
  --help, --version

JSON knows no infinities and no NaN: they are "-Infinity", "Infinity" and "NaN", in quotes.
Exit code: 0; 1 where the input is wrong; 2 where the command line is.

  echo '[1, 3, 2]' | softmax-simd softmax
  softmax-simd softmax scores.csv --axis -1 --format npy > probabilities.npy
`;

export function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
