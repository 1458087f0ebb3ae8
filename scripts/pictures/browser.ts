import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What a browser is asked for a picture of. */
export interface View {
  readonly url: string;
  /** In CSS pixels; the height is that of the page's element `body`. */
  readonly width: number;
  /** Pixels of the picture for one CSS pixel. */
  readonly scale: number;
}

interface Answer {
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

/** Chromium without a window, driven by its DevTools protocol; `$CHROMIUM` names another program than `chromium`. */
export class Browser implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number | string, (answer: Answer) => void>();
  #last = 0;

  private constructor(process: ChildProcess, socket: WebSocket, profile: string) {
    this.#process = process;
    this.#socket = socket;
    this.#profile = profile;
    socket.addEventListener('message', ({ data }) => {
      const answer: Answer = JSON.parse(String(data));
      this.#waiting.get(answer.id ?? answer.method ?? '')?.(answer);
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

  #answer(to: number | string): Promise<Answer> {
    return new Promise((resolve) => this.#waiting.set(to, resolve));
  }

  async #ask(method: string, params: object, sessionId?: unknown): Promise<Readonly<Record<string, unknown>>> {
    this.#last += 1;
    const answer = this.#answer(this.#last);
    this.#socket.send(JSON.stringify({ id: this.#last, method, params, sessionId }));
    const { result = {}, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** A picture of the whole page, as WebP. */
  async picture({ url, width, scale }: View): Promise<Buffer> {
    const { targetId } = await this.#ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.#ask('Target.attachToTarget', { targetId, flatten: true });
    await this.#ask('Page.enable', {}, sessionId);
    const screen = { width, height: 600, deviceScaleFactor: scale, mobile: false };
    await this.#ask('Emulation.setDeviceMetricsOverride', screen, sessionId);
    const loaded = this.#answer('Page.loadEventFired');
    await this.#ask('Page.navigate', { url }, sessionId);
    await loaded;
    const expression = 'Math.ceil(document.body.getBoundingClientRect().bottom) + 16';
    const { result } = await this.#ask('Runtime.evaluate', { expression }, sessionId);
    const height = Number(Object(result)['value']);
    const truncate = { x: 0, y: 0, width, height, scale: 1 };
    const how = { format: 'webp', quality: 80, truncate, captureBeyondViewport: true };
    const { data } = await this.#ask('Page.captureScreenshot', how, sessionId);
    await this.#ask('Target.closeTarget', { targetId });
    return Buffer.from(String(data), 'base64');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.kill();
    await gone;
    await rm(this.#profile, { recursive: true, force: true });
  }
}
