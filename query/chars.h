/* chars.h - the characters that the query language and snippets care about:
   white space, quotes, brackets, signs and punctuation, in ASCII and in the
   forms that word processors, telephones and East Asian keyboards make. */

#ifndef LEDE_QUERY_CHARS_H
#define LEDE_QUERY_CHARS_H

#include "shared/base/utf8.h"

/* The character at p, or 0 at `end`; *len is its length in bytes. */
static inline uint32_t
char_at(const char *p, const char *end, size_t *len)
{
    uint32_t cp = 0;

    *len = p < end ? lede__utf8_next(p, end, &cp) : 0;
    return cp;
}

/* White_Space of Unicode. */
static inline bool
char_is_space(uint32_t c)
{
    return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static inline bool
char_is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static inline bool
char_is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
char_is_straight_quote(uint32_t c)
{
    return c == '"' || c == 0xFF02;
}

static inline bool
char_is_curly_quote(uint32_t c)
{
    return c >= 0x201C && c <= 0x201F;
}

/* Guillemets; they open either way round. */
static inline bool
char_is_angle_quote(uint32_t c)
{
    return c == 0xAB || c == 0xBB;
}

static inline bool
char_is_quote(uint32_t c)
{
    return char_is_straight_quote(c) || char_is_curly_quote(c) ||
           char_is_angle_quote(c);
}

static inline bool
char_is_open(uint32_t c)
{
    return c == '(' || c == 0xFF08;
}

static inline bool
char_is_close(uint32_t c)
{
    return c == ')' || c == 0xFF09;
}

static inline bool
char_is_plus(uint32_t c)
{
    return c == '+' || c == 0xFF0B;
}

/* Hyphens and the minus sign; dashes are punctuation. */
static inline bool
char_is_minus(uint32_t c)
{
    return c == '-' || c == 0xFF0D || c == 0x2010 || c == 0x2011 ||
           c == 0x2212;
}

static inline bool
char_is_colon(uint32_t c)
{
    return c == ':' || c == 0xFF1A;
}

/* What makes a number before it a quantity: -5 °C, -3 %. */
static inline bool
char_is_unit(uint32_t c)
{
    return c == 0xB0 || c == '%' || c == 0x2030 || c == 0x2103 ||
           c == 0x2109 || c == '$' || c == 0x20AC || c == 0xA3 || c == 0xA5;
}

/* What ends a sentence in a Western or an East Asian text. */
static inline bool
char_is_stop(uint32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 ||
           c == 0xFF01 || c == 0xFF1F || c == 0xFF0E;
}

/* Punctuation that a word in a query may trail without meaning it. */
static inline bool
char_is_trailing(uint32_t c)
{
    return char_is_stop(c) || c == ',' || c == ';' || char_is_colon(c) ||
           c == 0x3001 || c == 0xFF0C || c == 0xFF1B;
}

/* Punctuation that is nothing to search for when it stands alone. */
static inline bool
char_is_punctuation(uint32_t c)
{
    return char_is_trailing(c) || char_is_quote(c) || char_is_open(c) ||
           char_is_close(c) || char_is_plus(c) || char_is_minus(c) ||
           (c < 0x80 && c > ' ' && strchr("'*&|/\\~^<>=[]{}_#`", (int)c)) ||
           (c >= 0x2010 && c <= 0x2027) || (c >= 0x3008 && c <= 0x3011);
}

/* Signs that a backslash before them makes text. */
static inline bool
char_is_sign(uint32_t c)
{
    return (c < 0x80 && c > ' ' && strchr("*?/~^=\\", (int)c)) ||
           char_is_quote(c) || char_is_open(c) || char_is_close(c) ||
           char_is_plus(c) || char_is_minus(c) || char_is_colon(c) ||
           char_is_trailing(c);
}

/* Letters of scripts that are written with spaces between words. */
static inline bool
char_is_spelt(uint32_t c)
{
    return char_is_letter(c) ||
           (c >= 0xC0 && c < 0x2000 && c != 0xD7 && c != 0xF7);
}

/* Letters that a quotation mark may stand between, in abbreviations. */
static inline bool
char_is_hebrew(uint32_t c)
{
    return c >= 0x05D0 && c <= 0x05F2;
}

#endif
