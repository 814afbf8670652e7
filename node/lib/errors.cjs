"use strict";

// The error classes, one for each code, and how they are made of what the addon throws.

const { getSystemErrorName } = require("node:util");

const native = require("./binding.cjs");

const CODES = new Map(native.errorCodes().map(([code, number, exitCode]) => [code, { number, exitCode }]));

/** The base of all errors of this package. */
class PagecryptError extends Error {
  constructor(message, { code, cause, ...details } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code ?? new.target.code ?? "internal";
    Object.assign(this, details);
  }

  get number() {
    return CODES.get(this.code)?.number ?? 0;
  }

  get exitCode() {
    return CODES.get(this.code)?.exitCode ?? 1;
  }
}
define(PagecryptError, "name", "PagecryptError");

const classes = { PagecryptError };
const classOfCode = new Map();

for (const [name, code] of [
  ["UnknownCipherError", "unknown_cipher"],
  ["UnknownEngineError", "unknown_engine"],
  ["KeyLengthError", "key_length"],
  ["KeyTextError", "key_text"],
  ["KeyRequiredError", "key_required"],
  ["WrongKeyError", "wrong_key"],
  ["AuthenticationError", "authentication_failed"],
  ["NotEncryptedError", "not_encrypted"],
  ["UnsupportedFormatError", "unsupported_format"],
  ["MalformedError", "malformed"],
  ["CipherMismatchError", "cipher_mismatch"],
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
  ["ClosedError", "closed"], // of this package alone
]) {
  const error = { [name]: class extends PagecryptError {} }[name];
  define(error, "code", code);
  define(error.prototype, "name", name);
  classes[name] = error;
  classOfCode.set(code, error);
}
define(PagecryptError.prototype, "name", "PagecryptError");

function define(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
}

/** What the addon threw, as one of the classes; other values as they are. */
function fromNative(thrown) {
  if (!(thrown instanceof Error) || !CODES.has(thrown.code) || thrown instanceof PagecryptError) return thrown;
  const { message, code, number: _number, exitCode: _exitCode, ...details } = thrown;
  if (details.unit !== undefined) details[details.unit === "message" ? "index" : details.unit] = details.first;
  if (details.errno !== undefined) details.syscallCode = getSystemErrorName(details.errno);
  const Class = classOfCode.get(code) ?? PagecryptError;
  const error = new Class(thrown.message, { code, ...details });
  Error.captureStackTrace(error, fromNative);
  return error;
}

module.exports = { ...classes, fromNative, CODES };
