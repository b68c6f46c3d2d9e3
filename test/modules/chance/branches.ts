/** Concurrent branches, each with chance and waits of its own. */
export default class Branches {
  seen: number[] = [];

  async all(): Promise<number> {
    const branch = async (count: number): Promise<number> => {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10 * count));
        sum += Math.random();
      }
      return sum;
    };
    const sums = await Promise.all([branch(3), branch(2), branch(1)]);
    this.seen.push(...sums, Date.now());
    return sums[0]!;
  }
}
