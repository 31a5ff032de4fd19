// What every staff page does: single keys on buttons and links, dialogs, kept panels, countdowns, focus on problems.
"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const keysAreOff = () => document.querySelector("[data-keys='off']") !== null;
  const isTyping = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (keysAreOff() || document.querySelector("dialog[open]")) return;
    const target = [...document.querySelectorAll("[data-key]")].find((e) => e.dataset.key === event.key && e.offsetParent !== null && !e.disabled);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, textarea") || (target.matches("button[name=step]") && document.activeElement !== target)) {
      // A button that sends a decision is only reached by its key; Enter presses it.
      target.focus();
    } else {
      target.click();
    }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
  });

  for (const panel of document.querySelectorAll("details[data-keep]")) {
    const key = `panel:${panel.dataset.keep}`;
    if (localStorage.getItem(key) === "closed") panel.open = false;
    panel.addEventListener("toggle", () => localStorage.setItem(key, panel.open ? "open" : "closed"));
  }

  const tick = () => {
    for (const place of document.querySelectorAll(".countdown")) {
      const left = Math.ceil((new Date(place.dataset.until) - Date.now()) / 1000);
      const form = place.closest("form");
      if (left > 0) {
        place.textContent = `(${left} s)`;
      } else {
        form.hidden = true;
      }
    }
  };
  if (document.querySelector(".countdown")) {
    tick();
    setInterval(tick, 500);
  }
  document.querySelector("[data-focus]")?.focus();
  // On the way to a part of the page (#decision) the browser passes autofocus over, and takes the focus itself.
  if (location.hash) addEventListener("load", () => document.querySelector("[data-focus], [autofocus]")?.focus());
})();
