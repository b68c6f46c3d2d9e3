/** Decorators as TypeScript had them before the standard. */
function audited(_target: object, name: string, descriptor: PropertyDescriptor): void {
  const method = descriptor.value as (...args: unknown[]) => unknown;
  descriptor.value = function (this: Audited, ...args: unknown[]) {
    this.log.push(name);
    return method.apply(this, args);
  };
}

export default class Audited {
  log: string[] = [];

  @audited
  act(): number {
    return this.log.length;
  }
}
