// Sending a picture: what can be known is said before, how far it is meanwhile, and why it was not taken in words.

/** What a browser offers to choose from. What a file really is the server finds out. */
const KINDS = "image/jpeg,image/png,image/webp,image/gif";

/** The address of a picture of ours, and its size. */
export const ADDRESS = /^\/pictures\/([0-9a-f-]{36})\/(\d{1,4})x(\d{1,4})$/;

/** The files that were dropped. */
export const dropped = (event) => [...(event.dataTransfer?.files ?? [])];

/** Whether files are being dragged. */
export const drags = (event) => event.dataTransfer?.types.includes("Files") ?? false;

/** The pictures that were pasted; none where text comes with them, of which they are but a likeness. */
export function pasted(event) {
  const data = event.clipboardData;
  if (!data || data.types.includes("text/plain")) return [];
  return [...data.files];
}

/** Lets the person choose pictures, and hands them on. */
export function choose(take) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = KINDS;
  input.multiple = true;
  input.addEventListener("change", () => take([...input.files]));
  input.click();
}

/** Sends a file to a board. Answers the picture, or throws the code of what is wrong. */
function send(file, { board, largest }, progress) {
  return new Promise((resolve, reject) => {
    if (file.size > largest) return reject("too_large");
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/boards/${board}/pictures`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => progress(total ? loaded / total : 0));
    request.addEventListener("load", () => {
      if (request.status === 201) resolve(request.response);
      else reject(request.response?.code ?? "internal");
    });
    request.addEventListener("error", () => reject("unreachable"));
    request.send(file);
  });
}

function button(text, act) {
  const dom = document.createElement("button");
  dom.type = "button";
  dom.className = "button button-small";
  dom.textContent = text;
  dom.addEventListener("click", act);
  return dom;
}

/**
 * A picture on its way: what stands for it until it is there, or the person gives it up. `arrived` is given the picture
 * and may refuse it with a code; `gone` is called at the end, however that came.
 */
export class Job {
  constructor(file, options, words, { arrived, gone }) {
    Object.assign(this, { file, options, words, arrived, gone });
    this.dom = document.createElement("div");
    this.dom.className = "sending";
    this.start();
  }

  async start() {
    const bar = document.createElement("progress");
    const text = document.createElement("span");
    text.textContent = this.words().sending.replace("{name}", this.file.name);
    text.setAttribute("role", "status");
    bar.max = 1;
    bar.setAttribute("aria-label", text.textContent);
    this.dom.classList.remove("is-refused");
    this.dom.replaceChildren(text, bar);
    try {
      const picture = await send(this.file, this.options, (part) => (bar.value = part));
      const refused = this.arrived(picture);
      if (refused) throw refused;
      this.gone();
    } catch (code) {
      this.refuse(code);
    }
  }

  /** Says what is wrong. The file is kept, to be sent again. */
  refuse(code) {
    const words = this.words();
    const text = document.createElement("p");
    text.setAttribute("role", "alert");
    text.textContent = `${this.file.name}: ${words[code] ?? words.internal}`;
    const buttons = document.createElement("span");
    buttons.className = "sending-buttons";
    buttons.append(button(words.again, () => this.start()), button(words.give_up, () => this.gone()));
    this.dom.classList.add("is-refused");
    this.dom.replaceChildren(text, buttons);
  }
}

/** How often a picture that is not there yet is asked for again: the server learns within seconds where it is. */
const AGAIN = 5;

/** The picture at an address, in the size that fits; one that is not there yet is asked for again. */
export function image(address, alt) {
  const [, id, width, height] = ADDRESS.exec(address);
  const dom = document.createElement("img");
  const longer = Math.max(width, height);
  dom.width = Number(width);
  dom.height = Number(height);
  dom.alt = alt;
  let tries = 0;
  dom.addEventListener("error", () => {
    if (tries === AGAIN) return;
    const wait = 1000 * 2 ** tries++;
    setTimeout(() => {
      dom.removeAttribute("srcset");
      dom.src = `${address}?again=${tries}`;
    }, wait);
  });
  if (longer > SMALL) {
    dom.sizes = "(width < 760px) 100vw, 680px";
    dom.srcset = `/pictures/${id}/small ${Math.floor((width * SMALL) / longer)}w, ${address} ${width}w`;
  }
  dom.src = address;
  return dom;
}

/** The longer side of a small form, as `shared::limits` has it. */
const SMALL = 640;

/** Words as they may stand between the brackets of a picture, and back. */
export const escaped = (words) => words.replace(/\s+/g, " ").trim().replace(/[\\[\]`*_<!&~]/g, "\\$&");
export const unescaped = (text) => text.replace(/\\([\\[\]`*_<!&~])/g, "$1");

/** A field for what a picture shows, in words. */
export function altField(words, alt, change) {
  const input = document.createElement("input");
  input.type = "text";
  input.className = "input input-small picture-alt";
  input.value = alt;
  input.placeholder = words.alt;
  input.setAttribute("aria-label", words.alt_label);
  input.addEventListener("change", () => change(input.value));
  return input;
}
