import {
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { callerIn } from '../../../shared/cloud/caller.ts';
import { codes, EngineError } from '../engines/engine.ts';
import type { Calls } from './calls.ts';
import type { Faults } from './faults.ts';

/** A decoded protobuf message: enums as names, 64-bit numbers as strings, bytes as Buffer, `oneof` discriminators set. */
export type Message = { [field: string]: unknown };

/** The gRPC face of an engine: which service, and what each of its methods does. */
export interface WireService {
  definition: ServiceDefinition;
  /** By method name as the proto spells it, such as `CreateTask`. May throw {@link EngineError}. */
  unary?: { [method: string]: (request: Message) => Message | Promise<Message> };
  /** Answers with any number of messages. */
  serverStream?: {
    [method: string]: (request: Message) => Iterable<Message> | Promise<Iterable<Message>>;
  };
  /** Is handed the open stream. */
  duplex?: { [method: string]: handleBidiStreamingCall<Message, Message> };
}

export interface WireServer {
  /** The loopback port it listens on. */
  port: number;
  close(): Promise<void>;
}

interface Observers {
  calls: Calls;
  faults: Faults;
  /**
   * Throws when the caller, a function by its name or nobody in particular, may not make this call. Default: everybody may make
   * every call.
   */
  authorize?(caller: string | undefined, method: string, request: Message): void;
}

/** Largest request, in bytes: Firestore's 10 MiB and some room for the frame around it (Firestore quotas page). */
const maxMessageBytes = 11 * 1024 * 1024;

/** Serves all of `services` on one port of 127.0.0.1. `port` 0 takes a free one. */
export async function serve(
  services: readonly WireService[],
  port: number,
  observers: Observers,
): Promise<WireServer> {
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': -1,
  });
  for (const service of services) {
    server.addService(service.definition, implementation(service, observers));
  }
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, actual) =>
      error ? reject(error) : resolve(actual),
    );
  });
  return {
    port: bound,
    close: async () => server.forceShutdown(),
  };
}

function implementation(service: WireService, observers: Observers): UntypedServiceImplementation {
  const methods: UntypedServiceImplementation = {};
  for (const [key, method] of Object.entries(service.definition)) {
    const [, qualified = '', name = ''] = method.path.split('/');
    const label = `${qualified.slice(qualified.lastIndexOf('.') + 1)}.${name}`;
    const unary = service.unary?.[name];
    const stream = service.serverStream?.[name];
    const duplex = service.duplex?.[name];
    if (unary) methods[key] = unaryHandler(label, unary, observers);
    else if (stream) methods[key] = streamHandler(label, stream, observers);
    else if (duplex) methods[key] = duplexHandler(label, duplex, observers);
  }
  return methods;
}

function unaryHandler(
  label: string,
  handle: (request: Message) => Message | Promise<Message>,
  { calls, faults, authorize }: Observers,
): handleUnaryCall<Message, Message> {
  return (call, answer) => {
    calls.record(label);
    faults
      .around(label, async () => {
        authorize?.(callerOf(call.metadata), label, call.request);
        return handle(call.request);
      })
      .then(
        (response) => answer(null, response),
        (error: unknown) => answer(status(error)),
      );
  };
}

function streamHandler(
  label: string,
  handle: (request: Message) => Iterable<Message> | Promise<Iterable<Message>>,
  { calls, faults, authorize }: Observers,
): handleServerStreamingCall<Message, Message> {
  return (call) => {
    calls.record(label);
    faults
      .around(label, async () => {
        authorize?.(callerOf(call.metadata), label, call.request);
        return [...(await handle(call.request))];
      })
      .then(
        (messages) => {
          for (const message of messages) call.write(message);
          call.end();
        },
        (error: unknown) => call.emit('error', status(error)),
      );
  };
}

function duplexHandler(
  label: string,
  handle: handleBidiStreamingCall<Message, Message>,
  { authorize }: Observers,
): handleBidiStreamingCall<Message, Message> {
  return (call) => {
    try {
      authorize?.(callerOf(call.metadata), label, {});
    } catch (error) {
      call.emit('error', status(error));
      return;
    }
    handle(call);
  };
}

/** The function that calls, where a client says so. */
function callerOf(metadata: Metadata): string | undefined {
  return callerIn(String(metadata.get('user-agent')[0] ?? ''));
}

/** The gRPC status of an error; anything but an {@link EngineError} is a bug of the local cloud and says so. */
export function status(error: unknown): Error & { code: number; details: string } {
  const known = error instanceof EngineError;
  const message = error instanceof Error ? error.message : String(error);
  if (!known) console.error('local cloud: unexpected', error);
  return Object.assign(new Error(message), {
    code: known ? codes[error.code] : codes.INTERNAL,
    details: message,
  });
}
