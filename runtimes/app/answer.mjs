// A small program for tools that bundle: says which build answers.
import { info, softmax } from 'softmax-simd';

export const said = JSON.stringify({ build: info().build, half: [...softmax(new Float32Array(2))] });
