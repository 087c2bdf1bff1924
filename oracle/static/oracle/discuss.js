// Comments on a passage: words selected in the text go into the form, and passages that open comments speak of are
// marked. The form takes copied words as well; without this file it is filled in by hand.
(() => {
  "use strict";
  // What the page adds to a wording: citation numbers, signs, words for those who do not see the signs.
  const ADDED = "sup, .claim-sign, .visually-hidden, [aria-hidden=true]";
  const BLOCKS = "p, li, h2, h3, h4, h5, h6, th, td, pre";
  const BLANK = /[\s\x1c-\x1f\x85]/;
  const AROUND = 200;
  const field = (name) => document.querySelector(`#passage [name=${name}]`);
  // As if it was typed, so that it is kept like what is typed.
  const set = (name, value) => {
    field(name).value = value;
    field(name).dispatchEvent(new Event("input", { bubbles: true }));
  };
  const element = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  // The words of a range as the wording has them.
  const words = (range) => {
    const piece = range.cloneContents();
    piece.querySelectorAll("sup").forEach((citation) => {
      const before = citation.previousSibling; // the blank before a citation goes with it
      if (before && before.nodeType === Node.TEXT_NODE) before.data = before.data.trimEnd();
    });
    piece.querySelectorAll(ADDED).forEach((added) => added.remove());
    piece.querySelectorAll(BLOCKS).forEach((block) => block.append(" "));
    return piece.textContent.replace(/\s+/g, " ");
  };

  const within = (root) => {
    const range = document.createRange();
    range.selectNodeContents(root);
    return range;
  };

  // The selection, as far as it is in one wording; null without one.
  const selected = () => {
    const selection = document.getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0).cloneRange();
    const root = element(range.startContainer).closest(".review-text [data-wording]");
    if (!root || element(range.commonAncestorContainer).closest(ADDED)) return null;
    if (!root.contains(range.endContainer)) range.setEnd(root, root.childNodes.length);
    return words(range).trim() ? { root, range } : null;
  };

  const current = () => {
    const claim = document.querySelector(".review-text [data-wording] .claim.current");
    return claim ? { root: claim.closest("[data-wording]"), range: within(claim) } : null;
  };

  const fill = ({ root, range }) => {
    const before = within(root);
    const after = within(root);
    before.setEnd(range.startContainer, range.startOffset);
    after.setStart(range.endContainer, range.endOffset);
    set("wording", root.dataset.wording);
    set("quote", words(range).trim());
    set("prefix", words(before).slice(-AROUND));
    set("suffix", words(after).slice(0, AROUND));
  };

  const discuss = (chosen) => {
    const form = document.getElementById("passage");
    if (!form) return;
    if (chosen) fill(chosen);
    form.open = true;
    (chosen ? field("body") : field("quote")).focus({ preventScroll: true });
    form.scrollIntoView({ block: "nearest" });
    bar.hidden = true;
  };

  // Words that were typed over what was selected are looked for anywhere.
  document.addEventListener("input", (event) => {
    if (event.target === field("quote") && event.isTrusted) ["wording", "prefix", "suffix"].forEach((name) => set(name, ""));
  });

  const bar = document.createElement("p");
  bar.className = "passage-bar";
  bar.hidden = true;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button primary";
  button.textContent = "Comment on this passage";
  button.setAttribute("aria-keyshortcuts", "c");
  bar.append(button);
  let offered = null;
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
  button.addEventListener("click", () => discuss(offered));

  document.addEventListener("selectionchange", () => {
    const chosen = selected();
    if (chosen) offered = chosen;
    if (chosen && bar.previousElementSibling !== chosen.root) chosen.root.after(bar);
    bar.hidden = !chosen && document.activeElement !== button;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    event.preventDefault();
    discuss(selected() || current());
  });

  // Marks. Places are counted in characters that are not blank, so that white space does not matter.
  const texts = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(ADDED)) found.push(walker.currentNode);
    return found;
  };

  // Where, in a text, the characters from one number to another stand, and how many there are.
  const cut = (text, from, to) => {
    let [count, start, end, place] = [0, -1, 0, 0];
    for (const char of text) {
      if (!BLANK.test(char)) {
        if (count >= from && start < 0) start = place;
        count += 1;
        if (count <= to) end = place + char.length;
      }
      place += char.length;
    }
    return { count, start, end };
  };

  const mark = (link) => {
    const { wording, comment } = link.dataset;
    const root = document.querySelector(`.review-text [data-wording="${wording}"]`);
    if (!root || document.getElementById(`passage-${comment}`)) return;
    let at = 0;
    let last = null;
    texts(root).forEach((node) => {
      const { count, start, end } = cut(node.data, link.dataset.begin - at, link.dataset.end - at);
      at += count;
      if (start < 0 || end <= start) return;
      const piece = node.splitText(start);
      piece.splitText(end - start);
      const shown = document.createElement("mark");
      shown.className = "passage";
      if (!last) shown.id = `passage-${comment}`;
      piece.replaceWith(shown);
      shown.append(piece);
      last = shown;
    });
    if (last) last.after(sign(link));
  };

  const sign = (link) => {
    const shown = document.createElement("a");
    shown.className = "claim-sign passage-sign";
    shown.href = link.href;
    shown.textContent = "comment";
    shown.setAttribute("aria-label", `Comment by ${link.textContent}`);
    return shown;
  };

  const settle = () => {
    document.querySelectorAll("#passages a").forEach(mark);
    document.querySelectorAll(".to-passage").forEach((link) => {
      link.parentElement.hidden = !document.querySelector(link.hash);
    });
  };
  document.body.addEventListener("htmx:afterSettle", settle);
  settle();
})();
