/** Clocks and callbacks behind names that are neither Date nor setTimeout. */
import { createHash, hkdf, pbkdf2, pseudoRandomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import months from "./helpers/months.json" with { type: "json" };

const stamp = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

export default class Almanac {
  entries: string[] = [];

  note(text: string): number {
    const later = new Date(0).constructor as DateConstructor;
    this.entries.push(`${stamp.format()} ${new later().toISOString()} ${later.now()} ${text}`);
    const parts = Intl.DateTimeFormat("en", { fractionalSecondDigits: 3 }).formatToParts();
    return this.entries.push(...parts.map(({ value }) => value), months.first);
  }

  async seal(text: string): Promise<string> {
    const salt = pseudoRandomBytes(4);
    const keys = [
      await promisify(pbkdf2)(text, salt, 1, 8, "sha1"),
      (await promisify(scrypt)(text, salt, 8)) as Buffer,
      Buffer.from(await promisify(hkdf)("sha256", text, salt, "", 8)),
      await promisify(gunzip)(await promisify(gzip)(text)),
    ];
    this.entries.push(createHash("sha256").update(Buffer.concat(keys)).digest("hex"));
    return this.entries.at(-1)!;
  }

  isDate(): boolean[] {
    // As libraries do that compare objects of any kind.
    return [new Date(0).constructor === Date, stamp instanceof Intl.DateTimeFormat];
  }

  forget(): void {
    // Nobody is told when the garbage is collected.
    new FinalizationRegistry(() => this.entries.push("collected")).register({}, 1);
  }
}
