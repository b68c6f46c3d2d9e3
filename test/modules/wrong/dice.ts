/** What `troupe check` must find: code made from text sees the system's own chance, and some methods cannot end. */
const throwDice = new Function("return Math.random()") as () => number;

export default class Dice {
  last = 0;
  kept = 0;

  throw(): void {
    this.last = throwDice();
  }

  keep(by: number): number {
    return (this.kept += by);
  }

  wait(): Promise<void> {
    return new Promise(() => undefined);
  }

  later(): number {
    setTimeout(() => this.kept++, 1000);
    return this.kept;
  }

  home(): string | undefined {
    return process.env["HOME"];
  }

  spin(): void {
    const end = Date.now() + 10;
    while (Date.now() < end);
  }
}
