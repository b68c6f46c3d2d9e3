/** Times that are compared when called: what a timer that outlives its call should be instead. */
export default class Cache {
  entries: Record<string, { value: number; until: number }> = {};

  put(key: string, value: number): void {
    this.entries[key] = { value, until: Date.now() + 500 };
  }

  get(key: string): number | null {
    const entry = this.entries[key];
    if (entry === undefined || entry.until < Date.now()) {
      delete this.entries[key];
      return null;
    }
    return entry.value;
  }
}
