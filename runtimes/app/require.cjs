// CommonJS: require() of the package, which has no top-level await.
const api = require('softmax-simd');
const { conformBuilds } = require('./conformance.mjs');

conformBuilds(api).then((results) => console.log(JSON.stringify(results)));
