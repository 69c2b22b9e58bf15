/** scijs ndarray has no types of its own; of it the tests use what is here. */
declare module 'ndarray' {
  export default function ndarray(data: unknown, shape?: number[], stride?: number[], offset?: number): any;
}
