// The memory that `allocate` gives away: blocks one behind the other, from the end of the module's own data on. No two free ones are
// neighbours, and none is the last: it is taken back.

/** bytes of what each block begins with, and the end has too; its words: bytes of the block, an odd number where it is free; bytes of the block before */
const HEADER: usize = 16, BEFORE: usize = 4;
/** and of a free one, the free blocks that were found before and after it; HEAD is the first */
const NEXT: usize = 8, LAST: usize = 12;
const HEAD: usize = memory.data(16, 16);

/** where the last block ends; 0 before the first call */
let end: usize = 0;

function unlink(block: usize): void {
  const next = load<usize>(block, NEXT), last = load<usize>(block, LAST);
  store<usize>(last, next, NEXT);
  if (next) store<usize>(next, last, LAST);
}

/** Makes a block that is free. */
function free(block: usize, size: usize): void {
  const next = load<usize>(HEAD, NEXT);
  store<usize>(block, size + 1);
  store<usize>(block + size, size, BEFORE);
  store<usize>(block, next, NEXT);
  store<usize>(block, HEAD, LAST);
  store<usize>(HEAD, block, NEXT);
  if (next) store<usize>(next, block, LAST);
}

/** bytes of the module's heap, 16-byte aligned, in a block that has room; traps where the memory cannot grow */
export function allocate(bytes: usize): usize {
  // a value that is read at the end of a lane may reach past it, but not past the memory
  const size = (bytes + HEADER + 31) & ~15;
  let at = load<usize>(HEAD, NEXT);
  while (at && load<usize>(at) < size) at = load<usize>(at, NEXT);
  if (at) {
    const rest = load<usize>(at) - 1 - size;
    unlink(at);
    if (rest) free(at + size, rest);
  } else {
    at = end || (__heap_base + 15) & ~15;
    const pages = memory.size(), more = <i32>((at + size + HEADER + 65535) >>> 16) - pages;
    // as much again, for each step makes all views of the memory stale
    if (more > 0 && memory.grow(max<i32>(more, pages)) < 0 && memory.grow(more) < 0) unreachable();
    end = at + size;
  }
  store<usize>(at, size);
  store<usize>(at + size, size, BEFORE);
  return at + HEADER;
}

export function release(at: usize): void {
  let block = at - HEADER, size = load<usize>(block);
  const before = load<usize>(block, BEFORE);
  if (block + size < end && load<usize>(block + size) & 1) {
    unlink(block + size);
    size += load<usize>(block + size) - 1;
  }
  if (before && load<usize>(block - before) & 1) {
    block -= before;
    unlink(block);
    size += before;
  }
  if (block + size == end) end = block;
  else free(block, size);
}
