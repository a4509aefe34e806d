export {
  type Emulator,
  type NoEmulator,
  startFirestoreEmulator,
  startPubSubEmulator,
} from './start.ts';
