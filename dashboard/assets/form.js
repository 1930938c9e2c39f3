/* Buttons that do something (data-post) or ask first (data-form; an empty form asks nothing), and the forms that the
   server draws for them (dashboard/components/form.py). What went wrong is said; a form stays open with what was typed until it was taken. */
(() => {
  "use strict";
  async function came(path, how) {
    try {
      const answer = await fetch(path, how);
      return { ok: answer.ok, text: await answer.text() };
    } catch (error) { return { ok: false, text: String(error.message) }; }
  }

  function post(path, fields) {
    const body = JSON.stringify({ ...fields, search: location.search });
    return came(path, { method: "POST", headers: { "content-type": "application/json" }, body });
  }

  function say({ ok, text }) {
    const said = document.createElement("span");
    said.textContent = text;
    said.classList.toggle("said-fault", !ok);
    document.getElementById("page--said")?.replaceChildren(...(text ? [said] : []));
  }

  async function act(button) {
    say(await post(button.dataset.post, JSON.parse(button.dataset.fields)));
  }

  async function ask(button) {
    const drawn = await came(`${button.dataset.form}&${new URLSearchParams({ search: location.search })}`);
    if (!drawn.ok) return say(drawn);
    if (!drawn.text) return act(button);
    const dialog = document.createElement("dialog");
    dialog.className = "form";
    dialog.innerHTML = drawn.text;
    const form = dialog.querySelector("form"), sends = [...form.querySelectorAll("button:not([type=button])")];
    const fault = form.querySelector(".form-fault");
    const lacks = () => [...form.querySelectorAll("[required]")].some((one) => !one.value.trim());
    const check = () => { for (const send of sends) send.disabled = lacks(); };
    dialog.setAttribute("aria-label", form.querySelector("h2").textContent);
    form.addEventListener("input", check);
    form.querySelector("[type=button]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    form.addEventListener("submit", async (event) => {
      // what opens a tab of its own is the browser's to send; the form must still stand while it does
      if (event.submitter?.formTarget) { setTimeout(() => dialog.close()); return; }
      event.preventDefault();
      const fields = Object.fromEntries(new FormData(form, event.submitter));
      for (const send of sends) send.disabled = true;
      const done = await post(form.getAttribute("action"), fields);
      check();
      if (!done.ok) { fault.textContent = done.text; return; }
      dialog.close();
      say(done);
    });
    document.body.append(dialog);
    check();
    dialog.showModal();
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-post], [data-form]");
    if (!button) return;
    if (button.dataset.form) return ask(button);
    act(button);
  });
})();
