/**
 * One writer at a time: each puts a claim into the directory whose name tells host and process, and then looks for others. A
 * claim has a name of its own, so that one whose process is gone is removed without a race for it. Two that come at
 * the same moment see one another, and both step back for a while.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BadData } from "../../sim/bad-data.ts";

const prefix = ".lock-";

interface Claim {
  readonly host: string;
  readonly pid: number;
  /** When the process started, in the system's own units; empty where the system does not tell. It tells a process from a later one with its number. */
  readonly start: string;
}

function startOf(pid: number): string {
  try {
    // The name in brackets may contain anything; what follows it does not.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function fileOf({ host, pid, start }: Claim): string {
  return `${prefix}${encodeURIComponent(host)}+${pid}+${start}`;
}

function readClaim(file: string): Claim | undefined {
  const [, host, pid, start] = /^\.lock-(.*)\+(\d+)\+(\d*)$/.exec(file) ?? [];
  return host === undefined ? undefined : { host: decodeURIComponent(host), pid: Number(pid), start: start! };
}

function isAlive({ host, pid, start }: Claim): boolean {
  if (host !== hostname()) return true; // Nobody here can know.
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startOf(pid);
  return now === "" || start === "" || now === start;
}

/** The claims of other live processes; those of dead ones are cleared away. */
function othersIn(directory: string, own: string): Claim[] {
  const others: Claim[] = [];
  for (const file of readdirSync(directory)) {
    const claim = file === own ? undefined : readClaim(file);
    if (claim === undefined) continue;
    if (isAlive(claim)) others.push(claim);
    else rmSync(join(directory, file), { force: true });
  }
  return others;
}

const attempts = 4;

/**
 * Takes the lock of a directory that exists; the function that is returned gives it back. The end of the process does too, and
 * a process that is killed leaves a claim that the next one clears away.
 *
 * @throws BadData naming the process and host that have it.
 */
export async function lock(directory: string): Promise<() => void> {
  const claim: Claim = { host: hostname(), pid: process.pid, start: startOf(process.pid) };
  const file = fileOf(claim);
  const path = join(directory, file);
  if (existsSync(path)) throw new BadData(`${directory} is being written by this very process.`);
  for (let attempt = 1; ; attempt++) {
    writeFileSync(path, "");
    const [other] = othersIn(directory, file);
    if (other === undefined) break;
    rmSync(path, { force: true });
    if (attempt === attempts) throw refusal(directory, other);
    await sleep(1 + ((process.pid * attempt) % 40));
  }
  const release = (): void => {
    rmSync(path, { force: true });
    process.removeListener("exit", release);
  };
  process.on("exit", release);
  return release;
}

function refusal(directory: string, other: Claim): BadData {
  if (other.host === hostname()) return new BadData(`${directory} is being written by process ${other.pid}.`);
  return new BadData(
    `${directory} is being written by process ${other.pid} on ${other.host}. ` +
      `If that has ended, remove ${join(directory, fileOf(other))}.`,
  );
}

export function isLock(file: string): boolean {
  return file.startsWith(prefix);
}
