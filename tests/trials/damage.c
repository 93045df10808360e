/* damage.c - a native index with every byte damaged in turn, cut off at every
   length, with files missing, exchanged, empty or longer: whatever is done
   with it gives a clear error or exactly the right answer, and never a crash
   or an endless loop; and lede_index_check finds the damage.

   The index is as small as one can be that has everything: two segments, an
   article deleted from each, lists of several blocks, every kind of column.

   Damage is done in a process of its own, which is started again behind what
   killed it.  About 10 seconds, at random places; every place and every bit
   with LEDE_TEST_LONG.  LEDE_TEST_SEED is the seed. */

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shared/base/file.h"
#include "shared/lede.h"
#include "tests/random.h"
#include "tests/tap.h"
#include "tests/trials/hang.h"

#define SECONDS 10
#define CASE_SECONDS 20         // of the processor that one case may take
#define ARTICLES 200            // lists of more than one block
#define FILES_MAX 8
#define PROBES_MAX 60
#define FAILURES_MAX 20

#pragma GCC visibility push(default)
int
fsync(int fd)
{
    (void)fd;
    return 0;
}
#pragma GCC visibility pop

/* ---- the index ---- */

static void
add(lede_writer *writer, int i)
{
    static const char *const tags[] = { "ai", "open source" };
    static const char *const authors[] = { "Jane Doe" };
    char id[20], title[40], body[200], date[20], url[60];
    lede_meta meta = { "topic", i % 2 ? "speed" : "price" };
    lede_article article = {
        .id = id, .title = title, .body = body, .lang = i % 5 ? "en" : "de",
        .url = url, .source = i % 3 ? "blog" : NULL,
        .date = i % 4 ? date : NULL, .summary = i % 7 ? NULL : "in short",
        .authors = authors, .n_authors = i % 6 == 0,
        .tags = tags, .n_tags = (size_t)(i % 3),
        .meta = &meta, .n_meta = i % 5 == 0,
    };
    lede_error err = LEDE_ERROR_INIT;

    snprintf(id, sizeof(id), "a%d", i);
    snprintf(title, sizeof(title), "Model %d", i);
    snprintf(body, sizeof(body), "every model runs %s %s %s",
             i % 2 ? "fast fast fast" : "slowly", i % 40 == 7 ? "rare" : "on",
             i % 3 ? "Qwen2.5 benchmarks" : "\xE6\xA8\xA1\xE5\x9E\x8B");
    snprintf(date, sizeof(date), "2025-0%d-1%d", 1 + i % 9, i % 10);
    snprintf(url, sizeof(url), "https://example.org/%d", i);
    if (lede_writer_add(writer, &article, &err) != LEDE_STATUS_OK) {
        printf("Bail out! add: %s\n", err.message);
        exit(1);
    }
}

static void
must(lede_status status, const lede_error *err)
{
    if (status != LEDE_STATUS_OK) {
        printf("Bail out! %s\n", err->message);
        exit(1);
    }
}

static void
make_index(const char *path)
{
    lede_writer_options options = LEDE_WRITER_OPTIONS_INIT;
    lede_writer *writer = NULL;
    lede_error err = LEDE_ERROR_INIT;

    options.engine = "native";
    options.now = 1800000000;
    options.threads = 2;
    options.memory_bytes = LEDE_MEMORY_MIN;
    options.config = "fields:\n  topic: 2\n";
    must(lede_writer_open(&writer, path, &options, &err), &err);
    for (int i = 0; i < ARTICLES - 20; i++) {
        add(writer, i);
    }
    must(lede_writer_commit(writer, &err), &err);
    for (int i = ARTICLES - 20; i < ARTICLES; i++) {
        add(writer, i);
    }
    must(lede_writer_commit(writer, &err), &err);
    must(lede_writer_remove(writer, "a3", NULL, &err), &err);
    must(lede_writer_remove(writer, "a190", NULL, &err), &err);
    must(lede_writer_commit(writer, &err), &err);
    lede_writer_close(writer);
}

/* ---- its files ---- */

struct file {
    char name[80];
    char path[200];
    unsigned char *bytes;
    size_t size;
};

static struct file files[FILES_MAX];
static size_t n_files;

static void
put_file(const char *path, const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size) {
        _exit(99);
    }
    close(fd);
}

static void
put_byte(const struct file *file, size_t at, unsigned char byte)
{
    int fd = open(file->path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || pwrite(fd, &byte, 1, (off_t)at) != 1) {
        _exit(99);
    }
    close(fd);
}

static int
compare_files(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name,
                  ((const struct file *)b)->name);
}

static void
read_files(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        struct file *file = &files[n_files];
        struct buf bytes = BUF_INIT(BUF_MAX_ANY);

        if (entry->d_name[0] == '.' || n_files == FILES_MAX) {
            continue;
        }
        snprintf(file->name, sizeof(file->name), "%.70s", entry->d_name);
        snprintf(file->path, sizeof(file->path), "%.100s/%.70s", folder,
                 entry->d_name);
        if (lede__file_read(&bytes, file->path, NULL) == LEDE_STATUS_OK) {
            file->bytes = (unsigned char *)bytes.p;
            file->size = bytes.len;
            n_files++;
        }
    }
    closedir(dir);
    qsort(files, n_files, sizeof(files[0]), compare_files);
}

static void
restore_files(void)
{
    for (size_t i = 0; i < n_files; i++) {
        rmdir(files[i].path);
        put_file(files[i].path, files[i].bytes, files[i].size);
    }
}

/* ---- what is done with it ---- */

static const char *const queries[] = {
    "model", "every model", "+fast +benchmarks", "\"runs fast\"",
    "\"every model runs\" -rare", "rare OR nothing", "qwen2.5", "benchm*",
    "title:model topic:speed", "tag:ai", "model lang:de source:blog",
    "date:2025-03..2025-05", "author:\"jane doe\" OR tag:\"open source\"",
    "\xE6\xA8\xA1\xE5\x9E\x8B", "runs slowly fast on rare",
};

#define QUERIES (sizeof(queries) / sizeof(queries[0]))

/* One answer: text, or "" where there was an error, which is told apart. */
struct probe {
    char *text;
    lede_status status;
    char message[200];
};

struct probes {
    struct probe items[PROBES_MAX];
    size_t n;
};

static struct probes sound;

static void
end_probe(struct probes *probes, lede_status status, const lede_error *err,
          struct buf *text)
{
    struct probe *probe = &probes->items[probes->n++];

    probe->status = status;
    snprintf(probe->message, sizeof(probe->message), "%.190s", err->message);
    probe->text = strdup(text->p == NULL ? "" : text->p);
    text->len = 0;
}

static void
probe_query(struct probes *probes, lede_index *index, const char *query,
            int sort, int approximate, struct buf *text)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results = NULL;
    lede_error err = LEDE_ERROR_INIT;
    lede_status status;

    options.sort = (lede_sort)sort;
    options.limit = approximate ? 3 : 8;
    options.approximate = approximate;
    status = lede_search(&results, &index, 1, query, &options, &err);
    if (status == LEDE_STATUS_OK) {
        lede__buf_addf(text, NULL, "%llu:",
                       (unsigned long long)lede_results_total(results));
        for (size_t i = 0; i < lede_results_count(results); i++) {
            const lede_hit *hit = lede_results_hit(results, i);

            lede__buf_addf(text, NULL, " %s %.0f %s %s %s", hit->id,
                           hit->score * 65536, hit->title,
                           hit->date ? hit->date : "-",
                           hit->snippet ? hit->snippet : "-");
        }
    }
    lede_results_free(results);
    end_probe(probes, status, &err, text);
}

static void
probe(struct probes *probes, const char *path)
{
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    lede_index *index = NULL;
    lede_error err = LEDE_ERROR_INIT;
    lede_status status = lede_index_open(&index, path, &err);
    lede_info info;

    probes->n = 0;
    end_probe(probes, status, &err, &text);
    if (status != LEDE_STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < QUERIES; i++) {
        probe_query(probes, index, queries[i], (int)(i % 3), 0, &text);
        probe_query(probes, index, queries[i], 0, 1, &text);
    }
    // all articles, as one answer
    status = LEDE_STATUS_OK;
    for (int i = 0; i < ARTICLES && status == LEDE_STATUS_OK; i++) {
        const lede_article *article = NULL;
        char id[20];

        snprintf(id, sizeof(id), "a%d", i);
        status = lede_index_article(index, id, &article, &err);
        if (status == LEDE_STATUS_OK) {
            lede__buf_addf(&text, NULL, "%s %s %s %s %s\n", article->id,
                           article->title, article->body, article->lang,
                           article->url);
        } else if (status == LEDE_STATUS_NOT_FOUND) {
            lede__buf_addf(&text, NULL, "no %s\n", id);
            status = LEDE_STATUS_OK;
        }
    }
    end_probe(probes, status, &err, &text);
    err = (lede_error)LEDE_ERROR_INIT;
    status = lede_index_info(index, &info, &err);
    if (status == LEDE_STATUS_OK) {
        lede__buf_addf(&text, NULL, "%llu %llu %s",
                       (unsigned long long)info.articles,
                       (unsigned long long)info.terms, info.config);
    }
    end_probe(probes, status, &err, &text);
    lede_index_close(index);
    lede__buf_free(&text);
}

static void
free_probes(struct probes *probes)
{
    for (size_t i = 0; i < probes->n; i++) {
        free(probes->items[i].text);
    }
    probes->n = 0;
}

static void
count_problem(void *payload, const char *problem)
{
    *(size_t *)payload += problem[0] != '\0';
}

/* ---- cases ---- */

/* What the process with the damage tells the one that started it. */
struct shared {
    uint64_t next;              // the case to do next
    uint64_t cases;             // done
    uint64_t failures;
    uint64_t rejected;          // where something was noticed
    char name[200];             // of the case at hand
};

static struct shared *shared;

static void
fail_case(const char *what, const char *more)
{
    if (shared->failures++ < FAILURES_MAX) {
        printf("# %s: %s: %s\n", shared->name, what, more);
        fflush(stdout);
    }
}

/* `harmless`: the check need not find anything. */
static void
judge(const char *path, bool harmless)
{
    struct probes now;
    lede_error err = LEDE_ERROR_INIT;
    lede_status status;
    size_t problems = 0;
    size_t told = 0;
    bool noticed = false;

    hang_watch(CASE_SECONDS);
    probe(&now, path);
    for (size_t i = 0; i < now.n; i++) {
        const struct probe *item = &now.items[i];

        if (item->status != LEDE_STATUS_OK) {
            noticed = true;
            if (item->message[0] == '\0' ||
                item->status == LEDE_STATUS_BAD_QUERY ||
                item->status == LEDE_STATUS_NO_MEMORY ||
                (item->status == LEDE_STATUS_NOT_FOUND &&
                 (i > 0 || strncmp(shared->name, "manifest", 8) != 0))) {
                fail_case("no clear error", item->message);
            }
        } else if (strcmp(item->text, sound.items[i].text) != 0) {
            fail_case("a wrong answer", item->text);
        }
    }
    shared->rejected += noticed;
    free_probes(&now);
    status = lede_index_check(path, count_problem, &told, &problems, &err);
    if (status != LEDE_STATUS_OK
            ? err.message[0] == '\0' : problems == 0 && !harmless) {
        fail_case("the check finds nothing", err.message);
    }
    if (told != problems) {
        fail_case("the check counts other problems than it tells", "");
    }
    shared->cases++;
    hang_watch(0);
}

static void
flip(const char *path, size_t f, size_t at, unsigned mask)
{
    snprintf(shared->name, sizeof(shared->name), "%.70s byte %zu ^ 0x%02x",
             files[f].name, at, mask);
    put_byte(&files[f], at, files[f].bytes[at] ^ (unsigned char)mask);
    judge(path, false);
    put_byte(&files[f], at, files[f].bytes[at]);
}

static void
cut(const char *path, size_t f, size_t size)
{
    snprintf(shared->name, sizeof(shared->name), "%.70s cut to %zu bytes",
             files[f].name, size);
    put_file(files[f].path, files[f].bytes, size);
    judge(path, false);
    put_file(files[f].path, files[f].bytes, files[f].size);
}

/* Whole files: gone, empty, longer, a folder, zeros, or those of another. */
static void
exchange(const char *path)
{
    for (size_t f = 0; f < n_files; f++) {
        struct file *file = &files[f];
        unsigned char *longer = malloc(file->size + 100);

        snprintf(shared->name, sizeof(shared->name), "%.70s gone", file->name);
        unlink(file->path);
        judge(path, false);
        snprintf(shared->name, sizeof(shared->name), "%.70s a folder",
                 file->name);
        mkdir(file->path, 0777);
        judge(path, false);
        rmdir(file->path);
        memcpy(longer, file->bytes, file->size);
        memset(longer + file->size, 0, 100);
        for (size_t more = 1; more <= 100; more += 33) {
            snprintf(shared->name, sizeof(shared->name),
                     "%.70s %zu zeros longer", file->name, more);
            put_file(file->path, longer, file->size + more);
            judge(path, false);
        }
        memset(longer, 0, file->size);
        snprintf(shared->name, sizeof(shared->name), "%.70s zeros", file->name);
        put_file(file->path, longer, file->size);
        judge(path, false);
        for (size_t g = 0; g < n_files; g++) {
            if (g != f) {
                snprintf(shared->name, sizeof(shared->name), "%.70s in place "
                         "of %.70s", files[g].name, file->name);
                put_file(file->path, files[g].bytes, files[g].size);
                judge(path, false);
            }
        }
        put_file(file->path, file->bytes, file->size);
        free(longer);
    }
    snprintf(shared->name, sizeof(shared->name), "nothing");
    judge(path, true);
}

static size_t
all_bytes(void)
{
    size_t n = 0;

    for (size_t f = 0; f < n_files; f++) {
        n += files[f].size;
    }
    return n;
}

/* The case of this number: the place of a byte. */
static void
do_case(const char *path, struct random *random, size_t place)
{
    size_t f = 0;

    while (place >= files[f].size) {
        place -= files[f++].size;
    }
    if (long_tests()) {
        for (unsigned bit = 0; bit < 8; bit++) {
            flip(path, f, place, 1u << bit);
        }
    } else {
        flip(path, f, place, 1u << random_below(random, 8));
    }
    flip(path, f, place, 0xff);
    cut(path, f, place);
}

static void
do_cases(const char *path, time_t until)
{
    struct random random = random_begin(3);
    size_t n = all_bytes();
    uint64_t start = random_below(&random, n);

    if (shared->next == 0) {
        shared->next = 1;
        exchange(path);
    }
    // a step that is prime to the number of bytes visits each once
    while (shared->next <= n && (long_tests() || time(NULL) < until)) {
        uint64_t i = shared->next++;

        do_case(path, &random, (size_t)((start + i * 7919) % n));
    }
}

int
main(void)
{
    char folder[] = "/tmp/lede-damage-XXXXXX";
    char path[60], inside[80];
    time_t until = time(NULL) + SECONDS;
    int status;

    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || mkdtemp(folder) == NULL) {
        puts("Bail out! no scratch folder");
        return 1;
    }
    snprintf(path, sizeof(path), "%s/index", folder);
    snprintf(inside, sizeof(inside), "%s/native", path);
    make_index(path);
    read_files(inside);
    probe(&sound, path);
    for (size_t i = 0; i < sound.n; i++) {
        if (sound.items[i].status != LEDE_STATUS_OK) {
            ok(false, "probe %zu of a sound index: %s", i,
               sound.items[i].message);
        }
    }
    ok(sound.n > 10, "%zu answers of an index of %zu files, %zu bytes",
       sound.n, n_files, all_bytes());
    ok(n_files >= 5, "two segments, two lists of deleted articles, a "
       "manifest");
    do {
        pid_t child;

        fflush(stdout);
        restore_files();
        child = fork();
        if (child == 0) {
            do_cases(path, until);
            exit(0);            // not _exit: leaks are told
        }
        status = 0;
        waitpid(child, &status, 0);
        if (status != 0) {
            fail_case(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM
                      ? "it does not end" : "it crashed", "");
        }
    } while (status != 0 && shared->failures < FAILURES_MAX);
    ok(shared->failures == 0, "%llu cases of damage, %llu of them noticed "
       "before the check", (unsigned long long)shared->cases,
       (unsigned long long)shared->rejected);
    free_probes(&sound);
    for (size_t f = 0; f < n_files; f++) {
        free(files[f].bytes);
    }
    lede__file_remove_tree(folder, NULL);
    return done();
}
