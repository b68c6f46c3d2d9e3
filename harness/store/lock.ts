/**
 * Mutual exclusion of writers. A writer puts a claim, whose name holds host and process, into the directory, and then
 * looks for other claims. Each claim has a unique name, so that the claim of a dead process is removed without a race.
 * Two writers that come at the same moment see each other's claims; both withdraw for a while.
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
  /**
   * Start time of the process, in the system's own units; empty if the system does not give it. It distinguishes the
   * process from a later process with the same number.
   */
  readonly start: string;
}

function startOf(pid: number): string {
  try {
    // The name in brackets may contain any character, such as ")"; the fields after it do not.
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

/** The claims of other live processes. Removes the claims of dead processes. */
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
 * Takes the lock of an existing directory. The returned function releases the lock, as does the end of the process. The
 * next writer removes the claim of a killed process.
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
