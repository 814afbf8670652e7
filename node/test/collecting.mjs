// Loaded before a test file (`--expose-gc --import`): collects garbage again and again while the tests run.

const collect = () => {
  globalThis.gc();
  setTimeout(collect, 2).unref();
};
collect();
