/** setInterval and clearInterval, by their free names. */
export default class Metronome {
  beats = 0;
  at: number[] = [];

  async play(): Promise<number> {
    await new Promise<void>((resolve) => {
      const interval = setInterval(() => {
        this.beats++;
        this.at.push(Date.now());
        if (this.at.length % 4 === 0) {
          clearInterval(interval);
          resolve();
        }
      }, 25);
    });
    return this.beats;
  }
}
