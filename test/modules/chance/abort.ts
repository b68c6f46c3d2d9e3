/** AbortSignal.timeout, and what listens to it. */
export default class Abort {
  reasons: string[] = [];

  async wait(): Promise<string> {
    const signal = AbortSignal.timeout(30);
    const reason = await new Promise<string>((resolve) => {
      signal.addEventListener("abort", () => resolve((signal.reason as Error).name));
    });
    this.reasons.push(reason);
    return reason;
  }
}
