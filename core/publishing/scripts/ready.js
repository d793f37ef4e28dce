// Makes the open draft ready for the one click. args: draftId. Answers with the draft's record and the button.

const NOTICE_MS = 6000; // A notice lives a few seconds and may lie over the button. One that stays does not stop us.
const since = performance.now();
const isCovered = () => document.querySelector(table.notice) && performance.now() - since < NOTICE_MS;

run(async () => {
  const opening = await opened(args.draftId);
  if (opening.kind !== "ready") return opening;
  const found = await seen(() => {
    const stop = trouble();
    if (stop) return stop;
    const button = buttonNamed(table.publish);
    return button && !button.disabled && !isCovered() ? { kind: "ready", button } : null;
  });
  if (!found) {
    const button = buttonNamed(table.publish);
    return { ...surroundings("waiting"), hasButton: Boolean(button) };
  }
  window.topnReplies.length = 0;
  sessionStorage.removeItem(RECEIPT_KEY);
  return { ...found, record: opening.record };
});
