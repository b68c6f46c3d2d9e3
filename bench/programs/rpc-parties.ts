/** What the two programs of `bench/udp.ts` share: servers in processes of their own, whose CPU time counts too. */
import { fork, type ChildProcess } from "node:child_process";
import type { Measurement } from "../contest.ts";

/** Bytes of argument and result, opaque to both systems. */
export const payload = new Uint8Array(32).fill(7);

/** What a server tells. */
export type Told = { readonly type: "ready"; readonly at: number } | { readonly type: "cpu"; readonly seconds: number };

/** CPU seconds that this process has used. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** For a server: tells its port, or address, and from then on its CPU time when it is asked. */
export function serve(at: number, told: (message: unknown) => void = () => {}): void {
  process.on("message", (message) => {
    if (message === "cpu") process.send!({ type: "cpu", seconds: cpuSeconds() } satisfies Told);
    else told(message);
  });
  process.on("disconnect", () => process.exit());
  process.send!({ type: "ready", at } satisfies Told);
}

/** A server's process, as its client sees it. */
export class Party {
  readonly child: ChildProcess;
  readonly #waiting: ((told: Told) => void)[] = [];

  constructor(script: string, parameters: readonly string[]) {
    this.child = fork(script, parameters);
    this.child.on("message", (told: Told) => this.#waiting.shift()?.(told));
  }

  next(): Promise<Told> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async cpu(): Promise<number> {
    this.child.send("cpu");
    const told = await this.next();
    return told.type === "cpu" ? told.seconds : NaN;
  }
}

/** CPU seconds are those of all processes together. */
export interface RpcMeasurement extends Measurement {
  /** Wall-clock seconds. */
  readonly seconds: number;
}

/** Calls from so many loops at once, after a warm-up; prints what it cost all parties, and ends them. */
export async function measureCalls(
  parties: readonly Party[],
  calls: number,
  parallel: number,
  call: () => Promise<unknown>,
): Promise<void> {
  const run = async (count: number): Promise<void> => {
    let left = count;
    const loop = async (): Promise<void> => {
      while (left-- > 0) await call();
    };
    await Promise.all(Array.from({ length: parallel }, loop));
  };
  const used = async (): Promise<number> => {
    const shares = await Promise.all(parties.map((party) => party.cpu()));
    return shares.reduce((sum, share) => sum + share, cpuSeconds());
  };
  await run(Math.ceil(calls / 4));
  const [before, began] = [await used(), performance.now()];
  await run(calls);
  const seconds = (performance.now() - began) / 1000;
  const measurement: RpcMeasurement = {
    operations: calls,
    cpuSeconds: (await used()) - before,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    seconds,
  };
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
  for (const { child } of parties) child.disconnect();
}
