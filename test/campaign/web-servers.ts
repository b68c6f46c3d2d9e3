/**
 * A synthetic trace with the skew of measured web servers' outages: most hosts fail now and then for an hour, all of
 * them look down together when the observer's own line fails, and a few are gone for most of the time. Of a troupe of
 * three such hosts the mean unavailability is that of few troupes in a thousand.
 *
 * `node dist/test/campaign/web-servers.js > out/web-servers.csv` writes it, for `--trace`.
 */
import { fileURLToPath } from "node:url";
import { exponential, lognormal } from "../../sim/chance/lifetimes.ts";
import { streams } from "../../sim/chance/random.ts";
import type { Outage } from "../../sim/machine/recording.ts";

const minute = 60_000;
const day = 1440 * minute;
const start = Date.UTC(2001, 8, 1);
const length = 240 * day;
const hosts = 131;
/** Hosts that are gone for most of the time. */
const gone = 18;

export function webServers(): Outage[] {
  const random = streams("web servers", 0);
  const outages: Outage[] = [];
  const add = (node: string, from: number, to: number): void => {
    const [failed, repaired] = [from, Math.min(to, length)].map((time) => start + Math.round(time / minute) * minute);
    if (repaired! > failed!) outages.push({ system: "", node, failed: failed!, repaired: repaired! });
  };
  const names = Array.from({ length: hosts }, (_, i) => `host ${i + 1}`);
  // The observer's own outages: six hours each, nine of them.
  const observer = random.fork("observer");
  for (let i = 0; i < 9; i++) {
    const at = ((i + observer.next()) / 9) * (length - day);
    for (const name of names) add(name, at, at + day / 4);
  }
  const [between, lasts] = [exponential(8 * day), lognormal(Math.log(30 * minute), 1.2)];
  for (const [i, name] of names.entries()) {
    const own = random.fork(name);
    for (let at = between.draw(own); at < length; at += between.draw(own)) add(name, at, at + lasts.draw(own));
    if (i < gone) add(name, (0.05 + 0.6 * own.next()) * length, length);
  }
  return outages;
}

function csv(): string {
  const time = (at: number): string => new Date(at).toISOString().slice(0, 16);
  const lines = webServers().map(({ node, failed, repaired }) => `${node},${time(failed)},${time(repaired)}`);
  return `node,failed,repaired\n${lines.join("\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(csv());
