// Logits and a temperature in, probabilities as bars out.
import { info, softmax } from 'softmax-simd';

/** @type {NodeListOf<HTMLInputElement>} */
const inputs = document.querySelectorAll('.logit');
const logits = [...inputs];
const meters = document.querySelectorAll('meter');
const outputs = document.querySelectorAll('output');
/** @type {HTMLInputElement} */
const temperature = document.querySelector('#temperature');

function show() {
  const theta = 1 / temperature.valueAsNumber;
  const probabilities = softmax(
    logits.map((input) => input.valueAsNumber),
    { theta },
  );
  probabilities.forEach((p, i) => {
    meters[i].value = p;
    outputs[i].textContent = `${(100 * p).toFixed(1)} %`;
  });
  document.querySelector('#build').textContent = info().build;
}

for (const input of [...logits, temperature]) input.addEventListener('input', show);
show();
