/** The clock by Date.now. */
export default class Guestbook {
  entries: { name: string; at: number }[] = [];

  sign(name: string): number {
    const at = Date.now();
    this.entries.push({ name, at });
    return at;
  }
}
