/* name.c - the tokens of a chunk: its atoms, and the extra forms under which
   the names of models, versions and products are found.

     joined      "gpt4o" for GPT-4o
     symbolic    "@handle", "at&t"
     parts       "14.2" and "14" for 14.2.1, ".py" for setup.py
     plain       "citroen" for Citroën */

#include "shared/analysis/private.h"

/* A joined form is for names, not for addresses of pages. */
#define JOINED_ATOMS 16
#define JOINED_BYTES 100

/* Digits alone are joined where they make a date, a telephone or an order
   number: "21" is not looked for in the score 2-1. */
#define JOINED_DIGITS 7

/* What files, hosts and platforms end in: .py, .org, .NET, .jsonl */
#define ENDING_LETTERS 5

/* R & D is written with spaces, other words with an & between are two. */
#define NAME_CAPITALS 3

static lede_status
put_form(struct analysis *analysis, uint32_t start, uint32_t end,
         enum token_kind kind, lede_error *err)
{
    struct word *word = NULL;
    lede_status status =
        lede__form_word(analysis, lede__buf_view(&analysis->form), &word, err);

    if (status == LEDE_STATUS_OK) {
        put_token(analysis, word, start, end, kind, TOKEN_EXTRA);
    }
    return status;
}

/* Words that people write in capitals when they mean a name, with the initials
   that they are the same as. */
static const char *const capital_names[] = { "us", "it", "who" };

/* Initials that without their points are common words. */
static const char *const initial_words[] = {
    "us", "it", "who", "am", "an", "as", "at", "be", "by", "do", "go", "he",
    "if", "in", "is", "me", "my", "no", "of", "on", "or", "so", "to", "up",
    "we",
};

static bool
in_list(struct str form, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(form, str_from(list[i]))) {
            return true;
        }
    }
    return false;
}

/* "US" is the same name as "U.S.", and not the word "us". */
static bool
is_capital_name(const struct analysis *analysis, const struct chunk *chunk,
                struct str form)
{
    const struct atom *atom = &chunk->atoms[0];

    if (chunk->n_atoms != 1 || chunk->symbol != SYMBOL_NONE || !atom->ascii
        || form.len > 3
        || !in_list(form, capital_names,
                    sizeof(capital_names) / sizeof(*capital_names))) {
        return false;
    }
    for (uint32_t i = atom->start; i < atom->end; i++) {
        if (analysis->scan.text[i] >= 'a') {
            return false;
        }
    }
    return true;
}

/* Build the symbolic form in analysis->form; leave it empty for none. */
static lede_status
symbolic_form(struct analysis *analysis, const struct chunk *chunk,
              lede_error *err)
{
    struct buf *form = &analysis->form;
    struct str first = analysis->atoms[0]->form;
    lede_status status = LEDE_STATUS_OK;

    form->len = 0;
    if (is_capital_name(analysis, chunk, first)) {
        for (size_t i = 0; i < first.len && status == LEDE_STATUS_OK; i++) {
            status = lede__buf_addf(form, err, "%c.", first.p[i]);
        }
        return status;
    }
    if (chunk->symbol == SYMBOL_NONE) {
        return LEDE_STATUS_OK;
    }
    if (chunk->symbol == SYMBOL_PREFIX) {
        status = lede__buf_char(form, chunk->sign, err);
    }
    for (size_t i = 0; i < chunk->n_atoms && status == LEDE_STATUS_OK; i++) {
        char joint = chunk->symbol == SYMBOL_AMP && i > 0 ? '&'
                                                          : chunk->joints[i];
        if (joint != 0) {
            status = lede__buf_char(form, joint, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_str(form, analysis->atoms[i]->form, err);
        }
    }
    if (status == LEDE_STATUS_OK && chunk->symbol == SYMBOL_PLUS) {
        status = lede__buf_char(form, '+', err);
    }
    if (status == LEDE_STATUS_OK && chunk->symbol == SYMBOL_INITIALS) {
        if (!in_list(lede__buf_view(form), initial_words,
                     sizeof(initial_words) / sizeof(*initial_words))) {
            form->len = 0;
            return LEDE_STATUS_OK;
        }
        form->len = 0;
        for (size_t i = 0; i < chunk->n_atoms && status == LEDE_STATUS_OK;
             i++) {
            status = lede__buf_str(form, analysis->atoms[i]->form, err);
            if (status == LEDE_STATUS_OK) {
                status = lede__buf_char(form, '.', err);
            }
        }
    }
    return status;
}

/* May the atoms be written as one? */
static bool
is_joinable(const struct chunk *chunk)
{
    const uint32_t in_numbers = 1u << CHAR_HYPHEN | 1u << CHAR_SLASH;
    size_t digits = 0;
    bool dots = false;

    if (chunk->n_atoms < 2 || chunk->n_atoms > JOINED_ATOMS) {
        return false;
    }
    for (size_t i = 0; i < chunk->n_atoms; i++) {
        const struct atom *atom = &chunk->atoms[i];
        if (!atom->plain_number) {
            return true;
        }
        dots = dots || atom->n_dots > 0;
        digits += atom->end - atom->start;
    }
    return !dots && digits >= JOINED_DIGITS
           && (chunk->connectors & ~in_numbers) == 0;
}

static lede_status
put_joined(struct analysis *analysis, const struct chunk *chunk,
           lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (!is_joinable(chunk)) {
        return LEDE_STATUS_OK;
    }
    analysis->form.len = 0;
    for (size_t i = 0; i < chunk->n_atoms && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_str(&analysis->form, analysis->atoms[i]->form, err);
        if (analysis->form.len > JOINED_BYTES) {
            return status;
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = put_form(analysis, chunk->atoms[0].start,
                          chunk->atoms[chunk->n_atoms - 1].end, TOKEN_JOINED,
                          err);
    }
    return status;
}

/* Does one space stand between the chunk before, a name, and `start`?  English
   stop words are no names ("The 2.5 million"); the list is the same for every
   language, because tokens must not depend on it. */
static bool
follows_name(const struct analysis *analysis, uint32_t start)
{
    const char *gap = analysis->scan.text + analysis->name_end;
    struct str name = analysis->name;
    const struct map *stops = NULL;
    char lower[FORM_MAX];

    if (name.len == 0 || name.len > sizeof(lower)
        || start <= analysis->name_end) {
        return false;
    }
    if (!(start - analysis->name_end == 1 && (*gap == ' ' || *gap == '\n'))
        && !(start - analysis->name_end == 2
             && memcmp(gap, "\xC2\xA0", 2) == 0)) {     // no-break space
        return false;
    }
    stops = lede__analyzer_english(analysis->analyzer);
    for (size_t i = 0; i < name.len; i++) {
        lower[i] = (char)((unsigned)name.p[i] - 'A' < 26 ? name.p[i] | 0x20
                                                         : name.p[i]);
    }
    return stops == NULL
           || lede__map_find(stops, (struct str){ lower, name.len }) == NULL;
}

/* Is the number the version of a name?  "2" is looked for in Qwen2.5, "3" in
   Llama 3.1, but not in 3.5% and $3.5. */
static bool
is_version(const struct analysis *analysis, const struct chunk *chunk,
           size_t index)
{
    const struct atom *atom = &chunk->atoms[index];

    if (atom->n_dots > 1) {
        return true;
    }
    if ((chunk->connectors & 1u << CHAR_DOLLAR) != 0
        || (atom->end < analysis->scan.len
            && analysis->scan.text[atom->end] == '%')) {
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        if (!chunk->atoms[i].number) {
            return true;
        }
    }
    return index == 0 && follows_name(analysis, atom->start);
}

/* "14.2" and "14" for 14.2.1. */
static lede_status
put_parts(struct analysis *analysis, const struct chunk *chunk, size_t index,
          lede_error *err)
{
    const struct atom *atom = &chunk->atoms[index];
    lede_status status = LEDE_STATUS_OK;
    struct word *word = NULL;

    if (atom->letters_end != 0) {
        status = lede__form_atom(analysis, atom->start, atom->letters_end,
                                 atom->ascii, &word, err);
        if (status == LEDE_STATUS_OK) {
            put_token(analysis, word, atom->start, atom->letters_end,
                      TOKEN_PART, TOKEN_EXTRA);
        }
        return status;
    }
    if (atom->n_dots == 0 || !atom->plain_number
        || !is_version(analysis, chunk, index)) {
        return LEDE_STATUS_OK;
    }
    for (size_t i = atom->n_dots; i-- > 0 && status == LEDE_STATUS_OK;) {
        status = lede__form_atom(analysis, atom->start, atom->dots[i],
                                 atom->ascii, &word, err);
        if (status == LEDE_STATUS_OK) {
            put_token(analysis, word, atom->start, atom->dots[i], TOKEN_PART,
                      TOKEN_EXTRA);
        }
    }
    return status;
}

/* ".py" for setup.py, ".net" for ASP.NET: the last atom, after a point.  It is
   no symbolic form, which would be all that a query means. */
static lede_status
put_ending(struct analysis *analysis, const struct chunk *chunk,
           lede_error *err)
{
    const struct atom *last = &chunk->atoms[chunk->n_atoms - 1];
    const struct word *word = analysis->atoms[chunk->n_atoms - 1];
    lede_status status = LEDE_STATUS_OK;

    if (chunk->n_atoms < 2 || (chunk->connectors & 1u << CHAR_DOT) == 0
        || analysis->scan.text[last->start - 1] != '.' || last->number
        || !last->ascii || last->letters_end != 0
        || word->form.len > ENDING_LETTERS
        || chunk->symbol == SYMBOL_INITIALS) {
        return LEDE_STATUS_OK;
    }
    analysis->form.len = 0;
    status = lede__buf_char(&analysis->form, '.', err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(&analysis->form, word->form, err);
    }
    return status == LEDE_STATUS_OK
           ? put_form(analysis, last->start - 1, last->end, TOKEN_PART, err)
           : status;
}

/* The capitals that end at `end`, or begin at `start`: at most NAME_CAPITALS,
   with nothing of a word beside them; 0 for others. */
static uint32_t
capitals_before(const struct scan *scan, uint32_t end)
{
    uint32_t at = end;

    while (at > 0 && scan->text[at - 1] >= 'A' && scan->text[at - 1] <= 'Z'
           && end - at <= NAME_CAPITALS) {
        at--;
    }
    return end - at <= NAME_CAPITALS
           && (at == 0 || strchr(" \n\t(\"", scan->text[at - 1]) != NULL)
           ? end - at : 0;
}

static uint32_t
capitals_after(const struct scan *scan, uint32_t start)
{
    uint32_t at = start;

    while (at < scan->len && scan->text[at] >= 'A' && scan->text[at] <= 'Z'
           && at - start <= NAME_CAPITALS) {
        at++;
    }
    return at - start <= NAME_CAPITALS
           && (at == scan->len
               || strchr(" \n\t)\",.;:!?-", scan->text[at]) != NULL)
           ? at - start : 0;
}

lede_status
lede__read_ampersand(struct analysis *analysis, lede_error *err)
{
    const struct scan *scan = &analysis->scan;
    uint32_t at = analysis->at++;
    uint32_t before = 0;
    uint32_t after = 0;
    struct word *word = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (at >= 2 && scan->text[at - 1] == ' ' && scan->len - at > 2
        && scan->text[at + 1] == ' ') {
        before = capitals_before(scan, at - 1);
        after = capitals_after(scan, at + 2);
    }
    if (before == 0 || after == 0) {
        return LEDE_STATUS_OK;
    }
    analysis->form.len = 0;
    for (uint32_t i = at - 1 - before; i < at + 2 + after
                                       && status == LEDE_STATUS_OK; i++) {
        char c = scan->text[i];
        if (c != ' ') {
            status = lede__buf_char(&analysis->form,
                                    c == '&' ? c : (char)(c | 0x20), err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__form_word(analysis, lede__buf_view(&analysis->form),
                                 &word, err);
    }
    if (status == LEDE_STATUS_OK) {
        // it belongs to the atom before, which has been delivered
        analysis->position--;
        analysis->chunk--;
        put_token(analysis, word, at - 1 - before, at + 2 + after,
                  TOKEN_SYMBOLIC, TOKEN_EXTRA);
        analysis->position++;
        analysis->chunk++;
    }
    return status;
}

/* Remember the chunk where a version number may follow it. */
static void
note_name(struct analysis *analysis, const struct chunk *chunk)
{
    bool upper = false;

    for (size_t i = 0; i < chunk->n_atoms; i++) {
        upper = upper || chunk->atoms[i].upper;
    }
    analysis->name = upper && !chunk->atoms[chunk->n_atoms - 1].number
                     ? analysis->atoms[chunk->n_atoms - 1]->form
                     : (struct str){ NULL, 0 };
    analysis->name_end = chunk->next;
}

lede_status
lede__read_chunk(struct analysis *analysis, char sign, lede_error *err)
{
    struct chunk *chunk = &analysis->cut;
    lede_status status = LEDE_STATUS_OK;

    lede__chunk_cut(&analysis->scan, analysis->at, sign, chunk);
    for (size_t i = 0; i < chunk->n_atoms && status == LEDE_STATUS_OK; i++) {
        const struct atom *atom = &chunk->atoms[i];
        status = lede__form_atom(analysis, atom->start, atom->end, atom->ascii,
                                 &analysis->atoms[i], err);
    }
    for (size_t i = 0; i < chunk->n_atoms && status == LEDE_STATUS_OK; i++) {
        const struct atom *atom = &chunk->atoms[i];
        struct word *word = analysis->atoms[i];
        put_token(analysis, word, atom->start, atom->end,
                  atom->number ? TOKEN_NUMBER : TOKEN_WORD, atom_flags(word));
        if (i == 0) {
            status = symbolic_form(analysis, chunk, err);
            if (status == LEDE_STATUS_OK && analysis->form.len > 0) {
                status = put_form(analysis, chunk->start, chunk->end,
                                  TOKEN_SYMBOLIC, err);
            }
            if (status == LEDE_STATUS_OK) {
                status = put_joined(analysis, chunk, err);
            }
        }
        if (status == LEDE_STATUS_OK) {
            status = put_parts(analysis, chunk, i, err);
        }
        if (status == LEDE_STATUS_OK && word_plain(word) != NULL) {
            put_token(analysis, word_plain(word), atom->start, atom->end,
                      TOKEN_PLAIN, TOKEN_EXTRA);
        }
        analysis->position++;
    }
    if (status == LEDE_STATUS_OK) {
        analysis->position--;
        status = put_ending(analysis, chunk, err);
        analysis->position++;
    }
    if (status == LEDE_STATUS_OK) {
        note_name(analysis, chunk);
        analysis->at = chunk->next;
        analysis->chunk++;
    }
    return status;
}
