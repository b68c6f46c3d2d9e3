/** Objects, and the proxies that a call sees in their place. An object that needs no proxy stands for itself. */
export class Proxies {
  // Most calls see only the module through a proxy. Two Maps for one pair would cost more than what such a call
  // changes.
  #object: object | undefined = undefined;
  #proxy: object | undefined = undefined;
  /** All further pairs, by either half. */
  #proxies: Map<object, object> | undefined = undefined;
  #objects: Map<object, object> | undefined = undefined;

  add(object: object, proxy: object): void {
    if (this.#object === undefined) {
      this.#object = object;
      this.#proxy = proxy;
    } else {
      (this.#proxies ??= new Map<object, object>()).set(object, proxy);
      (this.#objects ??= new Map<object, object>()).set(proxy, object);
    }
  }

  /** The proxy of an object; undefined if the call has not seen the object. */
  of(object: object): object | undefined {
    return object === this.#object ? this.#proxy : this.#proxies?.get(object);
  }

  /** The object behind a proxy; undefined if it is no proxy of this call. */
  behind(proxy: object): object | undefined {
    return proxy === this.#proxy ? this.#object : this.#objects?.get(proxy);
  }
}
