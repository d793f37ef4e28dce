// Put before each script of this folder: how the write page is read and waited for.
// Arguments: the page's table (core/publishing/zhihu_page.py), what this call is about, and, added by
// WebDriver, the function that takes the answer. A wait looks again at each change of the page, at each reply
// to a request of the page, and a few times a second for what tells nobody (a new address in the bar).

const table = arguments[0];
const args = arguments[1];
const answer = arguments[arguments.length - 1];
const deadline = performance.now() + args.waitMs;
const LOOK_MS = 200;
const MAX_PLAIN_PAGE = 3000;

const all = (selector) => [...document.querySelectorAll(selector)];
const visible = (text) => text.replace(new RegExp(table.invisible, "gu"), "");
const bodyEditor = () => document.querySelector(table.body);
const titleField = () => document.querySelector(table.title);
const bodyText = () => visible(all(`${table.body} ${table.block}`).map((block) => block.textContent).join(""));
const idInAddress = () => /^\/p\/(\d+)\/edit$/.exec(location.pathname)?.[1] ?? null;
const textOfHtml = (html) => visible(new DOMParser().parseFromString(html, "text/html").body.textContent);

/** The button whose text, without zero-width characters, is exactly this. */
const buttonNamed = (label, within = "") =>
  all(`${within} button`.trim()).find((button) => visible(button.textContent) === visible(label)) ?? null;

/** Whether all pieces stand in the text, one behind the other. */
function holdsInOrder(text, pieces) {
  let at = 0;
  return pieces.every((piece) => {
    const found = text.indexOf(piece, at);
    at = found + piece.length;
    return found >= 0;
  });
}

/** What the page says to people: its notices and dialogs, or all of it when it is neither editor nor article. */
function wordsOfPage() {
  const notices = all(`${table.notice}, ${table.dialog}`).map((node) => node.textContent).join("\n");
  const isPlain = !bodyEditor() && !/^\/p\/\d+$/.test(location.pathname);
  const text = isPlain ? (document.body?.innerText ?? "") : "";
  return `${notices}\n${text.length < MAX_PLAIN_PAGE ? text : document.title}`.trim();
}

/** Where the page is and what it says, if that is one of the known troubles; else null. */
function trouble() {
  const status = performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;
  const words = wordsOfPage();
  const isTrouble =
    new RegExp(table.troubleAddress).test(location.pathname) || new RegExp(table.troubleWords).test(words);
  const isError = status >= 400 && status !== 404 && !bodyEditor();
  return isTrouble || isError ? { kind: "trouble", url: location.href, status, words } : null;
}

/** The first value of `look` that is not null; null once the time is over. `look` may be asynchronous. */
function seen(look, until = deadline) {
  return new Promise((resolve, reject) => {
    let isLooking = false;
    let mustLookAgain = false;
    const end = (value) => {
      observer.disconnect();
      clearInterval(clock);
      removeEventListener("topn-reply", check);
      resolve(value);
    };
    const check = async () => {
      mustLookAgain = true;
      if (isLooking) return;
      isLooking = true;
      try {
        while (mustLookAgain) {
          mustLookAgain = false;
          const value = await look();
          if (value !== null && value !== undefined) return end(value);
        }
        if (performance.now() > until) end(null);
      } catch (error) {
        reject(error);
      } finally {
        isLooking = false;
      }
    };
    const observer = new MutationObserver(check);
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    const clock = setInterval(check, LOOK_MS);
    addEventListener("topn-reply", check);
    check();
  });
}

/** Notes the replies to the page's own requests about articles, in `window.topnReplies`. The requests go out
    as the page made them. Status 0: no reply came; null: it is still under way. */
function noteReplies() {
  if (window.topnReplies) return;
  window.topnReplies = [];
  window.topnFetch = window.fetch.bind(window);
  const begin = (method, address) => {
    const url = new URL(address, location.href);
    if (!new RegExp(table.watched).test(url.pathname)) return null;
    const entry = { method: method.toUpperCase(), path: url.pathname, status: null, text: "" };
    window.topnReplies.push(entry);
    return entry;
  };
  const end = (entry, status, text) => {
    Object.assign(entry, { status, text });
    dispatchEvent(new Event("topn-reply"));
  };
  const plainFetch = window.fetch;
  window.fetch = async function (resource, options) {
    const isRequest = resource instanceof Request;
    const method = options?.method ?? (isRequest ? resource.method : "GET");
    const entry = begin(method, isRequest ? resource.url : resource);
    if (!entry) return plainFetch.apply(this, arguments);
    try {
      const reply = await plainFetch.apply(this, arguments);
      reply.clone().text().then((text) => end(entry, reply.status, text), () => end(entry, reply.status, ""));
      return reply;
    } catch (error) {
      end(entry, 0, "");
      throw error;
    }
  };
  const plainOpen = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, address) {
    const entry = begin(method, address);
    if (entry) this.addEventListener("loadend", () => end(entry, this.status, String(this.response ?? "")));
    return plainOpen.apply(this, arguments);
  };
}

const replies = (method, path) =>
  (window.topnReplies ?? []).filter((reply) => method.includes(reply.method) && new RegExp(path).test(reply.path));

/** GET, as the page itself would do it. Status 0: nothing came. */
async function get(address) {
  const stop = AbortSignal.timeout(Math.max(1, deadline - performance.now()));
  try {
    const fetching = window.topnFetch ?? window.fetch.bind(window);
    const reply = await fetching(address, { credentials: "include", cache: "no-store", signal: stop });
    const text = await reply.text();
    return { status: reply.status, text };
  } catch {
    return { status: 0, text: "" };
  }
}

const draftRecord = (id) => get(`/api/articles/${id}/draft`);

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Waits for the editor; for that of a known draft, until the draft's content stands in it: what is written
    earlier would be overwritten by it. Answers `ready`, `trouble`, `record` (the draft cannot be written to:
    see its record) or `waiting`. */
async function opened(draftId) {
  noteReplies();
  const stopped = trouble();
  if (stopped) return stopped;
  const record = draftId ? await draftRecord(draftId) : null;
  const stored = record?.status === 200 ? json(record.text) : null;
  if (draftId && stored?.state !== "draft") return { kind: "record", record, url: location.href };
  const storedLength = stored ? textOfHtml(stored.content ?? "").length : 0;
  const isLoaded = () => !stored
    || (visible(titleField().value) === visible(stored.title ?? "") && bodyText().length >= storedLength);
  const found = await seen(() => trouble() ?? (titleField() && bodyEditor() && isLoaded() ? { kind: "ready", record } : null));
  return found ?? { kind: "waiting", url: location.href, words: wordsOfPage() };
}

/** Runs the script's own part. A bug in it is told as an answer, so that every JavaScript error that WebDriver
    raises means one thing: the page went away meanwhile. */
function run(part) {
  part().then(answer, (error) => answer({ kind: "bug", words: String(error?.stack ?? error) }));
}
