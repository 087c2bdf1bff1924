// The page to write: Ctrl+S saves, a finding's place is selected, unsaved words are not left behind unasked,
// and `[@` offers the keys of the references. Everything here works without it as well, by hand.
(function () {
  "use strict";
  const form = document.querySelector("form[data-editor]");
  if (!form) return;

  const asTyped = () => JSON.stringify(Array.from(new FormData(form)).filter(([name]) => name !== "csrfmiddlewaretoken"));
  const opened = asTyped();
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

  // Completion of citation keys.
  const keys = (form.dataset.keys || "").split(" ").filter(Boolean);
  const list = document.createElement("ul");
  list.className = "completions";
  list.id = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Citation keys");
  list.hidden = true;
  let field = null;
  let current = 0;

  const begun = () => {
    const before = field.value.slice(0, field.selectionStart);
    const match = /\[(?:@[\w:.-]+;\s*)*@([\w:.-]*)$/.exec(before);
    return match ? match[1] : null;
  };
  const close = () => {
    list.hidden = true;
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
    const found = word === null ? [] : keys.filter((key) => key.toLowerCase().startsWith(word.toLowerCase()));
    if (!found.length) return close();
    list.replaceChildren(...found.map((key, place) => {
      const option = document.createElement("li");
      option.id = "completion-" + place;
      option.setAttribute("role", "option");
      option.textContent = key;
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(key); });
      return option;
    }));
    field.after(list);
    list.hidden = false;
    return mark(0);
  };

  form.querySelectorAll("textarea").forEach((area) => {
    area.addEventListener("input", () => { field = area; offer(); });
    area.addEventListener("blur", () => { if (field === area) close(); });
    area.addEventListener("keydown", (event) => {
      if (list.hidden || field !== area) return;
      const moves = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in moves) mark(current + moves[event.key]);
      else if (event.key === "Enter" || event.key === "Tab") take(list.children[current].textContent);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
  });
})();
