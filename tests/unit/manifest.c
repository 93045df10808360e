/* manifest.c - tests of the manifest: written, read, each byte flipped and each
   length cut, leftovers, deleted docs, and a disk that fails at each call. */

#include "shared/index/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <xxhash.h>

#include "tests/random.h"
#include "tests/segment-make.h"
#include "tests/tap.h"

static lede_error err;

/* ---- a disk that fails ---- */

static struct {
    int at;                     // the call, from 1, that fails; 0: none
    int calls;
} fault;

static bool
fails(void)
{
    fault.calls++;
    if (fault.calls != fault.at) {
        return false;
    }
    errno = ENOSPC;
    return true;
}

ssize_t
write(int fd, const void *p, size_t n)
{
    struct iovec part = { (void *)(uintptr_t)p, n };

    return fd > 2 && fails() ? -1 : writev(fd, &part, 1);
}

int
fsync(int fd)
{
    return fails() ? -1 : (int)syscall(SYS_fsync, fd);
}

int
rename(const char *from, const char *to)
{
    return fails() ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
}

/* ---- a manifest ---- */

static const struct manifest_segment segments[] = {
    { .name = 4, .size = 8000, .check = 0xdeadbeef, .docs = 100,
      .deleted = 7, .deleted_name = 9, .deleted_check = 77 },
    { .name = 11, .size = 1u << 31, .check = 1, .docs = 4000000000u },
    { .name = 3, .size = 640, .check = 0, .docs = 1, .deleted_name = 8,
      .deleted_check = UINT32_MAX },
};

static struct manifest
sample(void)
{
    return (struct manifest){
        .generation = 12, .next_name = 12,
        .segments = (struct manifest_segment *)(uintptr_t)segments,
        .n = sizeof segments / sizeof *segments,
    };
}

static bool
same(const struct manifest *a, const struct manifest *b)
{
    if (a->generation != b->generation || a->next_name != b->next_name
        || a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct manifest_segment *x = &a->segments[i];
        const struct manifest_segment *y = &b->segments[i];

        if (x->name != y->name || x->size != y->size || x->check != y->check
            || x->docs != y->docs || x->deleted != y->deleted
            || x->deleted_name != y->deleted_name
            || x->deleted_check != y->deleted_check) {
            return false;
        }
    }
    return true;
}

static lede_status
read_status(void)
{
    struct manifest manifest;
    lede_status status = lede__manifest_read(&manifest, "index", &err);

    lede__manifest_free(&manifest);
    return status;
}

static void
test_read(void)
{
    struct manifest manifest = sample();
    struct manifest back;
    struct manifest copy;
    struct manifest none = { .generation = 1, .next_name = 1 };

    is_int(lede__manifest_read(&back, "index", &err), LEDE_STATUS_NOT_FOUND,
           "no manifest");
    is_int(lede__manifest_write(&none, "index", &err), LEDE_STATUS_OK,
           "write one without segments");
    is_int(lede__manifest_read(&back, "index", &err), LEDE_STATUS_OK, "read");
    ok(same(&none, &back), "the same");
    lede__manifest_free(&back);
    is_int(lede__manifest_write(&manifest, "index", &err), LEDE_STATUS_OK,
           "replace it");
    is_int(lede__manifest_read(&back, "index", &err), LEDE_STATUS_OK, "read");
    ok(same(&manifest, &back), "the same");
    is_int(lede__manifest_copy(&copy, &back, &err), LEDE_STATUS_OK, "copy");
    lede__manifest_free(&back);
    ok(same(&manifest, &copy), "the same");
    lede__manifest_free(&copy);
    is_int(copy.n, 0, "freed");
    is_int(lede__manifest_copy(&copy, &none, &err), LEDE_STATUS_OK,
           "copy one without segments");
    lede__manifest_free(&copy);
}

static void
test_damage(void)
{
    struct manifest manifest = sample();
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    size_t unseen = 0;

    lede__manifest_write(&manifest, "index", &err);
    lede__file_read(&bytes, "index/native/manifest", &err);
    for (size_t i = 0; i < bytes.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            lede_status status = LEDE_STATUS_OK;

            bytes.p[i] ^= (char)(1 << bit);
            lede__file_write("index/native/manifest", lede__buf_view(&bytes),
                             &err);
            bytes.p[i] ^= (char)(1 << bit);
            status = read_status();
            unseen += status != LEDE_STATUS_CORRUPT
                && !(status == LEDE_STATUS_VERSION && i < 14);
        }
    }
    is_int(unseen, 0, "each bit of %zu bytes flipped is found", bytes.len);
    unseen = 0;
    for (size_t n = bytes.len; n-- > 0;) {
        lede_status status = LEDE_STATUS_OK;

        lede__file_write("index/native/manifest",
                         (struct str){ bytes.p, n }, &err);
        status = read_status();
        unseen += status != LEDE_STATUS_CORRUPT
            && !(status == LEDE_STATUS_VERSION && n < 14);
    }
    is_int(unseen, 0, "each length it is cut to is found");
    lede__buf_char(&bytes, '\n', &err);
    lede__file_write("index/native/manifest", lede__buf_view(&bytes), &err);
    is_int(read_status(), LEDE_STATUS_CORRUPT, "a line too many");
    lede__buf_free(&bytes);
    lede__file_write("index/native/manifest", STR("lede-native 2\n"), &err);
    is_int(read_status(), LEDE_STATUS_VERSION, "a later version");
}

/* Whose check is right, but what they say cannot be. */
static void
test_wrong(void)
{
    static const char *const bodies[] = {
        "generation 01\nnext 5\n",
        "generation 1\nnext +5\n",
        "generation 99999999999999999999\nnext 5\n",
        "generation 1\nnext 5\nsegment 5 1 1 1 0 0 0\n",
        "generation 1\nnext 5\nsegment 1 1 1 1 0 0 0\n"
        "segment 1 1 1 1 0 0 0\n",
        "generation 1\nnext 5\nsegment 1 1 4294967296 1 0 0 0\n",
        "generation 1\nnext 5\nsegment 1 1 1 1 2 1 0\n",
        "generation 1\nnext 5\nsegment 1 1 1 1 1 0 0\n",
        "generation 1\nnext 5\nsegment 1 1 1 1 0 0 3\n",
        "generation 1\nnext 5\nsegment 1 1 1 4294967295 0 0 0\n"
        "segment 2 1 1 1 0 0 0\n",
        "generation 1\nnext 5\nsegment  1 1 1 1 0 0 0\n",
        "generation 1\nnext 5\nother 1\n",
        "next 5\ngeneration 1\n",
    };
    struct buf text = BUF_INIT(BUF_MAX_ANY);

    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        text.len = 0;
        lede__buf_addf(&text, &err, "lede-native 1\n%s", bodies[i]);
        lede__buf_addf(&text, &err, "check %016" PRIx64 "\n",
                       (uint64_t)XXH3_64bits(text.p, text.len));
        lede__file_write("index/native/manifest", lede__buf_view(&text),
                         &err);
        is_int(read_status(), LEDE_STATUS_CORRUPT, "wrong in the %zuth way",
               i);
    }
    text.len = 0;
    while (text.len <= 2 << 20) {
        lede__buf_str(&text, STR("segment 1 1 1 1 0 0 0\n"), &err);
    }
    lede__file_write("index/native/manifest", lede__buf_view(&text), &err);
    is_int(read_status(), LEDE_STATUS_CORRUPT, "a large one");
    lede__buf_free(&text);
}

/* ---- leftovers ---- */

static unsigned
count_files(void)
{
    DIR *dir = opendir("index/native");
    unsigned n = 0;

    while (readdir(dir) != NULL) {
        n++;
    }
    closedir(dir);
    return n - 2;
}

static void
test_clean(void)
{
    static const char *const kept[] = {
        "4.segment", "11.segment", "3.segment", "4-9.deleted", "3-8.deleted",
        "manifest", "notes.txt", "04.segment", "4.segments", "x.segment",
        "4-9.segment", "-1.segment",
    };
    static const char *const left[] = {
        "5.segment", "0.segment", "4-8.deleted", "11-9.deleted",
        "12.segment", "manifest.123-0.tmp",
    };
    struct manifest manifest = sample();
    unsigned n_kept = sizeof kept / sizeof *kept;
    unsigned n_left = sizeof left / sizeof *left;
    unsigned there = 0;
    char path[100];

    for (unsigned i = 0; i < n_kept + n_left; i++) {
        snprintf(path, sizeof path, "index/native/%s",
                 i < n_kept ? kept[i] : left[i - n_kept]);
        lede__file_write(path, STR("x"), &err);
    }
    is_int(lede__manifest_clean(&manifest, "index", &err), LEDE_STATUS_OK,
           "clean");
    for (unsigned i = 0; i < n_kept; i++) {
        snprintf(path, sizeof path, "index/native/%s", kept[i]);
        there += access(path, F_OK) == 0;
    }
    is_int(there, n_kept, "what is named stays, and what is not ours");
    is_int(count_files(), n_kept, "the rest is gone");
    is_int(lede__manifest_clean(NULL, "index", &err), LEDE_STATUS_OK,
           "clean without a manifest");
    is_int(count_files(), 6, "leaves what is not ours");
    is_int(lede__manifest_clean(NULL, "none", &err), LEDE_STATUS_OK,
           "no folder");
    lede__file_remove_tree("index/native", &err);
    lede__file_make_dir("index/native", &err);
}

/* ---- deleted docs ---- */

static void
test_deleted(struct random *random)
{
    static const uint32_t sizes[] = { 1, 63, 64, 65, 4096, 4097, 10000 };
    uint64_t words[157];

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        uint32_t docs = sizes[s];
        size_t n = (docs + 63) / 64;
        uint64_t *back = NULL;
        struct buf bytes = BUF_INIT(BUF_MAX_ANY);
        uint32_t check = 0;
        size_t unseen = 0;

        for (size_t i = 0; i < n; i++) {
            words[i] = random_next(random);
        }
        if (docs % 64 != 0) {
            words[n - 1] &= ((uint64_t)1 << docs % 64) - 1;
        }
        is_int(lede__deleted_write("deleted", words, docs, &check, &err),
               LEDE_STATUS_OK, "%u docs", docs);
        is_int(lede__deleted_read(&back, "deleted", docs, check, &err),
               LEDE_STATUS_OK, "read");
        ok(memcmp(back, words, n * 8) == 0, "the same");
        for (size_t i = n; i < ((size_t)docs + 4095) / 4096 * 64; i++) {
            unseen += back[i] != 0;
        }
        is_int(unseen, 0, "padded with zeros");
        free(back);
        is_int(lede__deleted_read(&back, "deleted", docs, check + 1, &err),
               LEDE_STATUS_CORRUPT, "another check");
        ok(back == NULL, "gives nothing");
        is_int(lede__deleted_read(&back, "deleted", docs + 1, check, &err),
               LEDE_STATUS_CORRUPT, "another number of docs");
        lede__file_read(&bytes, "deleted", &err);
        for (size_t i = 0; i < bytes.len; i++) {
            bytes.p[i] ^= 0x20;
            lede__file_write("deleted", lede__buf_view(&bytes), &err);
            bytes.p[i] ^= 0x20;
            unseen += lede__deleted_read(&back, "deleted", docs, check, &err)
                != LEDE_STATUS_CORRUPT;
        }
        for (size_t i = bytes.len; i-- > 0;) {
            unseen += truncate("deleted", (off_t)i) < 0
                || lede__deleted_read(&back, "deleted", docs, check, &err)
                   != LEDE_STATUS_CORRUPT;
        }
        is_int(unseen, 0, "each byte flipped and each length is found");
        lede__buf_free(&bytes);
    }
    unlink("deleted");
}

/* ---- a failing disk ---- */

/* Whatever call fails, the manifest is the old one or the new one. */
static void
test_faults(void)
{
    struct manifest old = sample();
    struct manifest new = sample();
    struct manifest back;
    uint64_t words[2] = { 5, 0 };
    uint32_t check = 0;
    int calls = 0;

    new.generation++;
    lede__manifest_write(&old, "index", &err);
    fault.calls = 0;
    lede__manifest_write(&new, "index", &err);
    calls = fault.calls;
    ok(calls >= 4, "%d calls", calls);
    for (int i = 1; i <= calls; i++) {
        fault.at = 0;
        lede__manifest_write(&old, "index", &err);
        fault.calls = 0;
        fault.at = i;
        is_int(lede__manifest_write(&new, "index", &err),
               LEDE_STATUS_DISK_FULL, "a full disk at call %d", i);
        lede__manifest_read(&back, "index", &err);
        ok(same(&back, &old) || (i == calls && same(&back, &new)),
           "the manifest is whole");
        lede__manifest_free(&back);
        is_int(count_files(), 1, "nothing is left beside it");
    }
    for (int i = 1; i <= 2; i++) {
        fault.calls = 0;
        fault.at = i;
        is_int(lede__deleted_write("index/native/4-9.deleted", words, 100,
                                   &check, &err), LEDE_STATUS_DISK_FULL,
               "a full disk for deleted docs at call %d", i);
        is_int(count_files(), 1, "nothing is left");
    }
    fault.at = 0;
}

int
main(void)
{
    struct random random = random_begin(46);
    char folder[64];

    if (!scratch_begin(folder)) {
        return EXIT_FAILURE;
    }
    lede__file_make_dir("index", &err);
    lede__file_make_dir("index/native", &err);
    test_read();
    test_damage();
    test_wrong();
    test_clean();
    test_deleted(&random);
    test_faults();
    scratch_end(folder);
    return done();
}
