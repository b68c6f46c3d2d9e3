/**
 * A seed draws a schedule. Swarm testing (A. Groce et al., Swarm Testing, ISSTA 2012): each seed first draws which
 * protocols and which kinds of fault it uses at all, so that what one of them hides shows where it is left out.
 */
import type { OrderingName } from "../protocols/call/server/ordering.ts";
import { streams, type Stream } from "../sim/chance/random.ts";
import { collatorNames } from "./collators.ts";
import {
  ringmasterNames,
  type Fault,
  type Schedule,
  type ScheduledCall,
  type ScheduledClient,
  type ScheduledTroupe,
} from "./schedule.ts";
import { calm, tablePatience } from "./settings.ts";

/**
 * What a schedule may use beyond calls of a static table: troupes that call troupes, an order of calls by one of the
 * two protocols of transactions, troupes that a Ringmaster binds.
 */
export const features = ["nested", "commit", "broadcast", "binding"] as const;
export type Feature = (typeof features)[number];

/** How often a seed uses what it may use. Runs with a Ringmaster take many times longer than others. */
const shares: Readonly<Record<Feature, number>> = { nested: 0.3, commit: 0.2, broadcast: 0.2, binding: 0.03 };

export interface DrawOptions {
  /** What every seed uses. */
  readonly always?: readonly Feature[];
}

class Chance {
  readonly #random: Stream;

  constructor(random: Stream) {
    this.#random = random;
  }

  is(probability: number): boolean {
    return this.#random.next() < probability;
  }

  below(count: number): number {
    return Math.floor(this.#random.next() * count);
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  list<T>(count: number, make: (place: number) => T): T[] {
    return Array.from({ length: count }, (_, place) => make(place));
  }
}

export function draw(seed: string, { always = [] }: DrawOptions = {}): Schedule {
  const chance = new Chance(streams(seed, 0).fork("schedule"));
  const used = new Set(features.filter((feature) => chance.is(shares[feature]) || always.includes(feature)));
  const ordering = orderingOf(used, always, chance);
  const bound = used.has("binding");
  const troupes = drawTroupes(used.has("nested"), ordering, bound, chance);
  const clients = drawClients(troupes, bound, chance);
  const ringmasters = !bound ? 0 : chance.is(0.3) ? 1 : 3;
  const network = {
    delay: bound ? 1 : chance.pick([1, 3, 20]),
    loss: chance.is(0.6) ? (bound ? 0.02 : chance.pick([0.02, 0.1])) : 0,
    duplication: chance.is(0.5) ? (bound ? 0.02 : chance.pick([0.05, 0.3])) : 0,
    lag: chance.pick([1, 10, 80]),
  };
  const faults = bound
    ? boundFaults(troupes, clients, ringmasterNames(ringmasters), chance)
    : tableFaults(troupes, clients, chance);
  return { seed, ringmasters, network, troupes, clients, faults };
}

function orderingOf(used: ReadonlySet<Feature>, always: readonly Feature[], chance: Chance): OrderingName {
  const orderings = (["commit", "broadcast"] as const).filter((each) => used.has(each));
  const wanted = orderings.filter((each) => always.includes(each));
  return orderings.length === 0 ? "none" : chance.pick(wanted.length > 0 ? wanted : orderings);
}

function drawTroupes(nested: boolean, ordering: OrderingName, bound: boolean, chance: Chance): ScheduledTroupe[] {
  const members = (name: string): string[] => chance.list(chance.between(1, 3), (place) => `${name} ${place + 1}`);
  const ledger: ScheduledTroupe = { name: "ledger", members: members("ledger"), calls: null, ordering, wrong: null };
  if (!nested) {
    const wrong = ordering === "none" && !bound && chance.is(0.1) ? chance.pick(ledger.members) : null;
    return [{ ...ledger, wrong }];
  }
  // What a transaction calls without transactions is not undone with it.
  const own = ordering === "commit" && !bound && chance.is(0.6) ? ordering : "none";
  return [ledger, { name: "teller", members: members("teller"), calls: "ledger", ordering: own, wrong: null }];
}

function drawClients(troupes: readonly ScheduledTroupe[], bound: boolean, chance: Chance): ScheduledClient[] {
  const longest = chance.pick([0, 20, 60]);
  // The last call of a thread comes when the watchdog has seen all answers to those before.
  const late = troupes.some(({ wrong }) => wrong !== null) ? 2 * tablePatience : 0;
  const most = bound ? 20 : 4;
  const span = bound ? calm.healed - calm.clients : 300;
  const marks = chance.pick([0, 0.5, 1]);
  const documents = chance.is(0.3);
  const call = (calls: number, inOrder: boolean) => (): ScheduledCall => ({
    rest: chance.is(0.3) ? 0 : chance.between(1, Math.ceil((1.5 * span) / calls)),
    procedure: chance.is(marks) || !inOrder ? "mark" : "write",
    // One that lasts longer than a change of membership waits for, or than probes are patient.
    work: chance.is(0.03) ? 450 : chance.between(0, longest),
    bytes: documents && chance.is(0.4) ? chance.pick([1, 1500, 6000]) : 0,
  });
  return chance.list(chance.between(1, 3), (place): ScheduledClient => {
    const name = `client ${place + 1}`;
    const replicas = bound || chance.is(0.7) ? 1 : chance.between(2, 3);
    // Some call what others call through a troupe of its own.
    const troupe = chance.is(0.8) ? troupes.at(-1)! : troupes[0]!;
    const collator = chance.is(0.4) ? "unanimous" : chance.pick(collatorNames);
    // Who goes on before all members have answered may overtake its own call at a slow member, unless calls are
    // ordered. A call that has failed for want of a majority may be executed later.
    const inOrder = collator === "unanimous" || (troupe.ordering !== "none" && collator !== "majority");
    return {
      name,
      members: replicas === 1 ? [name] : chance.list(replicas, (i) => `${name}${"abc"[i]!}`),
      calls: troupe.name,
      collator,
      threads: chance.list(chance.is(0.7) ? 1 : 2, () => {
        const calls = chance.between(1, most);
        const made = chance.list(calls, call(calls, inOrder));
        return made.map((each, i) => (i > 0 && i === calls - 1 ? { ...each, rest: each.rest + late } : each));
      }),
    };
  });
}

/**
 * A static table takes silence for death: pauses and cuts together are shorter than the patience with a process. A
 * member of a troupe that comes back has lost its state, so only clients come back; and of those only the unreplicated
 * where calls are ordered, since to a server that never heard the first life of a member, its second is the member.
 */
function tableFaults(
  troupes: readonly ScheduledTroupe[],
  clients: readonly ScheduledClient[],
  chance: Chance,
): Fault[] {
  const kinds = (["crash of a member", "crash of a client", "restarts", "pause", "cut"] as const).filter(() =>
    chance.is(0.4),
  );
  const faults: Fault[] = [];
  // What a member that answers wrongly does to answers is only clear if all members live.
  if (troupes.some(({ wrong }) => wrong !== null)) return faults;
  const time = (): number => chance.below(400);
  const members = troupes.flatMap((troupe) => troupe.members);
  const own = clients.flatMap((client) => client.members);
  const all = [...members, ...own];
  const ordered = troupes.some(({ ordering }) => ordering !== "none");
  const returning = clients
    .filter((client) => !ordered || client.members.length === 1)
    .flatMap((client) => client.members);
  for (const kind of kinds) {
    if (kind === "crash of a member") {
      // One is left, more often than not.
      const spared = chance.is(0.8) ? troupes.map((troupe) => chance.pick(troupe.members)) : [];
      for (const machine of members) {
        if (spared.includes(machine) || chance.is(0.4)) continue;
        faults.push({ kind: "crash", at: time(), machine, back: null });
      }
    } else if (kind === "crash of a client") {
      const machine = chance.pick(own);
      const back = returning.includes(machine) && chance.is(0.5) ? chance.below(100) : null;
      faults.push({ kind: "crash", at: time(), machine, back });
    } else if (kind === "restarts") {
      if (returning.length === 0) continue;
      const machine = chance.pick(returning);
      for (let life = chance.between(2, 5); life > 0; life--)
        faults.push({ kind: "crash", at: time(), machine, back: 0 });
    } else if (kind === "pause") {
      faults.push({ kind: "pause", at: time(), machine: chance.pick(all), lasts: chance.between(1, 200) });
    } else {
      const between = all.filter(() => chance.is(0.4));
      if (between.length > 0)
        faults.push({
          kind: "cut",
          at: time(),
          between,
          and: null,
          oneWay: chance.is(0.3),
          lasts: chance.between(1, 200),
        });
    }
  }
  return faults.sort((a, b) => a.at - b.at);
}

/** All faults are over at `calm.healed`. */
function boundFaults(
  troupes: readonly ScheduledTroupe[],
  clients: readonly ScheduledClient[],
  ringmasters: readonly string[],
  chance: Chance,
): Fault[] {
  const all = ["crash", "pause", "crash in a step", "pause in a step", "cut", "join", "leave", "crash of all"] as const;
  const kinds = all.filter((kind) => chance.is(kind === "crash of all" ? 0.1 : 0.55));
  const machines = [...ringmasters, ...[...troupes, ...clients].flatMap(({ members }) => members)];
  const joined = new Map(troupes.map(({ name, members }) => [name, [...members]]));
  const faults: Fault[] = [];
  if (kinds.length === 0) return faults;
  const times = chance
    .list(chance.between(2, 9), () => chance.between(calm.faults, calm.healed - 1500))
    .sort((a, b) => a - b);
  for (const at of times) {
    const left = calm.healed - at;
    const back = (): number | null => (chance.is(0.7) ? chance.between(20, Math.min(2000, left)) : null);
    const lasts = (): number => chance.between(20, Math.min(1500, left));
    const kind = chance.pick(kinds);
    if (kind === "crash") faults.push({ kind, at, machine: chance.pick(machines), back: back() });
    else if (kind === "pause") faults.push({ kind, at, machine: chance.pick(machines), lasts: lasts() });
    else if (kind === "crash in a step") faults.push({ kind, at, step: chance.between(1, 60), back: back() });
    else if (kind === "pause in a step") faults.push({ kind, at, step: chance.between(1, 60), lasts: lasts() });
    else if (kind === "cut") {
      const between = machines.filter(() => chance.is(0.4));
      // Machines on neither side still reach both: so some believe dead what others hear.
      const others = machines.filter((machine) => !between.includes(machine) && chance.is(0.4));
      const and = chance.is(0.5) ? others : null;
      if (between.length === 0 || and?.length === 0) continue;
      faults.push({ kind, at, between, and, oneWay: chance.is(0.2), lasts: chance.between(50, Math.min(2000, left)) });
    } else if (kind === "join") {
      const { name } = chance.pick(troupes);
      const machine = `${name} ${joined.get(name)!.length + 1}`;
      joined.get(name)!.push(machine);
      machines.push(machine);
      faults.push({ kind, at, troupe: name, machine });
    } else if (kind === "leave") {
      faults.push({ kind, at, machine: chance.pick(chance.pick([...joined.values()])) });
    } else {
      // All that are or would be members of the ledger: those that come after found it anew.
      const leave = chance.is(0.4);
      for (const machine of joined.get("ledger")!)
        faults.push(leave ? { kind: "leave", at, machine } : { kind: "crash", at, machine, back: back() });
    }
  }
  return faults;
}
