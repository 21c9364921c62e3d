export type { ReceivedRequest } from './desk.js';
export type { Upload } from './files.js';
export { CONFERENCE_ID } from './names.js';
export { DEMO_RATE, type SimulatorOptions } from './options.js';
export { type RequestOptions, RoomSimulator } from './room-simulator.js';
export type { NewRequest, SimulatedTransfer, StatusCode } from './room-state.js';
export type { Welcome } from './sockets.js';
