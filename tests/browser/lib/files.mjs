// Files as people have them: photographs with what the camera noted, and others that are none. Made in the page, and
// pasted or dropped there as a browser does it.

/** What the camera noted in a photograph. */
export const NOTE = "taken in somebody's kitchen";

/** Runs in the page: makes a file. `kind` is `photograph`, or a media type with its text. */
const make = async ({ name, kind, text, note, width, height }) => {
  if (kind !== "photograph") return new File([text], name, { type: kind });
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#c9713a";
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "#2b2118";
  pen.fillRect(0, 0, width / 2, height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  const jpeg = new Uint8Array(await blob.arrayBuffer());
  // An Exif block that says it was taken with the camera on its side, and a note.
  const letters = new TextEncoder().encode(`${note}\0`);
  const exif = new Uint8Array(6 + 26 + 12 + letters.length);
  const view = new DataView(exif.buffer);
  exif.set(new TextEncoder().encode("Exif\0\0II*\0"));
  view.setUint32(10, 8, true);
  view.setUint16(14, 2, true);
  [[0x010e, 2, letters.length, 38], [0x0112, 3, 1, 6]].forEach(([tag, type, count, value], at) => {
    const from = 16 + 12 * at;
    view.setUint16(from, tag, true);
    view.setUint16(from + 2, type, true);
    view.setUint32(from + 4, count, true);
    view.setUint32(from + 8, value, true);
  });
  exif.set(letters, 44);
  const head = new Uint8Array([0xff, 0xd8, 0xff, 0xe1, (exif.length + 2) >> 8, (exif.length + 2) & 255]);
  return new File([head, exif, jpeg.subarray(2)], name, { type: "image/jpeg" });
};

export const photograph = (name = "IMG_2041.jpg", width = 1200, height = 800) => ({ name, kind: "photograph", note: NOTE, width, height });
export const page = (name = "notes.html") => ({ name, kind: "text/html", text: "<script>alert(1)</script>" });

const give = (event) => async (place, file) => {
  const source = `async (element, { file, event }) => {
    const data = new DataTransfer();
    data.items.add(await (${make})(file));
    const { x, y, width, height } = element.getBoundingClientRect();
    const where = { bubbles: true, cancelable: true, clientX: x + width / 2, clientY: y + Math.min(height / 2, 40) };
    element.dispatchEvent(event === "paste"
      ? new ClipboardEvent("paste", { ...where, clipboardData: data })
      : new DragEvent("drop", { ...where, dataTransfer: data }));
  }`;
  await place.evaluate(new Function(`return (${source})(...arguments)`), { file, event });
};

/** Pastes a file into an element. */
export const paste = give("paste");
/** Drops a file onto an element. */
export const drop = give("drop");
