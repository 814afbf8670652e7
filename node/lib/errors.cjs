"use strict";

// The error classes, one for each code, and how they are made of what the addon throws.

const { getSystemErrorName } = require("node:util");

const native = require("./binding.cjs");

/** Every code that the languages share, in the order of the numbers. */
const codes = Object.freeze(native.codes().map(Object.freeze));

const codeNamed = new Map(codes.map((code) => [code.name, code]));

/** The base of all errors of this package. */
class PagecryptError extends Error {
  constructor(message, { code = new.target.code, cause, ...details } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    if (code !== undefined) this.code = code;
    Object.assign(this, details);
  }

  get number() {
    return codeNamed.get(this.code)?.number;
  }

  get exitCode() {
    return codeNamed.get(this.code)?.exitCode ?? 1;
  }
}
define(PagecryptError.prototype, "name", "PagecryptError");

const classes = { PagecryptError };
const classOfCode = new Map();

for (const [name, code] of [
  ["UnknownCipherError", "unknown_cipher"],
  ["UnknownEngineError", "unknown_engine"],
  ["KeyLengthError", "key_length"],
  ["KeyTextError", "key_text"],
  ["KeyRequiredError", "key_required"],
  ["WrongKeyError", "wrong_key"],
  ["UnknownKeyIdError", "unknown_key_id"],
  ["AuthenticationError", "authentication_failed"],
  ["NotEncryptedError", "not_encrypted"],
  ["UnsupportedFormatError", "unsupported_format"],
  ["MalformedError", "malformed"],
  ["CipherMismatchError", "cipher_mismatch"],
  ["MeteredSizeError", "metered_size"],
  ["PageSizeError", "page_size"],
  ["PageNumberError", "page_number"],
  ["BufferLengthError", "buffer_length"],
  ["InvalidArgumentError", "invalid_argument"],
  ["OverlapError", "overlap"],
  ["MessageTooLongError", "message_too_long"],
  ["UsageLimitError", "usage_limit"],
  ["DestinationExistsError", "file_exists"],
  ["FilePermissionsError", "file_permissions"],
  ["LockedError", "locked"],
  ["CancelledError", "cancelled"],
  ["RandomSourceError", "random_source"],
  ["InputOutputError", "io"],
  ["InternalError", "internal"],
  ["ClosedError", "closed"], // of JavaScript alone
]) {
  const Class = { [name]: class extends PagecryptError {} }[name];
  define(Class, "code", code);
  define(Class.prototype, "name", name);
  classes[name] = Class;
  classOfCode.set(code, Class);
}

// The first failure by what it is of.
for (const [name, unit] of [
  ["index", "message"],
  ["page", "page"],
  ["frame", "frame"],
]) {
  Object.defineProperty(classes.AuthenticationError.prototype, name, {
    get() {
      return this.unit === unit ? this.first : undefined;
    },
    configurable: true,
  });
}

/** What the addon threw, as one of the classes; other values as they are. */
function fromNative(thrown) {
  return thrown?.failure === undefined ? thrown : fromFailure(thrown.failure, fromNative);
}

/** An error of what the addon knows of it. Its stack begins with the caller of `below`. */
function fromFailure({ code, message, expectedCipher, gotCipher, ...details }, below = fromFailure) {
  if (expectedCipher !== undefined) Object.assign(details, { expected: expectedCipher, got: gotCipher });
  if (details.errno !== undefined) details.syscallCode = getSystemErrorName(details.errno);
  const Class = classOfCode.get(code) ?? PagecryptError;
  const error = new Class(message, { code, ...details });
  Error.captureStackTrace(error, below);
  return error;
}

/** Runs the addon's function; what it throws becomes one of the classes. */
function attempt(work) {
  try {
    return work();
  } catch (error) {
    throw fromNative(error);
  }
}

function define(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
}

module.exports = { ...classes, attempt, classes, codes, fromFailure, fromNative };
