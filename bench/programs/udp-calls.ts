/** Replicated calls on loopback, each party a process: `udp-calls.js DEGREE unicast|multicast CALLS PARALLEL`. */
import { fileURLToPath } from "node:url";
import { StaticBinding } from "../../protocols/troupe/binding.ts";
import type { Troupe } from "../../protocols/troupe/troupe.ts";
import { Program } from "../../protocols/program/program.ts";
import { addressOf } from "../../udp/address.ts";
import { UdpHost } from "../../udp/host.ts";
import { measureCalls, Party, payload, serve } from "./rpc-parties.ts";

class Echo {
  echo(bytes: Uint8Array): Uint8Array {
    return bytes;
  }
}

function member(): void {
  const host = new UdpHost({ seed: "member" });
  serve(host.address, (troupe) => {
    new Program(host, new StaticBinding()).export(new Echo(), { troupe: troupe as Troupe });
    process.send!("exported");
  });
}

async function client(
  degree: number,
  transport: "unicast" | "multicast",
  calls: number,
  parallel: number,
): Promise<void> {
  const parties = Array.from({ length: degree }, () => new Party(fileURLToPath(import.meta.url), ["member"]));
  const members = await Promise.all(
    parties.map(async (party) => {
      const told = await party.next();
      return { address: told.type === "ready" ? told.at : 0 };
    }),
  );
  const group = addressOf(`239.252.${process.pid & 255}.${(process.pid >> 8) & 255}`, 44_000);
  const troupe: Troupe = { id: 1, name: "echo", module: 1, members, group };
  await Promise.all(
    parties.map((party) => {
      party.child.send(troupe);
      return party.next();
    }),
  );
  const host = new UdpHost({ seed: "client" });
  const program = new Program(host, new StaticBinding());
  const stub = program.import(Echo, troupe, { transport });
  await measureCalls(parties, calls, parallel, () => stub.echo(payload));
  host.close();
}

const [degree, transport = "unicast", calls = "20000", parallel = "16"] = process.argv.slice(2);
if (degree === "member") member();
else await client(Number(degree), transport === "multicast" ? "multicast" : "unicast", Number(calls), Number(parallel));
