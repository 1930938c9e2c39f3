/* Who opens a finding is noted, for the person it names to see (dashboard/finding_actions.py). */
document.addEventListener("toggle", ({ target }) => {
  const finding = target.open && target.closest?.(".finding")?.dataset.key;
  if (!finding) return;
  const body = JSON.stringify({ what: "look", finding, search: location.search });
  fetch("/findings/act", { method: "POST", headers: { "content-type": "application/json" }, body }).catch(() => {});
}, true);
