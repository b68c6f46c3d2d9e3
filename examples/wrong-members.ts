/** An experiment of one's own: how far a majority masks members that answer wrongly. */
import { line } from "troupe/chart";
import { experiment } from "troupe/experiment";
import { count, ratio } from "troupe/parameters";
import { majority } from "troupe/protocols/call/collator";
import { Stage } from "troupe/sim/stage";

/** An ordinary class. Nothing in it knows of replication. */
class Thermometer {
  #isWrong: () => boolean;
  constructor(isWrong: () => boolean) {
    this.#isWrong = isWrong;
  }

  read(): number {
    return this.#isWrong() ? 99 : 20;
  }
}

/** In how many ways k of n can be chosen. */
const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);

export default experiment({
  name: "wrong-members",
  question: "How many wrong answers does a majority let through?",
  parameters: {
    members: count(3, "degree of replication", { min: 1 }),
    wrong: ratio(0.1, "probability that a member answers wrongly"),
    calls: count(500, "calls in one replication"),
  },
  measures: { wrongAnswers: { estimator: "rare", help: "fraction of calls that are answered wrongly" } },

  // One replication: everything random comes from its seed.
  async run(p, replication) {
    const world = replication.world({ network: { loss: 0.05 } });
    const stage = new Stage(world);
    const chance = replication.random("wrong");
    stage.troupe("thermometer", () => new Thermometer(() => chance() < p.wrong), p.members);
    const client = stage.client("client");
    const thermometer = client.import(Thermometer, "thermometer", { collator: majority });
    let wrong = 0;
    const reading = client.thread(async () => {
      for (let i = 0; i < p.calls; i++) if ((await thermometer.read()) === 99) wrong++;
    });
    await world.run();
    await reading;
    return { wrongAnswers: [wrong, p.calls] };
  },

  // What theory says, for odd numbers of members.
  model: {
    wrongAnswers({ members: n, wrong: p }) {
      let sum = 0;
      for (let k = Math.floor(n / 2) + 1; k <= n; k++) sum += choose(n, k) * p ** k * (1 - p) ** (n - k);
      return n % 2 === 1 ? sum : null;
    },
  },
  charts: [line({ x: "members", y: "wrongAnswers", by: "wrong", log: "y" })],
});
