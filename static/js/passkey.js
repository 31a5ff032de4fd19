// Says on the page why a passkey wasn't made or used, and what to do; allauth's own script tells only the console.
"use strict";
{
  const EXPECTED = ["AbortError", "InvalidStateError", "NotAllowedError", "NotSupportedError", "SecurityError"];
  document.addEventListener("allauth.error", (event) => {
    const problem = document.getElementById("passkey-problem");
    if (!problem || !event.detail.tags.includes("webauthn")) return;
    const name = event.detail.exception.name;
    if (EXPECTED.includes(name)) event.preventDefault();
    show(problem.content.cloneNode(true), problem.dataset.error, name === "InvalidStateError" ? "known" : "other");
  });

  function show(box, error, reason) {
    for (const sentence of box.querySelectorAll("[data-reason]")) sentence.hidden = sentence.dataset.reason !== reason;
    document.getElementById("error-summary")?.remove();
    document.querySelector("main h1").after(box);
    if (!document.title.startsWith(error)) document.title = `${error} ${document.title}`;
    document.getElementById("error-summary").focus();
  }
}
