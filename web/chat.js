// The demo page's chat. Text from the server is only ever set as text, never as HTML.
(function () {
  "use strict";

  const SESSION_KEY = "tro-ly-session";
  const log = document.getElementById("log");
  const state = document.getElementById("state");
  const form = document.getElementById("form");
  const input = document.getElementById("message");
  const waiting = []; // messages written before the session was there
  let session = null;

  const socket = io({ path: "/socket.io" });

  function stored() {
    try { return sessionStorage.getItem(SESSION_KEY); } catch (error) { return null; }
  }

  function store(value) {
    try { sessionStorage.setItem(SESSION_KEY, value); } catch (error) { /* private mode */ }
  }

  // Addresses that the server names become links: printable pages, and the national portal.
  const ADDRESS = /https?:\/\/[^\s“”"<>]+|\bdichvucong\.gov\.vn\b/g;

  function link(written) {
    let address;
    try { address = new URL(/^http/.test(written) ? written : "https://" + written); }
    catch (error) { return null; }
    const ours = address.pathname.startsWith("/p/") && !address.username;
    if (!ours && address.hostname !== "dichvucong.gov.vn") return null;
    const anchor = document.createElement("a");
    // A page of ours is opened where the chat is, whatever address the server calls itself by.
    anchor.href = ours ? address.pathname + address.search : address.href;
    anchor.textContent = written;
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer";
    return anchor;
  }

  function fill(said, text) {
    let position = 0;
    for (const match of text.matchAll(ADDRESS)) {
      const written = match[0].replace(/[.,;:)]+$/, "");
      const anchor = link(written);
      if (!anchor) continue;
      said.append(text.slice(position, match.index), anchor);
      position = match.index + written.length;
    }
    said.append(text.slice(position));
  }

  function show(text, who) {
    const said = document.createElement("p");
    said.className = "said " + who;
    if (who === "bot") fill(said, text); else said.textContent = text;
    log.append(said);
    log.scrollTop = log.scrollHeight;
  }

  function offer(buttons) {
    const choices = document.createElement("div");
    choices.className = "choices";
    for (const item of buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = item.title;
      button.addEventListener("click", function () { say(item.title, item.payload); });
      choices.append(button);
    }
    log.append(choices);
    log.scrollTop = log.scrollHeight;
  }

  function send(payload) {
    if (!session) { waiting.push(payload); return; }
    socket.emit("user_uttered", { message: payload, session_id: session });
    state.textContent = "Đang trả lời…";
  }

  function say(shown, payload) {
    for (const old of log.querySelectorAll(".choices button")) old.disabled = true;
    show(shown, "citizen");
    send(payload);
  }

  socket.on("connect", function () {
    socket.emit("session_request", { session_id: stored() });
  });
  socket.on("session_confirm", function (id) {
    session = id;
    store(id);
    state.textContent = "";
    while (waiting.length) send(waiting.shift());
  });
  socket.on("session_refused", function () {
    session = null;
    socket.emit("session_request", {});
    state.textContent = "Phiên trò chuyện đã hết. Anh/chị gửi lại câu hỏi giúp em.";
  });
  socket.on("message_refused", function () {
    state.textContent = "Tin nhắn quá dài. Anh/chị viết ngắn lại giúp em.";
  });
  socket.on("disconnect", function () {
    session = null;
    state.textContent = "Mất kết nối. Đang nối lại…";
  });
  socket.on("bot_uttered", function (message) {
    state.textContent = "";
    if (message.text) show(message.text, "bot");
    if (message.buttons) offer(message.buttons);
  });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    say(text, text);
    input.value = "";
    input.focus();
  });

  send("/greet");
})();
