/** Events of Node's emitter, which are heard at once, with times. */
import { EventEmitter } from "node:events";

export default class Events {
  heard: string[] = [];

  tell(name: string): number {
    const emitter = new EventEmitter();
    emitter.once(name, () => this.heard.push(`${name} ${Date.now()} ${Math.random()}`));
    emitter.emit(name);
    return this.heard.length;
  }
}
