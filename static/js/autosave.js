// Save an answer while it is being written: ten seconds after the last change, and when the page is left.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("answer");
  if (!form) return;
  const status = document.getElementById("autosave-status");
  const findings = document.getElementById("findings");
  const version = document.getElementById("id_version");
  let timer = null, dirty = false, saving = false;
  async function save() {
    if (!dirty || saving) return;
    saving = true; dirty = false;
    const data = new FormData(form);
    data.delete("once");
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect") { status.textContent = form.dataset.signin || "Your session is over. Sign in again in another tab, then save."; dirty = true; return; }
      const holder = document.createElement("div");
      holder.innerHTML = await answer.text();
      const saved = holder.querySelector("[data-version]");
      if (saved) version.value = saved.dataset.version;
      const found = holder.querySelector("template[data-findings]");
      if (found) { findings.replaceChildren(found.content.cloneNode(true)); found.remove(); }
      status.replaceChildren(...holder.childNodes);
    } catch (error) { status.textContent = "Not saved: no connection. We try again."; dirty = true; timer = setTimeout(save, 10000); }
    finally { saving = false; }
  }
  form.addEventListener("input", () => { dirty = true; clearTimeout(timer); timer = setTimeout(save, 10000); });
  form.addEventListener("submit", () => { clearTimeout(timer); dirty = false; });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
});
