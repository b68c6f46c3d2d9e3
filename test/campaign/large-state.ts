export function transferLargeState(): Promise<number> {
  return Promise.resolve(0);
}
