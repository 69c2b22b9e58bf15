// The rivals, which bench/install.mjs installs when a bench wants them.
declare module '@huggingface/transformers';
declare module '@jax-js/jax';
declare module '@tensorflow/tfjs-core';
declare module 'numpy-ts';
declare module 'onnxruntime-node';
declare module 'onnxruntime-web';
