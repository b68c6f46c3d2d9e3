/** A client in the soak, in a process of its own: several threads that call without end. */
import { firstCome, unanimous } from "../../protocols/call/collator.ts";
import { CallError } from "../../protocols/errors.ts";
import { Child, Clerk } from "./child.ts";

const threads = 4;
/** Mean pause of a thread between calls, in ms. */
const think = 30;

let going = true;
let calls = 0;
const child = new Child(async () => {
  going = false;
  await Promise.all(working);
  // Members that are slower than the first are still being told.
  while (child.program.endpoint.remembered.calls > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  return calls;
});

const { program } = child;
const { troupe, name } = child.orders;
const kind = Number(name.slice(-1)) % 3;
const stub = program.import(Clerk, troupe, {
  collator: kind === 1 ? firstCome : unanimous,
  transport: kind === 2 ? "multicast" : "unicast",
});

async function work(number: number): Promise<void> {
  const random = program.host.random.fork(`thread ${number}`);
  while (going) {
    const amount = Math.floor(random.next() * 1e6);
    const text = "text ".repeat(random.next() < 0.03 ? 4000 : 4);
    try {
      const right = random.next() < 0.8 ? (await stub.double(amount)) === 2 * amount : (await stub.copy(text)) === text;
      if (!right) program.host.trace({ type: "note", text: "a wrong answer" });
    } catch (error) {
      // Judged from the trace: whether any member lived long enough to answer.
      if (!(error instanceof CallError)) throw error;
    }
    calls++;
    await program.sleep(-think * Math.log(1 - random.next()));
  }
}

const working = Array.from({ length: threads }, (_, number) => program.thread(() => work(number)));
