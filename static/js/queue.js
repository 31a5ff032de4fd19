// The queue by keys: j and k move, o opens, a assigns, x chooses; each has its button as well.
"use strict";
(() => {
  const table = document.querySelector("table.queue");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  let current = -1;

  const go = (index) => {
    if (index < 0 || index >= rows.length) return;
    rows[current]?.classList.remove("current");
    current = index;
    rows[current].classList.add("current");
    rows[current].querySelector("a.open").focus();
    rows[current].scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row]");
    if (button) go(current + (button.dataset.row === "next" ? 1 : -1));
  });
  table.addEventListener("focusin", (event) => {
    const row = event.target.closest("tbody tr");
    if (!row) return;
    rows[current]?.classList.remove("current");
    current = rows.indexOf(row);
    row.classList.add("current");
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || table.dataset.keys === "off") return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
    const row = rows[Math.max(current, 0)];
    const steps = {
      j: () => go(current + 1),
      k: () => go(current - 1),
      o: () => row.querySelector("a.open").click(),
      a: () => row.querySelector("button.claim")?.click(),
      x: () => row.querySelector("input[type=checkbox]")?.click(),
    };
    if (steps[event.key]) {
      event.preventDefault();
      steps[event.key]();
    }
  });
})();
