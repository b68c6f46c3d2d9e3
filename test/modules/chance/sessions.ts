/** Names by the free name crypto. */
export default class Sessions {
  open = new Set<string>();

  begin(): string {
    const id = crypto.randomUUID();
    this.open.add(id);
    return id;
  }

  token(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    const token = Buffer.from(bytes).toString("hex");
    this.open.add(token);
    return token;
  }
}
