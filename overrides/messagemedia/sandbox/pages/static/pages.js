// Keeps a page up to date, and posts what is done on it. Everything that is shown comes from the server as a page; this
// script never makes markup of a text.
"use strict";

const EVENTS = "/__sandbox__/events";
const LEAST_PAUSE = 200; // ms between two looks, so that a stream of messages leaves time to draw
const PAUSE = 1000; // ms, after trouble, and where the sandbox doesn’t let a tab wait, because enough others do
const MOST_ANNOUNCED = 3;

const byId = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// --- staying up to date ---------------------------------------------------------------------------------------------

// XMLHttpRequest and not fetch, because it parses the page by itself: no text has to be made into markup here.
function fetchPage(address) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.onload = () => (request.response ? done(request.response) : failed(new Error("no page")));
    request.onerror = failed;
    request.send();
  });
}

// Makes one node what the other is, and leaves alone what is the same: so focus, selection, scroll positions and what
// somebody is writing stay as they are.
function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return old;
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    const replacement = document.importNode(fresh, true);
    old.replaceWith(replacement);
    return replacement;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = fresh.nodeValue;
    return old;
  }
  morphAttributes(old, fresh);
  if (!old.hasAttribute("data-keep")) morphChildren(old, fresh); // of what is kept, this script writes the content
  return old;
}

function morphAttributes(old, fresh) {
  // What a person has opened, and what `chooseDetails` has hidden, stays so.
  const mine = old.nodeName === "DETAILS" ? ["open"] : old.closest("[data-for]") ? ["hidden", "disabled"] : [];
  for (const { name, value } of fresh.attributes) {
    if (!mine.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!mine.includes(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

function morphChildren(old, fresh) {
  const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const same = wanted.id ? known.get(wanted.id) : null;
    if (same) {
      if (same !== place) old.insertBefore(same, place);
      place = morph(same, wanted).nextSibling;
    } else if (place && !place.id && !wanted.id && place.nodeName === wanted.nodeName) {
      place = morph(place, wanted).nextSibling;
    } else {
      old.insertBefore(document.importNode(wanted, true), place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

const announced = () => [...document.querySelectorAll("[data-announce]")];

function announce(before) {
  const fresh = announced().filter((each) => !before.has(each.id));
  if (!fresh.length) return;
  const texts = fresh.slice(-MOST_ANNOUNCED).map((each) => each.dataset.announce);
  if (fresh.length > texts.length) texts.unshift(`${fresh.length} new.`);
  byId("announcement").textContent = texts.join(" ");
}

// A thread stays at its end if it is there: then the newest message comes into view, and otherwise nothing moves.
const isAtEnd = (thread) => thread.scrollHeight - thread.scrollTop - thread.clientHeight < 40;

let refreshing = null;
function refresh() {
  refreshing ??= (async () => {
    const address = location.href;
    try {
      const fresh = await fetchPage(address);
      if (address === location.href) takeOver(fresh);
    } finally {
      refreshing = null;
    }
  })();
  return refreshing;
}

function takeOver(fresh) {
  const before = new Set(announced().map((each) => each.id));
  const thread = byId("thread");
  const follow = thread && isAtEnd(thread);
  const focused = document.activeElement;
  document.title = fresh.title;
  morph(document.body, fresh.body);
  // What had the focus may have moved, or become something else, such as Pause that became Resume.
  if (focused && focused !== document.activeElement) {
    (focused.isConnected ? focused : byId(focused.id))?.focus({ preventScroll: true });
  }
  if (follow) byId("thread")?.scrollTo(0, byId("thread").scrollHeight);
  announce(before);
  chooseDetails();
  showClock();
}

// One request waits for the next change, and none at all in a tab that nobody sees: a browser has six connections to a
// host. A tab that comes back looks at once, and as it fetches the whole page, it has missed nothing.
async function follow() {
  while (!document.hidden) {
    const stopped = new AbortController();
    const stop = () => document.hidden && stopped.abort();
    document.addEventListener("visibilitychange", stop);
    try {
      const after = document.body.dataset.version;
      // Of the same address, browsers let one request through their cache at a time: other tabs would wait for this one.
      const answer = await fetch(`${EVENTS}?after=${after}`, { signal: stopped.signal, cache: "no-store" });
      const { changes } = await answer.json();
      const changed = String(changes) !== after;
      if (changed) await refresh();
      tell("");
      await pause(changed ? LEAST_PAUSE : PAUSE);
    } catch (error) {
      if (error.name === "AbortError") return;
      tell("The sandbox doesn’t answer. This page continues by itself when it does.");
      await pause(PAUSE);
      await refresh().then(() => tell(""), () => {});
    } finally {
      document.removeEventListener("visibilitychange", stop);
    }
  }
}

let following = null;
function goOn() {
  if (document.hidden) return;
  following ??= follow().finally(() => {
    following = null;
    goOn(); // it may have come back into view meanwhile
  });
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh().catch(() => {}).finally(goOn);
});

// --- what is done on the page ---------------------------------------------------------------------------------------

let troubled = false;
function tell(text, asked = false) {
  if (!text && troubled && !asked) return; // what a person's own click has caused stays until the next one
  byId("trouble").textContent = text;
  troubled = asked && Boolean(text);
}

const asBase64 = (file) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(new Error(`${file.name} can’t be read`));
    reader.readAsDataURL(file);
  });

const READERS = {
  text: (field) => field.value,
  number: (field) => Number(field.value),
  json: (field) => JSON.parse(field.value),
  flag: (field) => field.checked || undefined,
  list: (field) => field.value.split(",").map((each) => each.trim()).filter(Boolean),
  files: (field) =>
    field.files.length === 0
      ? undefined
      : Promise.all(
          [...field.files].map(async (file) => ({
            content_type: file.type || "application/octet-stream",
            original_name: file.name,
            content: await asBase64(file),
          })),
        ),
};

// What a form says, with the names that the control call takes; what was left empty is left out.
async function settingsOf(form) {
  const settings = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || (field.type === "radio" && !field.checked) || field.value === "") continue;
    const value = await (READERS[field.dataset.kind] ?? READERS.text)(field);
    if (value !== undefined) settings[field.name] = value;
  }
  return settings;
}

async function send(form) {
  const answer = await fetch(form.getAttribute("action"), {
    method: form.dataset.method ?? "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(await settingsOf(form)),
  });
  if (!answer.ok) throw new Error((await answer.json()).message);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return;
  try {
    await send(form);
    if ("clears" in form.dataset) form.reset();
    tell("", true);
    await refresh();
  } catch (error) {
    tell(error instanceof SyntaxError ? `This is not JSON: ${error.message}` : error.message, true);
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.copy) await copy(button);
  if (button?.dataset.say) {
    const field = byId("reply");
    field.value = button.dataset.say;
    field.focus();
  }
});

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.text);
    byId("announcement").textContent = "Copied";
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1500);
  } catch {
    // Without leave, or on a host that browsers don't trust: then it is at least selected.
    getSelection().selectAllChildren(byId(button.dataset.copy));
  }
}

document.addEventListener("keydown", (event) => {
  if (event.target.id === "reply" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  const writes = event.target.closest("input, textarea, select");
  if (event.key === "/" && !writes && byId("q")) {
    event.preventDefault();
    byId("q").focus();
  }
});

// --- what is chosen, and what the clock says ------------------------------------------------------------------------

// Of the details of a fault, only those that belong to its kind.
function chooseDetails() {
  for (const form of document.querySelectorAll("form[data-choose]")) {
    const chosen = form.elements[form.dataset.choose].value;
    for (const label of form.querySelectorAll("[data-for]")) {
      const belongs = label.dataset.for.split(" ").includes(chosen);
      label.hidden = !belongs;
      for (const field of label.querySelectorAll("input, select, textarea")) field.disabled = !belongs;
    }
  }
}
document.addEventListener("change", chooseDetails);

const NO_PICTURE = "Add a picture";
function showPicture() {
  const picture = byId("picture");
  if (picture) byId("picture-name").textContent = picture.files[0]?.name ?? NO_PICTURE;
}
document.addEventListener("change", showPicture);
document.addEventListener("reset", () => setTimeout(showPicture)); // when it has been emptied

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const two = (number) => String(number).padStart(2, "0");
let shown = { now: null, since: 0 };

function showClock() {
  const clock = byId("now");
  if (shown.now !== clock.dataset.now) shown = { now: clock.dataset.now, since: performance.now() };
  const passed = clock.dataset.runs === "1" ? performance.now() - shown.since : 0;
  const time = new Date(Number(clock.dataset.now) * 1000 + passed);
  const day = `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()]} ${time.getUTCFullYear()}`;
  const hours = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two).join(":");
  [`${day}, `, hours].forEach((text, place) => {
    if (clock.children[place].textContent !== text) clock.children[place].textContent = text;
  });
}

chooseDetails();
showClock();
setInterval(() => document.hidden || showClock(), 250);
if (byId("thread") && !location.hash) byId("thread").scrollTo(0, byId("thread").scrollHeight);
goOn();
