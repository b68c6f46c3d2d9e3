/** A subclass of Date, Date as a value, and dates as they are printed. */
class Stamp extends Date {
  label(): string {
    return this.toISOString();
  }
}

export default class Dates {
  labels: string[] = [];

  stamp(): string {
    const clock: () => number = Date.now;
    const make = (Type: DateConstructor): Date => new Type();
    this.labels.push(new Stamp().label(), String(clock()), make(Date).toJSON(), String(new Stamp(0).getTime()));
    return this.labels.at(-2)!;
  }
}
