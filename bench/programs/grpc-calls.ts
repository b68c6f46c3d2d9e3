/** Unary calls of gRPC on loopback, client and server each a process: `grpc-calls.js CALLS PARALLEL`. */
import { fileURLToPath } from "node:url";
import {
  credentials,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { measureCalls, Party, payload, serve } from "./rpc-parties.ts";

const asIs = (bytes: Buffer): Buffer => bytes;

const definition: ServiceDefinition = {
  echo: {
    path: "/Echo/echo",
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
};

type Answer = (error: Error | null, result?: Buffer) => void;
type EchoClient = Record<"echo", (bytes: Buffer, answer: Answer) => void>;

function server(): void {
  const grpc = new Server();
  const implementation: UntypedServiceImplementation = {
    echo: (call: { readonly request: Buffer }, answer: Answer) => answer(null, call.request),
  };
  grpc.addService(definition, implementation);
  grpc.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    serve(port);
  });
}

async function client(calls: number, parallel: number): Promise<void> {
  const party = new Party(fileURLToPath(import.meta.url), ["server"]);
  const told = await party.next();
  const Client = makeGenericClientConstructor(definition, "Echo");
  const grpc = new Client(`127.0.0.1:${told.type === "ready" ? told.at : 0}`, credentials.createInsecure());
  const stub = grpc as unknown as EchoClient;
  const bytes = Buffer.from(payload);
  await measureCalls([party], calls, parallel, () => {
    return new Promise((resolve, reject) => {
      stub.echo(bytes, (error, result) => (error === null ? resolve(result) : reject(error)));
    });
  });
  grpc.close();
}

const [calls = "20000", parallel = "16"] = process.argv.slice(2);
if (calls === "server") server();
else await client(Number(calls), Number(parallel));
