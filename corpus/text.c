/* text.c - plain text: where its paragraphs are, what its title is, who wrote
   it.

   PARAGRAPHS.  Some texts have a paragraph on each line, some are wrapped at a
   width with blank lines between paragraphs.  A text is taken as wrapped where
   nine of ten lines fit into WRAP_MAX columns; there, a line goes on with the
   next one where the next one's first word would not have fitted on it: then
   the break was made by a program, and not by the writer.

   HEAD.  The first line is the title where it is short, else its first
   sentence is.  Beside it stand lines of credit and a date, in any order:

       The collaboration strengthens Alibaba's position in the AI race ...
       Photo by Kuang Da
       by Song Jianan

   They become metadata and are no part of the body.  An agency's dateline
   ("CARDIFF, October 7, 2025 (Harbour Wire) - ") gives date and source and
   stays in the body. */

#include "corpus/text.h"

#include "shared/base/utf8.h"

#define WRAP_MAX 100
#define WRAP_MIN 40
/* People wrap less exactly than programs: by so great a part of the width. */
#define WRAP_SLACK 6
/* A line of credit; a longer one is a sentence. */
#define CREDIT_MAX 120
/* Lines looked at for credits beside the title. */
#define HEAD_LINES 8
/* Characters of a line that is a title as it is. */
#define TITLE_SHORT 100
/* Characters of a sentence that is a title; a longer one is cut at a word. */
#define TITLE_LONG 240
#define DATELINE_MAX 120

/* ---- characters and words ---- */

static bool
is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool
is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_high(char c)
{
    return (unsigned char)c >= 0x80;
}

static struct str
part(struct str s, size_t start, size_t end)
{
    return (struct str){ s.p + start, end - start };
}

static bool
has_prefix_nocase(struct str s, struct str prefix)
{
    return s.len >= prefix.len
           && lede__str_eq_nocase(part(s, 0, prefix.len), prefix);
}

/* How wide a line is: characters of Chinese, Japanese, Korean take two
   columns.  Counting ends above `max`. */
static size_t
columns(struct str s, size_t max)
{
    const char *p = s.p;
    const char *end = s.p + s.len;
    size_t n = 0;

    // Most text is ASCII: eight bytes at a time
    while (end - p >= 8 && n <= max) {
        uint64_t eight;
        memcpy(&eight, p, sizeof(eight));
        if ((eight & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
        p += 8;
        n += 8;
    }
    while (p < end && n <= max) {
        uint32_t cp;
        p += lede__utf8_next(p, end, &cp);
        n += lede__is_unspaced(cp) || (cp >= 0xAC00 && cp <= 0xD7A3) ? 2 : 1;
    }
    return n;
}

static struct str
first_word(struct str line)
{
    size_t end = 0;
    uint32_t cp;

    line = lede__str_trim(line);
    if (line.len > 0) {
        end = lede__utf8_next(line.p, line.p + line.len, &cp);
        if (lede__is_unspaced(cp)) {
            return part(line, 0, end);
        }
    }
    while (end < line.len && line.p[end] != ' ' && line.p[end] != '\t') {
        end++;
    }
    return part(line, 0, end);
}

/* ---- sentences ---- */

/* Whether the point after `word` belongs to it: "Dr.", "U.S.", "J." */
static bool
is_abbreviated(struct str word)
{
    static const char *const known[] = {
        "Mr", "Mrs", "Ms", "Dr", "Prof", "Sr", "Jr", "St", "Gen", "Sen",
        "Rep", "Gov", "Lt", "Col", "Capt", "No", "Nos", "vs", "Vol", "Fig",
        "Inc", "Corp", "Co", "Ltd", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul",
        "Aug", "Sep", "Sept", "Oct", "Nov", "Dec", "approx", "ca", "bzw",
        "Nr", "Hr", "Fr", NULL,
    };

    while (word.len > 0 && strchr("(\"'", word.p[0]) != NULL) {
        word = part(word, 1, word.len);
    }
    if ((word.len == 1 && !is_digit(word.p[0]))
        || (word.len > 1 && memchr(word.p, '.', word.len) != NULL
            && !is_digit(word.p[word.len - 1]))) {
        return true;
    }
    for (size_t i = 0; known[i] != NULL; i++) {
        if (str_eq(word, str_from(known[i]))) {
            return true;
        }
    }
    return false;
}

/* The bytes of a mark at p that ends a sentence in scripts without spaces. */
static size_t
wide_stop(const char *p, const char *end)
{
    uint32_t cp;
    size_t n = lede__utf8_next(p, end, &cp);

    return cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F ? n : 0;
}

/* The bytes of quotes and brackets at `at` that close after a sentence. */
static size_t
closing(struct str s, size_t at)
{
    size_t start = at;

    while (at < s.len) {
        uint32_t cp;
        size_t n = lede__utf8_next(s.p + at, s.p + s.len, &cp);
        if (cp != '"' && cp != '\'' && cp != ')' && cp != ']' && cp != 0x201D
            && cp != 0x2019 && cp != 0x300D && cp != 0x300F && cp != 0xBB) {
            break;
        }
        at += n;
    }
    return at - start;
}

/* The length of the first sentence of a line. */
static size_t
sentence(struct str s)
{
    size_t word = 0;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];
        size_t wide = is_high(c) ? wide_stop(s.p + i, s.p + s.len) : 0;
        if (wide > 0) {
            return i + wide + closing(s, i + wide);
        }
        if (c == ' ') {
            word = i + 1;
        }
        if ((c != '.' && c != '!' && c != '?')
            || (c == '.' && is_abbreviated(part(s, word, i)))) {
            continue;
        }
        size_t end = i + 1 + closing(s, i + 1);
        bool more = end + 1 < s.len && s.p[end] == ' ';
        if (end == s.len || (more && !is_lower(s.p[end + 1]))) {
            return end;
        }
    }
    return s.len;
}

/* The bytes of the first `max` columns of s, back to the last space. */
static size_t
cut_at_word(struct str s, size_t max)
{
    size_t at = 0;
    size_t space = 0;
    size_t n = 0;

    while (at < s.len) {
        uint32_t cp;
        size_t len = lede__utf8_next(s.p + at, s.p + s.len, &cp);
        n += lede__is_unspaced(cp) ? 2 : 1;
        if (n > max) {
            break;
        }
        if (cp == ' ') {
            space = at;
        }
        at += len;
    }
    return at == s.len ? at : space > at / 2 ? space : at;
}

/* ---- datelines ---- */

/* The length of the mark that a dateline ends with at p, or 0. */
static size_t
dateline_mark(struct str s, size_t at)
{
    static const struct str marks[] = {
        { " - ", 3 }, { " -- ", 4 }, { " \xE2\x80\x93 ", 5 },
        { " \xE2\x80\x94 ", 5 }, { "\xE2\x80\x94", 3 },
    };

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (s.len - at >= marks[i].len
            && memcmp(s.p + at, marks[i].p, marks[i].len) == 0) {
            return marks[i].len;
        }
    }
    return 0;
}

/* Find "CITY, October 7, 2025 (Harbour Wire) - " at the start of a paragraph;
   its length, or 0.  A date or an agency must be there. */
static size_t
dateline(struct str s, struct date *date, struct str *agency)
{
    struct str head = { NULL, 0 };
    size_t mark = 0;

    *agency = STR("");
    date->precision = DATE_NONE;
    for (size_t i = 1; i < s.len && i < DATELINE_MAX && mark == 0; i++) {
        mark = dateline_mark(s, i);
        head = part(s, 0, i);
    }
    if (mark == 0 || (!is_upper(s.p[0]) && !is_high(s.p[0]))) {
        return 0;
    }
    size_t length = head.len + mark;
    size_t open = head.len;
    if (head.p[head.len - 1] == ')') {
        while (open > 0 && head.p[open - 1] != '(') {
            open--;
        }
        if (open == 0) {
            return 0;
        }
        *agency = lede__str_trim(part(head, open, head.len - 1));
        head = lede__str_trim(part(head, 0, open - 1));
    }
    for (size_t i = 0; i < head.len; i++) {
        if (head.p[i] == ','
            && lede__date_parse(lede__str_trim(part(head, i + 1, head.len)),
                                date)
            && date->precision >= DATE_DAY) {
            return length;
        }
    }
    date->precision = DATE_NONE;
    // Without a date only a city in capitals tells it from a sentence
    for (size_t i = 0; i < head.len; i++) {
        if (is_lower(head.p[i])) {
            return 0;
        }
    }
    return agency->len > 0 ? length : 0;
}

struct str
lede__text_title(struct builder *b, struct str paragraph)
{
    struct str agency;
    struct date date;
    struct str s;

    // More than this makes no difference to what comes out
    if (paragraph.len > FIELD_TEXT_MAX) {
        paragraph.len = lede__utf8_floor(paragraph, FIELD_TEXT_MAX);
    }
    s = lede__text_line(b, paragraph, FIELD_TEXT_MAX);
    if (columns(s, TITLE_SHORT) > TITLE_SHORT) {
        size_t skip = dateline(s, &date, &agency);
        s = part(s, skip, s.len);
        s.len = sentence(s);
        size_t cut = cut_at_word(s, TITLE_LONG);
        if (cut < s.len) {
            struct buf buf = BUF_INIT(FIELD_TEXT_MAX + 4);
            if (lede__buf_add(&buf, s.p, cut, b->err) != LEDE_STATUS_OK
                || lede__buf_str(&buf, STR("…"), b->err) != LEDE_STATUS_OK) {
                lede__builder_fail(b, LEDE_STATUS_NO_MEMORY,
                                   "not enough memory");
            }
            s = lede__builder_copy(b, lede__buf_view(&buf));
            lede__buf_free(&buf);
        }
        s = lede__builder_copy(b, s);
    }
    return s;
}

/* ---- paragraphs ---- */

struct layout {
    bool wrapped;
    size_t width;
};

static struct layout
layout_of(struct str text)
{
    struct layout layout = { false, 0 };
    size_t lines = 0;
    size_t long_lines = 0;

    while (text.len > 0) {
        struct str line = lede__str_trim(lede__text_next_line(&text));
        size_t n = line.len > WRAP_MAX * 4 ? WRAP_MAX + 1
                                           : columns(line, WRAP_MAX);
        lines += line.len > 0;
        if (n > WRAP_MAX) {
            long_lines++;
        } else if (n > layout.width) {
            layout.width = n;
        }
    }
    layout.wrapped = layout.width >= WRAP_MIN && long_lines * 10 <= lines;
    return layout;
}

static bool
is_list_item(struct str line)
{
    size_t i = 0;

    while (i < line.len && is_digit(line.p[i])) {
        i++;
    }
    if (i > 0) {
        return i + 1 < line.len && (line.p[i] == '.' || line.p[i] == ')')
               && line.p[i + 1] == ' ';
    }
    return has_prefix_nocase(line, STR("- "))
           || has_prefix_nocase(line, STR("* "))
           || has_prefix_nocase(line, STR("• "));
}

/* A line that was drawn: "=====", "* * *" */
static bool
is_rule(struct str line)
{
    size_t drawn = 0;

    for (size_t i = 0; i < line.len; i++) {
        if (strchr("=-*_~#+. \t", line.p[i]) == NULL) {
            return false;
        }
        drawn += line.p[i] != ' ' && line.p[i] != '\t';
    }
    return drawn >= 3;
}

/* Whether `line` goes on in `next`. */
static bool
goes_on(const struct layout *layout, struct str line, struct str next)
{
    next = lede__str_trim(next);
    return layout->wrapped && next.len > 0 && !is_list_item(next)
           && !is_rule(next)
           && columns(line, WRAP_MAX) + 1
                  + columns(first_word(next), WRAP_MAX)
                  > layout->width - layout->width / WRAP_SLACK;
}

static void
paragraphs(struct builder *b, struct str text, const struct layout *layout,
           bool count_lines)
{
    bool going_on = false;

    while (text.len > 0 && b->status == LEDE_STATUS_OK) {
        struct str line = lede__str_trim(lede__text_next_line(&text));
        struct str rest = text;
        if (line.len > 0 && !is_rule(line)) {
            if (!going_on) {
                lede__block_begin(b, BLOCK_PARAGRAPH, 0);
            }
            lede__block_text(b, line);
            going_on = layout->wrapped
                       && goes_on(layout, line, lede__text_next_line(&rest));
            lede__block_soft(b);
        } else {
            going_on = false;
        }
        b->line += count_lines;
    }
    lede__block_end(b);
}

void
lede__text_paragraphs(struct builder *b, struct str text)
{
    struct layout layout;

    // What is between blocks may be longer than it was
    lede__builder_expect(b, text.len + text.len / 32);
    if (memchr(text.p, '\n', text.len) == NULL) {
        lede__block_begin(b, BLOCK_PARAGRAPH, 0);
        lede__block_text(b, text);
        lede__block_end(b);
        return;
    }
    layout = layout_of(text);
    paragraphs(b, text, &layout, false);
}

/* ---- the head of an article ---- */

/* After the first of `prefixes` that the line begins with; false for none. */
static bool
after_prefix(struct str line, const char *const *prefixes, struct str *rest)
{
    for (; *prefixes != NULL; prefixes++) {
        struct str prefix = str_from(*prefixes);
        if (has_prefix_nocase(line, prefix)) {
            *rest = lede__str_trim(part(line, prefix.len, line.len));
            return true;
        }
    }
    return false;
}

/* Whether all words begin as words of names do. */
static bool
is_names(struct str s)
{
    static const char *const small[] = {
        "and", "de", "da", "di", "del", "della", "der", "den", "du", "la",
        "le", "van", "von", "zu", "bin", "al", "el", "y", "e", "of", "the",
        "for", "&", "und", "et", NULL,
    };
    bool name = false;
    struct str word = { NULL, 0 };

    if (s.len == 0 || strchr("!?:;", s.p[s.len - 1]) != NULL) {
        return false;
    }
    while (s.len > 0) {
        word = first_word(s);
        bool known = is_upper(word.p[0]) || is_high(word.p[0]);
        name |= known;
        for (size_t i = 0; small[i] != NULL && !known; i++) {
            known = str_eq(word, str_from(small[i]));
        }
        if (!known) {
            return false;
        }
        s = lede__str_trim(part(s, word.len, s.len));
    }
    // "By Monday." is a sentence, "by Martin Luther King Jr." is not
    return name
           && (word.p[word.len - 1] != '.'
               || is_abbreviated(part(word, 0, word.len - 1)));
}

/* Take a line as credit or date; false where it is neither. */
static bool
take_credit(struct builder *b, struct str line)
{
    static const char *const by[] = {
        "by ", "by: ", "written by ", "words by ", "story by ",
        "reporting by ", "author: ", "authors: ", "作者：", "作者:", NULL,
    };
    static const char *const photo[] = {
        "photo by ", "photos by ", "photograph by ", "photographs by ",
        "photography by ", "picture by ", "image by ", "illustration by ",
        "illustrations by ", "photo: ", "photos: ", "photo credit: ",
        "photo courtesy of ", "picture: ", "image: ", "image credit: ",
        "illustration: ", "foto: ", "图片：", "摄影：", NULL,
    };
    static const char *const dated[] = {
        "published on ", "published: ", "published ", "posted on ",
        "posted: ", "date: ", "日期：", "时间：", NULL,
    };
    struct str rest;
    struct value value = { .line = b->line, .column = 1 };

    // Often set in italics, as far as plain text goes: *by Elin*, (Photo: X)
    while (line.len > 2 && strchr("*_(", line.p[0]) != NULL
           && strchr("*_)", line.p[line.len - 1]) != NULL) {
        line = part(line, 1, line.len - 1);
    }
    if (line.len > CREDIT_MAX) {
        return false;
    }
    if (after_prefix(line, by, &rest) && is_names(rest)) {
        lede__builder_authors(b, rest);
        return true;
    }
    if (after_prefix(line, photo, &rest) && rest.len > 0
        && (is_names(rest) || memchr(line.p, ':', line.len) != NULL)) {
        value.key = STR("photo");
        value.text = rest;
        lede__builder_meta(b, &value);
        return true;
    }
    value.text = after_prefix(line, dated, &rest) ? rest : line;
    struct date date;
    if (value.text.len < strlen("1/1/2025")
        || !lede__value_date(&value, false, &date)
        || date.precision < DATE_DAY) {
        return false;
    }
    if (b->article->date.precision == DATE_NONE) {
        b->article->date = date;
    }
    return true;
}

void
lede__text_read(struct builder *b, struct str text)
{
    struct article *article = b->article;
    struct layout layout = layout_of(text);
    bool title = false;
    struct str agency;
    struct date date;

    for (int lines = 0; lines < HEAD_LINES && text.len > 0;) {
        struct str rest = text;
        struct str line = lede__str_trim(lede__text_next_line(&rest));
        struct str after = rest;
        struct str next = lede__text_next_line(&after);
        if (line.len > 0 && !is_rule(line)) {
            lines++;
            if (!take_credit(b, line)) {
                if (title || goes_on(&layout, line, next)) {
                    break;
                }
                title = true;
                lede__block_begin(b, BLOCK_PARAGRAPH, 0);
                lede__block_text(b, line);
                lede__block_end(b);
            }
        }
        text = rest;
        b->line++;
    }
    paragraphs(b, text, &layout, true);
    for (size_t i = 0; i < article->n_blocks && i < 2; i++) {
        struct block block = article->blocks[i];
        struct str s = { b->body.p + block.start, block.len };
        if (dateline(s, &date, &agency) > 0) {
            if (article->date.precision == DATE_NONE) {
                article->date = date;
            }
            if (article->source.len == 0 && agency.len > 0) {
                article->source = lede__builder_copy(b, agency);
            }
            break;
        }
    }
}
