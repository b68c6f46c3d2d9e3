/** Waits of random lengths: a retry with jitter. */
export default class Backoff {
  attempts: number[] = [];

  async try(): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      if (Math.random() < 0.5 || attempt === 4) {
        this.attempts.push(attempt);
        return attempt;
      }
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 10 * Math.random()));
    }
  }
}
