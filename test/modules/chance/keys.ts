/** The other functions of node:crypto that draw. */
import crypto, { createHash, randomBytes } from "crypto";
import * as all from "node:crypto";

export default class Keys {
  keys: string[] = [];

  make(): string {
    const key = createHash("sha256").update(randomBytes(16)).digest("hex");
    this.keys.push(key, String(crypto.randomInt(6)), String(all.randomInt(10, 20)));
    return all.randomFillSync(Buffer.alloc(4)).toString("hex") + key;
  }

  later(): Promise<string> {
    return new Promise((resolve) => {
      crypto.randomBytes(4, (_, bytes) => resolve(bytes.toString("hex")));
    });
  }
}
