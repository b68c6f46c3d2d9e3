import type { Address, Host } from "../../protocols/host.ts";
import { addressOf, portOf } from "../../udp/address.ts";
import { UdpHost } from "../../udp/host.ts";
import { hostContract, type Site } from "../contract/host-contract.ts";

let groups = 0;

function realSite(): Site {
  const hosts: UdpHost[] = [];
  const start = (main: (host: Host) => void, port: number): Host => {
    const host = new UdpHost({ seed: `host ${hosts.length}`, port });
    hosts.push(host);
    main(host);
    return host;
  };
  const mains = new Map<Address, (host: Host) => void>();
  return {
    start(main) {
      const host = start(main, 0);
      mains.set(host.address, main);
      return host;
    },
    restart(host) {
      (host as UdpHost).close();
      return start(mains.get(host.address)!, portOf(host.address));
    },
    group: () => addressOf(`239.255.${process.pid % 256}.${++groups}`, 40_000 + (process.pid % 20_000)),
    // Node reads sockets between its timers and its immediates: what has come until then is heard.
    pass: (milliseconds) => new Promise((resolve) => setTimeout(() => setImmediate(resolve), milliseconds)),
    close() {
      for (const host of hosts) host.close();
      return Promise.resolve();
    },
  };
}

hostContract("the UDP host", () => Promise.resolve(realSite()), 40);
