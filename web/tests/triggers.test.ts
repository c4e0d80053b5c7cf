import assert from "node:assert/strict";
import { test } from "node:test";
import { mayBeSaid } from "../src/widget/triggers";

test("a page may have questions asked", () => {
  for (const message of ["đăng ký tạm trú cần gì", "/check_dossier_status", "/ask_privacy",
    '/choose_option{"procedure_code": "1.001193"}', "xóa /erase"]) {
    assert.equal(mayBeSaid(message), true, message);
  }
});

test("a page may not have anything done that the citizen has not been asked about", () => {
  for (const aspect of ["erase", "erase_now", "open_ticket", "subscribe", "unsubscribe"]) {
    assert.equal(mayBeSaid(`/ask_privacy{"aspect": "${aspect}"}`), false, aspect);
  }
});
