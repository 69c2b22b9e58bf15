// What TypeScript users of CommonJS write.
import api = require('softmax-simd');
import type { Softmax } from 'softmax-simd';
import js = require('softmax-simd/js');

const own: Softmax = api.createSoftmax({ build: 'simd' });
const result: Float32Array = own.softmax(new Float32Array([1, 2, 3]), { theta: 0.5 });
// @ts-expect-error not a build
api.createSoftmax({ build: 'fast' });

export = { total: api.logsumexp(result), same: js.softmax(result) };
