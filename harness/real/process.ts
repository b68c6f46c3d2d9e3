/** A real process of a replicated program: a UDP socket, the runtime, and the way to the Ringmaster. */
import { randomUUID } from "node:crypto";
import { servedBindingOptions } from "../../protocols/binding/options.ts";
import { RingmasterBinding } from "../../protocols/binding/verbs/ringmaster-binding.ts";
import { Program } from "../../protocols/program/program.ts";
import type { Address } from "../../protocols/host.ts";
import type { TraceEvent } from "../../protocols/trace.ts";
import { defaultMessageOptions, servedMessageOptions } from "../../protocols/message/options.ts";
import { BadData } from "../../sim/bad-data.ts";
import { Trace } from "../../sim/trace.ts";
import { sealBytes } from "../../udp/authentication.ts";
import { formatAddress } from "../../udp/address.ts";
import { UdpHost } from "../../udp/host.ts";
import { CommandFailed } from "../failure.ts";
import { latestLife, rememberLife } from "./lives.ts";

export interface RealProcess {
  readonly host: UdpHost;
  readonly binding: RingmasterBinding;
  readonly program: Program;
}

export interface RealProcessOptions {
  readonly ip: string;
  /** The UDP port; 0: any free port. */
  readonly port: number;
  /** The Ringmaster's well-known addresses. */
  readonly places: readonly Address[];
  /** Hears each change of a membership of this process: the name of the troupe, and the new state. */
  readonly changed?: (name: string, state: string) => void;
  /** Hears that members of a troupe have parted, in a sentence. */
  readonly parted?: (sentence: string) => void;
  /** The key that seals all datagrams. Default: the environment variable TROUPE_KEY, if there is one. */
  readonly key?: string;
}

/**
 * Opens a process.
 * @throws BadData for an invalid address or key
 * @throws CommandFailed if the address cannot be used
 */
export function openProcess(options: RealProcessOptions): RealProcess {
  const { ip, port, places, changed, parted, key = process.env["TROUPE_KEY"] } = options;
  const trace = new Trace();
  if (changed !== undefined) {
    trace.listen(({ event }) => {
      if (event.type === "membership") changed(event.name, event.state);
    });
  }
  if (parted !== undefined) {
    trace.listen(({ event }) => {
      if (event.type === "divergence") parted(partedSentence(event));
    });
  }
  let host: UdpHost;
  try {
    const latest = port === 0 ? undefined : latestLife(ip, port);
    const before = latest === undefined ? {} : { before: latest };
    host = new UdpHost({ seed: randomUUID(), ip, port, trace, ...before, ...(key === undefined ? {} : { key }) });
    if (port !== 0) rememberLife(ip, port, host.incarnation);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new BadData(`${error.message}.`);
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "EADDRINUSE" ? "another process has this port" : message;
    throw new CommandFailed(`${ip}:${port} cannot be used: ${reason}.`);
  }
  const binding = new RingmasterBinding(places, servedBindingOptions);
  const datagramBytes = defaultMessageOptions.datagramBytes - (key === undefined ? 0 : sealBytes);
  const program = new Program(host, binding, { ...servedMessageOptions, datagramBytes });
  return { host, binding, program };
}

/** What is said of members that have parted. */
export function partedSentence({ name, field, call, members }: TraceEvent & { type: "divergence" }): string {
  const [one, other] = members.map(formatAddress);
  return `members of ${name} have parted: ${one} and ${other} differ in ${field}, seen after ${call}; troupe check finds out why`;
}

/** Waits in real time. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Resolves when the user asks the process to end. A second request ends the process at once. */
export function endAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

/** Writes one line on standard error. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
