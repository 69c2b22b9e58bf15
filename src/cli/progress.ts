/**
 * A line on standard error that says how far a large file is, from `large` bytes on: rewritten on a terminal, elsewhere a line
 * for each tenth. Where the size is not known it gives the bytes.
 */
export class Progress {
  readonly #what: string;
  readonly #size: number | undefined;
  readonly #large: number;
  readonly #terminal = process.stderr.isTTY === true;
  #done = 0;
  #shown = -1;

  constructor(what: string, size: number | undefined, large: number) {
    this.#what = what;
    this.#size = size;
    this.#large = large;
  }

  add(bytes: number): void {
    this.#done += bytes;
    if ((this.#size ?? this.#done) <= this.#large) return;
    const unit = this.#size === undefined ? this.#large : this.#size / (this.#terminal ? 100 : 10);
    const step = Math.floor(this.#done / unit);
    if (step === this.#shown) return;
    this.#shown = step;
    const megabytes = (n: number): string => `${Math.round(n / 1e6).toLocaleString('en')} MB`;
    const of =
      this.#size === undefined ? '' : ` of ${megabytes(this.#size)}, ${Math.round((100 * this.#done) / this.#size)} %`;
    const line = `softmax-simd: ${this.#what}, ${megabytes(this.#done)}${of}`;
    process.stderr.write(this.#terminal ? `\r${line}\x1b[K` : `${line}\n`);
  }

  end(): void {
    if (this.#terminal && this.#shown >= 0) process.stderr.write('\n');
  }
}
