/**
 * Real machines under a configuration manager. A member is a process `troupe serve` at the IPv4 address of its machine
 * in the table. Processes are started on this machine, or on other machines by a command of the user.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Site } from "../../languages/configuration/manager.ts";
import type { MachineTable } from "../../languages/configuration/machines.ts";
import type { Address } from "../../protocols/host.ts";
import { BadData } from "../../sim/bad-data.ts";
import { addressOf, ipOf } from "../../udp/address.ts";

/** For this time in ms after the unexpected end of a process, its machine does not count as up. */
const distrust = 15_000;

export interface RealSiteOptions {
  /** The words of `troupe serve`, without the host. */
  readonly serve: readonly string[];
  /** The words in front of them, which run `troupe`. {name} and {address} stand for those of the machine. */
  readonly start: readonly string[];
  readonly say: (line: string) => void;
}

/**
 * The address of each machine.
 * @throws BadData if a machine has no address, or two machines have the same address
 */
export function addressesOf(table: MachineTable): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const [i, name] of table.names.entries()) {
    const address = table.machine(i).attributes["address"];
    if (typeof address !== "string")
      throw new BadData(
        `${table.file}: the machine "${name}" has no address; expected its IPv4 address, as others reach it, in the attribute address.`,
      );
    try {
      addressOf(address, 0);
    } catch (error) {
      throw new BadData(`${table.file}: the machine "${name}": ${(error as Error).message}.`);
    }
    const owner = owners.get(address);
    if (owner !== undefined)
      throw new BadData(`${table.file}: the machines "${owner}" and "${name}" have the same address, ${address}.`);
    owners.set(address, name);
    addresses.set(name, address);
  }
  return addresses;
}

export class RealSite implements Site {
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #machines: ReadonlyMap<string, string>;
  readonly #options: RealSiteOptions;
  readonly #children = new Map<string, ChildProcess>();
  /** By machine: when a process last ended unexpectedly. */
  readonly #endedAt = new Map<string, number>();

  #isClosed = false;

  constructor(addresses: ReadonlyMap<string, string>, options: RealSiteOptions) {
    this.#addresses = addresses;
    this.#machines = new Map([...addresses].map(([name, address]) => [address, name]));
    this.#options = options;
  }

  isUp(machine: string): boolean {
    return performance.now() - (this.#endedAt.get(machine) ?? -Infinity) > distrust;
  }

  start(machine: string): void {
    if (this.#isClosed) return;
    this.stop(machine);
    const address = this.#addresses.get(machine)!;
    const { start, serve, say } = this.#options;
    const words = start.map((word) => word.replaceAll("{name}", machine).replaceAll("{address}", address));
    const [program, ...rest] = [...words, ...serve, "--host", address];
    const child = spawn(program!, rest, { stdio: ["ignore", "inherit", "inherit"] });
    this.#children.set(machine, child);
    const ended = (how: string): void => {
      if (this.#children.get(machine) !== child) return;
      this.#children.delete(machine);
      this.#endedAt.set(machine, performance.now());
      say(`the process on ${machine} has ended (${how})`);
    };
    child.on("error", (error) => ended(error.message));
    child.on("exit", (status, signal) => ended(signal ?? `status ${status}`));
  }

  stop(machine: string): void {
    const child = this.#children.get(machine);
    this.#children.delete(machine);
    child?.kill("SIGTERM");
  }

  machineAt(address: Address): string | undefined {
    return this.#machines.get(ipOf(address));
  }

  /** Ends all processes of this site, and starts no more. Resolves when they have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const children = [...this.#children.values()];
    this.#children.clear();
    const ends = children.map((child) => new Promise((resolve) => child.once("exit", resolve)));
    for (const child of children) child.kill("SIGTERM");
    await Promise.all(ends);
  }
}
