// Keys of the review page, and what is typed there kept until the server has it. Everything here is also a button or
// a link; without this file the page works as it is.
(() => {
  "use strict";
  const page = document.getElementById("review-page");
  if (!page) return;
  const typing = (element) => element.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]") !== null;
  const field = (name) => document.getElementById(name);
  const note = () => field("note");

  // Kept: one entry for each field of each statement, named by numbers alone; sign-out forgets them all.
  const prefix = `oracle:typed:${page.dataset.person}:${page.dataset.round}:`;
  const store = (change) => {
    try {
      return change(window.localStorage);
    } catch {
      return null; // a browser that keeps nothing
    }
  };
  const kept = () => document.querySelectorAll("[data-keep]");
  const keep = (element) => {
    const name = prefix + element.dataset.keep;
    store((local) => (element.value.trim() ? local.setItem(name, element.value) : local.removeItem(name)));
  };
  const forget = (form) => {
    for (const element of form.querySelectorAll("[data-keep]")) store((local) => local.removeItem(prefix + element.dataset.keep));
  };
  // A form that goes without a script: the page that follows says whether the server has it.
  const SENT = "oracle:sent";
  document.addEventListener("submit", (event) => {
    if (event.target.hasAttribute("hx-post")) return;
    const names = [...event.target.querySelectorAll("[data-keep]")].map((element) => prefix + element.dataset.keep);
    store(() => window.sessionStorage.setItem(SENT, JSON.stringify(names)));
  });
  const forgetSent = () => {
    const names = JSON.parse(store(() => window.sessionStorage.getItem(SENT)) || "[]");
    store(() => window.sessionStorage.removeItem(SENT));
    const done = document.querySelector(".messages .message") && !field("refused");
    if (!done || document.referrer.includes("/accounts/login/")) return;
    for (const name of names) store((local) => local.removeItem(name));
  };
  const restore = () => {
    for (const element of kept()) {
      const text = store((local) => local.getItem(prefix + element.dataset.keep));
      if (!text || element.value === text) continue;
      if (element.value.trim()) continue; // what a refused form brought back is newer
      element.value = text;
      const line = element.closest("form").querySelector(".kept");
      if (line) line.hidden = false;
      const fold = element.closest("details");
      if (fold) fold.open = true;
    }
  };

  const give = (button) => {
    if (!button) return;
    const wanted = button.hasAttribute("data-needs-note") && note().value.trim() === "" ? note()
      : button.hasAttribute("data-needs-quote") && field("quote").value.trim() === "" ? field("quote") : null;
    if (wanted) {
      note().dataset.pressed = button.value;
      wanted.focus();
    } else {
      button.click();
    }
  };
  const pressed = () => {
    const value = note().dataset.pressed;
    return value ? document.querySelector(`.judging button[value="${CSS.escape(value)}"]`) : null;
  };

  const follow = (selector) => {
    const link = document.querySelector(selector);
    if (link) link.click();
  };

  const help = () => {
    const keys = field("keys");
    if (!keys) return;
    keys.open = true;
    keys.querySelector("summary").focus();
  };

  const press = (event) => {
    const key = event.key.toLowerCase();
    if (/^[1-5]$/.test(key)) give(document.querySelector(`.judging [data-key="${key}"]`));
    else if (key === "s") give(document.querySelector('.judging [data-key="1"]'));
    else if (key === "y") same();
    else if (key === "n") follow(document.querySelector(".claim-nav") ? ".claim-nav [rel=next]" : "[data-next]");
    else if (key === "r") document.querySelector(".by-section button")?.focus();
    else if (key === "m") follow('.tab-panel .comment form[action$="/resolve/"] button');
    else if (key === "p") follow(".claim-nav [rel=prev]");
    else if (key === "/" && note()) note().focus();
    else if (key === "?") help();
    else return;
    event.preventDefault();
  };

  // Yes, it says the same; where numbers differ, each is accepted first.
  const same = () => {
    const open = document.querySelector(".pair input[name=accept]:not(:checked)");
    if (open) open.focus();
    else follow(".pair [value=yes]");
  };

  // In the decision, Y and N answer the next open question and go on; only while the focus is there.
  const answers = (event) => {
    const answer = { y: "yes", n: "no" }[event.key.toLowerCase()];
    const open = [...document.querySelectorAll(".question")].find((one) => !one.querySelector("input:checked"));
    if (!answer || !open || !event.target.matches("#decision input[type=radio]")) return false;
    if (!document.querySelector("[value=approve]:checked")) return false;
    open.querySelector(`input[value=${answer}]`).click();
    const next = [...document.querySelectorAll(".question")].find((one) => !one.querySelector("input:checked"));
    (next ? next.querySelector("input[type=radio]") : document.getElementById("password")).focus();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    const inField = event.target === note() || event.target === field("quote");
    if (inField && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      give(pressed());
      event.preventDefault();
    } else if (inField && event.key === "Escape") {
      event.target.blur();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      if (answers(event)) event.preventDefault();
      else press(event);
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-keep]")) keep(event.target);
  });

  // My verdicts as signs in the text and words in the list, as the server writes them into a whole page.
  const looks = (verdict) => document.querySelector(`.judging button[value="${verdict}"]`)?.dataset;
  const badge = (look, text) => {
    const sign = document.createElement("span");
    sign.className = `claim-sign ${look.tone}`;
    sign.textContent = text;
    return sign;
  };
  const mark = (element, verdict) => {
    if (element.matches("tr") || element.dataset.verdict === verdict) return;
    const inner = element.firstElementChild?.matches("p") ? element.firstElementChild : element;
    for (const old of inner.querySelectorAll(":scope > .claim-sign, :scope > .claim-word")) old.remove();
    const look = looks(verdict);
    const word = document.createElement("span");
    word.className = "visually-hidden claim-word";
    word.textContent = `${look.word}: `;
    const sign = badge(look, look.sign);
    sign.setAttribute("aria-hidden", "true");
    inner.prepend(sign, word);
    element.dataset.verdict = verdict;
  };
  const markAll = () => {
    const card = field("statement");
    if (!card) return;
    const given = new Map(card.dataset.marks.split(" ").filter(Boolean).map((pair) => pair.split(":")));
    for (const element of document.querySelectorAll("[data-claim]")) {
      const verdict = given.get(element.dataset.claim);
      element.classList.toggle("current", element.dataset.claim === card.dataset.current);
      element.classList.toggle("judged", Boolean(verdict));
      if (verdict) mark(element, verdict);
    }
    for (const line of document.querySelectorAll("[data-line]")) {
      const verdict = given.get(line.dataset.line);
      line.toggleAttribute("aria-current", line.dataset.line === card.dataset.current);
      if (line.hasAttribute("aria-current")) line.setAttribute("aria-current", "true");
      if (verdict) line.querySelector(".claim-sign").replaceWith(badge(looks(verdict), looks(verdict).word));
    }
  };

  // After a verdict: show the statement in the text, on a phone its card; when all are judged, go to the decision.
  const wide = window.matchMedia("(min-width: 64rem)");
  const settle = () => {
    markAll();
    restore();
    const refused = field("refused");
    const decision = document.querySelector("#decision[data-ready]");
    if (refused) {
      refused.scrollIntoView({ block: "center" });
      return;
    }
    if (decision) decision.querySelector("input[type=radio]").focus();
    else if (wide.matches) document.querySelector(".claim.current")?.scrollIntoView({ block: "center" });
    else field("statement")?.scrollIntoView({ block: "start" });
  };
  let asked = null; // the form on its way
  const unsaved = (sentence) => {
    const box = field("unsaved");
    box.textContent = sentence;
    box.hidden = !sentence;
    if (sentence) box.scrollIntoView({ block: "center" });
  };
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    asked = event.detail.elt.closest("form");
    unsaved("");
  });
  document.body.addEventListener("htmx:sendError", () => {
    unsaved("Not saved: no connection. What you typed is kept; press the verdict again once you are connected.");
  });
  document.body.addEventListener("htmx:afterSettle", settle);
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    const { status, responseText } = detail.xhr;
    if (!responseText.includes('id="statement"')) {
      // Another page came (the session has ended, the round has): go there, and come back to this statement.
      detail.shouldSwap = false;
      if (status >= 500) unsaved("Not saved: the site did not answer as it should. What you typed is kept; press the verdict again.");
      else window.location.reload();
    } else if ([403, 409, 422].includes(status)) {
      detail.shouldSwap = true; // a refused verdict comes with its card
    } else if (asked && status < 300) {
      forget(asked);
    }
  });

  forgetSent();
  restore();
  if (field("statement") && !wide.matches && !window.location.hash && !field("refused")) field("panel").scrollIntoView({ block: "start" });
})();
