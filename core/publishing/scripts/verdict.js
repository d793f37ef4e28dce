// Waits for what came of the click. args: draftId, isConfirmed. In the order in which the signs are trusted:
// the address, the page's own receipt, a dialog that asks once more, a trouble the page tells of.

const PUBLISH_PATH = "^/api/(v4/content/publish|articles/\\d+/publish)$";

run(async () => {
  const found = await seen(() => {
    if (location.pathname === `/p/${args.draftId}`) return { kind: "address" };
    const sent = replies(["POST", "PUT"], PUBLISH_PATH);
    const receipt = sent.find((reply) => reply.status !== null);
    if (receipt) return { kind: "receipt", receipt };
    const stop = trouble();
    if (stop) return stop;
    if (sent.length || args.isConfirmed) return null;
    const label = table.confirm.find((name) => buttonNamed(name, table.dialog));
    return label ? { kind: "confirm", button: buttonNamed(label, table.dialog) } : null;
  });
  return found ?? surroundings("waiting");
});
