// The workbench: on to the next answer without a verdict, count the questions, walk through changes.
"use strict";
(() => {
  const show = (element) => {
    for (let panel = element.closest("details"); panel; panel = panel.parentElement.closest("details")) panel.open = true;
    element.scrollIntoView({ block: "center" });
    (element.querySelector("input:checked, input[type=radio]") ?? element).focus({ preventScroll: true });
  };

  const after = (places, from) => places.find((place) => from.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING) ?? places[0];

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-next]")) {
      const open = [...document.querySelectorAll("[data-unjudged]")];
      const here = document.activeElement?.closest("[data-unjudged]");
      const next = here ? after(open.filter((place) => place !== here), here) : open[0];
      if (next) show(next);
    }
    const change = event.target.closest("[data-change]");
    if (change) {
      const places = [...document.querySelectorAll(".changed")];
      const top = places.findIndex((place) => place === document.activeElement?.closest(".changed"));
      const next = places[change.dataset.change === "next" ? Math.min(top + 1, places.length - 1) : Math.max(top - 1, 0)];
      next?.scrollIntoView({ block: "start" });
      next?.focus({ preventScroll: true });
    }
  });

  const count = document.getElementById("ask-count");
  if (count) {
    const asked = () => [...document.querySelectorAll("[data-question]")].filter((field) => field.value.trim());
    const tell = () => {
      const numbers = asked().map((field) => field.name.replace("question-", ""));
      count.textContent = numbers.length ? numbers.join(", ") : "";
    };
    document.addEventListener("input", (event) => {
      if (event.target.matches("[data-question]")) tell();
    });
    tell();
    // What was written and not sent is not lost without a word.
    let sending = false;
    document.addEventListener("submit", () => {
      sending = true;
    });
    addEventListener("beforeunload", (event) => {
      const changed = asked().some((field) => field.value !== field.defaultValue);
      if (changed && !sending) event.preventDefault();
    });
    document.addEventListener("htmx:afterRequest", () => {
      sending = false;
    });
  }

  const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
  if (target?.matches("details.answer")) target.open = true;
})();
