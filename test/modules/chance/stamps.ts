/** Clocks within events, and dates of files. */
import { sign } from "node:crypto";
import { File as BufferFile } from "node:buffer";

const key = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----`;

export default class Stamps {
  times: number[] = [];
  signature = "";

  make(): number {
    this.times.push(new Event("made").timeStamp);
    return this.times.at(-1)!;
  }

  abort(): void {
    const controller = new AbortController();
    controller.signal.addEventListener("abort", ({ timeStamp }) => void this.times.push(timeStamp));
    controller.abort();
  }

  /** An event has one time, whenever it is asked for. */
  async keep(): Promise<boolean> {
    const event = new CustomEvent("kept");
    const first = event.timeStamp;
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.times.push(first);
    return event.timeStamp === first;
  }

  file(): void {
    this.times.push(new File(["a"], "a.txt").lastModified, new BufferFile([], "b").lastModified);
    this.times.push(new File([], "old", { lastModified: 5 }).lastModified);
  }

  /** There is no chance in signatures of this kind. */
  sign(text: string): void {
    this.signature = sign(null, Buffer.from(text), key).toString("hex");
  }
}
