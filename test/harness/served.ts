/** A Ringmaster and members of troupes as real processes, several of them in this process of the operating system. */
import { RingmasterMember } from "../../protocols/binding/ringmaster/formation.ts";
import type { JoinOptions } from "../../protocols/binding/verbs/ringmaster-binding.ts";
import { readPlaces } from "../../harness/real/places.ts";
import { openProcess, pause, type RealProcess } from "../../harness/real/process.ts";
import { portOf } from "../../udp/address.ts";
import { UdpHost } from "../../udp/host.ts";

export function freePorts(count: number): number[] {
  const hosts = Array.from({ length: count }, (_, i) => new UdpHost({ seed: String(i) }));
  for (const host of hosts) host.close();
  return hosts.map(({ address }) => portOf(address));
}

export interface StartedRingmaster {
  readonly real: RealProcess;
  readonly member: RingmasterMember;
}

export class Served {
  readonly ports: readonly number[];
  readonly #open: RealProcess[] = [];
  readonly key: string | undefined;

  constructor(ringmasters = 1, key?: string) {
    this.ports = freePorts(ringmasters);
    this.key = key;
  }

  /** For `--ringmaster`. */
  get places(): string {
    return this.ports.map((port) => `127.0.0.1:${port}`).join(",");
  }

  open(port = 0): RealProcess {
    const key = this.key === undefined ? {} : { key: this.key };
    const real = openProcess({ ip: "127.0.0.1", port, places: readPlaces(this.places), ...key });
    this.#open.push(real);
    return real;
  }

  /** Starts the processes of the Ringmaster. */
  ringmaster(): StartedRingmaster[] {
    return this.ports.map((port) => this.ringmasterAt(port));
  }

  ringmasterAt(port: number): StartedRingmaster {
    const real = this.open(port);
    const member = new RingmasterMember(real.binding);
    member.start();
    return { real, member };
  }

  /** A process that has joined the troupe with the module. */
  async member<T extends object>(name: string, module: T, options: JoinOptions<T> = {}): Promise<RealProcess> {
    const real = this.open();
    await real.binding.joinTroupe(name, module, options);
    return real;
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    for (const { host } of this.#open) host.close();
    await pause(0);
  }
}
