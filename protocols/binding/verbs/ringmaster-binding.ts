/**
 * The binding verbs: the Ringmaster as its clients see it.
 *
 * Source: dissertation, chapter 6. The verbs are join_troupe, leave_troupe, lookup_by_name, lookup_by_id, rebind and
 * add_troupe_member. Each verb asks the Ringmaster's members by explicit replication (consensus.ts). A verb that
 * changes a membership carries out the change itself (change.ts). All verbs run in threads of their own.
 */
import type { ExportOptions } from "../../call/server/export.ts";
import { CallError } from "../../errors.ts";
import type { Address } from "../../host.ts";
import type { Program, RemoteBinding } from "../../program/program.ts";
import { baseOf, hashOfName } from "../../troupe/troupe-id.ts";
import type { Member, Troupe, TroupeId } from "../../troupe/troupe.ts";
import { BindingProcess, holdsOffice, orSilent } from "../change/binding-process.ts";
import { change } from "../change/change.ts";
import { dead, heldForDead, mayNotKnow } from "../change/judgement.ts";
import { Membership } from "../member/membership.ts";
import { bindingOptions, type BindingOptions } from "../options.ts";
import { checkState } from "../state/check.ts";
import {
  founded,
  includesProcess,
  presentTroupe,
  troupeOf,
  troupeOfId,
  type ProcessId,
  type Quorum,
  type Registration,
} from "../register/register.ts";

export interface JoinOptions<T extends object> extends Omit<ExportOptions<T>, "troupe"> {
  /**
   * For the founding member: how many members of an epoch must take part in a change of it. "one" (the default): any
   * member that can be reached, as with the dissertation's fail-stop machines. "majority": an execution by a majority
   * is never lost, and the troupe cannot change while fewer members are alive.
   */
  readonly quorum?: Quorum;
  /** For the founding member: the multicast group of the troupe. */
  readonly group?: Address;
  /** Whether to found the troupe again, with this module's state, if all its members are dead. */
  readonly anew?: boolean;
  /** Whether a process that was wrongly dropped joins again as a newcomer. Default: true. */
  readonly rejoin?: boolean;
}

/** How a troupe may be founded. */
type Founding = Required<Pick<JoinOptions<object>, "quorum" | "anew">> & { readonly group: Address | null };

export class RingmasterBinding implements RemoteBinding {
  readonly #places: readonly Address[];
  readonly #options: BindingOptions;
  #process: BindingProcess | undefined = undefined;
  /** The present memberships of this process, by base. */
  readonly #memberships = new Map<number, Membership>();
  /** Modules that the process offers for add_troupe_member, by troupe name. */
  readonly #offers = new Map<string, () => Promise<unknown>>();
  /** Look-ups under way after a refusal or a silence, by their question. */
  readonly #rebinding = new Map<string, Promise<Troupe | undefined>>();

  /** `places`: the well-known addresses of the Ringmaster. */
  constructor(places: readonly Address[], options: Partial<BindingOptions> = {}) {
    if (places.length === 0) throw new RangeError("the Ringmaster has no well-known address; expected at least one");
    this.#places = places;
    this.#options = bindingOptions(options);
  }

  attach(program: Program): void {
    this.#process = new BindingProcess(program, this.#places, this.#options, {
      get: (base) => this.#memberships.get(base),
      invited: async (name) => {
        const join = this.#offers.get(name);
        if (join === undefined) return false;
        await join();
        return true;
      },
    });
  }

  /** The well-known addresses of the Ringmaster. */
  get places(): readonly Address[] {
    return this.#places;
  }

  get process(): BindingProcess {
    if (this.#process === undefined) throw new Error("this binding is not attached to a program yet");
    return this.#process;
  }

  /** This process's present membership of the troupe of that name; a process that joins again has a new one. */
  membership(name: string): Membership | undefined {
    return this.#memberships.get(hashOfName(name));
  }

  #apart<R>(main: (process: BindingProcess) => Promise<R>): Promise<R> {
    const { process } = this;
    return process.program.apart(() => main(process));
  }

  /**
   * lookup_by_name: the present membership.
   * @throws CallError "ringmaster-unavailable", as every other verb does
   */
  lookupByName(name: string): Promise<Troupe | undefined> {
    return this.#apart(async ({ consensus }) => presentTroupe(await consensus.read(hashOfName(name)), name));
  }

  /** The present members of the troupe that a majority of the Ringmaster does not hold for dead. */
  lookupLiving(name: string): Promise<readonly ProcessId[]> {
    return this.#apart(async (process) => {
      const members = (await process.consensus.read(hashOfName(name)))?.members ?? [];
      const held = await heldForDead(process, members);
      return members.filter((member) => !includesProcess(held, member));
    });
  }

  /** lookup_by_id: the membership with that troupe ID. */
  lookupById(id: TroupeId): Promise<Troupe | undefined> {
    return this.#apart(async ({ consensus }) => {
      const registration = await consensus.read(baseOf(id));
      return registration === undefined ? undefined : troupeOfId(registration, id);
    });
  }

  /** rebind: calls with the same question share one look-up, since a change refuses all calls under way at once. */
  rebind({ id }: Troupe, crashed: readonly Member[]): Promise<Troupe | undefined> {
    const lives = crashed.map(({ address, incarnation }) => ({ address, incarnation: incarnation ?? 0 }));
    const key = JSON.stringify([id, lives]);
    const asked = this.#rebinding.get(key) ?? this.#rebind(id, lives).finally(() => this.#rebinding.delete(key));
    this.#rebinding.set(key, asked);
    return asked;
  }

  #rebind(stale: TroupeId, lives: readonly ProcessId[]): Promise<Troupe | undefined> {
    return this.#apart(async ({ consensus, program, options }) => {
      const base = baseOf(stale);
      const before = await consensus.read(base);
      if (before === undefined || before.lost || troupeOf(before).id > stale) return before && troupeOf(before);
      if (lives.length > 0) await consensus.ask((ringmaster) => ringmaster.report.replies(lives));
      await program.sleep(options.pollInterval);
      const after = await consensus.read(base);
      return after && troupeOf(after);
    });
  }

  /**
   * join_troupe: makes the module a member of the troupe of that name. The first member founds the troupe with the
   * module's own state. A later member receives the state of the other members in place of its own.
   * @throws CallError "troupe-lost"; TypeError for a module whose state cannot be externalized
   */
  joinTroupe<T extends object>(name: string, module: T, options: JoinOptions<T> = {}): Promise<Membership> {
    return this.#apart((process) => this.#join(process, name, module, options, true));
  }

  /** `founds`: whether to found the troupe if there is none. */
  async #join<T extends object>(
    process: BindingProcess,
    name: string,
    module: T,
    options: JoinOptions<T>,
    founds: boolean,
  ): Promise<Membership> {
    if (founds) await checkState(process.program, module, options.interface);
    const { quorum = "one", group = null, anew = false, rejoin = true, ...exportOptions } = options;
    const membership = new Membership(process, name, module, exportOptions as object, group ?? undefined);
    this.#memberships.set(membership.base, membership);
    membership.onOut = () => {
      this.#withdraw(membership);
      if (rejoin) void this.#rejoin(membership, module, options);
    };
    try {
      const founding = founds ? { quorum, group, anew } : undefined;
      while (membership.state === "joining") await this.#keepTrying(process, membership, founding);
    } catch (error) {
      membership.giveUp();
      this.#withdraw(membership);
      throw error;
    }
    return membership;
  }

  /**
   * Tries until the process has joined. Once an attempt has begun to change the register, its outcome must be known
   * before the process can say that it is no member. Until then the process waits for the Ringmaster.
   */
  async #keepTrying(process: BindingProcess, membership: Membership, founding: Founding | undefined): Promise<void> {
    try {
      await this.#tryToJoin(process, membership, founding);
    } catch (error) {
      const unknown = error instanceof CallError && error.kind === "ringmaster-unavailable";
      if (!unknown || !membership.begun) throw error;
    }
  }

  /** Makes one attempt to join. A failed attempt may be followed by another. */
  async #tryToJoin(process: BindingProcess, membership: Membership, founding: Founding | undefined): Promise<void> {
    const { program, life, consensus } = process;
    const { name, base } = membership;
    const before = await consensus.read(base);
    presentTroupe(before, name);
    if (before !== undefined && includesProcess(before.members, life)) {
      // An earlier attempt, whose outcome was not heard, has decided this membership.
      membership.begun = true;
      membership.adopt(before);
      return;
    }
    membership.outside = before?.epoch ?? 0;
    if (before === undefined && founding?.anew !== true && (await mayNotKnow(process))) {
      await program.sleep(process.options.pollInterval);
      return;
    }
    if (before === undefined || before.members.length === 0 || (before.lost && founding?.anew === true)) {
      if (founding === undefined) throw new CallError("troupe-lost", name);
      const since = program.host.now();
      membership.begun = true;
      const after = await consensus.agree(base, (now) => {
        const gone = now === undefined || now.members.length === 0 || now.lost;
        return gone && now?.epoch === before?.epoch
          ? founded(now, name, life, { ...founding, first: process.firstEpoch })
          : undefined;
      });
      if (after !== undefined) admit(membership, after, since);
    } else if (before.lost) throw new CallError("troupe-lost", name);
    else {
      const { transfer } = membership;
      const pause = (): Promise<void> => program.sleep(process.options.pollInterval * (1 + process.random.next()));
      // The newcomer fetches no state while another change is under way.
      if (membership.begun && (await holdsOffice(process, base, before))) return pause();
      const failed = await transfer.prepare(before.members);
      const held = await dead(process, failed);
      const silent = failed.filter(({ address }) => address !== life.address);
      const doubtful = silent.some((donor) => !includesProcess(held, donor));
      // Without a donor no change can succeed, and useless offices would only prevent the Ringmaster from marking the
      // loss. Members are not frozen for an unreachable member before its death is known.
      if (doubtful || failed.length === before.members.length) return pause();
      let since = 0;
      membership.begun = true;
      const outcome = await change(process, before, base, {
        newcomer: life,
        admit: async (donors, office) => {
          const complete = await transfer.complete(donors, office);
          since = program.host.now();
          return complete;
        },
        suspects: silent,
        // An earlier process at this address is not alive.
        dead: before.members.filter(({ address }) => address === life.address),
      });
      if (typeof outcome === "object") admit(membership, outcome, since);
      else await pause();
    }
  }

  /**
   * A dropped member joins again and receives the state of the members that stayed. It does not found the troupe: its
   * own state belongs to a troupe that continued without it, and that has ended if no member is left.
   */
  async #rejoin<T extends object>({ name, exported }: Membership, module: T, options: JoinOptions<T>): Promise<void> {
    const { program, options: binding } = this.process;
    // Running executions would change the state that is to be received.
    await program.apart(async () => {
      while (!exported.isIdle) await program.sleep(binding.pollInterval);
    });
    for (let joining = true; joining;) {
      try {
        await this.#apart((process) => this.#join(process, name, module, options, false));
        joining = false;
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        // Without an answer the process tries again. If the troupe is lost, the process stays out.
        joining = error.kind === "ringmaster-unavailable";
      }
    }
  }

  /** leave_troupe: ends this process's membership. The last member to leave dissolves the troupe. */
  leaveTroupe(membership: Membership): Promise<void> {
    return this.#apart(async (process) => {
      const { base } = membership;
      membership.onOut = () => this.#withdraw(membership);
      for (;;) {
        const before = await process.consensus.read(base);
        if (before === undefined || !includesProcess(before.members, process.life)) return;
        const outcome = await change(process, before, base, { leaving: process.life });
        if (typeof outcome === "object") {
          membership.adopt(outcome);
          return;
        }
        await process.program.sleep(process.options.pollInterval * (1 + process.random.next()));
      }
    });
  }

  #withdraw(membership: Membership): void {
    this.#memberships.delete(membership.base);
    this.process.program.reception.withdraw(membership.exported);
  }

  /** Offers a module for the troupe of that name: the process joins when it is asked to, by addTroupeMember. */
  offer<T extends object>(name: string, make: () => T, options: JoinOptions<T> = {}): void {
    this.#offers.set(name, () => this.joinTroupe(name, make(), options));
  }

  /** add_troupe_member: asks a process to join; false if it offers no module for the troupe or is not alive. */
  addTroupeMember(name: string, newcomer: ProcessId): Promise<boolean> {
    return this.#apart(async (process) => (await orSilent(process.at(newcomer).join(name))) === true);
  }
}

function admit(membership: Membership, registration: Registration, since: number): void {
  membership.lease.known(since);
  membership.adopt(registration);
}
