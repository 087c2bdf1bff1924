// Passkeys: the browser asks the device, and the form takes the answer along. Without this file passwords and codes work.
(() => {
  "use strict";
  const able = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

  const say = (form, words) => {
    const place = form.querySelector("[data-passkey-says]");
    if (place) place.textContent = words;
  };

  // What the device is asked: from the address in `data-passkey`, else from the JSON on the page.
  const asked = async (button) => {
    if (!button.dataset.passkey) return JSON.parse(document.getElementById(button.dataset.options).textContent);
    const sent = new URLSearchParams();
    for (const name of ["csrfmiddlewaretoken", "sha256"]) {
      const field = button.form.elements[name];
      if (field) sent.set(name, field.value);
    }
    const answer = await fetch(button.dataset.passkey, { method: "POST", body: sent, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const use = async (button) => {
    const { form } = button;
    if (!form.reportValidity()) return;
    say(form, "");
    try {
      const options = (await asked(button)).publicKey;
      const given = button.hasAttribute("data-make")
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements[button.dataset.field || "passkey"].value = JSON.stringify(given);
      form.requestSubmit();
    } catch {
      say(form, "The passkey gave no answer. Nothing was sent; try again.");
    }
  };

  const show = () => {
    for (const button of document.querySelectorAll("button[data-passkey], button[data-options]")) button.hidden = !able;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-passkey], button[data-options]");
    if (button) use(button);
  });
  document.addEventListener("htmx:afterSettle", show);
  show();
})();
