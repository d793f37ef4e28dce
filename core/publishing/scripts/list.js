// Reads the open list of the account's published articles. args: draftId, title, homeUrl. Of cards with this
// title, and of the draft's own card, the article's public record is read too.

const MOST_CANDIDATES = 5;
const LIST_MS = 5000;
const addressOf = (card) => [...card.querySelectorAll("a")].map((link) => link.href).find((href) => /\/p\/\d+/.test(href)) ?? "";

run(async () => {
  const until = Math.min(deadline, performance.now() + LIST_MS);
  const shown = await seen(() => trouble() ?? (all(table.card).length ? { kind: "list" } : null), until);
  if (shown?.kind !== "list") return shown ?? surroundings("waiting");
  const candidates = [];
  for (const card of all(table.card)) {
    const id = /\/p\/(\d+)/.exec(addressOf(card))?.[1];
    const isNamed = visible(card.textContent).includes(visible(args.title));
    if (id && (id === args.draftId || isNamed) && candidates.length < MOST_CANDIDATES)
      candidates.push({ id, words: card.innerText, article: await get(`${args.homeUrl}/api/v4/articles/${id}`) });
  }
  return { kind: "list", me: await get(`${args.homeUrl}/api/v4/me`), candidates, url: location.href };
});
