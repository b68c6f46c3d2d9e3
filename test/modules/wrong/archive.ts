/** A state so large that `troupe check` compares it after some calls only, and finds the call nevertheless. */
const roll = new Function("return Math.random()") as () => number;

export default class Archive {
  pages = Array.from({ length: 3000 }, (_, number) => ({ number, text: "page" }));
  stamp = 0;

  read(page: number): string | undefined {
    return this.pages[page]?.text;
  }

  store(text: string): number {
    return this.pages.push({ number: this.pages.length, text });
  }

  seal(): void {
    this.stamp = roll();
  }
}
