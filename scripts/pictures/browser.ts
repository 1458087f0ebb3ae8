import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A page to take a picture of. */
export interface View {
  readonly url: string;
  /** In CSS pixels. The height is that of `body`. */
  readonly width: number;
  /** Pixels of the picture per CSS pixel. */
  readonly scale: number;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--remote-debugging-port=0',
];

/** Headless Chromium, controlled with the DevTools protocol. `$CHROMIUM` overrides the program `chromium`. */
export class Browser implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number | string, (message: Message) => void>();
  #last = 0;

  private constructor(process: ChildProcess, socket: WebSocket, profile: string) {
    this.#process = process;
    this.#socket = socket;
    this.#profile = profile;
    socket.addEventListener('message', ({ data }) => {
      const message: Message = JSON.parse(String(data));
      this.#waiting.get(message.id ?? message.method ?? '')?.(message);
    });
  }

  static async open(): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), 'talos-health-browser-'));
    const program = process.env['CHROMIUM'] ?? 'chromium';
    const child = spawn(program, [...flags, `--user-data-dir=${profile}`], { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface({ input: child.stderr })) {
      const address = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1];
      if (address === undefined) continue;
      child.stderr.resume();
      const socket = new WebSocket(address);
      await once(socket, 'open');
      return new Browser(child, socket, profile);
    }
    throw new Error(`${program} ended before it could be used`);
  }

  #nextMessage(key: number | string): Promise<Message> {
    return new Promise((resolve) => this.#waiting.set(key, resolve));
  }

  async #send(method: string, params: object, sessionId?: unknown): Promise<Readonly<Record<string, unknown>>> {
    this.#last += 1;
    const response = this.#nextMessage(this.#last);
    this.#socket.send(JSON.stringify({ id: this.#last, method, params, sessionId }));
    const { result = {}, error } = await response;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** A picture of the whole page, as WebP. */
  async picture({ url, width, scale }: View): Promise<Buffer> {
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
    await this.#send('Page.enable', {}, sessionId);
    const screen = { width, height: 600, deviceScaleFactor: scale, mobile: false };
    await this.#send('Emulation.setDeviceMetricsOverride', screen, sessionId);
    const loaded = this.#nextMessage('Page.loadEventFired');
    await this.#send('Page.navigate', { url }, sessionId);
    await loaded;
    const expression = 'Math.ceil(document.body.getBoundingClientRect().bottom) + 16';
    const { result } = await this.#send('Runtime.evaluate', { expression }, sessionId);
    const height = Number(Object(result)['value']);
    const clip = { x: 0, y: 0, width, height, scale: 1 };
    const options = { format: 'webp', quality: 80, clip, captureBeyondViewport: true };
    const { data } = await this.#send('Page.captureScreenshot', options, sessionId);
    await this.#send('Target.closeTarget', { targetId });
    return Buffer.from(String(data), 'base64');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill();
    await exited;
    await rm(this.#profile, { recursive: true, force: true });
  }
}
