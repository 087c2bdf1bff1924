// The page to write: Ctrl+S saves, a finding's place is selected, unsaved words are not left behind unasked, a link to a
// panel opens it, and `[@` offers the keys of the references. Everything here works without it as well, by hand.
(function () {
  "use strict";
  const form = document.querySelector("form[data-editor]");
  if (!form) return;

  const asTyped = () => JSON.stringify(Array.from(new FormData(form)).filter(([name]) => name !== "csrfmiddlewaretoken"));
  // What a refusal brought back is saved nowhere, though nothing was typed on this page.
  const opened = "unsaved" in form.dataset ? null : asTyped();
  let saving = false;
  form.addEventListener("submit", () => { saving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!saving && asTyped() !== opened) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  document.querySelectorAll("a[data-start]").forEach((link) => link.addEventListener("click", (event) => {
    const field = document.querySelector(link.hash);
    if (!field || !field.setSelectionRange) return;
    event.preventDefault();
    const start = Number(link.dataset.start);
    const end = field.value.indexOf("\n", start);
    field.focus();
    field.setSelectionRange(start, end < 0 ? field.value.length : end);
    field.scrollIntoView({ block: "center" });
  }));

  // A panel is a folded section: a link to it, here or from another page, unfolds it.
  const unfold = () => {
    const panel = location.hash && document.getElementById(location.hash.slice(1));
    if (!(panel instanceof HTMLDetailsElement)) return;
    panel.open = true;
    panel.scrollIntoView({ block: "nearest" });
  };
  window.addEventListener("hashchange", unfold);
  document.querySelectorAll("[data-panels] a").forEach((link) => link.addEventListener("click", () => setTimeout(unfold)));
  unfold();

  // Completion of citation keys. Nothing is taken that was not chosen: first an arrow key, then Enter or Tab.
  const sources = Array.from(document.querySelectorAll("#references [data-key]"), (item) => item.dataset);
  const shown = document.createElement("div");
  shown.className = "completions";
  shown.hidden = true;
  const hint = document.createElement("p");
  hint.className = "helptext";
  hint.textContent = "Arrow down to choose, Enter to take, Escape to leave";
  const list = document.createElement("div");
  list.id = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "References, to choose with the arrow keys");
  shown.append(hint, list);
  document.body.append(shown);
  let field = null;
  let current = -1;

  const begun = () => {
    const before = field.value.slice(0, field.selectionStart);
    const match = /\[(?:@[\w:.-]+;\s*)*@([\w:.-]*)$/.exec(before);
    return match ? match[1] : null;
  };
  const close = () => {
    shown.hidden = true;
    current = -1;
    if (field) field.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const options = list.children;
    current = (index + options.length) % options.length;
    Array.from(options).forEach((option, place) => option.setAttribute("aria-selected", String(place === current)));
    field.setAttribute("aria-activedescendant", options[current].id);
    options[current].scrollIntoView({ block: "nearest" });
  };
  const take = (key) => {
    const word = begun() || "";
    const at = field.selectionStart;
    const closing = field.value[at] === "]" ? "" : "]";
    field.setRangeText(key + closing, at - word.length, at, "end");
    close();
    field.focus();
  };
  const offer = () => {
    const word = begun();
    const begins = ({ key }) => key.toLowerCase().startsWith(word.toLowerCase());
    const found = word === null ? [] : sources.filter(begins);
    close();
    if (!found.length) return;
    list.replaceChildren(...found.map(({ key, title }, place) => {
      const option = document.createElement("li");
      option.id = "completion-" + place;
      option.setAttribute("role", "option");
      option.dataset.key = key;
      option.setAttribute("aria-selected", "false");
      const code = document.createElement("code");
      code.textContent = key;
      option.append(code, " " + title);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(key); });
      return option;
    }));
    shown.hidden = false;
  };

  form.querySelectorAll("textarea").forEach((area) => {
    area.addEventListener("input", () => { field = area; offer(); });
    area.addEventListener("blur", () => { if (field === area) close(); });
    area.addEventListener("keydown", (event) => {
      if (shown.hidden || field !== area) return;
      const chosen = list.children[current];
      if (event.key === "ArrowDown") mark(current + 1);
      else if (event.key === "ArrowUp") mark(chosen ? current - 1 : -1);
      else if (chosen && (event.key === "Enter" || event.key === "Tab")) take(chosen.dataset.key);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
  });
})();
