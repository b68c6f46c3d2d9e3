/** What a small world is: its processes, what they do, and the faults that may happen to them. */
import type { MessageOptions } from "../../protocols/message/options.ts";

export const explored = ["commit", "broadcast"] as const;
export type ExploredProtocol = (typeof explored)[number];

export interface SmallWorld {
  readonly protocol: ExploredProtocol;
  readonly members: number;
  readonly clients: number;
  /** The degree of replication of each client. */
  readonly copies: number;
  /**
   * Each transaction conflicts with all others. The clients make them in turn: client 1 the first, client 2 the second.
   */
  readonly transactions: number;
  /** The most processes that crash, datagrams that are lost, and timers that fire early, in one run. */
  readonly crashes: number;
  readonly losses: number;
  readonly timeouts: number;
  /** The most rounds of a run. In a round a timer fires, and all datagrams under way arrive. */
  readonly depth: number;
}

export const defaultWorld: SmallWorld = {
  protocol: "commit",
  members: 2,
  clients: 2,
  copies: 1,
  transactions: 2,
  crashes: 1,
  losses: 2,
  timeouts: 0,
  depth: 1000,
};

/** Times in ms. Deadlocks end before the first retransmission, which keeps runs short. */
export const transactions = { deadlockTimeout: 2, backOff: 1 } as const;

/**
 * A static table takes silence for death. A repetition is unanswered if it, its answer or an early timer is one of the
 * faults of the run. Therefore one more try than there are faults never takes a living process for dead.
 */
export function messagesOf({ losses, timeouts }: SmallWorld): Partial<MessageOptions> {
  return {
    retransmitInterval: 20,
    longestInterval: 20,
    backoff: 1,
    probeInterval: 20,
    ackDelay: 10,
    tries: losses + timeouts + 1,
    datagramLifetime: 1000,
  };
}

/** After so many ms every call has ended, whatever the faults. */
export function patienceOf({ crashes, losses, timeouts }: SmallWorld): number {
  return 500 + 100 * (crashes + losses + timeouts);
}

/** A timer fires early if it is due within so many ms. No datagram is under way for longer. */
export const slowest = 100;

/** The names of the processes, by their places: members first, then the members of client 1, and so on. */
export function namesOf({ members, clients, copies }: SmallWorld): string[] {
  const numbered = (what: string, count: number): string[] => {
    return Array.from({ length: count }, (_, i) => `${what} ${i + 1}`);
  };
  const ofClients = numbered("client", clients).flatMap((name) =>
    copies === 1 ? [name] : numbered(`${name}, member`, copies),
  );
  return [...numbered("member", members), ...ofClients];
}

/** The number, from 0, of the client at a place. */
export function clientAt({ members, copies }: SmallWorld, place: number): number {
  return Math.floor((place - members) / copies);
}

/** The transactions of the client at a place, by names that the members note. */
export function transactionsOf(world: SmallWorld, place: number): string[] {
  const own: string[] = [];
  for (let i = clientAt(world, place); i < world.transactions; i += world.clients) own.push(`t${i + 1}`);
  return own;
}
