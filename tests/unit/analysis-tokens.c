/* analysis-tokens.c - tokens as they are: forms, kinds, positions, offsets,
   stems, stop words, languages, and the cache. */

#include "shared/analysis/private.h"
#include "tests/tap.h"

static struct analysis *analysis;

static const char kinds[] = {
    [TOKEN_WORD] = 'w', [TOKEN_NUMBER] = 'n', [TOKEN_GRAM] = 'g',
    [TOKEN_CHAR] = 'c', [TOKEN_JOINED] = 'j', [TOKEN_PART] = 'p',
    [TOKEN_SYMBOLIC] = 's', [TOKEN_PLAIN] = 'a',
};

/* The tokens as text: KIND POSITION:FORM@START-END, apart by spaces; extras
   have a + before them, and | stands where a new chunk begins. */
static const char *
show(const char *text, const char *lang)
{
    static struct buf out = BUF_INIT(100000);
    struct token tokens[16];
    size_t count = 1;
    uint32_t chunk = 0;

    out.len = 0;
    lede__buf_str(&out, STR(""), NULL);
    if (lede__analysis_begin(analysis, str_from(text), str_from(lang), NULL)
        != LEDE_STATUS_OK) {
        return "begin failed";
    }
    while (count > 0) {
        if (lede__analysis_next(analysis, tokens, 16, &count, NULL)
            != LEDE_STATUS_OK) {
            return "next failed";
        }
        for (size_t i = 0; i < count; i++) {
            lede__buf_addf(&out, NULL, "%s%s%s%c%u:%s@%u-%u",
                           out.len == 0 ? "" : " ",
                           tokens[i].chunk != chunk ? "| " : "",
                           (tokens[i].flags & TOKEN_EXTRA) != 0 ? "+" : "",
                           kinds[tokens[i].kind], tokens[i].position,
                           tokens[i].word->form.p, tokens[i].start,
                           tokens[i].end);
            chunk = tokens[i].chunk;
        }
    }
    return out.p == NULL ? "" : out.p;
}

/* The stems of the atoms, apart by spaces; stop words in brackets. */
static const char *
stems(const char *text, const char *lang)
{
    static struct buf out = BUF_INIT(100000);
    struct token tokens[16];
    size_t count = 1;

    out.len = 0;
    if (lede__analysis_begin(analysis, str_from(text), str_from(lang), NULL)
        != LEDE_STATUS_OK) {
        return "begin failed";
    }
    while (count > 0
           && lede__analysis_next(analysis, tokens, 16, &count, NULL)
              == LEDE_STATUS_OK) {
        for (size_t i = 0; i < count; i++) {
            if ((tokens[i].flags & TOKEN_EXTRA) == 0) {
                bool stop = (tokens[i].flags & TOKEN_STOP) != 0;
                lede__buf_addf(&out, NULL, "%s%s%s%s", out.len > 0 ? " " : "",
                               stop ? "[" : "", tokens[i].word->stem.p,
                               stop ? "]" : "");
            }
        }
    }
    return out.p;
}

static void
test_tokens(void)
{
    is_str(show("", "en"), "", "nothing in an empty text");
    is_str(show(" .,;!? -- ", "en"), "", "nothing in punctuation");
    is_str(show("Hello, world", "en"), "w0:hello@0-5 | w1:world@7-12",
           "words");
    is_str(show("(Apple's) \xE2\x80\x9C" "Alibaba\xE2\x80\x99s\xE2\x80\x9D",
                "en"),
           "w0:apple@1-6 | w1:alibaba@13-20", "possessives end before the s");
    is_str(show("Qwen2.5-VL", "en"),
           "w0:qwen@0-4 +j0:qwen2.5vl@0-10 n1:2.5@4-7 +p1:2@4-5 w2:vl@8-10",
           "a model");
    is_str(show("GPT-4o GPT_4o gpt4o", "en"),
           "w0:gpt@0-3 +j0:gpt4o@0-6 n1:4o@4-6 | "
           "w2:gpt@7-10 +j2:gpt4o@7-13 n3:4o@11-13 | "
           "w4:gpt@14-17 +j4:gpt4o@14-19 n5:4o@17-19", "three spellings");
    is_str(show("v14.2.1", "en"),
           "w0:v@0-1 +j0:v14.2.1@0-7 n1:14.2.1@1-7 +p1:14.2@1-5 +p1:14@1-3",
           "shorter versions");
    is_str(show("Llama 3.1 rose 3.5%", "en"),
           "w0:llama@0-5 | n1:3.1@6-9 +p1:3@6-7 | w2:rose@10-14 | "
           "n3:3.5@15-18", "the version of a name, and a figure");
    is_str(show("U.S. IT us", "en"),
           "w0:u@0-1 +s0:u.s.@0-3 +j0:us@0-3 w1:s@2-3 | w2:it@5-7 "
           "+s2:i.t.@5-7 | w3:us@8-10", "initials and capitals");
    is_str(show("C++, C#.", "en"),
           "w0:c++@0-3 +p0:c@0-1 | w1:c#@5-7 +p1:c@5-6", "signs of languages");
    is_str(show("@a_b-c .net", "en"),
           "w0:a@1-2 +s0:@a_b-c@0-6 +j0:abc@1-6 w1:b@3-4 w2:c@5-6 | "
           "w3:net@8-11 +s3:.net@7-11", "symbols cover their sign");
    is_str(show("1,000,000 1,2", "en"),
           "n0:1000000@0-9 | n1:1@10-11 n2:2@12-13", "thousands and lists");
    is_str(show("don't O'Neill", "en"),
           "w0:dont@0-5 | w1:o@6-7 +j1:oneill@6-13 w2:neill@8-13",
           "apostrophes");
    is_str(show("Citro\xC3\xABn", "en"),
           "w0:citro\xC3\xABn@0-8 +a0:citroen@0-8", "accents");
    is_str(show("so\xC2\xADne", "en"), "w0:sone@0-6", "a soft hyphen");
    is_str(show("cafe\xCC\x81 x", "en"),
           "w0:caf\xC3\xA9@0-6 +a0:cafe@0-6 | w1:x@7-8",
           "a combining mark stays with its letter");
    is_str(show("\xEF\xBC\xA7\xEF\xBC\xB0", "en"), "w0:gp@0-6",
           "full-width letters");
    is_str(show("9f86d081884c7d659a2feaa0", "en"),
           "n0:9f86d081884c7d659a2feaa0@0-24", "a hash is one atom");
}

static void
test_grams(void)
{
    is_str(show("\xE6\x89\x8B", "zh"), "c0:\xE6\x89\x8B@0-3",
           "a run of one character");
    is_str(show("\xE5\xA4\xA7\xE6\xA8\xA1\xE5\x9E\x8B", "zh"),
           "g0:\xE5\xA4\xA7\xE6\xA8\xA1@0-6 +c0:\xE5\xA4\xA7@0-3 "
           "g1:\xE6\xA8\xA1\xE5\x9E\x8B@3-9 +c1:\xE6\xA8\xA1@3-6 "
           "+c1:\xE5\x9E\x8B@6-9", "the last character has the last position");
    is_str(show("5G\xE6\x89\x8B\xE6\x9C\xBA, AI", "zh"),
           "n0:5g@0-2 | g1:\xE6\x89\x8B\xE6\x9C\xBA@2-8 +c1:\xE6\x89\x8B@2-5 "
           "+c1:\xE6\x9C\xBA@5-8 | w2:ai@10-12", "Latin and Han are apart");
    is_str(show("\xE6\x89\x8B\xE3\x80\x82\xE6\x9C\xBA", "zh"),
           "c0:\xE6\x89\x8B@0-3 | c1:\xE6\x9C\xBA@6-9",
           "no gram over punctuation");
    is_str(show("\xEF\xBE\x83\xEF\xBE\x9E\xEF\xBD\xB0\xEF\xBE\x80", "ja"),
           "g0:\xE3\x83\x87\xE3\x83\xBC@0-9 +c0:\xE3\x83\x87@0-6 "
           "g1:\xE3\x83\xBC\xE3\x82\xBF@6-12 +c1:\xE3\x83\xBC@6-9 "
           "+c1:\xE3\x82\xBF@9-12", "half-width kana");
    is_str(show("\xF0\xA0\x80\x8B\xEF\xB8\x80\xE6\x89\x8B", "zh"),
           "g0:\xF0\xA0\x80\x8B\xE6\x89\x8B@0-10 +c0:\xF0\xA0\x80\x8B@0-4 "
           "+c0:\xE6\x89\x8B@7-10", "a variation selector is passed over");
    is_str(show("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "ko"),
           "c0:\xED\x95\x9C@0-9", "jamo make a syllable");
    is_str(show("\xE0\xB8\x81\xE0\xB8\xB3\xE6\x89\x8B", "th"),
           "c0:\xE0\xB8\x81\xE0\xB9\x8D\xE0\xB8\xB2@0-6 | "
           "c1:\xE6\x89\x8B@6-9", "Thai and Han are two runs");
    is_str(show("\xF0\x9F\x87\xB0\xF0\x9F\x87\xB7\xF0\x9F\x91\x8D", "en"),
           "s0:\xF0\x9F\x87\xB0\xF0\x9F\x87\xB7@0-8 | "
           "s1:\xF0\x9F\x91\x8D@8-12", "emoji");
}

static void
test_languages(void)
{
    is_str(stems("The running dogs", "en"), "[the] run dog", "English");
    is_str(stems("The running dogs", "en-US"), "[the] run dog",
           "English with a region");
    is_str(stems("Die laufenden Hunde", "de"), "[die] laufend hund", "German");
    is_str(stems("The running dogs", "de"), "the running dog",
           "English as German");
    is_str(stems("running dogs", ""), "running dogs", "no language");
    is_str(stems("running dogs", "tlh"), "running dogs", "an unknown one");
    is_str(stems("GPT-4o 2025 c++", "en"), "gpt 4o 2025 c++",
           "numbers and signs are not stemmed");
    is_str(stems("l'homme can't", "fr"), "[l] homm cant", "French");
    is_str(stems("hunder", "nb"), stems("hunder", "no"), "Bokmal");
    ok(str_eq(lede__analysis_stemmer(STR("nn")), STR("no")), "nn is no");
    ok(str_eq(lede__analysis_stemmer(STR("EN_gb")), STR("en")), "EN_gb is en");
    ok(lede__analysis_stemmer(STR("zh")).len == 0, "zh has none");
    ok(lede__analysis_stemmer(STR("")).len == 0, "neither has nothing");
}

static struct word *
first_word(const char *text, const char *lang)
{
    struct token tokens[16];
    size_t count;

    if (lede__analysis_begin(analysis, str_from(text), str_from(lang), NULL)
        != LEDE_STATUS_OK
        || lede__analysis_next(analysis, tokens, 16, &count, NULL)
           != LEDE_STATUS_OK || count == 0) {
        return NULL;
    }
    return tokens[0].word;
}

static void
test_cache(void)
{
    struct word *word = first_word("Apple", "en");
    size_t bytes;

    ok(word != NULL && word->user[0] == NULL && word->user[1] == NULL,
       "a new word belongs to nobody");
    word->user[0] = &bytes;
    ok(first_word("apple", "en") == word, "one form has one address");
    ok(first_word("\xEF\xBC\xA1pple", "en") == word, "however it is written");
    ok(word->user[0] == &bytes, "and keeps what is put there");
    ok(first_word("apple", "de") != word, "another language has another word");
    bytes = lede__analysis_cache_bytes(analysis);
    first_word("apple", "en");
    is_int(lede__analysis_cache_bytes(analysis), bytes, "nothing new");
    for (int i = 0; i < 3000; i++) {
        char form[32];
        snprintf(form, sizeof(form), "w%c%c%cxyz%s", 'a' + i % 26,
                 'a' + i / 26 % 26, 'a' + i / 676, i % 2 ? "longer" : "");
        first_word(form, "en");
    }
    ok(lede__analysis_cache_bytes(analysis) > bytes, "the cache grows");
    ok(first_word("apple", "en") == word, "words do not move");
    lede__analysis_trim(analysis);
    is_int(lede__analysis_cache_bytes(analysis), 0, "trimmed");
    word = first_word("apple", "en");
    ok(word != NULL && word->user[0] == NULL, "and begun again");
}

static bool
keep_marked(void *payload, struct word *word)
{
    *(size_t *)payload += 1;
    return word->user[0] != NULL;
}

/* Some words are kept with what belongs to them, the others are forgotten. */
static void
test_keep(void)
{
    static const char *const kept[] = {
        "running", "citroën", "Ａｐｐｌｅ", "gpt4o", "模型", "a",
    };
    static int marks[sizeof(kept) / sizeof(*kept)];
    const size_t n = sizeof(kept) / sizeof(*kept);
    struct word *first = NULL;
    size_t asked = 0;
    size_t bytes;
    bool same = true;

    lede__analysis_trim(analysis);
    for (size_t i = 0; i < n; i++) {
        first_word(kept[i], "en")->user[0] = &marks[i];
    }
    for (int i = 0; i < 3000; i++) {
        char form[32];
        snprintf(form, sizeof(form), "v%c%c%cé", 'a' + i % 26,
                 'a' + i / 26 % 26, 'a' + i / 676);
        first_word(form, "en");
    }
    bytes = lede__analysis_cache_bytes(analysis);
    lede__analysis_keep(analysis, keep_marked, &asked);
    ok(asked >= 3000 + n, "each word is asked for: %zu", asked);
    ok(lede__analysis_cache_bytes(analysis) < bytes / 8, "most are forgotten");
    for (size_t i = 0; i < n; i++) {
        same &= first_word(kept[i], "en")->user[0] == &marks[i];
    }
    ok(same, "the others have what belongs to them");
    first = first_word("running", "en");
    ok(str_eq(first->form, STR("running")) && str_eq(first->stem, STR("run")),
       "form and stem are as they were");
    ok(first_word("vaaaé", "en")->user[0] == NULL, "what was forgotten is new");
    is_str(show("citroën", "en"), "w0:citroën@0-8 +a0:citroen@0-8",
           "a plain form is kept with its word");
}

/* The i-th of many words, of 5 to 20 letters. */
static struct str
nth_word(char form[32], uint32_t i)
{
    size_t n = 5 + i % 16;

    for (size_t k = 0; k < n; k++) {
        form[k] = (char)('a' + (k < 5 ? i : i / 16 + k) % 26);
        i = k < 5 ? i / 26 : i;
    }
    return (struct str){ form, n };
}

static bool
keep_third(void *payload, struct word *word)
{
    (void)payload;
    return word->more[0] % 3 == 0;
}

/* So many that not all are found nearby; in any order, and some twice. */
static void
test_many(void)
{
    enum { MANY = 60000 };
    char form[32];
    char text[64];
    size_t wrong = 0;

    lede__analysis_trim(analysis);
    for (uint32_t i = 0; i < 2 * MANY; i++) {
        struct str word = nth_word(form, i % MANY);
        struct word *first = NULL;

        snprintf(text, sizeof text, "%.*s", (int)word.len, word.p);
        first = first_word(text, "en");
        wrong += !str_eq(first->form, word);
        wrong += first->more[0] != (i < MANY ? 0 : i % MANY + 1);
        first->more[0] = i % MANY + 1;
    }
    ok(wrong == 0, "each of many words is itself: %zu are not", wrong);
    lede__analysis_keep(analysis, keep_third, NULL);
    for (uint32_t k = 0; k < 2 * MANY; k++) {
        uint32_t i = k < MANY ? k : k * 7919u % MANY;
        struct str word = nth_word(form, i);

        snprintf(text, sizeof text, "%.*s", (int)word.len, word.p);
        wrong += first_word(text, "en")->more[0]
                 != ((i + 1) % 3 == 0 ? i + 1 : 0);
    }
    ok(wrong == 0, "and so when two of three were forgotten: %zu", wrong);
}

/* An atom just as long as may be, and one longer. */
static void
test_limits(void)
{
    char text[2 * ATOM_BYTES + 2];
    struct token tokens[16];
    size_t count;

    for (size_t n = ATOM_BYTES; n <= ATOM_BYTES + 1; n++) {
        memset(text, 'x', n);
        text[n] = '\0';
        lede__analysis_begin(analysis, str_from(text), STR("en"), NULL);
        lede__analysis_next(analysis, tokens, 16, &count, NULL);
        is_int(tokens[0].end, ATOM_BYTES, "an atom of %zu letters", n);
        is_int(tokens[count - 1].end, n, "to the last letter");
    }
    struct str huge = { text, (size_t)UINT32_MAX };
    ok(lede__analysis_begin(analysis, huge, STR("en"), NULL)
       == LEDE_STATUS_LIMIT, "a text of 4 GiB is refused");
}

static void
test_stop_lists(struct analysis *builtin)
{
    struct str words[] = { STR("Don\xE2\x80\x99t"), STR("Qwen") };
    struct stop_list lists[] = {
        { STR("en"), { words, 2 } }, { STR("de"), { NULL, 0 } },
        { STR("xx"), { words, 2 } },
    };
    struct schema *schema = calloc(1, sizeof(*schema));
    struct analyzer *analyzer = NULL;

    if (!ok(schema != NULL, "a schema")) {
        return;
    }
    schema->stop_lists = lists;
    schema->n_stop_lists = 3;
    ok(lede__analyzer_new(&analyzer, schema, NULL) == LEDE_STATUS_OK
       && lede__analysis_new(&analysis, analyzer, NULL) == LEDE_STATUS_OK,
       "stop lists of the schema");
    is_str(stems("the qwen don't", "en"), "the [qwen] [dont]",
           "replace those of the language");
    is_str(stems("der qwen", "de"), "der qwen", "also by nothing");
    is_str(stems("le qwen", "fr"), "[le] qwen", "and leave the others");
    is_str(stems("le qwen", "xx"), "le [qwen]", "a language of their own");
    lede__analysis_free(analysis);
    lede__analyzer_free(analyzer);
    free(schema);
    analysis = builtin;
}

int
main(void)
{
    struct analyzer *analyzer = NULL;

    if (!ok(lede__analyzer_new(&analyzer, NULL, NULL) == LEDE_STATUS_OK
            && lede__analysis_new(&analysis, analyzer, NULL)
               == LEDE_STATUS_OK, "an analysis")) {
        return done();
    }
    test_tokens();
    test_grams();
    test_languages();
    test_cache();
    test_keep();
    test_many();
    test_limits();
    test_stop_lists(analysis);
    lede__analysis_free(analysis);
    lede__analyzer_free(analyzer);
    return done();
}
