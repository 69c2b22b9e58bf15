import { inject } from 'vitest';
import { swap } from './swap.mjs';

const { from, to } = inject('mutant');
swap([{ from, code: Buffer.from(to, 'base64') }]);
