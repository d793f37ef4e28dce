// Writes title and body into the open editor and waits until the editor's own state has taken the body and the
// draft has an id. (What a title field shows proves nothing: saved.js sees whether the title was taken.)
// args: draftId (or null), isEmptied (it was open and full, and its text was just removed: the stored draft may
// still have it), isWritten (only wait), title, html, pieces (the texts of the blocks).

const setNative = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;

function writeTitle() {
  const field = titleField();
  field.focus();
  // The page's framework notes a plain `field.value = …` and then ignores the event: hence the native setter.
  setNative.call(field, args.title);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function pasteBody() {
  const editor = bodyEditor();
  editor.focus();
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", args.html);
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}

function wordCount() {
  const found = /字数[：:]\s*([\d,]+)/.exec(document.querySelector(table.wordCount)?.textContent ?? "");
  return found ? Number(found[1].replaceAll(",", "")) : null;
}

const hasBody = () => holdsInOrder(bodyText(), args.pieces) && wordCount() !== 0;

function createdId() {
  const created = replies(["POST"], "^/api/articles/drafts$").find((reply) => reply.status === 200);
  return args.draftId ?? (created ? (json(created.text)?.id ?? null) : null) ?? idInAddress();
}

function refusedSave() {
  const refused = replies(["POST", "PATCH"], "^/api/articles/").find((reply) => [401, 403, 429].includes(reply.status));
  return refused ? { kind: "reply", reply: refused, url: location.href } : null;
}

run(async () => {
  if (!args.isWritten) {
    const opening = await opened(args.isEmptied ? null : args.draftId);
    if (opening.kind !== "ready") return opening;
    // A page may put itself together in several steps.
    if (!titleField() || !bodyEditor()) return surroundings("waiting");
    if (bodyText() || document.querySelector(`${table.body} img`)) return { kind: "full" };
    writeTitle();
    pasteBody();
  }
  const written = await seen(() => {
    const stop = trouble() ?? refusedSave();
    if (stop) return stop;
    const id = createdId();
    return id && hasBody() ? { kind: "written", draftId: String(id) } : null;
  });
  if (written) return written;
  const failed = replies(["POST"], "^/api/articles/drafts$").at(-1);
  return {
    ...surroundings("unwritten"),
    draftId: createdId(),
    hasBody: hasBody(),
    bodyLength: bodyText().length,
    wordCount: wordCount(),
    saveStatus: failed?.status ?? null,
  };
});
