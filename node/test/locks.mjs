// Another program's lock on a file.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

const PROGRAM = `
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX, 512, 0x40000000)  # where SQLite locks: the pending byte and those behind it
print("locked", flush=True)
sys.stdin.read()
`;

/** Why no lock can be held here; false if it can. */
export const lacksLocks =
  process.platform === "win32"
    ? "POSIX locks only"
    : spawnSync("python3", ["-c", "import fcntl"]).status !== 0 && "no python3, which holds the lock";

/** Has another program hold the database for writing, until the test or `release` ends it. */
export async function lockedByAnother(t, path) {
  const child = spawn("python3", ["-c", PROGRAM, path], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  t.after(() => child.kill());
  await once(child.stdout, "data");
  return {
    async release() {
      child.stdin.end();
      await ended;
    },
  };
}
