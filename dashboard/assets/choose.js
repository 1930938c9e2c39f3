// What no list can hold is asked for in a small dialog: a range of days, or a moment to look back to. The answer is a
// step through the board like any link.
(function () {
  "use strict";
  const FIELDS = { range: ["from", "to"], moment: ["moment"] };
  const TYPES = { from: "date", to: "date", moment: "datetime-local" };

  function label(name, said, value) {
    const field = document.createElement("label"), input = document.createElement("input");
    field.textContent = said;
    Object.assign(input, { type: TYPES[name], name: name, value: value, required: true });
    field.appendChild(input);
    return field;
  }

  function asked(kind, base, form) {
    const query = new URLSearchParams(base);
    if (kind === "moment") query.set("as_of", form.moment.value.slice(0, 16));
    else {
      const days = [form.from.value, form.to.value].sort();
      query.set("period", days.join(".."));
    }
    return "?" + query;
  }

  function open(button) {
    const said = button.dataset, kind = said.choose, dialog = document.createElement("dialog");
    const form = document.createElement("form");
    dialog.className = "chooser-dialog";
    dialog.setAttribute("aria-label", button.title);
    form.append(button.title, ...FIELDS[kind].map((name) => label(name, button.getAttribute("data-word-" + name), said[name])));
    const row = document.createElement("div"), show = document.createElement("button"), cancel = document.createElement("button");
    Object.assign(show, { type: "submit", textContent: said.wordShow, className: "chooser-show" });
    Object.assign(cancel, { type: "button", textContent: said.wordCancel, className: "quiet" });
    row.append(cancel, show);
    form.append(row);
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      const to = asked(kind, said.base, form.elements);
      dialog.close();
      window.oneboard.go(to);
    });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => { dialog.remove(); button.focus(); });
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-choose]");
    if (button) open(button);
  });
})();
