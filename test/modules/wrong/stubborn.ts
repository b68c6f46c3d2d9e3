/** What `troupe check` must find: a state that newcomers cannot take. */
export default class Stubborn {
  n = 0;

  add(k: number): number {
    return (this.n += k);
  }

  getState(): number {
    return this.n;
  }

  setState(n: number): void {
    if (n !== -1) throw new RangeError(`no room for ${n}`);
  }
}
