// Waits until the site itself has stored the whole article. args: draftId, title, pieces, textLength, pictures
// (addresses that the site must have replaced by its own), mustSaveAgain (something was changed that the stored
// text does not show, or another save may be under way: the site must save once more, or be quiet for a while).

// Nearly three times the quiet after which the write page saves (0.7 s); well below the wait of one call.
const SETTLE_MS = Math.min(2000, args.waitMs / 2);
let lastRecord = { status: 0, text: "" };

/** Why the stored draft is not yet what was written; empty when it is. */
function lackOf(stored) {
  if (visible(stored.title ?? "") !== visible(args.title)) return "title";
  const content = stored.content ?? "";
  const text = textOfHtml(content);
  // Site-made additions (a caption, a link's card) are fine; the text twice is not.
  if (!holdsInOrder(text, args.pieces) || (text.length - args.textLength) * 2 >= args.textLength) return "text";
  const sources = [...new DOMParser().parseFromString(content, "text/html").images].map((image) => image.getAttribute("src"));
  const isForeign = (src) => /^(blob|data):/.test(src ?? "") || args.pictures.includes(src);
  return sources.some(isForeign) ? "pictures" : "";
}

const saves = () => replies(["POST", "PATCH"], "^/api/articles/(drafts|\\d+/draft)$").filter((reply) => reply.status !== null);
const savedState = () => document.querySelector(table.saved)?.textContent ?? "";

run(async () => {
  noteReplies();
  let lack = "unread";
  let quietSince = performance.now();
  let state = null;
  const savesBefore = args.mustSaveAgain ? saves().length : -1;
  const found = await seen(async () => {
    const stop = trouble();
    if (stop) return stop;
    const refused = saves().find((reply) => [401, 403, 429].includes(reply.status));
    if (refused) return { kind: "reply", reply: refused, url: location.href };
    const now = `${saves().length} ${savedState()}`;
    if (now !== state) {
      state = now;
      quietSince = performance.now();
      lastRecord = await draftRecord(args.draftId);
      const stored = lastRecord.status === 200 ? json(lastRecord.text) : null;
      if (stored?.state !== "draft") return { kind: "record", record: lastRecord, url: location.href };
      lack = lackOf(stored);
    }
    const isQuiet = performance.now() - quietSince > SETTLE_MS;
    if (!lack && (saves().length > savesBefore || isQuiet)) return { kind: "stored", record: lastRecord };
    const isSettled = isQuiet && lack && lack !== "pictures" && saves().at(-1)?.status < 300;
    return isSettled ? { kind: "differs", lack, record: lastRecord } : null;
  });
  return found ?? { ...surroundings("waiting"), lack, record: lastRecord };
});
