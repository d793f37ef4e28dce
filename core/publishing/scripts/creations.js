// Reads one page of the account's own articles, the newest first. args: homeUrl, offset, limit. The account's number
// of articles comes along, for whether the list is whole.

run(async () => {
  const query = new URLSearchParams({
    start: 0, end: 0, limit: args.limit, offset: args.offset, need_co_creation: 1, sort_type: "created",
  });
  const [me, page] = await Promise.all([
    get(`${args.homeUrl}/api/v4/me?include=articles_count`),
    get(`${args.homeUrl}/api/v4/creators/creations/v2/article?${query}`),
  ]);
  return { kind: "page", me, page, url: location.href };
});
