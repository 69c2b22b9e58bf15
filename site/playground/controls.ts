// The controls: what they say goes into the state, what the state says goes into them.
import { lanesOf } from './lanes.ts';
import { checked, parse, textOf, type Logits } from './logits.ts';
import { fromNpy } from './npy.ts';
import { examples } from './examples.ts';
import type { State } from './state.ts';

export const element = <E extends HTMLElement = HTMLInputElement>(id: string): E => document.getElementById(id) as E;

const sliders = ['temperature', 'topK', 'topP', 'minP'] as const;

/** Shows a state in the controls; the one that has the focus is left alone. */
export function show(state: State): void {
  const { logits } = state,
    lanes = lanesOf(logits, state.axis);
  const set = (id: string, value: string): void => {
    const control = element(id);
    if (control !== document.activeElement && control.value !== value) control.value = value;
  };
  element('topK').max = String(lanes.length);
  for (const name of sliders) {
    set(name, String(state[name]));
    set(`${name}-number`, String(state[name]));
  }
  set('shape', logits.shape.join(', '));
  set('axis', state.axis === null ? 'all' : state.axis === 0 || state.axis === -2 ? '0' : '-1');
  set('lane', String(Math.min(state.lane, lanes.count - 1)));
  element('lane').max = String(lanes.count - 1);
  element('lane').disabled = lanes.count === 1;
  for (const name of ['dtype', 'build', 'theme', 'seed'] as const) set(name, String(state[name]));
}

/** Calls `change` with what a control says, and `refuse` with what is wrong with it. */
export function listen(
  current: () => State,
  change: (part: Partial<State>) => void,
  refuse: (problem: string) => void,
): void {
  const attempt = (act: () => void): void => {
    try {
      act();
      refuse('');
    } catch (error) {
      refuse((error as Error).message);
    }
  };
  const take = (logits: Logits): void => change({ logits, lane: 0, ...(logits.shape.length === 1 && { axis: -1 }) });
  const fill = (text: string): void => {
    element<HTMLTextAreaElement>('text').value = text;
    take(parse(text));
  };

  element('text').addEventListener('input', () => attempt(() => take(parse(element('text').value))));
  for (const name of sliders) {
    for (const id of [name, `${name}-number`]) {
      const control = element(id);
      control.addEventListener('input', () =>
        attempt(() => {
          const value = control.valueAsNumber;
          if (Number.isNaN(value) || !control.validity.valid)
            throw new RangeError(
              `${name} is ${control.value || 'empty'}; ${control.validationMessage || 'wanted: a number'}`,
            );
          change({ [name]: value });
        }),
      );
    }
  }
  element('shape').addEventListener('change', () =>
    attempt(() => {
      const { data, labels } = current().logits,
        shape = element('shape').value.split(/[\s,x×]+/).filter(Boolean).map(Number); // prettier-ignore
      if (shape.length > 2) throw new RangeError(`shape [${shape}] has ${shape.length} dimensions; wanted: one or two`);
      take(checked({ data, shape, ...(labels?.length === shape.at(-1) && { labels }) }));
    }),
  );
  element('axis').addEventListener('change', () =>
    change({ axis: element('axis').value === 'all' ? null : Number(element('axis').value), lane: 0 }),
  );
  for (const name of ['lane', 'seed'] as const) {
    element(name).addEventListener('input', () =>
      attempt(() => {
        const control = element(name);
        if (control.value === '' || !control.validity.valid)
          throw new RangeError(
            `${name} is ${control.value || 'empty'}; ${control.validationMessage || 'wanted: a whole number'}`,
          );
        change({ [name]: control.valueAsNumber });
      }),
    );
  }
  for (const name of ['dtype', 'build', 'theme'] as const)
    element(name).addEventListener('change', () => change({ [name]: element(name).value }));

  const list = element<HTMLSelectElement>('example');
  for (const { name } of examples) list.add(new Option(name));
  list.addEventListener('change', () => {
    const chosen = examples.find(({ name }) => name === list.value);
    if (chosen) attempt(() => fill(chosen.text()));
  });

  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const bytes = await file.arrayBuffer();
    attempt(() => {
      if (!/\.npy$/i.test(file.name)) return fill(new TextDecoder().decode(bytes));
      const { float32, ...logits } = fromNpy(bytes);
      element<HTMLTextAreaElement>('text').value = textOf(logits);
      take(logits);
      change({ dtype: float32 ? 'float32' : 'float64' });
    });
  };
  element('file').addEventListener('change', () => void open(element('file').files?.[0]));
  // anywhere on the page
  addEventListener('dragover', (event) => (event.preventDefault(), document.body.classList.add('dropping')));
  addEventListener('dragleave', () => document.body.classList.remove('dropping'));
  addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    void open(event.dataTransfer?.files[0]);
  });
}
