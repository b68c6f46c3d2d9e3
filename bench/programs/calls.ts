/**
 * Timers and datagrams of replicated calls: closed-loop clients, each of which sends a datagram to three servers, sets
 * a retransmission timer for each, and cancels it on the reply; the third reply starts the next call. With `async` each
 * client is an async function that awaits a promise resolved in a turn.
 * Usage: calls.js callbacks|async CALLS.
 */
import seedrandom from "seedrandom";
import { Engine, type Handle } from "../../sim/engine/engine.ts";
import { measured, print } from "./measured.ts";

const clients = 10;
const servers = 3;

const style = process.argv[2];
const calls = Number(process.argv[3]);
const random = seedrandom.alea("calls");
const engine = new Engine();
let left = 0;

class Exchange {
  readonly client: Client;
  timer: Handle = 0;
  constructor(client: Client) {
    this.client = client;
  }
}

class Client {
  readonly exchanges = Array.from({ length: servers }, () => new Exchange(this));
  missing = 0;
  resume: () => void = () => {};
}

function call(client: Client): void {
  client.missing = servers;
  for (const exchange of client.exchanges) {
    engine.after(1 + random(), request, exchange);
    exchange.timer = engine.after(100, retransmit, exchange);
  }
}

function request(exchange: Exchange): void {
  engine.after(1 + random(), reply, exchange);
}

function reply(exchange: Exchange): void {
  engine.cancel(exchange.timer);
  const { client } = exchange;
  if (--client.missing > 0) return;
  if (--left === 0) engine.stop();
  if (style === "async") engine.turn(resume, client);
  else call(client);
}

function retransmit(): never {
  throw new Error("no datagram is lost here");
}

function resume(client: Client): boolean {
  client.resume();
  return true;
}

async function callForEver(client: Client): Promise<void> {
  for (;;) {
    await new Promise<void>((resolve) => {
      client.resume = resolve;
      call(client);
    });
  }
}

function start(client: Client): boolean {
  void callForEver(client);
  return true;
}

async function run(count: number): Promise<void> {
  left = count;
  await engine.run();
}

for (let n = 0; n < clients; n++) {
  if (style === "async") engine.turn(start, new Client());
  else call(new Client());
}
await run(200_000);
print(await measured(calls, () => run(calls)));
