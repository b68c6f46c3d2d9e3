/** Timers that are waited for. */
export default class Oven {
  baked: [number, number][] = [];

  async bake(minutes: number): Promise<number> {
    const begun = Date.now();
    await new Promise<void>((resolve) => setTimeout(resolve, Math.abs(minutes) * 60));
    this.baked.push([begun, Date.now() - begun]);
    return Date.now() - begun;
  }
}
