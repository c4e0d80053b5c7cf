import assert from "node:assert/strict";
import { test } from "node:test";
import { parts, target } from "../src/widget/links";

const allowed = { base: "https://bot.example/tro-ly", hosts: ["quangngai.example"] };

function links(text: string): (string | undefined)[] {
  return parts(text, allowed).filter(({ href }) => href).map(({ href }) => href);
}

test("a text is whole again when its parts are put together", () => {
  for (const text of ["", "Chào", "Xem https://a.gov.vn/x, rồi dichvucong.gov.vn.", "https://evil.com/"]) {
    assert.equal(parts(text, allowed).map((part) => part.text).join(""), text);
  }
});

test("governmental addresses are links, over https only", () => {
  assert.deepEqual(links("Ở https://dichvucong.gov.vn/p/home.html?x=1 đó"), [
    "https://dichvucong.gov.vn/p/home.html?x=1",
  ]);
  assert.deepEqual(links("http://quangngai.gov.vn/x"), []);
  assert.deepEqual(links("https://gov.vn.evil.com/ https://evilgov.vn/ https://a.gov.vn@evil.com/"), []);
  assert.deepEqual(links("https://a.gov.vn:8443/"), []);
});

test("the national portal is a link without its scheme, but not as part of another name", () => {
  assert.deepEqual(links("Vào dichvucong.gov.vn."), ["https://dichvucong.gov.vn/"]);
  assert.deepEqual(links("dichvucong.gov.vn.evil.com xdichvucong.gov.vn a@dichvucong.gov.vn"), []);
});

test("a page of the bot leads to where the widget came from", () => {
  assert.deepEqual(links("http://127.0.0.1:5005/p/1.001193?xa=Trà+Bồng"), [
    "https://bot.example/tro-ly/p/1.001193?xa=Tr%C3%A0+B%E1%BB%93ng",
  ]);
  assert.deepEqual(links("https://bot.example/tro-ly/p/1.001193"), [
    "https://bot.example/tro-ly/p/1.001193",
  ]);
  assert.deepEqual(links("https://bot.example/console/ https://bot.example/p/../console"), []);
});

test("a page to pay a dossier's fee on is one of the bot's", () => {
  assert.deepEqual(links("Quét https://bot.example/tro-ly/pay/qr/QNG7K2.ab_c-d. Hoặc http://127.0.0.1:5005/payments/order/QNG1-ab0"), [
    "https://bot.example/tro-ly/pay/qr/QNG7K2.ab_c-d",
    "https://bot.example/tro-ly/payments/order/QNG1-ab0",
  ]);
  assert.deepEqual(links("https://evil.com/payments/order/ https://bot.example/pay/qr/ https://bot.example/pay/qr/a/b"), []);
  assert.deepEqual(links("https://evil.com/pay/qr/abc"), ["https://bot.example/tro-ly/pay/qr/abc"]);
});

test("hosts that the page allows are links, others stay text", () => {
  assert.deepEqual(links("https://quangngai.example/a https://evil.com/"), ["https://quangngai.example/a"]);
  assert.equal(target("javascript:alert(1)", allowed), undefined);
});

test("the punctuation of the sentence is not part of the address", () => {
  assert.deepEqual(links("(xem https://a.gov.vn/b), “https://c.gov.vn/d”… https://e.gov.vn/f_(g)."), [
    "https://a.gov.vn/b", "https://c.gov.vn/d", "https://e.gov.vn/f_(g)",
  ]);
});
