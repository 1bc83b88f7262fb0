// A mail server that keeps what it is given, for what a person finds in their mail.

import assert from "node:assert/strict";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";
import { eventually } from "./concept.mjs";

/** A running mail server on a free port. */
export class MailServer {
  #mails = [];
  #server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onData: (stream, session, done) => {
      text(stream).then((raw) => PostalMime.parse(raw)).then((mail) => {
        this.#mails.push({ ...mail, address: session.envelope.rcptTo[0].address });
      }).then(() => done(), done);
    },
  });

  static async start() {
    const mails = new MailServer();
    mails.#server.listen(0, "127.0.0.1");
    await once(mails.#server.server, "listening");
    return mails;
  }

  /** What `ATELIER_SMTP_URL` must be for mail to come here. */
  get url() {
    return `smtp://127.0.0.1:${this.#server.server.address().port}?tls=none`;
  }

  /** The first mail to a person of which `subject` is a part of the subject. */
  async to({ email }, subject) {
    return eventually(() => {
      const found = this.#mails.find((mail) => mail.address === email && mail.subject.includes(subject));
      assert.ok(found, `no mail to ${email} about ${subject} among ${this.#mails.map((mail) => mail.subject).join(", ")}`);
      return found;
    });
  }

  async stop() {
    await new Promise((done) => this.#server.close(done));
  }
}

/** The path of the first link in a mail that begins so. */
export const linked = ({ text }, beginning) => new URL(text.match(new RegExp(`https?://[^/\\s]+${beginning}\\S*`))[0]).pathname;
