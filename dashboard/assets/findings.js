/* The buttons of a finding: what is done goes to the server and comes back as a push; what failed is said, and a reason
   that somebody wrote stays in its box until it has been taken. */
(() => {
  "use strict";
  const MOST = 2000;

  async function act(what, finding, reason = null) {
    const body = JSON.stringify({ what, finding, reason, search: location.search });
    try {
      const answer = await fetch("/findings/act", { method: "POST", headers: { "content-type": "application/json" }, body });
      return answer.ok ? "" : await answer.text();
    } catch (error) { return String(error.message); }
  }

  const say = (text) => { document.getElementById("finding--said").textContent = text; };

  function made(tag, props, ...inside) {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...inside);
    return element;
  }

  function askWhy(button, finding) {
    const word = button.dataset, failed = made("p", { className: "state-behind" });
    failed.setAttribute("role", "alert");
    const reason = made("textarea", { id: "finding--reason", rows: 3, maxLength: MOST, placeholder: word.wordReasonPlaceholder });
    const send = made("button", { id: "finding--send", className: "button button-first", textContent: word.wordSend, disabled: true });
    const cancel = made("button", { type: "button", className: "button", textContent: word.wordCancel });
    const form = made("form", { method: "dialog" }, made("h2", { textContent: word.wordReasonTitle }),
      made("label", {}, word.wordReasonHint, reason), failed, made("div", { className: "finding-buttons" }, cancel, send));
    const dialog = made("dialog", { className: "finding-dialog" }, form);
    dialog.setAttribute("aria-label", word.wordReasonTitle);
    reason.addEventListener("input", () => { send.disabled = !reason.value.trim(); });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      failed.textContent = await act("not_a_problem", finding, reason.value);
      send.disabled = false;
      if (!failed.textContent) dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-act]"), finding = button?.closest("[data-key]").dataset.key;
    if (!button) return;
    if (button.dataset.act === "not_a_problem") return askWhy(button, finding);
    say(await act(button.dataset.act, finding));
  });
})();
