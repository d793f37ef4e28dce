// Whether the site offers a choice, by its reply to the page's own request: a list that is shown may be an
// earlier one, or still be filling. args: request (the name of its path in the table), search (what was searched
// for; empty where nothing is), label. Answers `offered`, `absent`, or `waiting` while no good reply is there.

const names = (value) =>
  typeof value === "string" ? [visible(value)] : Object.values(value ?? {}).flatMap(names);

const isAboutThis = (reply) =>
  !args.search || visible(new URLSearchParams(reply.query).get("token") ?? "") === visible(args.search);

const goodBodies = () =>
  replies(["GET"], table[args.request])
    .filter((reply) => reply.status === 200 && isAboutThis(reply))
    .map((reply) => json(reply.text))
    .filter((body) => body !== null && body.paging?.is_end !== false);

run(async () => {
  const bodies = await seen(() => (goodBodies().length ? goodBodies() : null));
  if (!bodies) return surroundings("waiting");
  return { kind: names(bodies).includes(visible(args.label)) ? "offered" : "absent" };
});
