import { WebSocket } from 'undici';

/** What a process holds after a garbage collection, MiB. */
export interface Live {
  readonly heap: number;
  /** Outside of V8's heap: buffers. */
  readonly external: number;
  readonly resident: number;
}

interface Message {
  readonly id?: number;
  readonly result?: { readonly result?: { readonly value?: string } };
}

/** Collects a process's garbage and asks what is left, through the inspector that it was started with. */
export class LiveMemory {
  #id = 0;

  private constructor(private readonly socket: WebSocket) {}

  /** `port`: that of `--inspect`. */
  static async of(port: number): Promise<LiveMemory> {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [target] = (await answer.json()) as readonly { readonly webSocketDebuggerUrl: string }[];
    if (!target) throw new Error('the process has no inspector');
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error('the inspector cannot be reached'));
    });
    return new LiveMemory(socket);
  }

  async now(): Promise<Live> {
    await this.#ask('HeapProfiler.collectGarbage');
    const expression = 'JSON.stringify(process.memoryUsage())';
    const { result } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true });
    const usage = JSON.parse(result?.result?.value ?? '{}') as NodeJS.MemoryUsage;
    const mib = (bytes: number): number => bytes / 2 ** 20;
    return { heap: mib(usage.heapUsed), external: mib(usage.external), resident: mib(usage.rss) };
  }

  close(): void {
    this.socket.close();
  }

  #ask(method: string, params: object = {}): Promise<Message> {
    const id = (this.#id += 1);
    return new Promise((resolve) => {
      const take = ({ data }: { readonly data: unknown }): void => {
        const message = JSON.parse(String(data)) as Message;
        if (message.id !== id) return;
        this.socket.removeEventListener('message', take);
        resolve(message);
      };
      this.socket.addEventListener('message', take);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
