/* articles.c - random articles for trials, of everything that analysis treats
   in its own way; see trial.h. */

#include <stdio.h>

#include "tests/trials/trial.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What the oracle understands, from the most frequent to the rarest. */
static const char *const plain[] = {
    "the", "model", "models", "of", "benchmark", "run", "and", "open",
    "source", "benchmarks", "running", "runs", "modeling", "open-source",
    "agent", "multi-agent", "multiagent", "multi", "GPT-4o", "gpt4o", "gpt",
    "Qwen2.5", "Qwen2.5-VL", "qwen", "C++", "C#", "@handle", "handle", "AT&T",
    "2025", "2.5", "Citro\xC3\xABn", "Citroen", "Citro\xC3\xA8n",
    "caf\xC3\xA9s", "cafe", "Haus", "H\xC3\xA4user", "die", "und",
    "\xE6\xA8\xA1\xE5\x9E\x8B",
    "\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B", "\xE8\xAF\x84",
    "\xE6\xB5\x8B\xE8\xAF\x95", "rare", "rarest",
};

/* More, that only engines are compared on. */
static const char *const wild[] = {
    "\xD0\xBC\xD0\xBE\xD0\xB4\xD0\xB5\xD0\xBB\xD1\x8C",
    "\xD0\xBC\xD0\xBE\xD0\xB4\xD0\xB5\xD0\xBB\xD0\xB8",
    "\xD8\xA7\xD9\x84\xD9\x86\xD9\x85\xD9\x88\xD8\xB0\xD8\xAC",
    "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4", "\xE3\x83\xA2\xE3\x83\x87",
    "\xE3\x83\xAB\xE3\x81\xAE\xE8\xA9\x95\xE4\xBE\xA1",
    "\xE0\xB9\x84\xE0\xB8\x97\xE0\xB8\xA2", "\xF0\x9F\x98\x80",
    "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB", "e\xCC\x81t\xC3\xA9",
    "\xEF\xAC\x81nance", "\xEF\xBC\xA1\xEF\xBC\xA2\xEF\xBC\xA3", "don't",
    "we're", "U.S.", "US", "IT", "e-mail", "CVE-2024-1234", "14.2.1",
    "1,234,567", "128gb", "http://example.com/a?b=c", "user@example.com",
    ".NET", "$AAPL", "#tag", "--", "\xE2\x80\xA6", "''", "a", "I", "O'Neil",
    "12:30", "foo_bar", "fooBar", "x/y/z", "Stra\xC3\x9F" "e", "STRASSE",
    "na\xC3\xAFve", "\xC4\xB0stanbul", "\xE2\x84\xA6", "R&D",
};

static const char *const tags[] = { "ai", "chips", "Open Source", "c++" };
static const char *const people[] = {
    "Jane Doe", "Song Jianan", "J. R. R. Tolkien", "\xC3\x89mile Zola", "Li",
};
static const char *const sources[] = { "Harbour Wire", "blog", "The Times" };
static const char *const langs[] = {
    "en", "en", "en", "en", "de", "zh", "fr", "ja", "ru",
};
static const char *const dates[] = {
    "2022-02-12", "2022-12-31T23:59:59Z", "2023-01-01", "2023", "2023-06",
    "2023-06-15T12:00:00+02:00", "2024-02-29", "2024-02-29T08:00:00Z",
    "1969-07-20", "2025-11-20",
};

const char *
trial_id(unsigned id)
{
    static const char *const begins[] = { "a", "B-", "news/", "\xC3\xA4 " };
    static char texts[4][32];
    static unsigned turn;
    char *text = texts[turn++ % 4];

    snprintf(text, sizeof(texts[0]), "%s%u", begins[id % 4], id);
    return text;
}

unsigned
trial_id_number(const char *id)
{
    return (unsigned)strtoul(id + strcspn(id, "0123456789"), NULL, 10);
}

const char *
trial_word(struct trial *t)
{
    struct random *r = &t->random;
    static char made[20];
    uint64_t a, b, least;
    size_t n = 0;

    // the least of two makes some words much more frequent than others
    if (t->many || (t->n_words > 0 && !random_once_in(r, 3))) {
        a = random_below(r, t->n_words);
        b = random_below(r, t->n_words);
        least = a < b ? a : b;
        b = random_below(r, t->n_words);
        least = least < b ? least : b;
        made[n++] = 'w';
        do {
            made[n++] = "abdefgiklmnoprtu"[least % 16];
            least /= 16;
        } while (least > 0);
        made[n] = '\0';
        return made;
    }
    if (t->wild && random_once_in(r, 3)) {
        return wild[random_below(r, COUNT(wild))];
    }
    a = random_below(r, COUNT(plain));
    b = random_below(r, COUNT(plain));
    return plain[a < b ? a : b];
}

/* ---- tight trials ---- */

/* Of this many words an article has each or not, mostly once. */
#define HOT 5

static const char *const hot[HOT] = { "wab", "wad", "wae", "waf", "wag" };

const char *
trial_hot_word(struct trial *t)
{
    return hot[random_below(&t->random, HOT)];
}

/* Equally long texts of words that are nowhere else, and hot ones: the first in
   every second article, the others in fewer; now and then twice, seldom three
   times.  So the best of a word are few, stand alone in their block, and the
   next best score all the same. */
static const char *
make_tight_text(struct trial *t)
{
    struct random *r = &t->random;
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    unsigned n = 0;
    const char *copy;

    for (unsigned i = 0; i < HOT; i++) {
        bool more = random_once_in(r, 2 + 2 * i);

        while (more && n < t->length) {
            lede__buf_addf(&text, NULL, "%s%s", n > 0 ? " " : "", hot[i]);
            n++;
            more = random_once_in(r, 8 + 16 * i);
        }
    }
    while (n < t->length) {
        lede__buf_addf(&text, NULL, "%srest", n > 0 ? " " : "");
        n++;
    }
    copy = trial_copy(t, text.p);
    lede__buf_free(&text);
    return copy;
}

/* ---- all others ---- */

/* `n` words with an end of a sentence here and there, and of a paragraph in
   bodies. */
static const char *
make_text(struct trial *t, uint64_t n, bool body)
{
    struct random *r = &t->random;
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    uint64_t repeats = t->many ? 1 + random_below(r, 6) : 6;
    const char *again = NULL;
    const char *copy;

    for (uint64_t i = 0; i < n; i++) {
        const char *word = again != NULL && random_once_in(r, repeats)
                               ? again : trial_word(t);

        lede__buf_addf(&text, NULL, "%s%s", word,
                       i + 1 == n ? "" : random_once_in(r, 12) ? ". "
                       : body && random_once_in(r, 40) ? "\n\n" : " ");
        again = random_once_in(r, 5) ? word : again;
    }
    if (t->wild && random_once_in(r, 60)) {
        lede__buf_str(&text, text.len > 0 ? STR(" ") : STR(""), NULL);
        for (int i = 0; i < 300; i++) {         // longer than a term may be
            lede__buf_str(&text, STR("long"), NULL);
        }
    }
    copy = trial_copy(t, text.p == NULL ? "" : text.p);
    lede__buf_free(&text);
    return copy;
}

static const char *const *
make_list(struct trial *t, const char *const *from, size_t n, size_t *count)
{
    const char **list = trial_must(
        lede__arena_array(&t->arena, 3, sizeof(*list)));

    *count = random_below(&t->random, 3);
    for (size_t i = 0; i < *count; i++) {
        list[i] = from[random_below(&t->random, n)];
    }
    if (*count == 2 && list[0] == list[1]) {
        *count = 1;
    }
    return list;
}

void
trial_make_item(struct trial *t, struct item *item, unsigned id)
{
    struct random *r = &t->random;
    lede_article *a = &item->article;
    uint64_t most = t->n_ids > 1000 ? 12 : 40;
    lede_meta *meta;

    memset(item, 0, sizeof(*item));
    item->id = id;
    a->id = trial_copy(t, trial_id(id));
    if (t->tight) {
        a->title = "Rest";
        a->body = make_tight_text(t);
        a->lang = "en";
        return;
    }
    if (t->many) {
        a->title = make_text(t, 1, false);
        a->body = make_text(t, random_below(r, 1 + random_below(r, 40)),
                            true);
        a->lang = "en";
        a->date = random_once_in(r, 2) ? dates[random_below(r, COUNT(dates))]
                                       : NULL;
        return;
    }
    if (random_once_in(r, 30) && t->n_ids < 1000) {
        most = 1500;
    }
    a->body = make_text(t, random_below(r, most + 1), true);
    // the oracle does not know the title that a body gives
    a->title = make_text(t, !t->wild + random_below(r, 6), false);
    if (a->body[0] == '\0' && a->title[0] == '\0') {
        a->title = random_once_in(r, 2) ? "..." : "Nothing";
    }
    if (random_once_in(r, 3)) {
        a->summary = make_text(t, random_below(r, 7), false);
    }
    a->lang = random_once_in(r, 5) ? NULL
                                   : langs[random_below(r, COUNT(langs))];
    if (!random_once_in(r, 4)) {
        a->date = dates[random_below(r, COUNT(dates))];
    }
    if (random_once_in(r, 2)) {
        a->source = sources[random_below(r, COUNT(sources))];
    }
    a->authors = make_list(t, people, COUNT(people), &a->n_authors);
    a->tags = make_list(t, tags, COUNT(tags), &a->n_tags);
    a->categories = make_list(t, tags, COUNT(tags), &a->n_categories);
    if (random_once_in(r, 3)) {
        meta = trial_must(lede__arena_array(&t->arena, 1, sizeof(*meta)));
        meta->key = "topic";
        meta->value = make_text(t, 1 + random_below(r, 3), false);
        a->meta = meta;
        a->n_meta = 1;
    }
}

/* Weights, a further field, and the languages that are told apart. */
void
trial_make_config(struct trial *t)
{
    struct random *r = &t->random;
    struct buf out = BUF_INIT(BUF_MAX_ANY);

    if (random_once_in(r, 2)) {
        t->config = NULL;
        return;
    }
    lede__buf_addf(&out, NULL, "fields:\n  body: %u\n  title: %u\n"
                   "  summary: %u\n  tags: %u\n",
                   1 + (unsigned)random_below(r, 3),
                   (unsigned)random_below(r, 20),
                   (unsigned)random_below(r, 2), (unsigned)random_below(r, 3));
    if (random_once_in(r, 2)) {
        lede__buf_addf(&out, NULL, "  topic: {weight: %u}\n",
                       (unsigned)random_below(r, 101));
    }
    if (random_once_in(r, 3)) {
        lede__buf_addf(&out, NULL, "stop_words:\n  en: [model, run]\n");
    }
    if (t->wild && random_once_in(r, 2)) {
        lede__buf_addf(&out, NULL,
                       "synonyms:\n  - [agent, multi, \"open source\"]\n");
    }
    t->config = trial_copy(t, out.p);
    lede__buf_free(&out);
}
