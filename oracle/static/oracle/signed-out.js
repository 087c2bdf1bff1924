// Signing out forgets what was typed and not saved on this device.
(() => {
  "use strict";
  document.querySelector("form[data-forget]").addEventListener("submit", () => {
    try {
      for (const name of Object.keys(window.localStorage)) {
        if (name.startsWith("oracle:typed:")) window.localStorage.removeItem(name);
      }
    } catch {
      // a browser that keeps nothing
    }
  });
})();
