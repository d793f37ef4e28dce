// Waits for what came of the click. args: draftId, isConfirmed. In the order in which the signs are trusted:
// the address, the page's own receipt, a dialog that asks once more, a trouble the page tells of. `isSent` says
// whether the page is known to have asked the site to publish, or can have: a page that left may have.

run(async () => {
  const isSent = () => !window.topnReplies || window.topnReplies.some(isPublish);
  const found = await seen(() => {
    if (location.pathname === `/p/${args.draftId}`) return { kind: "address" };
    const receipt = receiptOfPublish();
    if (receipt) return { kind: "receipt", receipt };
    const stop = trouble();
    if (stop) return stop;
    if (isSent() || args.isConfirmed) return null;
    const label = table.confirm.find((name) => buttonNamed(name, table.dialog));
    return label ? { kind: "confirm", button: buttonNamed(label, table.dialog) } : null;
  });
  return { ...(found ?? surroundings("waiting")), isSent: isSent() };
});
