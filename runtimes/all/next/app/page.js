'use client';
import * as api from 'softmax-simd';
import { useEffect } from 'react';
import { conformBuilds } from '../../conformance.mjs';
import { tell } from '../../tell.js';

// rendered on the server as well, where it calls the package too; the browser says what the conformance says
export default function Page() {
  useEffect(() => void tell(() => conformBuilds(api)), []);
  return <p>{api.softmax([0, 0]).join(' ')}</p>;
}
