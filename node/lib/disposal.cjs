"use strict";

/** Gives a class with `close` what `using` calls, where the runtime has it. */
function addDisposal(Class) {
  if (Symbol.dispose !== undefined)
    define(Class, Symbol.dispose, {
      [Symbol.dispose]() {
        this.close();
      },
    });
}

/** The same for `await using`. */
function addAsyncDisposal(Class) {
  if (Symbol.asyncDispose !== undefined) {
    define(Class, Symbol.asyncDispose, {
      async [Symbol.asyncDispose]() {
        this.close();
      },
    });
  }
}

function define(Class, symbol, { [symbol]: value }) {
  Object.defineProperty(Class.prototype, symbol, { value, writable: true, configurable: true });
}

module.exports = { addAsyncDisposal, addDisposal };
