/** `troupe` as processes of the operating system, with a Ringmaster of their own, and what they say. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "../../../harness/real/process.ts";
import { freePorts } from "../served.ts";
import { program } from "./program.ts";

/** Four machines in two buildings. */
export const machines = "name,address,building\nm1,127.0.2.1,A\nm2,127.0.2.2,A\nm3,127.0.2.3,B\nm4,127.0.2.4,B\n";

/** For `troupe manage`: members run here, each with the name of its machine. */
export const through = ["--start", `env MACHINE={name} ${process.execPath} ${program}`];

export class Processes {
  /** For `--ringmaster`. */
  readonly places = freePorts(3)
    .map((port) => `127.0.0.1:${port}`)
    .join(",");
  readonly #directory = mkdtempSync(join(tmpdir(), "troupe-processes-"));
  readonly #started: ChildProcess[] = [];
  #said = "";

  readonly #close = (): void => this.close();

  constructor() {
    process.once("exit", this.#close);
  }

  /** What all processes have said so far. */
  get said(): string {
    return this.#said;
  }

  /** Writes a file, and answers its path. */
  file(name: string, text: string): string {
    const path = join(this.#directory, name);
    writeFileSync(path, text);
    return path;
  }

  start(...words: string[]): ChildProcess {
    const all = [program, ...words, "--ringmaster", this.places];
    // A group of its own, in which a manager's members are too.
    const child = spawn(process.execPath, all, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    child.stderr.on("data", (data) => (this.#said += String(data)));
    this.#started.push(child);
    return child;
  }

  /** Waits until a process says what matches. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (const end = performance.now() + 60_000; ; await pause(50)) {
      const match = pattern.exec(this.#said);
      if (match !== null) return match;
      assert.ok(performance.now() < end, `${pattern}: not within a minute:\n${this.#said}`);
    }
  }

  /** Ends all processes, and the members that managers have started. */
  close(): void {
    for (const { pid } of this.#started) endGroup(pid!);
    process.off("exit", this.#close);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // All have ended.
  }
}
