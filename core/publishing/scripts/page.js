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
const RECEIPT_KEY = "topn-receipt";

const all = (selector) => [...document.querySelectorAll(selector)];
const visible = (text) => text.replace(new RegExp(table.invisible, "gu"), "");
const bodyEditor = () => document.querySelector(table.body);
const titleField = () => document.querySelector(table.title);
const bodyText = () => visible(all(`${table.body} ${table.block}`).map((block) => block.textContent).join(""));
const idInAddress = () => /^\/p\/(\d+)\/edit$/.exec(location.pathname)?.[1] ?? null;
const textOfHtml = (html) => visible(new DOMParser().parseFromString(html, "text/html").body.textContent);

/** The button that can be seen and whose text, without zero-width characters, is exactly this. */
const buttonNamed = (label, within = "") =>
  all(`${within} button`.trim()).find(
    (button) => visible(button.textContent) === visible(label) && button.checkVisibility(),
  ) ?? null;

/** Whether all pieces stand in the text, one behind the other. */
function holdsInOrder(text, pieces) {
  let at = 0;
  return pieces.every((piece) => {
    const found = text.indexOf(piece, at);
    at = found + piece.length;
    return found >= 0;
  });
}

/** What the page says to people in its notices and dialogs. */
const noticesOfPage = () => all(`${table.notice}, ${table.dialog}`).map((node) => node.textContent).join("\n").trim();

/** All that a page says which is neither editor nor article: a sign-in, a human check, an error. */
function wordsOfPage() {
  const isPlain = !bodyEditor() && !/^\/p\/\d+$/.test(location.pathname);
  const text = isPlain ? (document.body?.innerText ?? "") : "";
  return text.length < MAX_PLAIN_PAGE ? `${document.title}\n${text}` : document.title;
}

/** Where the page is and what it shows. */
function surroundings(kind) {
  const status = performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;
  return { kind, url: location.href, status, notices: noticesOfPage(), page: wordsOfPage() };
}

/** The surroundings, if they are one of the known troubles; else null. */
function trouble() {
  const { url, status, notices, page } = surroundings("trouble");
  const isTrouble =
    new RegExp(table.troubleAddress).test(new URL(url).pathname) ||
    new RegExp(table.troubleNotices).test(notices) ||
    new RegExp(table.troublePages).test(page);
  const isError = status >= 400 && status !== 404 && !bodyEditor();
  // A connection that breaks while a page is on its way: the driver does not always say so, the browser shows it.
  const isUnreached = location.protocol === "chrome-error:";
  return isTrouble || isError || isUnreached ? surroundings("trouble") : null;
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

/** Notes the replies to the page's own requests about articles and their settings, in `window.topnReplies`. The requests go out
    as the page made them. Status 0: no reply came; null: it is still under way. */
function noteReplies() {
  if (window.topnReplies) return;
  window.topnReplies = [];
  window.topnFetch = window.fetch.bind(window);
  const begin = (method, address) => {
    const url = new URL(address, location.href);
    if (!new RegExp(table.watched).test(url.pathname)) return null;
    const entry = { method: method.toUpperCase(), path: url.pathname, query: url.search, status: null, text: "" };
    window.topnReplies.push(entry);
    return entry;
  };
  const end = (entry, status, text) => {
    Object.assign(entry, { status, text });
    if (isPublish(entry)) sessionStorage.setItem(RECEIPT_KEY, JSON.stringify(entry));
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
      // Noted before the page gets it: what the page does with it may be to leave.
      end(entry, reply.status, await reply.clone().text().catch(() => ""));
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

const isPublish = (entry) => ["POST", "PUT"].includes(entry.method) && new RegExp(table.publishRequest).test(entry.path);

/** The reply to the publish request, also when the page has left for another one since. */
const receiptOfPublish = () => json(sessionStorage.getItem(RECEIPT_KEY) ?? "null");

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
  return found ?? surroundings("waiting");
}

/** Runs the script's own part. A bug in it is told as an answer, so that it cannot be taken for a page that
    went away. */
function run(part) {
  part().then(answer, (error) => answer({ kind: "bug", words: String(error?.stack ?? error) }));
}
