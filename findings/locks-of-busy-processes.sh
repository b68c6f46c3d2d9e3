#!/bin/sh
# Guess: who has taken the lock of a directory with proper-lockfile has it until it gives it back or dies.
#
# Behaviour (proper-lockfile 4.1.2): the lock is kept by touching it from a timer, every half of `stale` (10 s unless set). A
# process that computes for longer than `stale` without coming back to its event loop, as one replication of a simulation
# does, loses it: another process takes the lock and gives it back again meanwhile. The first learns of it only afterwards,
# from an exception that nobody can catch where the lock was taken (ECOMPROMISED); what it writes before its event loop
# turns, it writes without the lock.
#
# Why it matters: two campaigns write into one directory, and only on machines slow enough. A lock that names its
# process and host, and is stale when that process is gone, needs no timer.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund proper-lockfile@4.1.2 > /dev/null
mkdir results
cat > second.mjs <<'JS'
import lockfile from "proper-lockfile";
const retries = { retries: 100, factor: 1, minTimeout: 100, maxTimeout: 100 };
const release = await lockfile.lock("results", { stale: 2000, retries });
console.log("the second has the lock");
await release();
JS
cat > first.mjs <<'JS'
import lockfile from "proper-lockfile";
import { spawn } from "node:child_process";
process.on("uncaughtException", ({ code }) => console.log(`the first is told: ${code}`));
await lockfile.lock("results", { stale: 2000 });
console.log("the first has the lock");
spawn(process.execPath, ["second.mjs"], { stdio: "inherit" });
for (const end = Date.now() + 6000; Date.now() < end; );
console.log("the first has computed for 6 s, and would write now");
setTimeout(() => {}, 500);
JS
node first.mjs | tee seen
cat > expected <<'TEXT'
the first has the lock
the second has the lock
the first has computed for 6 s, and would write now
the first is told: ECOMPROMISED
TEXT
cmp seen expected
