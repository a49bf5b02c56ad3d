// The pages work without this: it adds buttons that copy, and exchanges as they arrive.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent;
    await navigator.clipboard.writeText(text);
    const label = button.firstChild;
    const before = label.data;
    label.data = "Copied";
    setTimeout(() => { label.data = before; }, 1500);
  });
}

const table = document.getElementById("traffic");
if (table) {
  const rows = table.tBodies[0];
  const template = document.getElementById("row").content;
  const told = document.getElementById("told");
  const live = document.getElementById("live");
  const most = Number(table.dataset.most);
  const MS_A_ROW = 5;
  let shown = Number(table.dataset.newest);
  let wanted = shown;
  let isBusy = false;

  const filled = (exchange) => {
    const row = template.cloneNode(true).firstElementChild;
    const at = exchange.at.slice(11).replace(/[.Z].*/, "");
    const texts = { ...exchange, time: at };
    for (const place of row.querySelectorAll("[data-of]")) {
      // As text: nothing that a client sends becomes markup.
      place.textContent = texts[place.dataset.of] ?? "";
    }
    row.querySelector("a").href = `/traffic/${exchange.number}`;
    const status = row.querySelector("[data-of=status]");
    status.className = exchange.status < 400 ? "tag ok" : "tag bad";
    row.classList.add("new");
    return row;
  };

  const follow = async () => {
    if (isBusy || wanted <= shown || !live.firstElementChild.checked) return;
    isBusy = true;
    try {
      const query = new URLSearchParams(location.search);
      query.set("after", shown);
      query.set("limit", most);
      const answer = await (await fetch(`/api/traffic?${query}`)).json();
      shown = answer.newest;
      rows.prepend(...answer.exchanges.map(filled));
      while (rows.rows.length > most) rows.lastElementChild.remove();
      const count = answer.exchanges.length;
      if (count > 0) {
        document.getElementById("nothing")?.remove();
        told.textContent = `${count} new`;
        // Nobody reads hundreds of rows a second, and the browser has other work.
        await new Promise((resolve) => setTimeout(resolve, count * MS_A_ROW));
      }
    } finally {
      isBusy = false;
    }
    follow();
  };

  live.hidden = false;
  live.addEventListener("change", follow);
  const events = new EventSource("/api/events");
  events.addEventListener("message", (event) => {
    wanted = JSON.parse(event.data).newest;
    follow();
  });
}
