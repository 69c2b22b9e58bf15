import { conformBuilds } from './conformance.mjs';

const entry = new URL(location.href).searchParams.get('entry');
const api = await import(`./node_modules/softmax-simd/dist/${entry}`);
postMessage(await conformBuilds(api));
