// What the bundlers make of the subpath without wasm.
import * as api from 'softmax-simd/js';
import { conformBuilds } from './conformance.mjs';
import { tell } from './tell.js';

tell(() => conformBuilds(api));
