/**
 * Remembers the latest life of each port of this machine, so that a process that starts again after the machine's clock
 * was set back has a later incarnation than the process before it. Otherwise the others would take its datagrams for
 * late datagrams of an earlier process until they have forgotten that process.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

function fileOf(ip: string, port: number): string {
  return join(tmpdir(), `troupe-lives-${userInfo().uid}`, `${ip}-${port}`);
}

/** The incarnation of the latest process at this address; undefined if none is known. */
export function latestLife(ip: string, port: number): number | undefined {
  try {
    const incarnation = Number(readFileSync(fileOf(ip, port), "utf8"));
    return Number.isInteger(incarnation) && incarnation > 0 && incarnation < 2 ** 32 ? incarnation : undefined;
  } catch {
    return undefined;
  }
}

/** A machine that keeps no files has only its clock. */
export function rememberLife(ip: string, port: number, incarnation: number): void {
  try {
    const file = fileOf(ip, port);
    mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(file, String(incarnation));
  } catch {
    // What cannot be written is not remembered.
  }
}
