// Keys of the review page. Everything here is also a button or a link; without this file the page works as it is.
(() => {
  "use strict";
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;
  const note = () => document.getElementById("note");

  const give = (button) => {
    if (!button) return;
    if (button.hasAttribute("data-needs-note") && note().value.trim() === "") {
      note().dataset.pressed = button.value;
      note().focus();
      return;
    }
    button.click();
  };

  const follow = (selector) => {
    const link = document.querySelector(selector);
    if (link) link.click();
  };

  const help = () => {
    const keys = document.getElementById("keys");
    if (!keys) return;
    keys.open = true;
    keys.querySelector("summary").focus();
  };

  const press = (event) => {
    const verdicts = document.querySelectorAll(".verdicts button");
    if (/^[1-5]$/.test(event.key)) give(verdicts[Number(event.key) - 1]);
    else if (event.key === "s") give(verdicts[0]);
    else if (event.key === "n") follow(".claim-nav [rel=next]");
    else if (event.key === "p") follow(".claim-nav [rel=prev]");
    else if (event.key === "/" && note()) note().focus();
    else if (event.key === "?") help();
    else return;
    event.preventDefault();
  };

  document.addEventListener("keydown", (event) => {
    if (event.target === note() && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const wanted = note().dataset.pressed;
      if (wanted) document.querySelector(`.verdicts button[value="${CSS.escape(wanted)}"]`).click();
      event.preventDefault();
    } else if (event.target === note() && event.key === "Escape") {
      note().blur();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      press(event);
    }
  });

  // In the decision, Y and N answer the next open question and go on; only while the focus is there.
  const sayYesOrNo = (event) => {
    const answer = { y: "yes", n: "no" }[event.key.toLowerCase()];
    const open = [...document.querySelectorAll(".question")].find((one) => !one.querySelector("input:checked"));
    if (!answer || !open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!event.target.matches("#decision input[type=radio]") || !document.querySelector("[value=approve]:checked")) return;
    open.querySelector(`input[value=${answer}]`).click();
    const next = [...document.querySelectorAll(".question")].find((one) => !one.querySelector("input:checked"));
    (next ? next.querySelector("input[type=radio]") : document.getElementById("password")).focus();
    event.preventDefault();
  };
  document.addEventListener("keydown", sayYesOrNo);

  // After a verdict: show the statement in the text, on a phone its card; when all are judged, go to the decision.
  const wide = window.matchMedia("(min-width: 60rem)");
  const settle = () => {
    const refused = document.getElementById("refused");
    const decision = document.querySelector("#decision[data-ready]");
    if (refused) {
      refused.scrollIntoView({ block: "center" });
      return;
    }
    if (document.activeElement === note()) note().blur();
    if (decision) decision.querySelector("input[type=radio]").focus();
    else if (wide.matches) document.querySelector(".claim.current")?.scrollIntoView({ block: "center" });
    else document.querySelector(".claim-card")?.scrollIntoView({ block: "start" });
  };
  document.body.addEventListener("htmx:afterSettle", settle);
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    // Another page came (the session has ended): go there, and come back to this round.
    if (!detail.xhr.responseText.includes('id="review-page"')) {
      detail.shouldSwap = false;
      window.location.reload();
    } else if ([403, 409, 422].includes(detail.xhr.status)) {
      detail.shouldSwap = true; // a refused verdict comes with the whole page
    }
  });
})();
