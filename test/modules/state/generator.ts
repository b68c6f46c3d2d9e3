/** A generator at the top of a file, which stands somewhere in the middle of its work. */
function* numbers(): Generator<number> {
  for (let i = 0; ; i++) yield i;
}
const ids = numbers();
export class GeneratorAtTop {
  change(_k: number): void {
    ids.next();
  }
  look(): number {
    return 0;
  }
}
