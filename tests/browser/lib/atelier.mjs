// Runs the real server on a free port with a database of its own in a temporary folder.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { MailServer } from "./mail.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const BINARY = process.env.ATELIER_BINARY ?? join(HERE, "../../../target/debug/atelier");
const PATIENCE_MS = 60_000;

const ready = (url) => fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(({ ok }) => ok, () => false);

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
// A test file that takes too long is ended so; nothing it started may outlive it.
process.on("SIGTERM", () => process.exit(1));

/** A running server; `stop` ends it and removes its folder. */
export class Atelier {
  #child;
  #folder = mkdtempSync(join(tmpdir(), "atelier-browser-"));
  #options;
  #said = [];

  /** Starts one: empty, or with the demo's workspace; with `mails`, it has a mail server, which is the field of that name. */
  static async start(options = {}) {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is not built: cargo xtask client && cargo build -p server`);
    const atelier = new Atelier();
    atelier.#options = options;
    if (options.mails) atelier.mails = await MailServer.start();
    await atelier.#open("127.0.0.1:0");
    return atelier;
  }

  async #open(listen) {
    const { demo = false, env = {} } = this.#options;
    const child = spawn(BINARY, ["serve", ...(demo ? ["--demo"] : [])], {
      cwd: this.#folder,
      env: {
        ...process.env,
        ATELIER_LISTEN: listen,
        ATELIER_DATABASE_URL: "sqlite:data/atelier.db",
        // Each person comes from an address of their own, so that limits per address do not meet here.
        ATELIER_TRUST_PROXY: "1",
        ATELIER_PASSWORD_MEMORY: "8",
        // Scenes are set faster than people write.
        ATELIER_WRITE_LIMITS: "100",
        ATELIER_PASSWORD_PASSES: "1",
        RUST_LOG: process.env.RUST_LOG ?? "warn",
        ...(this.mails ? { ATELIER_SMTP_URL: this.mails.url, ATELIER_MAIL_FROM: "Four & Co <ideas@example.org>" } : {}),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    this.#child = child;
    const spoken = new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.#said.push(line);
        const address = line.match(/https?:\/\/\S+/)?.[0];
        if (address && !this.url) this.url = new URL(address).origin;
        if (this.url) resolve();
      });
      createInterface({ input: child.stderr }).on("line", (line) => this.#said.push(line));
      child.once("exit", (code, signal) => {
        running.delete(child);
        reject(new Error(`the server ended (${signal ?? code}):\n${this.log()}`));
      });
    });
    spoken.catch(() => {});
    const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    try {
      await spoken;
      while (!(await ready(this.url))) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended:\n${this.log()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      clearTimeout(late);
    }
  }

  /** What the server printed and logged. */
  log() {
    return this.#said.join("\n");
  }

  /** The secret of the one-time link by which the first person becomes owner. */
  setupToken() {
    return this.log().match(/\/setup\/([\w-]+)/)?.[1];
  }

  /** The accounts the demo prints, by role: `{ email, password }`. */
  accounts() {
    const accounts = {};
    for (const line of this.#said) {
      const [role] = line.match(/\b(customer|employee|researcher|moderator|owner)\b/) ?? [];
      const [email] = line.match(/[\w.+-]+@[\w.-]+\w/) ?? [];
      const password = email && line.slice(line.indexOf(email) + email.length).match(/\S{10,}/)?.[0];
      if (role && password) accounts[role] ??= { email, password };
    }
    return accounts;
  }

  /** Ends the process without warning and starts it again on the same address and data. */
  async crash() {
    await this.#end("SIGKILL");
    await this.#open(new URL(this.url).host);
  }

  async #end(signal) {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 8_000);
    await ended;
    clearTimeout(late);
  }

  /** Ends the server and removes its folder. */
  async stop() {
    await this.#end("SIGTERM");
    await this.mails?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
