#!/bin/sh
# Needs redis-server (Debian: redis-server; seen with 7.0.15). It is started with a socket in the temporary folder, and stopped.
#
# Guess: a queue of jobs that numbers its jobs steps over a number that a job has chosen for itself, or refuses one of the two.
#
# Behaviour (bee-queue 2.0.0): a job whose automatic number is taken is dropped. After setId("2") the second of three ordinary jobs is not stored: save()
# resolves, the job's id is null, no handler ever sees it, and no counter shows it.
#
# Why it matters: cells of a campaign that are named by numbers, beside jobs without names, are missing from the results. A saved job must be asked for its id.
set -eu
dir=$(mktemp -d)
trap 'kill "$(cat "$dir/redis.pid")" 2> /dev/null || true; sleep 1; rm -rf "$dir"' EXIT
cd "$dir"
redis-server --port 0 --unixsocket "$dir/redis.sock" --pidfile "$dir/redis.pid" --daemonize yes --save "" --dir "$dir" > /dev/null
npm init -y > /dev/null
npm install --silent --no-audit --no-fund bee-queue@2.0.0 > /dev/null
cat > jobs.cjs <<'JS'
const Queue = require("bee-queue");
(async () => {
  const queue = new Queue("cells", { redis: { path: `${__dirname}/redis.sock` } });
  const ids = [(await queue.createJob({ cell: "chosen" }).setId("2").save()).id];
  for (const cell of ["first", "second", "third"]) ids.push((await queue.createJob({ cell }).save()).id);
  const health = await queue.checkHealth();
  const ran = [];
  queue.process(async (job) => void ran.push(job.data.cell));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  console.log(`ids ${ids.map(String).join(", ")}; waiting ${health.waiting}; run: ${ran.join(", ")}`);
  const same = ids.length === 4 && ids[2] === null && health.waiting === 3 && ran.join() === "chosen,first,third";
  if (!same) console.log("It behaves differently now.");
  process.exit(same ? 0 : 1);
})();
JS
node jobs.cjs
