import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, ENOUGH, hexColour, readableInk, readableOn } from "../src/widget/colours";
import { readOptions } from "../src/widget/options";

const SOURCE = "https://bot.example/widget.js?v=2";

test("without attributes the defaults stand, at the script's own address", () => {
  const { options, problems } = readOptions({}, SOURCE);
  assert.deepEqual(problems, []);
  assert.deepEqual(options, {
    base: "https://bot.example", colour: "#8b1a1a", position: "right", language: "vi",
    open: false, sharedDevice: false, linkHosts: [], keptDays: 30,
  });
  assert.equal(readOptions({}, "https://bot.example/a/widget.js").options.base, "https://bot.example/a");
});

test("right attributes are taken", () => {
  const { options, problems } = readOptions({
    title: "Hỏi đáp", colour: "#06C", position: "left", target: "#chat", greeting: "Xin chào",
    procedure: "1.001193", language: "en", open: "yes", sharedDevice: "yes",
    linkHosts: "a.example, B.example", keptDays: "90",
  }, SOURCE);
  assert.deepEqual(problems, []);
  assert.deepEqual(options, {
    base: "https://bot.example", title: "Hỏi đáp", colour: "#0066cc", position: "left",
    target: "#chat", greeting: "Xin chào", procedure: "1.001193", language: "en", open: true,
    sharedDevice: true, linkHosts: ["a.example", "b.example"], keptDays: 90,
  });
});

test("wrong attributes are named and ignored", () => {
  const given = {
    colour: "red", position: "top", procedure: "001193", language: "fr", open: "1",
    sharedDevice: "", linkHosts: "https://a.example/", title: " ",
    keptDays: "0",
  };
  const { options, problems } = readOptions(given, SOURCE);
  assert.equal(problems.length, Object.keys(given).length);
  assert.ok(problems.some((each) => each.startsWith('data-shared-device=""')));
  assert.deepEqual(options, readOptions({}, SOURCE).options);
});

test("text on any colour, and any colour as text, can be read", () => {
  for (let red = 0; red < 256; red += 15) {
    for (let green = 0; green < 256; green += 15) {
      for (let blue = 0; blue < 256; blue += 15) {
        const colour = `#${[red, green, blue].map((each) => each.toString(16).padStart(2, "0")).join("")}`;
        assert.ok(contrast(colour, readableOn(colour)) >= ENOUGH, colour);
        assert.ok(contrast(readableInk(colour), "#ffffff") >= ENOUGH, colour);
        assert.ok(contrast(readableInk(colour), "#f1f1f1") >= ENOUGH, colour);
      }
    }
  }
});

test("only hexadecimal colours are colours", () => {
  assert.equal(hexColour("#AbC"), "#aabbcc");
  for (const wrong of ["abc", "#ab", "#abcd", "#12345g", "red", "url(x)", "#fff;x"]) {
    assert.equal(hexColour(wrong), undefined, wrong);
  }
});
