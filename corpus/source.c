/* source.c - a file -> raw records, inflated, one at a time.

   Bytes go through three stages, each with a buffer of fixed size:

       file -> in -> inflate (gzip only) -> raw -> iconv (UTF-16 JSON Lines
       only) -> out -> records

   A line that lies whole in `out` is handed out where it is; one that spans
   two fillings is gathered in `record`, up to max_record bytes.  So memory is
   some 300 KiB and one record.

   gzip files of several members are one stream, as for gzip(1), and zeros after
   the last one are padding.  Anything else after it, a member that ends early,
   and one with a wrong checksum are damage: what came out whole before it is
   delivered, then LEDE_STATUS_CORRUPT. */

#include "corpus/source.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "corpus/encoding.h"

#define IN_BYTES ((size_t)64 << 10)
#define OUT_BYTES ((size_t)256 << 10)

struct source {
    char *path;
    int fd;
    bool is_stdin;
    const atomic_bool *stop;    // or NULL
    enum format format;
    size_t max_record;

    unsigned char in[IN_BYTES];
    size_t in_at, in_len;
    bool in_end;                // nothing more can be read
    bool started;
    bool gzip;
    bool inflating;             // z is open
    bool members_end;           // only padding may follow
    z_stream z;
    const char *damage;         // what is wrong with the stream, or NULL

    iconv_t converter;
    bool converting;
    char raw[IN_BYTES];         // not yet converted
    size_t raw_len;

    char out[OUT_BYTES];
    size_t out_at, out_len;
    uint64_t offset;            // of out + out_at
    uint32_t line;              // of out + out_at
    struct buf gathered;
    struct record record;
    bool ended;
};

void
lede__source_stop_by(struct source *source, const atomic_bool *stop)
{
    source->stop = stop;
}

/* ---- file -> in ---- */

/* read(2), begun again after a signal unless that says to stop. */
static lede_status
read_some(struct source *s, unsigned char *to, size_t size, size_t *count,
          lede_error *err)
{
    ssize_t n;

    *count = 0;
    while ((n = read(s->fd, to, size)) < 0 && errno == EINTR) {
        if (s->stop != NULL && atomic_load(s->stop)) {
            return lede__fail(err, LEDE_STATUS_STOPPED, "stopped");
        }
    }
    if (n < 0) {
        return lede__fail_errno(err, errno, s->path, "reading");
    }
    *count = (size_t)n;
    return LEDE_STATUS_OK;
}

static lede_status
read_in(struct source *s, lede_error *err)
{
    lede_status status;

    if (s->in_at < s->in_len || s->in_end) {
        return LEDE_STATUS_OK;
    }
    s->in_at = 0;
    status = read_some(s, s->in, sizeof(s->in), &s->in_len, err);
    s->in_end = status == LEDE_STATUS_OK && s->in_len == 0;
    return status;
}

/* Enough bytes to see by what the file begins; reads of a pipe are short. */
static lede_status
read_beginning(struct source *s, lede_error *err)
{
    while (s->in_len < 4 && !s->in_end) {
        size_t n;
        lede_status status = read_some(s, s->in + s->in_len,
                                       sizeof(s->in) - s->in_len, &n, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        s->in_len += n;
        s->in_end = n == 0;
    }
    s->gzip = s->in_len >= 2 && s->in[0] == 0x1F && s->in[1] == 0x8B;
    return LEDE_STATUS_OK;
}

/* ---- in -> inflated bytes ---- */

static lede_status
open_inflate(struct source *s, lede_error *err)
{
    memset(&s->z, 0, sizeof(s->z));
    // 15 bits of window, 16 for the gzip wrapper with its checksum
    if (inflateInit2(&s->z, 15 + 16) != Z_OK) {
        return lede__fail_memory(err);
    }
    s->inflating = true;
    return LEDE_STATUS_OK;
}

/* After the end of a member: begin the next one, or find out that there is
   none. */
static lede_status
next_member(struct source *s, lede_error *err)
{
    lede_status status = read_in(s, err);

    while (status == LEDE_STATUS_OK && s->in_at < s->in_len) {
        unsigned char c = s->in[s->in_at];
        if (c == 0x1F && !s->members_end) {
            // The rest of the wrapper is checked by inflate
            return inflateReset(&s->z) == Z_OK ? LEDE_STATUS_OK
                                               : lede__fail_memory(err);
        }
        s->members_end = true;
        if (c != 0) {
            s->damage = "other data after the end of the gzip stream";
            return LEDE_STATUS_OK;
        }
        s->in_at++;
        status = read_in(s, err);
    }
    s->members_end = true;
    return status;
}

/* Up to `cap` bytes into `to`; *len 0 at the end or before damage. */
static lede_status
read_inflated(struct source *s, char *to, size_t cap, size_t *len,
              lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    *len = 0;
    while (*len == 0 && s->damage == NULL && !s->members_end) {
        int result;
        status = read_in(s, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        s->z.next_in = s->in + s->in_at;
        s->z.avail_in = (uInt)(s->in_len - s->in_at);
        s->z.next_out = (unsigned char *)to;
        s->z.avail_out = (uInt)cap;
        result = inflate(&s->z, Z_NO_FLUSH);
        s->in_at = s->in_len - s->z.avail_in;
        *len = cap - s->z.avail_out;
        if (result == Z_STREAM_END) {
            status = next_member(s, err);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
        } else if (result == Z_MEM_ERROR) {
            return lede__fail_memory(err);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            s->damage = "the gzip stream is damaged";
        } else if (s->in_end && s->in_at == s->in_len && *len == 0) {
            s->damage = "the gzip stream ends early";
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_bytes(struct source *s, char *to, size_t cap, size_t *len,
           lede_error *err)
{
    lede_status status;

    *len = 0;
    if (!s->started) {
        status = read_beginning(s, err);
        if (status == LEDE_STATUS_OK && s->gzip) {
            status = open_inflate(s, err);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        s->started = true;
    }
    if (s->gzip) {
        return read_inflated(s, to, cap, len, err);
    }
    status = read_in(s, err);
    *len = s->in_len - s->in_at < cap ? s->in_len - s->in_at : cap;
    memcpy(to, s->in + s->in_at, *len);
    s->in_at += *len;
    return status;
}

/* ---- bytes -> out ---- */

static void
convert(struct source *s)
{
    char *in = s->raw;
    size_t left = s->raw_len;
    char *to = s->out;
    size_t room = sizeof(s->out);

    // Two bytes become at most three: `raw` always fits into `out`
    while (left > 0) {
        if (iconv(s->converter, &in, &left, &to, &room) != (size_t)-1
            || errno != EILSEQ || room < 3) {
            break;
        }
        memcpy(to, "\xEF\xBF\xBD", 3);
        to += 3;
        room -= 3;
        size_t skip = left < 2 ? left : 2;
        in += skip;
        left -= skip;
    }
    memmove(s->raw, in, left);
    s->raw_len = left;
    s->out_len = sizeof(s->out) - room;
}

/* Fill `out`, which is used up; out_len 0 at the end or before damage. */
static lede_status
fill(struct source *s, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    bool first = !s->started;
    size_t n = 1;

    s->out_at = 0;
    s->out_len = 0;
    if (!s->converting) {
        status = read_bytes(s, s->out, sizeof(s->out), &s->out_len, err);
    }
    if (first && status == LEDE_STATUS_OK && s->format == FORMAT_JSONL) {
        struct str begin = { s->out, s->out_len };
        size_t mark;
        const char *encoding = lede__encoding_of_mark(begin, &mark);
        s->out_at = mark;
        s->offset = mark;
        if (encoding != NULL && strcmp(encoding, "UTF-8") != 0
            && s->out_len <= sizeof(s->raw)) {
            s->converter = iconv_open("UTF-8", encoding);
            if (s->converter == (iconv_t)-1) {
                return lede__fail_memory(err);
            }
            s->converting = true;
            memcpy(s->raw, s->out + mark, s->out_len - mark);
            s->raw_len = s->out_len - mark;
            s->out_at = 0;
            s->offset = 0;
            convert(s);
        }
    }
    while (s->converting && status == LEDE_STATUS_OK && s->out_len == 0
           && n > 0) {
        status = read_bytes(s, s->raw + s->raw_len,
                            sizeof(s->raw) - s->raw_len, &n, err);
        s->raw_len += n;
        convert(s);
    }
    return status;
}

/* ---- records ---- */

static lede_status
damaged(struct source *s, lede_error *err)
{
    return lede__fail_at(err, LEDE_STATUS_CORRUPT, s->path, 0, 0, "%s",
                         s->damage);
}

static void
make_record(struct source *s, const char *p, size_t len, uint64_t offset,
            uint32_t line, bool too_large)
{
    s->record = (struct record){
        .p = p, .len = len, .offset = offset, .line = line,
        .format = s->format, .too_large = too_large,
    };
}

/* The whole file. */
static lede_status
next_whole(struct source *s, const struct record **out, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    bool too_large = false;

    if (s->ended) {
        return s->damage != NULL ? damaged(s, err) : LEDE_STATUS_OK;
    }
    while (!too_large) {
        status = fill(s, err);
        if (status != LEDE_STATUS_OK || s->out_len == 0) {
            break;
        }
        size_t room = s->max_record - s->gathered.len;
        size_t n = s->out_len < room ? s->out_len : room;
        status = lede__buf_add(&s->gathered, s->out, n, err);
        if (status != LEDE_STATUS_OK) {
            break;
        }
        too_large = s->out_len > room;
    }
    s->ended = true;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    // What is behind the end of a whole stream leaves the article whole
    if (s->damage != NULL && !s->members_end && !too_large) {
        return damaged(s, err);
    }
    if (s->gathered.len > 0) {
        make_record(s, s->gathered.p, s->gathered.len, 0, 1, too_large);
        *out = &s->record;
    } else if (s->damage != NULL) {
        return damaged(s, err);
    }
    return LEDE_STATUS_OK;
}

/* Take the next line; *whole false at the end of the source.  Its text is in
   *line, cut to max_record bytes, *len how long it is, *offset where. */
static lede_status
next_line(struct source *s, struct str *line, uint64_t *len,
          uint64_t *offset, bool *whole, lede_error *err)
{
    bool any = false;

    *len = 0;
    *whole = false;
    s->gathered.len = 0;
    for (;;) {
        if (s->out_at == s->out_len) {
            lede_status status = fill(s, err);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
            if (s->out_len == s->out_at) {
                // A line that damage has cut is not one
                *whole = any && s->damage == NULL;
                *line = lede__buf_view(&s->gathered);
                return LEDE_STATUS_OK;
            }
        }
        const char *p = s->out + s->out_at;
        size_t left = s->out_len - s->out_at;
        *offset = any ? *offset : s->offset;
        const char *end = memchr(p, '\n', left);
        size_t n = end == NULL ? left : (size_t)(end - p);
        size_t room = *len < s->max_record ? s->max_record - (size_t)*len : 0;
        size_t kept = n < room ? n : room;
        s->out_at += n + (end != NULL);
        s->offset += n + (end != NULL);
        *len += n;
        if (end != NULL && !any) {
            *line = (struct str){ p, kept };
            *whole = true;
            return LEDE_STATUS_OK;
        }
        any = true;
        lede_status status = lede__buf_add(&s->gathered, p, kept, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (end != NULL) {
            *line = lede__buf_view(&s->gathered);
            *whole = true;
            return LEDE_STATUS_OK;
        }
    }
}

static lede_status
next_of_many(struct source *s, const struct record **out, lede_error *err)
{
    while (!s->ended) {
        uint64_t offset = 0;
        uint32_t number = s->line++;
        struct str line = { NULL, 0 };
        uint64_t len;
        bool whole;
        lede_status status = next_line(s, &line, &len, &offset, &whole,
                                       err);

        if (status != LEDE_STATUS_OK) {
            s->ended = true;
            return status;
        }
        s->ended = !whole;
        if (!whole) {
            break;
        }
        if (len > s->max_record || lede__str_trim(line).len > 0) {
            make_record(s, line.p, line.len, offset, number,
                        len > s->max_record);
            *out = &s->record;
            return LEDE_STATUS_OK;
        }
    }
    return s->damage != NULL ? damaged(s, err) : LEDE_STATUS_OK;
}

/* ---- interface ---- */

lede_status
lede__source_open(struct source **out, const char *path, enum format format,
                  size_t max_record, lede_error *err)
{
    struct source *s = malloc(sizeof(*s));

    *out = NULL;
    if (s == NULL) {
        return lede__fail_memory(err);
    }
    // The buffers are not cleared: most files are small
    s->path = NULL;
    s->fd = -1;
    s->format = format;
    s->max_record = max_record < BUF_MAX_ANY ? max_record : BUF_MAX_ANY;
    s->in_at = s->in_len = s->raw_len = s->out_at = s->out_len = 0;
    s->in_end = s->started = s->gzip = s->inflating = s->members_end = false;
    s->converting = s->ended = false;
    s->damage = NULL;
    s->offset = 0;
    s->line = 1;
    s->gathered = (struct buf)BUF_INIT(s->max_record);
    s->is_stdin = strcmp(path, "-") == 0;
    s->path = strdup(s->is_stdin ? "standard input" : path);
    if (s->path == NULL) {
        lede__source_close(s);
        return lede__fail_memory(err);
    }
    s->fd = s->is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0) {
        lede_status status = lede__fail_errno(err, errno, path, "opening");
        lede__source_close(s);
        return status;
    }
    *out = s;
    return LEDE_STATUS_OK;
}

lede_status
lede__source_next(struct source *source, const struct record **out,
                  lede_error *err)
{
    *out = NULL;
    return lede__format_is_many(source->format)
               ? next_of_many(source, out, err)
               : next_whole(source, out, err);
}

void
lede__source_close(struct source *source)
{
    if (source == NULL) {
        return;
    }
    if (source->fd >= 0 && !source->is_stdin) {
        close(source->fd);
    }
    if (source->inflating) {
        inflateEnd(&source->z);
    }
    if (source->converting) {
        iconv_close(source->converter);
    }
    lede__buf_free(&source->gathered);
    free(source->path);
    free(source);
}

lede_status
lede__source_head(const char *path, char *out, size_t cap, size_t *len,
                  lede_error *err)
{
    struct source *s = NULL;
    lede_status status = lede__source_open(&s, path, FORMAT_NONE, cap, err);

    *len = 0;
    while (status == LEDE_STATUS_OK && *len < cap) {
        size_t n;
        status = read_bytes(s, out + *len, cap - *len, &n, err);
        *len += n;
        if (n == 0) {
            break;
        }
    }
    lede__source_close(s);
    return status;
}
