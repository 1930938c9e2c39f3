/* The two instants of a movement: a chosen day is a step like any link, the URL says it. */
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.instant;
  if (!name) return;
  const asked = new URLSearchParams(location.search);
  if (event.target.value) asked.set(name, event.target.value);
  else asked.delete(name);
  asked.delete("page");
  window.oneboard.go(`?${asked}`);
});
