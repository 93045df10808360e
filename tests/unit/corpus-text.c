/* corpus-text.c - plain text: title, credits, date, paragraphs; encodings; the
   detector of languages. */

#include "corpus/encoding.h"
#include "corpus/language.h"
#include "corpus/text.h"
#include "tests/article-check.h"
#include "tests/tap.h"

static struct article article;
static struct warnings warnings;

#define LONG_LINE \
    "A paragraph on one line that goes on and on, well beyond the width at " \
    "which any program would have wrapped it, because its writer did not " \
    "believe in line ends."

static const struct {
    const char *name;
    const char *text;
    const char *title;
    const char *people;         // "author; author / photo"
    const char *date;
    const char *body;           // "|" between blocks
} rows[] = {
    { "a headline, then lines",
      "Chips lift shares\n" LONG_LINE "\nA short one.",
      "Chips lift shares", "", "", "Chips lift shares|" LONG_LINE
      "|A short one." },
    { "a whole sentence as first line, credits after it",
      "The collaboration strengthens the position of the one in the race, "
      "intensifying competition in both AI and phones.\nPhoto by Kuang Da\n"
      "by Song Jianan\n" LONG_LINE,
      "The collaboration strengthens the position of the one in the race, "
      "intensifying competition in both AI and phones.",
      "Song Jianan / Kuang Da", "",
      "The collaboration strengthens the position of the one in the race, "
      "intensifying competition in both AI and phones.|" LONG_LINE },
    { "credits before the headline",
      "By Anna de la Cruz and Bo Li\n\nHeadline here\n\n" LONG_LINE,
      "Headline here", "Anna de la Cruz; Bo Li", "",
      "Headline here|" LONG_LINE },
    { "a sentence that begins with by is none",
      "Headline\nBy noon the rain had stopped.\nBy Monday.\n" LONG_LINE,
      "Headline", "", "",
      "Headline|By noon the rain had stopped.|By Monday.|" LONG_LINE },
    { "names with points",
      "Headline\nBy J. R. Ewing Jr.\n" LONG_LINE, "Headline",
      "J. R. Ewing Jr.", "", "Headline|" LONG_LINE },
    { "italics and brackets around credits",
      "Headline\n*By Elin*\n(Photo: A/B agency)\n" LONG_LINE, "Headline",
      "Elin / A/B agency", "", "Headline|" LONG_LINE },
    { "a line with a date",
      "Headline\nFebruary 12, 2025\nBy Elin\n" LONG_LINE, "Headline", "Elin",
      "2025-02-12", "Headline|" LONG_LINE },
    { "a date with a word before it",
      "Headline\nPublished: 2025-02-12 15:10\n" LONG_LINE, "Headline", "",
      "2025-02-12T15:10:00Z", "Headline|" LONG_LINE },
    { "a number is no date", "Headline\n2025\n" LONG_LINE, "Headline", "", "",
      "Headline|2025|" LONG_LINE },
    { "a dateline",
      "Headline\n\nCARDIFF, October 7, 2025 (Harbour Wire) - " LONG_LINE,
      "Headline", "source Harbour Wire", "2025-10-07",
      "Headline|CARDIFF, October 7, 2025 (Harbour Wire) - " LONG_LINE },
    { "a dateline without a headline",
      "CARDIFF, October 7, 2025 - It rains, and nobody knows for how long it "
      "will. It is wet outside, and inside too, since the roof leaks.",
      "It rains, and nobody knows for how long it will.", "", "2025-10-07",
      "CARDIFF, October 7, 2025 - It rains, and nobody knows for how long it "
      "will. It is wet outside, and inside too, since the roof leaks." },
    { "the first sentence of a long line",
      "Mr. J. Smith of the U.S. Navy paid $1.50 for it. " LONG_LINE,
      "Mr. J. Smith of the U.S. Navy paid $1.50 for it.", "", "",
      "Mr. J. Smith of the U.S. Navy paid $1.50 for it. " LONG_LINE },
    { "a short line with two sentences", "It works. Mostly.\n\nText",
      "It works. Mostly.", "", "", "It works. Mostly.|Text" },
    { "wrapped lines",
      "Headline of the text\n\nThe first line of a paragraph that was wrapped"
      " at some sixty\ncolumns by a program, so that its lines are of about\n"
      "equal length.\n\nAnother one, which is short.\n",
      "Headline of the text", "", "",
      "Headline of the text|The first line of a paragraph that was wrapped at"
      " some sixty columns by a program, so that its lines are of about equal"
      " length.|Another one, which is short." },
    { "wrapped from the first line on",
      "A sentence that is longer than one line of sixty columns, which\n"
      "ends here. Then comes more of it, a second sentence, also longer\n"
      "than a line.\n",
      "A sentence that is longer than one line of sixty columns, which ends "
      "here.", "", "",
      "A sentence that is longer than one line of sixty columns, which ends "
      "here. Then comes more of it, a second sentence, also longer than a "
      "line." },
    { "a list in wrapped text",
      "Headline\n\nSome line of text that is wrapped at the width of this "
      "one here.\n- one that is not\n- two\n1. three\n",
      "Headline", "", "",
      "Headline|Some line of text that is wrapped at the width of this one "
      "here.|- one that is not|- two|1. three" },
    { "rules are no text", "Headline\n========\n\nText\n* * *\nMore",
      "Headline", "", "", "Headline|Text|More" },
    { "Chinese", "今天下雨。明天也下雨。后天不知道。\n作者：李明\n正文在这里。",
      "今天下雨。明天也下雨。后天不知道。", "李明", "",
      "今天下雨。明天也下雨。后天不知道。|正文在这里。" },
    { "white space and line ends", "\r\n  A\tb \r\n\r\n\tc\r\rd", "A b", "",
      "", "A b|c|d" },
    { "nothing", "", "some name", "", "", "" },
    { "only credits", "By Elin\n", "some name", "Elin", "", "" },
};

static void
check_row(size_t i)
{
    struct buf people = BUF_INIT(1 << 16);
    struct buf body = BUF_INIT(1 << 16);
    char date[24];

    is_int(read_article(&article, FORMAT_TEXT, "x/some-name.txt",
                        str_from(rows[i].text), NULL, &warnings, NULL),
           LEDE_STATUS_OK, "%s: status", rows[i].name);
    for (size_t k = 0; k < article.authors.count; k++) {
        lede__buf_addf(&people, NULL, "%s%s", k > 0 ? "; " : "",
                       article.authors.items[k].p);
    }
    if (article.source.len > 0) {
        lede__buf_addf(&people, NULL, "source %s", article.source.p);
    }
    for (size_t k = 0; k < article.n_meta; k++) {
        lede__buf_addf(&people, NULL, " / %s", article.meta[k].text.p);
    }
    for (size_t k = 0; k < article.n_blocks; k++) {
        lede__buf_addf(&body, NULL, "%s%.*s", k > 0 ? "|" : "",
                       (int)article.blocks[k].len,
                       article.body.p + article.blocks[k].start);
    }
    lede__date_format(article.date, date);
    is_str(article.title.p, rows[i].title, "%s: title", rows[i].name);
    is_str(lede__buf_view(&people).p, rows[i].people, "%s: people",
           rows[i].name);
    is_str(date, rows[i].date, "%s: date", rows[i].name);
    is_str(lede__buf_view(&body).p, rows[i].body, "%s: body", rows[i].name);
    is_str(check_article(&article), NULL, "%s holds together", rows[i].name);
    is_int(article.title_in_body, article.n_blocks > 0,
           "%s: the title is in the body", rows[i].name);
    lede__buf_free(&people);
    lede__buf_free(&body);
}

/* A title is cut at a word where its sentence does not end. */
static void
long_title(void)
{
    struct buf text = BUF_INIT(1 << 16);

    for (int i = 0; i < 200; i++) {
        lede__buf_str(&text, STR("word "), NULL);
    }
    read_article(&article, FORMAT_TEXT, "a.txt", lede__buf_view(&text), NULL,
                 NULL, NULL);
    ok(article.title.len > 200 && article.title.len < 250
           && memcmp(article.title.p + article.title.len - 7, "word…", 7) == 0,
       "a sentence of 1,000 characters makes a title of %zu",
       article.title.len);
    lede__buf_free(&text);
}

static void
block_limit(void)
{
    for (size_t more = 0; more < 2; more++) {
        struct buf text = BUF_INIT(1 << 20);
        for (size_t i = 0; i < BLOCKS_MAX + more; i++) {
            lede__buf_str(&text, STR("a\n"), NULL);
        }
        read_article(&article, FORMAT_TEXT, "a.txt", lede__buf_view(&text),
                     NULL, NULL, NULL);
        is_int(article.n_blocks, BLOCKS_MAX, "paragraphs, %zu too many", more);
        is_int(article.body.len, (BLOCKS_MAX + more) * 3 - 2, "nothing lost");
        is_str(check_article(&article), NULL, "the article holds together");
        lede__buf_free(&text);
    }
}

/* ---- encodings ---- */

static void
decodes(struct str bytes, const char *want, const char *code,
        const char *says, const char *name)
{
    read_article(&article, FORMAT_TEXT, "a.txt", bytes, NULL, &warnings, NULL);
    is_str(article.body.p, want, "%s", name);
    is_str(warnings.text, code, "%s: warnings", name);
    ok(warnings.count == 0 || strstr(warnings.last, says) != NULL,
       "%s: says \"%s\"", name, warnings.last);
}

static void
encodings(void)
{
    decodes(STR("\xEF\xBB\xBF" "caf\xC3\xA9"), "café", "", "", "UTF-8 mark");
    decodes(STR("\xFF\xFE" "c\0a\0f\0\xE9\0"), "café", "", "", "UTF-16LE");
    decodes(STR("\xFE\xFF\0c\0a\0f\0\xE9"), "café", "", "", "UTF-16BE");
    decodes(STR("\xFF\xFE\0\0c\0\0\0\xE9\0\0\0"), "cé", "", "", "UTF-32LE");
    decodes(STR("\0\0\xFE\xFF\0\0\0c\0\0\0\xE9"), "cé", "", "", "UTF-32BE");
    decodes(STR("c\0a\0f\0\xE9\0"), "café", "encoding:1:0", "UTF-16LE",
            "UTF-16LE without a mark");
    decodes(STR("\0c\0a\0f\0\xE9"), "café", "encoding:1:0", "UTF-16BE",
            "UTF-16BE without a mark");
    decodes(STR("\xFF\xFE" "a\0\x3D\xD8" "b\0c"), "a\xEF\xBF\xBD" "b\xEF\xBF"
            "\xBD", "", "", "a lone surrogate and half a character");
    decodes(STR("one\xC3\xA9 two\xC3\xA9\nthr\xFF" "ee"),
            "oneé twoé\n\nthr\xEF\xBF\xBD" "ee", "encoding:2:0", "damage",
            "UTF-8 with damage");
    decodes(STR("coding: latin-1\n\ncaf\xE9"), "coding: latin-1\n\ncafé", "",
            "", "a declaration");
    decodes(STR("charset=no-such\n\ncaf\xE9 na\xEFve \x93quoted\x94"),
            "charset=no-such\n\ncafé naïve “quoted”", "encoding:1:0",
            "WINDOWS-125", "one that is not known");
    decodes(STR("Die Gr\xFC\xDF" "e der \xC4pfel h\xE4ngt von der B\xF6" "e ab,"
                " sagte er. F\xFCr \xDC" "bung \xF6" "ffnet er die T\xFCr."),
            "Die Grüße der Äpfel hängt von der Böe ab, sagte er. Für Übung "
            "öffnet er die Tür.", "encoding:1:0", "read as", "Latin-1");
    decodes(STR("\xB1\xB1\xBE\xA9\xB5\xC4\xCC\xEC\xC6\xF8\xBD\xF1\xCC\xEC\xBA"
                "\xDC\xBA\xC3\xA3\xAC\xCE\xD2\xC3\xC7\xC8\xA5\xB9\xAB\xD4\xB0"
                "\xA1\xA3"), "北京的天气今天很好，我们去公园。",
            "encoding:1:0", "GB", "GB18030");
    decodes(STR("a\0b"), "a b", "", "", "a NUL");
}

/* ---- languages ---- */

static void
languages(void)
{
    static const struct {
        const char *name, *code;
    } names[] = {
        { "en", "en" }, { "EN", "en" }, { "en-US", "en" }, { "pt_BR", "pt" },
        { "zh-Hans-CN", "zh" }, { "eng", "en" }, { "ger", "de" },
        { "English", "en" }, { " Deutsch ", "de" }, { "中文", "zh" },
        { "iw", "he" }, { "nb", "nb" }, { "yue", "yue" }, { "zho-Hant", "zh" },
        { "xx", NULL }, { "c++", NULL }, { "python", NULL }, { "", NULL },
        { "e", NULL }, { "en us", NULL },
    };
    static const struct {
        const char *text, *code;
    } texts[] = {
        { "The committee agreed that the new rules should apply from May on, "
          "and that nobody would be asked twice.", "en" },
        { "Die neue Verordnung gilt ab Mai, sagte die Sprecherin, und niemand "
          "wird deshalb ein zweites Mal gefragt.", "de" },
        { "La nouvelle règle s'applique à partir de mai, a déclaré la porte-"
          "parole, et personne ne sera interrogé deux fois.", "fr" },
        { "La nueva norma se aplicará a partir de mayo, dijo la portavoz, y "
          "nadie será preguntado dos veces por ello.", "es" },
        { "新规从五月起施行，没有人会被问第二次。", "zh" },
        { "新しい規則は五月から適用され、誰も二度とは聞かれない。", "ja" },
        { "새 규칙은 5월부터 적용되며 아무도 두 번 묻지 않을 것이다.", "ko" },
        { "QUADI (Algorithm 1)", NULL }, { "12345 67890", NULL }, { "", NULL },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        is_str(lede__lang_code(str_from(names[i].name)), names[i].code,
               "the code of \"%s\"", names[i].name);
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        is_str(lede__lang_detect(str_from(texts[i].text)), texts[i].code,
               "language of text %zu", i);
    }
    // A text in memory of its own, cut inside what is behind it
    for (size_t n = 1; n < 64; n++) {
        struct str text = str_from(texts[4].text);
        char *copy = malloc(n);
        for (size_t k = 0; k < n; k++) {
            copy[k] = text.p[k % text.len];
        }
        lede__lang_detect((struct str){ copy, n });
        free(copy);
    }
    const struct reader_options options = { .default_lang = "sv" };
    read_article(&article, FORMAT_TEXT, "a.txt", STR("Q"), &options, NULL,
                 NULL);
    is_str(article.lang.p, "sv", "the default language");
    ok(!article.lang_detected, "is not detected");
    read_article(&article, FORMAT_TEXT, "a.txt", str_from(texts[1].text),
                 &options, NULL, NULL);
    is_str(article.lang.p, "de", "a detected one comes before it");
    ok(article.lang_detected, "is detected");
}

int
main(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_row(i);
    }
    long_title();
    block_limit();
    encodings();
    languages();
    lede__arena_free(&article.arena);
    return done();
}
