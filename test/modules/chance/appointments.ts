/** The clock by new Date(), and dates that are given. */
export default class Appointments {
  made: Date[] = [];
  last = "";

  make(day: Date): string {
    const now = new Date();
    this.made.push(now, new Date(day), new Date(2020, 1, 29));
    this.last = `${now.toISOString()} ${Date()}`;
    return this.last;
  }

  isDate(): boolean[] {
    const now = new Date();
    return [
      now instanceof Date,
      Object.getPrototypeOf(now) === Date.prototype,
      Date.UTC(1985, 11, 1) === 502243200000,
      new Date(1985, 11, 1).getTime() === 502243200000,
    ];
  }
}
