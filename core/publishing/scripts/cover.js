// Hands a picture in as the cover and waits until the site has it. args: data (base64), mediaType, name.

const UPLOAD_PATH = "^/api/uploaded_images|^/images";
const sourceOf = () => document.querySelector(table.coverDone)?.getAttribute("src") ?? "";

run(async () => {
  noteReplies();
  const input = document.querySelector(table.cover);
  if (!input) return surroundings("waiting");
  const before = sourceOf();
  const uploadsBefore = replies(["POST", "GET"], UPLOAD_PATH).length;
  const bytes = Uint8Array.from(atob(args.data), (character) => character.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], args.name, { type: args.mediaType }));
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  const found = await seen(() => {
    const stop = trouble();
    if (stop) return stop;
    const uploads = replies(["POST", "GET"], UPLOAD_PATH).slice(uploadsBefore);
    const isUploaded = sourceOf() !== before || uploads.some((reply) => reply.status === 200);
    return isUploaded && sourceOf() && !sourceOf().startsWith("blob:") ? { kind: "done" } : null;
  });
  return found ?? surroundings("waiting");
});
