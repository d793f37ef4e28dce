// Reads what the site itself has on record. args: draftId, writeUrl, homeUrl.

run(async () => {
  const [record, article] = await Promise.all([
    get(`${args.writeUrl}/api/articles/${args.draftId}/draft`),
    get(`${args.homeUrl}/api/v4/articles/${args.draftId}`),
  ]);
  return { kind: "records", record, article, url: location.href };
});
