/** A token bucket by the clock. */
export default class Limiter {
  tokens = 5;
  filled = Date.now();

  take(): boolean {
    const now = Date.now();
    this.tokens = Math.min(5, this.tokens + (now - this.filled) / 100);
    this.filled = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
