/* walk.c - the sentences of a text, block by block; see walk.h. */

#include "query/walk.h"

#include "query/cuts.h"
#include "query/sentence.h"

/* No block is looked through farther back than this for its sentences. */
#define BLOCK_BACK_MAX ((size_t)16 << 10)

/* Whether a blank line begins behind the line that ends at `at`. */
static bool
is_blank_line(struct str text, size_t at)
{
    size_t end = lede__skip_space(text, at, text.len);

    return memchr(text.p + at + 1, '\n', end - at > 1 ? end - at - 1 : 0) !=
               NULL || end >= text.len;
}

/* The block that `at` is in where the text has no list of them: what is
   between blank lines. */
static void
find_paragraph(struct str text, size_t at, size_t *start, size_t *end)
{
    size_t least = at > BLOCK_BACK_MAX ? at - BLOCK_BACK_MAX : 0;
    size_t p = at;
    const char *line;

    *start = lede__utf8_floor(text, least);
    while (p > least) {
        p--;
        if (text.p[p] == '\n' && is_blank_line(text, p) &&
            lede__skip_space(text, p, text.len) <= at) {
            *start = lede__skip_space(text, p, text.len);
            break;
        }
    }
    *end = text.len;
    p = at;
    while ((line = memchr(text.p + p, '\n', text.len - p)) != NULL) {
        p = (size_t)(line - text.p);
        if (is_blank_line(text, p)) {
            *end = p;
            break;
        }
        p++;
    }
}

/* The last block that does not begin behind `at`; NULL: before all. */
static const struct block *
find_block(const struct passage *text, size_t at)
{
    size_t low = 0;
    size_t high = text->n_blocks;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (text->blocks[middle].start <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? NULL : &text->blocks[low - 1];
}

bool
lede__walk_heading(const struct passage *text, size_t at)
{
    const struct block *block = find_block(text, at);

    return block != NULL && block->kind == BLOCK_HEADING &&
           at < (size_t)block->start + block->len;
}

size_t
lede__walk_below(const struct passage *text, size_t at)
{
    const struct block *block = find_block(text, at);
    const struct block *after = block == NULL ? text->blocks : block + 1;

    return after < text->blocks + text->n_blocks ? after->start
                                                 : text->text.len;
}

static void
enter_block(struct walk *walk, size_t at)
{
    const struct passage *text = walk->text;
    const struct block *block = find_block(text, at);

    if (text->n_blocks == 0) {
        find_paragraph(text->text, at, &walk->block, &walk->block_end);
    } else if (block == NULL) {
        walk->block = 0;
        walk->block_end = text->blocks[0].start;
    } else {
        const struct block *after = block + 1;

        walk->block = block->start;
        walk->block_end = (size_t)block->start + block->len;
        if (at >= walk->block_end) {
            walk->block = walk->block_end;
            walk->block_end = after < text->blocks + text->n_blocks
                                  ? after->start : text->text.len;
        }
        if (at - walk->block > BLOCK_BACK_MAX) {
            walk->block = lede__utf8_floor(text->text, at - BLOCK_BACK_MAX);
        }
    }
    walk->start = walk->block;
    walk->end = lede__sentence_next(text->text, walk->start, walk->block_end,
                                    text->lang);
}

void
lede__walk_to(struct walk *walk, size_t at)
{
    if (at < walk->start || at >= walk->block_end) {
        enter_block(walk, at);
    }
    while (at >= walk->end && walk->end < walk->block_end) {
        walk->start = walk->end;
        walk->end = lede__sentence_next(walk->text->text, walk->start,
                                        walk->block_end, walk->text->lang);
    }
}

size_t
lede__walk_end(const struct walk *walk)
{
    return lede__skip_space_back(walk->text->text, walk->start, walk->end);
}
