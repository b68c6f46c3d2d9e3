/** The caller of a transaction that is not replicated. */
import type { ServerExchange } from "../../message/incoming-call.ts";
import type { CallOrigin } from "../../message/retention.ts";
import type { Call } from "../../wire/call.ts";
import type { Incoming } from "./incoming.ts";
import type { Electorate, OrderedAnswer } from "./ordering.ts";

export class SoleCaller implements OrderedAnswer, Electorate {
  readonly #home: ServerExchange;
  readonly #call: Call;
  readonly origins: readonly CallOrigin[];
  place = 0;

  /** `home`: the exchange of the call's first attempt. */
  constructor(home: ServerExchange, call: Call) {
    this.#home = home;
    this.#call = call;
    this.origins = [{ address: home.peer, incarnation: home.peerIncarnation, call: home.number }];
  }

  get electorate(): Electorate {
    return this;
  }

  /** Nobody else could decide. */
  died(): void {}

  diedBefore(): boolean {
    return false;
  }

  #note(): void {
    if (this.#home.retained !== undefined) this.#home.retained.place = this.place;
  }

  reply(message: Uint8Array): void {
    this.#note();
    this.#home.reply(message);
  }

  retainReply(message: Uint8Array): readonly ServerExchange[] {
    this.#note();
    return this.#home.retainReply(message);
  }

  dissolve(): Incoming[] {
    const { number: first } = this.#home;
    return this.#home.forgo().map((exchange) => {
      return { exchange, call: exchange === this.#home ? this.#call : { ...this.#call, first } };
    });
  }
}
