/** The attack: so many hostile datagrams at every socket, and what became of those who were attacked. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Address } from "../../protocols/host.ts";
import type { Endpoint } from "../../protocols/message/endpoint.ts";
import { streams } from "../../sim/chance/random.ts";
import { addressOf } from "../../udp/address.ts";
import { Socket } from "../../udp/socket.ts";
import { Captures, Fuzzer, type Kind } from "./datagrams.ts";
import { Site } from "./site.ts";

export interface Attack {
  readonly seed: string;
  readonly datagrams: number;
}

export interface Damage {
  readonly sent: number;
  readonly arrived: number;
  readonly made: Readonly<Record<Kind, number>>;
  /** Calls of the true clients, and the longest that one took, in ms. */
  readonly calls: number;
  readonly slowest: number;
  readonly executions: number;
  readonly malformed: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly forged: number;
  readonly replayed: number;
  /** Memory in use after collection, in MiB: before, the most meanwhile, after what may be remembered is forgotten. */
  readonly memory: { readonly before: number; readonly most: number; readonly after: number };
  /** One sentence for each thing that must not be. */
  readonly failures: readonly string[];
}

/** Ports that attackers send from. More than the peers that a process remembers here. */
const attackers = 100;
const burst = 50;
/** In so many ms all that attackers left behind must be forgotten. */
const forgetting = 15_000;

/**
 * MiB by which memory may rise: what the endpoints may keep by their options, with its overhead; and after all is over.
 */
const mostMemory = 200;
const leftMemory = 10;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function usedMebibytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function attack({ seed, datagrams }: Attack, progress: (sent: number) => void): Promise<Damage> {
  const captures = new Captures();
  /** What of the site with a key can be heard by others. */
  const sealed = new Captures();
  const open = new Site("open", captures);
  const keyed = new Site("keyed", new Captures(), "the key that only the true parties have");
  const sites = [open, keyed];
  const random = streams(seed, 0);
  // Whoever joins a group hears what is sent to it: sealed datagrams too.
  const ears = sites.map(({ troupe }, index) => {
    const group = troupe.group!;
    const heard = [captures, sealed][index]!;
    const ear = new Socket(group, true, ({ from, datagram }) => heard.add({ from, to: group, bytes: datagram }));
    ear.join(group, "127.0.0.1");
    return ear;
  });
  const fuzzers = [captures, sealed].map((known, index) => new Fuzzer(random.fork(`datagrams ${index}`), known));
  const aim = random.fork("aim");
  const sockets = Array.from({ length: attackers }, () => new Socket(addressOf("127.0.0.1", 0), false, () => {}));
  for (const socket of sockets) socket.setMulticast("127.0.0.1", 0);
  const targets = sites.map(({ hosts, troupe }): Address[] => [...hosts.map(({ address }) => address), troupe.group!]);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(aim.next() * list.length)]!;

  while (captures.size < 100 || sealed.size < 20) await pause(10);
  const before = usedMebibytes();
  let most = before;
  for (let sent = 0; sent < datagrams; sent += burst) {
    for (let i = 0; i < Math.min(burst, datagrams - sent); i++) {
      const socket = pick(sockets);
      const at = i % sites.length;
      socket.send(pick(targets[at]!), fuzzers[at]!.datagram(socket.address));
    }
    // What a party has sent comes in once more, from where it came: the network may do that.
    const { from, to, bytes } = captures.pick(aim);
    open.hosts.find(({ address }) => address === to)?.duplicate(from, bytes);
    await new Promise((resolve) => setImmediate(resolve));
    if (sent % 50_000 === 0) {
      most = Math.max(most, usedMebibytes());
      progress(sent);
    }
  }
  most = Math.max(most, usedMebibytes());
  await pause(200);
  for (const site of sites) site.stop();

  const failures = sites.flatMap((site) => site.failures);
  const endpoints = sites.flatMap(({ programs }) => programs.map(({ endpoint }) => endpoint));
  const left = (): object[] =>
    endpoints.filter(isRemembering).map(({ load, remembered }) => ({ ...load, ...remembered }));
  for (let waited = 0; waited < forgetting && left().length > 0; waited += 100) await pause(100);
  for (const state of left()) failures.push(`this is never forgotten: ${JSON.stringify(state)}`);
  const damage = (pickCount: (endpoint: (typeof endpoints)[number]) => number): number =>
    endpoints.reduce((sum, endpoint) => sum + pickCount(endpoint), 0);
  const guards = keyed.hosts.map(({ host }) => host.authentication!);
  const guarded = guards.reduce((sum, { forged, replayed, unproven }) => sum + forged + replayed + unproven, 0);
  const arrived = sites.flatMap(({ hosts }) => hosts).reduce((sum, { received }) => sum + received, guarded);
  const threads = keyed.client.host;
  for (const execution of keyed.executed.keys()) {
    if (execution.includes(` of thread ${threads.address}.${threads.incarnation}.`)) continue;
    failures.push(`${execution} was executed without the key`);
  }
  if (arrived < 0.95 * datagrams) failures.push(`only ${arrived} of ${datagrams} datagrams arrived`);
  const executions = sites.reduce((sum, { executed }) => sum + executed.size, 0);
  const calls = open.calls + keyed.calls;
  const slowest = Math.max(open.slowest, keyed.slowest);
  for (const site of sites) {
    site.executed.clear();
    site.close();
  }
  for (const socket of [...sockets, ...ears]) socket.close();
  const after = usedMebibytes();
  if (most > before + mostMemory) failures.push(`memory rose by ${(most - before).toFixed(1)} MiB under attack`);
  if (after > before + leftMemory) failures.push(`memory had risen by ${(after - before).toFixed(1)} MiB afterwards`);
  return {
    sent: datagrams,
    arrived,
    made: madeBy(fuzzers),
    calls,
    slowest,
    executions,
    malformed: damage(({ counters }) => counters.malformed),
    duplicates: damage(({ counters }) => counters.duplicates),
    refused: damage(({ counters }) => counters.refused),
    forged: guards.reduce((sum, { forged }) => sum + forged, 0),
    replayed: guards.reduce((sum, { replayed }) => sum + replayed, 0),
    memory: { before, most, after },
    failures,
  };
}

function isRemembering({ load, remembered }: Endpoint): boolean {
  return [...Object.values(load), ...Object.values(remembered)].some((count) => count > 0);
}

function madeBy(fuzzers: readonly Fuzzer[]): Record<Kind, number> {
  const made = { ...fuzzers[0]!.made };
  for (const { made: more } of fuzzers.slice(1)) {
    for (const [kind, count] of Object.entries(more)) made[kind as Kind] += count;
  }
  return made;
}
