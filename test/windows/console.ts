import { createRequire } from 'node:module';

/** What Windows tells the processes of a console, by its own numbers. */
export const CONSOLE_EVENTS = { 'Ctrl-C': 0, 'Ctrl-Break': 1, closed: 2 } as const;
export type ConsoleEvent = keyof typeof CONSOLE_EVENTS;

/**
 * Gives one process a console event. Windows does it by starting a thread at `CtrlRoutine` in the process, and so does
 * this: `GenerateConsoleCtrlEvent` reaches all processes of a console, and in Wine knows only Ctrl-C.
 */
export function sendConsoleEvent(pid: number, event: ConsoleEvent): void {
  const { load } = createRequire(import.meta.url)(process.env['TESTED_KOFFI'] ?? 'koffi');
  const kernel = load('kernel32.dll');
  const openProcess = kernel.func('void *OpenProcess(uint32 access, int inherit, uint32 pid)');
  const moduleNamed = kernel.func('void *GetModuleHandleA(str name)');
  const addressOf = kernel.func('void *GetProcAddress(void *module, str name)');
  const startThread = kernel.func(
    'void *CreateRemoteThread(void *process, void *security, size_t stack, void *start, size_t argument, uint32 flags, void *id)',
  );
  const close = kernel.func('int CloseHandle(void *handle)');

  // System modules have the same address in every process.
  const routine = addressOf(moduleNamed('kernelbase.dll'), 'CtrlRoutine');
  const handle = openProcess(ALL_ACCESS, 0, pid);
  const thread = handle && startThread(handle, null, 0, routine, CONSOLE_EVENTS[event], 0, null);
  if (!thread) throw new Error(`The console event ${event} did not reach the process ${pid}.`);
  close(thread);
  close(handle);
}

const ALL_ACCESS = 0x1f_ff_ff;
