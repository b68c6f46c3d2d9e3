/**
 * A state of 2,000,000 small entries joins, in processes of their own on UDP, while a client calls: nobody is dropped,
 * turns stay short, and memory stays within three times the state.
 */
import { execFileSync, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { RingmasterMember } from "../../protocols/binding/ringmaster/formation.ts";
import { openProcess, pause } from "../../harness/real/process.ts";
import { showPlaces } from "../../harness/real/places.ts";
import { portOf } from "../../udp/address.ts";
import { UdpHost } from "../../udp/host.ts";
import { Entries, type Report } from "./entries.ts";

const entries = 2_000_000;
/** The longest turn that a member may take, in ms. A member that is silent for 4.5 s is suspected. */
const longestTurn = 3000;
const child = fileURLToPath(new URL("./entries-member.js", import.meta.url));

async function report(member: ChildProcess): Promise<Report> {
  member.send("report");
  const [answer] = (await once(member, "message")) as [Report];
  return answer;
}

/** The longest step of a bare collection of that kind, in ms of CPU time. */
function longestBare(kind: string): string {
  const bare = fileURLToPath(new URL("./bare-entries.js", import.meta.url));
  return execFileSync(process.execPath, [bare, kind, String(entries)], { encoding: "utf8" }).trim();
}

/** Answers how many things went wrong, and says which. */
export async function transferManyEntries(): Promise<number> {
  const problems: string[] = [];
  for (const kind of ["map", "records"] as const) problems.push(...(await transfer(kind)));
  for (const problem of problems) console.log(`FAILED entries: ${problem}`);
  return problems.length;
}

async function transfer(kind: "map" | "records"): Promise<string[]> {
  const problems: string[] = [];
  const free = [1, 2, 3].map((i) => new UdpHost({ seed: String(i) }));
  const places = free.map(({ address }) => address);
  for (const host of free) host.close();
  const ringmasters = places.map((place) => openProcess({ ip: "127.0.0.1", port: portOf(place), places }));
  for (const { binding } of ringmasters) new RingmasterMember(binding).start();
  const client = openProcess({ ip: "127.0.0.1", port: 0, places });
  const members: ChildProcess[] = [];
  const start = async (count: number): Promise<number> => {
    const began = performance.now();
    const member = fork(child, [showPlaces(places), kind, String(count)], { execArgv: ["--expose-gc"] });
    members.push(member);
    const outcome = await Promise.race([once(member, "message"), once(member, "exit")]);
    if (outcome[0] !== "joined") throw new Error(`a member has ended: ${String(outcome[0])}`);
    return performance.now() - began;
  };
  try {
    await start(entries);
    const module = await client.program.thread(() => client.program.bind(Entries, "entries"));
    let calls = 0;
    let longest = 0;
    let calling = true;
    const caller = (async () => {
      while (calling) {
        const began = performance.now();
        await client.program.thread(() => module.touch());
        calls++;
        longest = Math.max(longest, performance.now() - began);
        await pause(20);
      }
    })();
    const joining = await start(0);
    await pause(1000);
    calling = false;
    await caller;
    const [donor, newcomer] = await Promise.all(members.map(report));
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
    for (const [name, each] of [
      ["donor", donor!],
      ["newcomer", newcomer!],
    ] as const) {
      console.log(
        `  ${kind}, ${name}: longest turn ${each.longest.toFixed(0)} ms, or ${each.work.toFixed(0)} ms of CPU time, ${(each.cpu / 1000).toFixed(1)} s of CPU time in all, ${megabytes(each.most)} MB at most for a state of ${megabytes(each.used)} MB`,
      );
      if (each.entries < entries) problems.push(`${kind}: the ${name} has ${each.entries} entries`);
      if (each.states.some((state) => state.endsWith("out"))) problems.push(`${kind}: the ${name} was dropped`);
      if (each.longest > longestTurn)
        problems.push(`${kind}: the ${name} took a turn of ${each.longest.toFixed(0)} ms`);
      if (each.most > 3 * each.used) problems.push(`${kind}: the ${name} used ${megabytes(each.most)} MB`);
    }
    console.log(`  ${kind}, bare: longest step ${longestBare(kind)} ms of CPU time`);
    console.log(
      `  ${kind}: joined in ${(joining / 1000).toFixed(1)} s; ${calls} calls, the longest ${longest.toFixed(0)} ms`,
    );
  } finally {
    for (const member of members) member.kill("SIGKILL");
    for (const { host } of [...ringmasters, client]) host.close();
  }
  return problems;
}
