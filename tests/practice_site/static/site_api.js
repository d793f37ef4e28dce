// The requests of the write page.

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

export class ApiError extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? `HTTP ${status}`);
    this.status = status;
    this.redirect = body?.error?.redirect;
  }
}

async function send(method, path, body) {
  const isForm = body instanceof FormData;
  const headers = { "x-xsrftoken": cookie("_xsrf"), "x-requested-with": "fetch" };
  if (body && !isForm) headers["content-type"] = "application/json";
  const reply = await fetch(path, { method, headers, body: isForm || !body ? body : JSON.stringify(body) });
  const text = await reply.text();
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    if (reply.ok) throw new ApiError(reply.status, null);
  }
  if (!reply.ok) throw new ApiError(reply.status, value);
  return value;
}

export const createDraft = (fields) => send("POST", "/api/articles/drafts", { delta_time: 0, can_reward: false, ...fields });
export const saveDraft = (id, fields) => send("PATCH", `/api/articles/${id}/draft`, { delta_time: 3, can_reward: false, ...fields });
export const addTopic = (id, name) => send("POST", `/api/articles/${id}/topics`, { name });
export const removeTopic = (id, name) => send("DELETE", `/api/articles/${id}/topics/${encodeURIComponent(name)}`);

export function findTopics(words) {
  return send("GET", `/api/autocomplete/topics?token=${encodeURIComponent(words)}&max_matches=5&use_similar=0&topic_filter=1`);
}

export async function columnsOf(urlToken) {
  const answer = await send("GET", `/api/v4/members/${urlToken}/column-contributions?limit=20&offset=0`);
  return answer.data.map((entry) => entry.column);
}

/** A File, or the address of a picture elsewhere. */
export async function uploadImage(picture) {
  const form = new FormData();
  if (typeof picture !== "string") form.append("picture", picture);
  else if (picture.startsWith("data:") || picture.startsWith("blob:")) form.append("picture", await (await fetch(picture)).blob(), "picture");
  else form.append("url", picture);
  form.append("source", "article");
  return (await send("POST", "/api/uploaded_images", form)).src;
}

export async function convertDocument(file) {
  const form = new FormData();
  form.append("document", file);
  form.append("task_id", crypto.randomUUID());
  form.append("scene", "article");
  const answer = await send("POST", "/api/v4/document/convert", form);
  if (answer.code !== 0) throw new ApiError(200, { error: { message: answer.message } });
  return answer.data.html_content;
}

export function publish(id, title, html, textLength) {
  return send("POST", "/api/v4/content/publish", {
    action: "article",
    data: {
      publish: { traceId: `${Date.now()},${crypto.randomUUID()}` },
      extra_info: { publisher: "pc" },
      draft: { disabled: 1, id, isPublished: false },
      commentsPermission: { comment_permission: "anyone" },
      creationStatement: { disclaimer_type: "none", disclaimer_status: "close" },
      hybrid: { html, textLength },
      title: { title },
    },
  });
}

export function countClick(draftId, isTrusted) {
  const body = new Blob([JSON.stringify({ draft_id: draftId ?? "", is_trusted: isTrusted })], { type: "application/json" });
  navigator.sendBeacon("/practice/clicks", body);
}
