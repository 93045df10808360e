/* xapian.cc - the only file that knows C++ and Xapian; see xapian.h.

   Every function that can throw is written as
       lede_status f (...) try { ... } catch (...) { return translate (err); }
   and `translate` looks at the exception in flight. */

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <xapian.h>

/* The project's headers are C, and this alone is C++. */
extern "C" {
#include "shared/base/file.h"
#include "shared/xapian/xapian.h"
}

/* Slots whose stream stays open, so that ascending reads are cheap. */
#define SLOTS_MAX 16

struct xapian_reader {
    Xapian::Database db;
    Xapian::ValueIterator streams[SLOTS_MAX];
    bool streaming[SLOTS_MAX];
    Xapian::docid at[SLOTS_MAX];

    void
    forget_streams()
    {
        for (unsigned i = 0; i < SLOTS_MAX; i++) {
            streams[i] = Xapian::ValueIterator();
            streaming[i] = false;
            at[i] = 0;
        }
    }
};

struct xapian_postings {
    xapian_reader *reader;
    std::string term;
    Xapian::PostingIterator it;
    Xapian::PostingIterator end;
};

struct xapian_terms {
    Xapian::TermIterator it;
    Xapian::TermIterator end;
    std::string current;
    bool started;
};

struct xapian_writer {
    xapian_reader reader;
    Xapian::WritableDatabase db;
    std::string path;
    bool in_transaction;
    bool failed;                // a change: the transaction is not whole
};

static std::string
to_string(struct str s)
{
    return s.len == 0 ? std::string() : std::string(s.p, s.len);
}

/* ---- the translator ---- */

/* Xapian gives the text of errno only; of what made it give up altogether
   within its message. */
static bool
is_errno(const Xapian::Error &e, int errnum)
{
    const char *text = e.get_error_string();
    const char *want = strerror(errnum);

    return (text != NULL && strcmp(text, want) == 0) ||
           e.get_msg().find(want) != std::string::npos;
}

static lede_status
system_status(const Xapian::Error &e, lede_status otherwise)
{
    if (is_errno(e, ENOSPC) || is_errno(e, EDQUOT) || is_errno(e, EFBIG)) {
        return LEDE_STATUS_DISK_FULL;
    }
    if (is_errno(e, EACCES) || is_errno(e, EPERM) || is_errno(e, EROFS)) {
        return LEDE_STATUS_PERMISSION;
    }
    if (is_errno(e, ENOMEM)) {
        return LEDE_STATUS_NO_MEMORY;
    }
    return otherwise == LEDE_STATUS_ENGINE && e.get_error_string() != NULL
               ? LEDE_STATUS_IO : otherwise;
}

static lede_status
fail_xapian(lede_error *err, lede_status status, const Xapian::Error &e,
            const char *advice)
{
    const char *text = e.get_error_string();

    return lede__fail(err, status, "Xapian: %s%s%s%s%s%s",
                      e.get_msg().c_str(), text == NULL ? "" : " (",
                      text == NULL ? "" : text, text == NULL ? "" : ")",
                      advice[0] == '\0' ? "" : "; ", advice);
}

/* Called in a catch block only. */
static lede_status
translate(lede_error *err) noexcept
{
    try {
        throw;
    } catch (const Xapian::DatabaseModifiedError &e) {
        return fail_xapian(err, LEDE__STATUS_CHANGED, e, "");
    } catch (const Xapian::DatabaseLockError &e) {
        return fail_xapian(err, LEDE_STATUS_LOCKED, e,
                           "another program writes to it");
    } catch (const Xapian::DatabaseVersionError &e) {
        return fail_xapian(err, LEDE_STATUS_VERSION, e,
                           "make the index anew with lede index --rebuild");
    } catch (const Xapian::DatabaseCorruptError &e) {
        return fail_xapian(err, system_status(e, LEDE_STATUS_CORRUPT), e,
                           "run lede check");
    } catch (const Xapian::DatabaseNotFoundError &e) {
        return fail_xapian(err, system_status(e, LEDE_STATUS_NOT_FOUND), e,
                           "");
    } catch (const Xapian::DocNotFoundError &e) {
        return fail_xapian(err, LEDE_STATUS_NOT_FOUND, e, "");
    } catch (const Xapian::Error &e) {
        return fail_xapian(err, system_status(e, LEDE_STATUS_ENGINE), e, "");
    } catch (const std::bad_alloc &) {
        return lede__fail_memory(err);
    } catch (const std::exception &e) {
        return lede__fail(err, LEDE_STATUS_ENGINE, "Xapian: %s", e.what());
    } catch (...) {
        return lede__fail(err, LEDE_STATUS_ENGINE, "Xapian: unknown failure");
    }
}

/* ---- reading ---- */

lede_status
lede__xapian_reader_open(struct xapian_reader **out, const char *path,
                         lede_error *err)
try {
    *out = NULL;
    xapian_reader *reader = new xapian_reader();
    try {
        reader->db = Xapian::Database(path);
    } catch (...) {
        delete reader;
        throw;
    }
    reader->forget_streams();
    *out = reader;
    return LEDE_STATUS_OK;
} catch (...) {
    return translate(err);
}

void
lede__xapian_reader_close(struct xapian_reader *reader)
try {
    delete reader;
} catch (...) {
    translate(NULL);
}

lede_status
lede__xapian_metadata(struct xapian_reader *reader, struct str key,
                      struct buf *out, lede_error *err)
try {
    std::string value = reader->db.get_metadata(to_string(key));

    out->len = 0;
    return lede__buf_add(out, value.data(), value.size(), err);
} catch (...) {
    return translate(err);
}

lede_status
lede__xapian_value(struct xapian_reader *reader, unsigned slot,
                   uint32_t number, struct buf *out, lede_error *err)
try {
    std::string value;

    out->len = 0;
    if (!reader->streaming[slot] || number < reader->at[slot]) {
        reader->streams[slot] = reader->db.valuestream_begin(slot);
        reader->streaming[slot] = true;
    }
    reader->at[slot] = number;
    if (reader->streams[slot] == reader->db.valuestream_end(slot)) {
        return LEDE_STATUS_OK;
    }
    reader->streams[slot].skip_to(number);
    if (reader->streams[slot] == reader->db.valuestream_end(slot) ||
        reader->streams[slot].get_docid() != number) {
        return LEDE_STATUS_OK;
    }
    value = *reader->streams[slot];
    return lede__buf_add(out, value.data(), value.size(), err);
} catch (...) {
    reader->streaming[slot] = false;
    return translate(err);
}

lede_status
lede__xapian_data(struct xapian_reader *reader, uint32_t number,
                  struct buf *out, lede_error *err)
try {
    std::string data = reader->db.get_document(number).get_data();

    out->len = 0;
    return lede__buf_add(out, data.data(), data.size(), err);
} catch (...) {
    return translate(err);
}

lede_status
lede__xapian_postings_open(struct xapian_postings **out,
                           struct xapian_reader *reader, struct str term,
                           uint32_t *df, uint32_t *max_tf, lede_error *err)
try {
    std::string name = to_string(term);
    Xapian::doccount count = reader->db.get_termfreq(name);

    *out = NULL;
    if (count == 0) {
        return LEDE_STATUS_OK;
    }
    xapian_postings *postings = new xapian_postings();
    try {
        postings->reader = reader;
        postings->it = reader->db.postlist_begin(name);
        postings->end = reader->db.postlist_end(name);
        *max_tf = reader->db.get_wdf_upper_bound(name);
        postings->term.swap(name);
    } catch (...) {
        delete postings;
        throw;
    }
    *df = count;
    *out = postings;
    return LEDE_STATUS_OK;
} catch (...) {
    return translate(err);
}

lede_status
lede__xapian_postings_read(struct xapian_postings *postings, uint32_t from,
                           uint32_t *numbers, uint32_t *tfs, size_t max,
                           size_t *count, lede_error *err)
try {
    size_t n = 0;

    *count = 0;
    if (postings->it != postings->end && *postings->it < from) {
        postings->it.skip_to(from);
    }
    for (; n < max && postings->it != postings->end; ++postings->it) {
        numbers[n] = *postings->it;
        tfs[n] = postings->it.get_wdf();
        n++;
    }
    *count = n;
    return LEDE_STATUS_OK;
} catch (...) {
    return translate(err);
}

/* Xapian 1.4 writes the positions 0 and 1, and no others, in no bits at all,
   and reads them back as 1 alone.  A third one, which no text is long enough
   for, is written after them, and left out when they are read. */
#define POSITION_BEYOND 0x7fffffffu

static bool
is_zero_and_one(const uint32_t *positions, size_t n)
{
    return n == 2 && positions[0] == 0 && positions[1] == 1;
}

lede_status
lede__xapian_positions(struct xapian_postings *postings, uint32_t number,
                       struct buf *out, lede_error *err)
try {
    const Xapian::Database &db = postings->reader->db;
    Xapian::PositionIterator it = db.positionlist_begin(number,
                                                        postings->term);
    Xapian::PositionIterator end = db.positionlist_end(number,
                                                       postings->term);
    lede_status status = LEDE_STATUS_OK;

    for (; it != end && status == LEDE_STATUS_OK; ++it) {
        uint32_t position = *it;

        if (position != POSITION_BEYOND) {
            status = lede__buf_add(out, &position, sizeof position, err);
        }
    }
    return status;
} catch (...) {
    return translate(err);
}

void
lede__xapian_postings_close(struct xapian_postings *postings)
try {
    delete postings;
} catch (...) {
    translate(NULL);
}

lede_status
lede__xapian_terms_open(struct xapian_terms **out,
                        struct xapian_reader *reader, struct str prefix,
                        lede_error *err)
try {
    *out = NULL;
    xapian_terms *terms = new xapian_terms();
    try {
        std::string from = to_string(prefix);

        terms->it = reader->db.allterms_begin(from);
        terms->end = reader->db.allterms_end(from);
    } catch (...) {
        delete terms;
        throw;
    }
    *out = terms;
    return LEDE_STATUS_OK;
} catch (...) {
    return translate(err);
}

lede_status
lede__xapian_terms_next(struct xapian_terms *terms, struct str *term,
                        uint32_t *df, lede_error *err)
try {
    term->p = NULL;
    term->len = 0;
    if (terms->started && terms->it != terms->end) {
        ++terms->it;
    }
    terms->started = true;
    if (terms->it == terms->end) {
        return LEDE_STATUS_OK;
    }
    terms->current = *terms->it;
    term->p = terms->current.data();
    term->len = terms->current.size();
    if (df != NULL) {
        *df = terms->it.get_termfreq();
    }
    return LEDE_STATUS_OK;
} catch (...) {
    return translate(err);
}

lede_status
lede__xapian_terms_seek(struct xapian_terms *terms, struct str term,
                        lede_error *err)
try {
    std::string to = to_string(term);

    if (terms->it != terms->end && *terms->it < to) {
        terms->it.skip_to(to);
        terms->started = false;
    }
    return LEDE_STATUS_OK;
} catch (...) {
    return translate(err);
}

void
lede__xapian_terms_close(struct xapian_terms *terms)
try {
    delete terms;
} catch (...) {
    translate(NULL);
}

/* ---- writing ---- */

static void
open_database(struct xapian_writer *writer, int mode)
{
    writer->db = Xapian::WritableDatabase(writer->path,
                                          mode | Xapian::DB_BACKEND_GLASS);
    writer->db.begin_transaction();
    writer->in_transaction = true;
    writer->failed = false;
    writer->reader.db = writer->db;
    writer->reader.forget_streams();
}

/* Close it without committing, which it does unless a transaction is open. */
static void
close_database(struct xapian_writer *writer)
{
    writer->reader.forget_streams();
    writer->failed = true;
    if (!writer->in_transaction) {
        writer->db.begin_transaction(false);
        writer->in_transaction = true;
    }
    writer->db.close();
}

lede_status
lede__xapian_writer_open(struct xapian_writer **out, const char *path,
                         bool create, lede_error *err)
try {
    *out = NULL;
    xapian_writer *writer = new xapian_writer();
    try {
        writer->path = path;
        open_database(writer, create ? Xapian::DB_CREATE : Xapian::DB_OPEN);
    } catch (...) {
        delete writer;
        throw;
    }
    *out = writer;
    return LEDE_STATUS_OK;
} catch (...) {
    return translate(err);
}

/* When a change fails, Xapian may have dropped the whole transaction or made a
   half of the change: nothing of it must be committed. */
static lede_status
refuse(lede_error *err)
{
    return lede__fail(err, LEDE_STATUS_ENGINE,
                      "a change before this one failed; the changes since "
                      "the last commit have to be rolled back");
}

struct xapian_reader *
lede__xapian_writer_reader(struct xapian_writer *writer)
{
    return &writer->reader;
}

lede_status
lede__xapian_put(struct xapian_writer *writer, uint32_t number,
                 const struct xapian_term *terms, size_t n_terms,
                 const struct str *values, size_t n_values, struct str data,
                 lede_error *err)
try {
    Xapian::Document document;

    if (writer->failed) {
        return refuse(err);
    }
    for (size_t i = 0; i < n_terms; i++) {
        std::string term = to_string(terms[i].term);

        for (uint32_t j = 0; j < terms[i].n_positions; j++) {
            document.add_posting(term, terms[i].positions[j], 0);
        }
        if (is_zero_and_one(terms[i].positions, terms[i].n_positions)) {
            document.add_posting(term, POSITION_BEYOND, 0);
        }
        document.add_term(term, terms[i].tf);
    }
    for (size_t i = 0; i < n_values; i++) {
        if (values[i].len > 0) {
            document.add_value((Xapian::valueno)i, to_string(values[i]));
        }
    }
    document.set_data(to_string(data));
    writer->reader.forget_streams();
    writer->db.replace_document(number, document);
    return LEDE_STATUS_OK;
} catch (...) {
    writer->failed = true;
    return translate(err);
}

lede_status
lede__xapian_delete(struct xapian_writer *writer, uint32_t number,
                    lede_error *err)
try {
    if (writer->failed) {
        return refuse(err);
    }
    writer->reader.forget_streams();
    writer->db.delete_document(number);
    return LEDE_STATUS_OK;
} catch (...) {
    writer->failed = true;
    return translate(err);
}

lede_status
lede__xapian_set_metadata(struct xapian_writer *writer, struct str key,
                          struct str value, lede_error *err)
try {
    if (writer->failed) {
        return refuse(err);
    }
    writer->db.set_metadata(to_string(key), to_string(value));
    return LEDE_STATUS_OK;
} catch (...) {
    writer->failed = true;
    return translate(err);
}

lede_status
lede__xapian_each_metadata(struct xapian_writer *writer, struct str prefix,
                           lede_status (*each)(void *payload, struct str key,
                                               struct str value,
                                               lede_error *err),
                           void *payload, lede_error *err)
try {
    std::string from = to_string(prefix);
    Xapian::TermIterator it = writer->db.metadata_keys_begin(from);
    Xapian::TermIterator end = writer->db.metadata_keys_end(from);
    lede_status status = LEDE_STATUS_OK;

    for (; it != end && status == LEDE_STATUS_OK; ++it) {
        std::string key = *it;
        std::string value = writer->db.get_metadata(key);

        status = each(payload, { key.data(), key.size() },
                      { value.data(), value.size() }, err);
    }
    return status;
} catch (...) {
    return translate(err);
}

/* Space for the last steps of a commit, whatever is in it. */
#define COMMIT_BYTES ((uint64_t)1 << 20)

static lede_status
find_room(const struct xapian_writer *writer, uint64_t bytes, lede_error *err)
{
    struct statvfs disk;

    bytes += COMMIT_BYTES;
    if (statvfs(writer->path.c_str(), &disk) != 0 ||
        disk.f_bavail >= bytes / disk.f_frsize) {
        return LEDE_STATUS_OK;
    }
    return lede__fail(err, LEDE_STATUS_DISK_FULL,
                      "%s: no space left: up to %llu MiB are needed to "
                      "commit", writer->path.c_str(),
                      (unsigned long long)(bytes >> 20));
}

/* A commit that fails in its last steps leaves a list of free blocks that is
   damaged, for the same reason as cancel_transaction.  So that a full disk
   fails before: write what can be written, and look whether the rest fits.
   Values come last of that, for Xapian writes them in a destructor, where a
   fault ends the process. */
static lede_status
prepare(struct xapian_writer *writer, uint64_t bytes, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    writer->db.allterms_begin();
    status = find_room(writer, bytes, err);
    if (status == LEDE_STATUS_OK) {
        writer->db.valuestream_begin(0);
        status = find_room(writer, bytes, err);
    }
    return status;
}

lede_status
lede__xapian_commit(struct xapian_writer *writer, uint64_t bytes,
                    lede_error *err)
try {
    lede_status status = LEDE_STATUS_OK;

    if (writer->failed) {
        return refuse(err);
    }
    writer->reader.forget_streams();
    writer->failed = true;      // until all of it has succeeded
    status = prepare(writer, bytes, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    writer->in_transaction = false;
    writer->db.commit_transaction();
    status = lede__file_sync_dir(writer->path.c_str(), err);
    writer->db.begin_transaction();
    writer->in_transaction = true;
    writer->failed = false;
    return status;
} catch (...) {
    return translate(err);
}

/* Not by cancel_transaction: up to 1.4.29 that keeps the block of the list of
   free blocks that it was writing, and what is committed later overwrites
   blocks in use.  A database that is opened anew has read its list. */
lede_status
lede__xapian_rollback(struct xapian_writer *writer, lede_error *err)
try {
    close_database(writer);
    open_database(writer, Xapian::DB_OPEN);
    return LEDE_STATUS_OK;
} catch (...) {
    return translate(err);
}

void
lede__xapian_writer_close(struct xapian_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    try {
        close_database(writer);
    } catch (...) {
        translate(NULL);
    }
    try {
        delete writer;
    } catch (...) {
        translate(NULL);
    }
}
