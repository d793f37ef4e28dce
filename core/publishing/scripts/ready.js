// Makes the open draft ready for the one click. args: draftId. Answers with the draft's record and the button.

run(async () => {
  const opening = await opened(args.draftId);
  if (opening.kind !== "ready") return opening;
  const found = await seen(() => {
    const stop = trouble();
    if (stop) return stop;
    const button = buttonNamed(table.publish);
    return button && !button.disabled && !document.querySelector(table.notice) ? { kind: "ready", button } : null;
  });
  if (!found) {
    const button = buttonNamed(table.publish);
    return { ...surroundings("waiting"), hasButton: Boolean(button) };
  }
  window.topnReplies.length = 0;
  return { ...found, record: opening.record };
});
