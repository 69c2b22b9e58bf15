// What the bundlers make one file of.
import * as api from 'softmax-simd';
import { conformBuilds } from './conformance.mjs';
import { tell } from './tell.js';

tell(() => conformBuilds(api));
