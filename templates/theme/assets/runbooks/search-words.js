/* Texts as the search compares them: without capitals, accents and marks, in words and in the parts of words. */
self.runbooksSearch = self.runbooksSearch || {};
(function (search) {
  "use strict";

  const PLAIN = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ł: "l", þ: "th", ı: "i" };
  const LITTLE = new Set(
    ("a an and are at be by can do does for from has have help how i if in is it its may me my no not now of on or our " +
      "please that the their then there this to up was we what when where which who why will with you your").split(" ")
  );
  // What people say, and what the titles of the pages say.
  const SAME = {
    laptop: "workstation", notebook: "workstation", pc: "workstation", desktop: "workstation",
    macbook: "mac", imac: "mac", macos: "mac", email: "mailbox", mail: "mailbox", vm: "machine",
    delete: "remove", decommission: "remove", retire: "remove", retry: "rerun", restart: "rerun", recover: "restore",
    phone: "overview", call: "overview", contact: "overview", contacts: "overview", agreement: "overview",
    spend: "overview", spending: "overview", money: "overview", dollars: "overview", approve: "overview", approves: "overview",
    approval: "overview", loss: "lost", fire: "site", flood: "site", disaster: "site", ransomware: "emergency", escalate: "duty"
  };

  const PLAINEST = /^[ -~]*$/;

  function fold(text) {
    if (PLAINEST.test(text)) { return text.toLowerCase(); }
    return text.toLowerCase().normalize("NFKD").replace(/[\p{M}\p{Cf}]+/gu, "")
      .replace(/[ßæœøđðłþı]/g, function (found) { return PLAIN[found]; });
  }

  /* The words of a text. One without any letter or digit is a word as it stands, or nobody would ever find it. */
  function words(text) {
    const folded = fold(text);
    if (PLAINEST.test(folded)) { return folded.match(/[a-z0-9]+/g) || folded.split(" ").filter(Boolean); }
    return folded.match(/[\p{L}\p{N}]+/gu) || folded.split(/\s+/).filter(Boolean);
  }

  /* The parts of a word where letters and digits meet; none when there is only one. */
  function parts(word) {
    if (/^[a-z]*$/.test(word)) { return []; }
    const found = word.match(/\p{N}+|[^\p{N}]+/gu) || [];
    return found.length > 1 ? found : [];
  }

  const STEMS = new Map();

  /* A word without the ending that it has or has not: restore, restores, restoring. */
  function stem(word) {
    let found = STEMS.get(word);
    if (found === undefined) {
      found = word.length > 3 && !/\p{N}/u.test(word) ? word.replace(/(?:ing|ed|es|s|e)$/, "") || word : word;
      STEMS.set(word, found);
    }
    return found;
  }

  function isNumber(word) {
    return /^\p{N}+$/u.test(word);
  }

  /* Whether one letter makes the difference: one too many, one missing, another one, or two that changed places. */
  function nearly(one, other) {
    if (Math.abs(one.length - other.length) > 1) { return false; }
    let start = 0;
    while (start < one.length && one[start] === other[start]) { start += 1; }
    const rest = one.slice(start);
    const left = other.slice(start);
    return rest.slice(1) === left.slice(1) || rest.slice(1) === left || rest === left.slice(1) ||
      (rest[0] === left[1] && rest[1] === left[0] && rest.slice(2) === left.slice(2));
  }

  function escape(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/'/g, "&#39;");
  }

  function found(word, asked) {
    return asked.some(function (one) { return word.startsWith(one) || (one.length > 2 && word.includes(one)); });
  }

  /* A text as HTML, the words that were asked for marked. */
  function marked(text, asked) {
    const html = text.replace(/[\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+/gu, function (piece) {
      const plain = escape(piece);
      const word = /[\p{L}\p{N}]/u.test(piece) ? fold(piece) : "";
      return word && found(word, asked) ? "<mark data-md-highlight>" + plain + "</mark>" : plain;
    });
    return html.replace(/<\/mark>([-_. ]?)<mark data-md-highlight>/g, "$1");
  }

  /* What somebody asks: its words, how much each weighs, and whether it is a pasted text rather than a few words. */
  function question(text) {
    const all = words(text.slice(0, 3000)).slice(0, 120);
    const telling = all.filter(function (word) { return !LITTLE.has(word); });
    const long = telling.length > 8;
    const weights = all.map(function (word) {
      if (LITTLE.has(word) && telling.length) { return 0.1; }
      return isNumber(word) && telling.length > 4 ? 0.5 : 1;
    });
    return { text, words: all, weights, telling, long, ended: /[^\p{L}\p{N}]$/u.test(text) };
  }

  function score(question, strengths) {
    let sum = 0;
    for (let at = 0; at < strengths.length; at += 1) { sum += question.weights[at] * strengths[at]; }
    return sum;
  }

  /* Whether every word that tells something was found, at least in its beginning. */
  function complete(question, strengths) {
    return strengths.every(function (strength, at) { return strength >= 0.7 || question.weights[at] < 0.5; });
  }

  /* The better of two for each word. */
  function better(one, other) {
    return one.map(function (strength, at) { return Math.max(strength, other[at]); });
  }

  Object.assign(search, {
    LITTLE, SAME, fold, words, parts, stem, isNumber, nearly, escape, marked, question, score, complete, better
  });
}(self.runbooksSearch));
