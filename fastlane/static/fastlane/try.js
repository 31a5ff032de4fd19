// The documentation page's forms: send the call they describe and show what came back.
"use strict";

const bearer = document.getElementById("bearer");
document.getElementById("try-token").addEventListener("submit", (event) => event.preventDefault());

async function send(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const body = new URLSearchParams();
  const headers = {};
  for (const field of form.querySelectorAll("[data-in]")) {
    const value = field.value.trim();
    const name = field.dataset.name;
    if (field.dataset.in === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value && field.dataset.in === "query") query.set(name, value);
    else if (value && field.dataset.in === "header") headers[name] = value;
    else if (value && field.dataset.in === "form") body.set(name, value);
  }
  if (bearer.value.trim()) headers.Authorization = `Bearer ${bearer.value.trim()}`;
  const options = { method: form.dataset.method, headers, credentials: "omit", cache: "no-store" };
  if (form.dataset.method === "POST") options.body = body;
  const answer = await fetch(query.size ? `${path}?${query}` : path, options);
  const told = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  const text = await answer.text();
  return { text: `${answer.status} ${answer.statusText}\n${told}\n\n${pretty(text)}`, token: tokenIn(text) };
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function tokenIn(text) {
  try {
    return JSON.parse(text).access_token;
  } catch {
    return undefined;
  }
}

for (const form of document.querySelectorAll("form.try")) {
  form.querySelector(".try__button").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const shown = form.querySelector(".try__answer");
    shown.hidden = false;
    shown.textContent = "…";
    try {
      const { text, token } = await send(form);
      shown.textContent = text;
      if (token) bearer.value = token;
    } catch (error) {
      shown.textContent = String(error);
    }
  });
}
