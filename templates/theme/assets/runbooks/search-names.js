/* Whom a question names: clients by name, nickname, short name or number, and by their machines and jobs. */
self.runbooksSearch = self.runbooksSearch || {};
(function (search) {
  "use strict";

  const SPAN = 12;
  // How sure a name makes us when it stands in the question as a whole; and one that is a plain word, such as Servers or Summit.
  const SURE = { client: 2, alias: 2, slug: 2, number: 2, host: 2, group: 2, job: 1.5, setup: 0.3 };
  const PLAIN = { client: 1.1, alias: 1.1, slug: 1.1, host: 0.9, group: 0.9, job: 0.5, setup: 0.15 };
  // How sure several words of a client's name make us where it has more: more than the whole name of a job does.
  const BEGUN = 1.85;
  const INSIDE = 1.2;
  const FIRST = 0.8;

  function into(map, key, value) {
    const list = map.get(key);
    if (list) { list.push(value); } else { map.set(key, [value]); }
  }

  /* Every name of an index, and where it is found: as a whole, by a word, by a part of a word. */
  function table(index) {
    const names = [];
    const known = new Map();
    const found = { names, whole: new Map(), joined: new Map(), byWord: new Map(), byPart: new Map(), groups: [] };

    function parted(word) {
      if (!known.has(word)) { known.set(word, search.parts(word)); }
      return known.get(word);
    }

    function add(text, kind, client, setup) {
      const own = search.words(text);
      const at = names.length;
      const joined = own.join("");
      names.push({ text, kind, client, setup, words: own, joined });
      into(found.whole, own.join(" "), at);
      if (own.length > 1) { into(found.joined, joined, at); }
      if (kind === "setup") { return; }
      own.forEach(function (word, place) {
        if (own.indexOf(word) < place) { return; }
        into(found.byWord, word, at);
        parted(word).forEach(function (part) { into(found.byPart, part, at); });
      });
    }

    function machine(text, client, setup) {
      if (!/[*?]/.test(text)) { add(text, "host", client, setup); return; }
      add(text, "group", client, setup);
      if (names[names.length - 1].joined.length < 3) { return; }
      found.groups.push({ pattern: search.fold(text), at: names.length - 1 });
    }

    index.clients.forEach(function (row, client) {
      const [slug, name, aliases, numbers] = row;
      add(name, "client", client, -1);
      aliases.forEach(function (one) { add(one, "alias", client, -1); });
      numbers.forEach(function (one) { add(one, "number", client, -1); });
      add(slug, "slug", client, -1);
      row[7].forEach(function (setup, at) {
        setup[2].forEach(function (one) { machine(one, client, at); });
        setup[3].forEach(function (one) { add(one, "job", client, at); });
        add(setup[0], "setup", client, at);
      });
    });
    return found;
  }

  /* How sure a whole name makes us: a plain word may stand in any pasted text by chance. */
  function sure(name, question) {
    const telling = name.words.length > 1 || search.parts(name.words[0] || "").length > 0;
    if (name.kind === "number") { return question.long && search.isNumber(name.joined) ? 0.3 : SURE.number; }
    if (telling) { return SURE[name.kind]; }
    return question.long ? 0.3 * SURE[name.kind] : PLAIN[name.kind];
  }

  /* Every name that a question has something of: how well it fits each word, and how sure it makes us. */
  function named(found, question) {
    const hits = new Map();
    const asked = question.words;

    function hit(at, word, strength) {
      let one = hits.get(at);
      if (!one) { hits.set(at, one = { name: found.names[at], strengths: asked.map(function () { return 0; }), sure: 0 }); }
      one.strengths[word] = Math.max(one.strengths[word], strength);
      return one;
    }

    function whole(at, from, to) {
      for (let word = from; word < to; word += 1) { hit(at, word, 1); }
      hits.get(at).sure = sure(found.names[at], question);
    }

    for (let from = 0; from < asked.length; from += 1) {
      let spaced = "";
      let joined = "";
      for (let to = from + 1; to <= Math.min(asked.length, from + SPAN); to += 1) {
        spaced += (spaced ? " " : "") + asked[to - 1];
        joined += asked[to - 1];
        (found.whole.get(spaced) || []).forEach(function (at) { whole(at, from, to); });
        if (joined.length > 3) {
          (found.joined.get(joined) || []).forEach(function (at) { whole(at, from, to); });
          if (to - from > 1) { (found.whole.get(joined) || []).forEach(function (at) { whole(at, from, to); }); }
        }
      }
    }
    grouped(found, question, whole);
    if (!question.long) { partly(found, question, hit); }
    begun(found, question, hits, hit);
    return hits;
  }

  function telling(word) {
    return !search.LITTLE.has(word);
  }

  /* How well a word that was asked for fits a word of a client's name. Of a pasted text only whole words do. */
  function fits(found, question, place, word) {
    const asked = question.words[place];
    if (asked === word) { return 1; }
    if (question.long) { return 0; }
    const last = place === question.words.length - 1 && !question.ended;
    if ((last || asked.length > 2) && word.startsWith(asked)) { return 0.75; }
    return asked.length > 4 && !found.byWord.has(asked) && search.nearly(asked, word) ? 0.4 : 0;
  }

  /* The longest run of words that stand in the question as they stand in a name, from one of its words on. */
  function run(found, question, places, words, start) {
    let best = [];
    for (let from = 0; from < places.length; from += 1) {
      const met = [];
      for (let at = 0; start + at < words.length && from + at < places.length; at += 1) {
        const strength = fits(found, question, places[from + at], words[start + at]);
        if (!strength) { break; }
        met.push([places[from + at], strength]);
      }
      if (met.length > best.length) { best = met; }
    }
    return best;
  }

  /* Names of clients that are named in part: how they begin counts most, and words beside each other more than scattered ones.
     So half of a client's name leads to that client, and to no other that has the same words in the names of its jobs. */
  function begun(found, question, hits, hit) {
    const places = Array.from(question.words.keys()).filter(function (at) { return telling(question.words[at]); });
    const near = new Set(question.long ? [] : hits.keys());
    places.forEach(function (at) { (found.byWord.get(question.words[at]) || []).forEach(function (name) { near.add(name); }); });
    near.forEach(function (at) {
      const name = found.names[at];
      if (name.kind !== "client" && name.kind !== "alias") { return; }
      const words = name.words.filter(telling);
      glued(question, places, name).forEach(function (place) { hit(at, place, 1).sure = BEGUN; });
      for (let start = 0; start < words.length; start += 1) {
        const met = run(found, question, places, words, start);
        const sure = certainty(met, start, question);
        if (sure) {
          met.forEach(function (one) { hit(at, one[0], one[1]); });
          hits.get(at).sure = Math.max(hits.get(at).sure, sure);
        }
      }
    });
  }

  /* Where somebody leaves the spaces out: how a name begins, with more than its first word. */
  function glued(question, places, name) {
    return places.filter(function (at) {
      const asked = question.words[at];
      return !question.long && asked.length > name.words[0].length + 1 && name.joined.startsWith(asked);
    });
  }

  /* How sure a run makes us, or its beginning where that fits better. The word that is being typed counts as a whole one. */
  function certainty(met, start, question) {
    if (question.long && start) { return 0; }
    const last = question.ended ? -1 : question.words.length - 1;
    let sum = 0;
    let most = 0;
    met.forEach(function (one, at) {
      sum += one[0] === last && one[1] > 0.5 ? 1 : Math.max(0.75, one[1]);
      if (at) { most = Math.max(most, (start ? INSIDE : BEGUN) * sum / (at + 1)); }
    });
    return met.length === 1 && !start && !question.long && met[0][1] > 0.5 ? FIRST * met[0][1] : most;
  }

  /* Where a machine is named that a pattern such as NB-FD* stands for; most patterns need no closer look. */
  function fitting(pattern, text) {
    if (!pattern.split(/[*?]/).every(function (piece) { return text.includes(piece); })) { return null; }
    const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, "\\$&").replace(/\*/g, "\\S*").replace(/\?/g, "\\S");
    return new RegExp("(?:^|[\\s\"'(<\\[,;:])(" + escaped + ")(?![\\p{L}\\p{N}_-])", "u").exec(text);
  }

  /* Machines that are only known by a pattern: one of them may be named. */
  function grouped(found, question, whole) {
    const text = search.fold(question.text.slice(0, 3000));
    found.groups.forEach(function (group) {
      const fits = fitting(group.pattern, text);
      if (!fits || fits[1].length < 4) { return; }
      const before = search.words(text.slice(0, fits.index + fits[0].length - fits[1].length));
      const from = /[\p{L}\p{N}]/u.test(text.slice(0, fits.index)) ? before.length : 0;
      const to = Math.min(question.words.length, from + search.words(fits[1]).length);
      if (from < to) { whole(group.at, from, to); }
    });
  }

  /* Parts of names: their words, the parts of these, how they begin, what stands in them; at last a slip of the finger. */
  function partly(found, question, hit) {
    question.words.forEach(function (word, at) {
      if (search.LITTLE.has(word) && question.words.length > 1) { return; }
      const last = at === question.words.length - 1 && !question.ended;
      let any = false;
      function every(list, strength) {
        (list || []).forEach(function (name) { any = true; hit(name, at, strength); });
      }
      every(found.byWord.get(word), 1);
      every(found.byPart.get(word), 0.85);
      if (word.length > 1 || last) {
        found.byWord.forEach(function (list, other) {
          if (other.length <= word.length) { return; }
          if (other.startsWith(word)) { every(list, 0.75); } else if (word.length > 2 && other.includes(word)) { every(list, 0.5); }
        });
      }
      if (!any && word.length > 3) {
        found.joined.forEach(function (list, joined) { if (joined.includes(word)) { every(list, 0.6); } });
      }
      if (!any && word.length > 4) {
        found.byWord.forEach(function (list, other) { if (search.nearly(word, other)) { every(list, 0.4); } });
      }
    });
  }

  /* The clients that a question names, each with what was found of it, and of each of its set-ups. */
  function claims(found, question) {
    const clients = new Map();
    named(found, question).forEach(function (one) {
      const { client, setup, words } = one.name;
      let claim = clients.get(client);
      if (!claim) { clients.set(client, claim = { client, own: null, setups: new Map() }); }
      const sum = search.score(question, one.strengths);
      const sure = one.sure + 0.2 * Math.min(1, sum / (words.length || 1));
      const mine = { strengths: one.strengths, sure, names: [{ text: one.name.text, value: sum + sure }] };
      const kept = setup < 0 ? claim.own : claim.setups.get(setup);
      const both = kept ? joined(kept, mine) : mine;
      if (setup < 0) { claim.own = both; } else { claim.setups.set(setup, both); }
    });
    return clients;
  }

  /* What two names of the same thing say together. */
  function joined(one, other) {
    return {
      strengths: search.better(one.strengths, other.strengths),
      sure: Math.max(one.sure, other.sure),
      names: one.names.concat(other.names)
    };
  }

  /* The names that fit about as well as the best of them. */
  function told(names) {
    const best = Math.max.apply(null, names.map(function (one) { return one.value; }));
    const texts = names.filter(function (one) { return one.value > 0.75 * best; }).map(function (one) { return one.text; });
    return Array.from(new Set(texts)).slice(0, 3);
  }

  Object.assign(search, { table, claims, told });
}(self.runbooksSearch));
