/** What `troupe check` must find: results that cannot travel, and a method that never returns. */
class Receipt {
  readonly amount = 1;
}

interface Ring {
  next?: Ring;
}

export default class Answers {
  count = 0;

  add(): number {
    return ++this.count;
  }

  receipt(): Receipt {
    return new Receipt();
  }

  ring(): Ring {
    const ring: Ring = {};
    ring.next = ring;
    return ring;
  }

  /** An error of its own is no trouble. */
  refuse(): never {
    throw new TypeError("not today");
  }

  spin(): void {
    for (;;);
  }
}
