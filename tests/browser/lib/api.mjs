// The JSON API as a person's own client calls it, to set a scene quickly or to try what no screen offers.

import assert from "node:assert/strict";

export const PASSWORD = "correct horse battery";

let people = 0;

/** A person who calls the API; their cookie is what signs a browser in. */
export class Caller {
  cookie = null;
  address = `10.${(++people >> 16) & 255}.${(people >> 8) & 255}.${people & 255}`;

  constructor(url) {
    this.url = url;
  }

  /** The raw answer to a request. */
  async ask(method, path, body) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        origin: this.url,
        "x-forwarded-for": this.address,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(this.cookie ? { cookie: `${this.cookie.name}=${this.cookie.value}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const set = answer.headers.getSetCookie().map((line) => line.split(";")[0].split("="));
    for (const [name, value] of set) if (name.endsWith("atelier") && value) this.cookie = { name, value };
    return answer;
  }

  /** The body of an answer that must be good. */
  async call(method, path, body) {
    const answer = await this.ask(method, path, body);
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }
}

/** The owner of an empty workspace, by its set-up link. */
export async function setUp(atelier, name = "Odile Owner") {
  const owner = new Caller(atelier.url);
  owner.email = "owner@example.org";
  owner.name = name;
  const token = atelier.setupToken();
  await owner.call("POST", "/setup", { token, workspace: "Four & Co", name, email: owner.email, password: PASSWORD });
  return owner;
}

/** A new person who joins by an invite link with a role. */
export async function join(owner, role, name) {
  const { path } = await owner.call("POST", "/invites", { role });
  const person = new Caller(owner.url);
  person.name = name;
  person.email = `${name.toLowerCase().replace(/\W+/g, ".")}.${people}@example.org`;
  const invite = path.split("/").at(-1);
  await person.call("POST", "/accounts", { name, email: person.email, password: PASSWORD, invite });
  if (!person.cookie) await person.call("POST", "/session", { email: person.email, password: PASSWORD });
  return person;
}

/** Somebody with an account already. */
export async function signIn(atelier, { email, password = PASSWORD }) {
  const person = new Caller(atelier.url);
  person.email = email;
  await person.call("POST", "/session", { email, password });
  return person;
}

/** A board with one idea; answers the idea. */
export async function boardWithIdea(owner, { audience = "public", editing = "everyone", title = "Goûters", idea = {} } = {}) {
  const board = await owner.call("POST", "/boards", { title, purpose: "What to bake next", audience, editing });
  const proposed = await owner.call("POST", `/boards/${board.slug}/ideas`, {
    title: "A loaf for two",
    pitch: "Half the size, the same crust.",
    body: "Many of us live alone.\n\n- fresh\n- small\n",
    ...idea,
  });
  const card = proposed.card ?? proposed;
  return { board, idea: proposed, path: `/i/${card.number}/${card.slug}` };
}
