/** Constructors that need no arguments although they have parameters, and such that need one. */
class Base {
  n = 0;
  act(): number {
    return ++this.n;
  }
}
export class Optional extends Base {
  constructor(public most?: number) {
    super();
  }
}
export class Preset extends Base {
  constructor(
    public most = 3,
    public name?: string,
  ) {
    super();
  }
}
export class Rest extends Base {
  rest: number[];
  constructor(...rest: number[]) {
    super();
    this.rest = rest;
  }
}
export class Pattern extends Base {
  most: number;
  constructor({ most = 3 }: { most?: number } = {}) {
    super();
    this.most = most;
  }
}
export class Inherited extends Optional {}
export class Overloaded extends Base {
  constructor();
  constructor(first: string, second: string);
  constructor(
    readonly first?: string,
    readonly second?: string,
  ) {
    super();
  }
}
export class Needs extends Base {
  constructor(
    readonly first: string | undefined,
    readonly second?: string,
  ) {
    super();
  }
}
