import * as api from './node_modules/softmax-simd/dist/index.js';
import { conformBuilds } from './conformance.mjs';

postMessage(await conformBuilds(api));
