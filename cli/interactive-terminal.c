/* interactive-terminal.c - the terminal of an interactive search is taken and
   given back, and its keys are read; see interactive-screen.h.

   Signals are blocked but while a key is waited for, so that none is missed
   between looking and waiting, and none interrupts a search.  Bytes are put
   together to characters here: curses would lose one that comes in two parts.
*/

#define _GNU_SOURCE             // ppoll

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "cli/interactive-screen.h"
#include "cli/output.h"
#include "cli/text.h"

#include <curses.h>
#include <term.h>               // last: its macros are common words

#define TERMINAL "/dev/tty"
#define ESCAPE 27
#define ESCAPE_MS 50            // in which the rest of a key's sequence comes
#define CONTROL(letter) ((letter) & 0x1F)

/* The signal that came, and was caught. */
static volatile sig_atomic_t caught;

static const int ending[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };

#define N_ENDING (sizeof(ending) / sizeof(ending[0]))

static void
catch_signal(int number)
{
    caught = number;
}

/* ---- taking and giving back ---- */

/* Characters are UTF-8 here whatever the environment says, as all that lede
   writes is. */
static void
use_utf8(void)
{
    if (!setlocale(LC_CTYPE, "") ||
        strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        setlocale(LC_CTYPE, "C.UTF-8");
    }
}

/* Whether curses knows the kind of terminal; newterm loses memory where it does
   not. */
static bool
is_known(FILE *terminal)
{
    int why;

    if (setupterm(NULL, fileno(terminal), &why) != OK) {
        return false;
    }
    del_curterm(cur_term);
    return true;
}

/* The keys as a terminal sends them that does not change its mode for us. */
static void
add_keys(void)
{
    static const struct {
        const char *sent;
        int key;
    } plain[] = {
        { "\033[A", KEY_UP },   { "\033[B", KEY_DOWN },
        { "\033[C", KEY_RIGHT }, { "\033[D", KEY_LEFT },
        { "\033[H", KEY_HOME }, { "\033[F", KEY_END },
    };

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        define_key(plain[i].sent, plain[i].key);
    }
}

static void
take_signals(struct screen *screen)
{
    struct sigaction action = { .sa_handler = catch_signal };
    sigset_t blocked;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGWINCH);
    caught = 0;
    for (size_t i = 0; i < N_ENDING; i++) {
        sigaddset(&blocked, ending[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, &screen->mask);
    for (size_t i = 0; i < N_ENDING; i++) {
        sigaction(ending[i], &action, NULL);
    }
}

int
screen_open(struct screen *screen, const struct settings *settings)
{
    *screen = (struct screen){ .color = terminal_color(settings) };
    if (terminal_draws()) {
        screen->in = fopen(TERMINAL, "re");
        screen->out = fopen(TERMINAL, "we");
    }
    if (screen->in && screen->out && is_known(screen->out)) {
        use_utf8();
        screen->curses = newterm(NULL, screen->out, screen->in);
    }
    if (!screen->curses) {
        complain("--interactive needs a terminal%s",
                 screen->in ? ", of a kind that is known (TERM)"
                            : " that is not dumb");
        screen_close(screen);
        return EXIT_ERROR;
    }
    set_term(screen->curses);
    take_signals(screen);
    set_escdelay(ESCAPE_MS);
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    add_keys();
    meta(stdscr, TRUE);
    timeout(0);
    if (screen->color && has_colors()) {
        start_color();
        use_default_colors();
        init_pair(SCREEN_MARK, COLOR_RED, -1);
        init_pair(SCREEN_PLACE, COLOR_MAGENTA, -1);
    }
    return EXIT_DONE;
}

void
screen_close(struct screen *screen)
{
    if (screen->curses) {
        endwin();
        delscreen(screen->curses);
        for (size_t i = 0; i < N_ENDING; i++) {
            signal(ending[i], SIG_DFL);
        }
        sigprocmask(SIG_SETMASK, &screen->mask, NULL);
    }
    if (screen->in) {
        fclose(screen->in);
    }
    if (screen->out) {
        fclose(screen->out);
    }
    *screen = (struct screen){ 0 };
}

/* ---- keys ---- */

static const struct {
    int key;
    enum press_kind kind;
} known[] = {
    { '\r', PRESS_ENTER },
    { '\n', PRESS_ENTER },
    { KEY_ENTER, PRESS_ENTER },
    { CONTROL('c'), PRESS_LEAVE },
    { KEY_RESIZE, PRESS_RESIZE },
    { KEY_BACKSPACE, PRESS_ERASE },
    { 0x7F, PRESS_ERASE },
    { CONTROL('h'), PRESS_ERASE },
    { KEY_DC, PRESS_DELETE },
    { CONTROL('d'), PRESS_DELETE },
    { CONTROL('w'), PRESS_ERASE_WORD },
    { CONTROL('u'), PRESS_ERASE_ALL },
    { KEY_LEFT, PRESS_LEFT },
    { CONTROL('b'), PRESS_LEFT },
    { KEY_RIGHT, PRESS_RIGHT },
    { CONTROL('f'), PRESS_RIGHT },
    { KEY_HOME, PRESS_HOME },
    { CONTROL('a'), PRESS_HOME },
    { KEY_END, PRESS_END },
    { CONTROL('e'), PRESS_END },
    { KEY_UP, PRESS_UP },
    { CONTROL('p'), PRESS_UP },
    { KEY_DOWN, PRESS_DOWN },
    { CONTROL('n'), PRESS_DOWN },
    { KEY_PPAGE, PRESS_PAGE_UP },
    { KEY_NPAGE, PRESS_PAGE_DOWN },
    { '\t', PRESS_WHOLE },
};

/* Esc alone leaves; what follows it at once makes it a key that curses does
   not know, which is passed over. */
static bool
is_escape_alone(void)
{
    int key = getch();

    if (key == ERR) {
        return true;
    }
    while (key == '[' || key == 'O' || (key >= ' ' && key < '@')) {
        key = getch();
    }
    return false;
}

/* A byte of a character; true once it is complete. */
static bool
add_byte(struct screen *screen, int byte, struct press *press)
{
    ucs4_t character;
    int length;

    screen->bytes[screen->n_bytes++] = (unsigned char)byte;
    length = u8_mbtoucr(&character, screen->bytes, screen->n_bytes);
    if (length == -2) {
        return false;           // more of it is to come
    }
    *press = (struct press){ .kind = PRESS_TEXT };
    if (length > 0) {
        memcpy(press->text, screen->bytes, (size_t)length);
        text_clean(press->text, false);
    }
    screen->n_bytes = 0;
    return length > 0;
}

/* What a key means, if anything. */
static bool
translate(struct screen *screen, int key, struct press *press)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (key == known[i].key) {
            press->kind = known[i].kind;
            screen->n_bytes = 0;
            return true;
        }
    }
    if (key == ESCAPE) {
        press->kind = PRESS_LEAVE;
        return is_escape_alone();
    }
    return key >= ' ' && key <= 0xFF && add_byte(screen, key, press);
}

bool
screen_press(struct screen *screen, struct press *press, bool wait)
{
    struct pollfd terminal = { .fd = fileno(screen->in), .events = POLLIN };

    for (;;) {
        int key = caught ? ERR : getch();

        if (caught) {
            *press = (struct press){ .kind = PRESS_SIGNAL,
                                     .number = caught };
            return true;
        }
        if (key != ERR && translate(screen, key, press)) {
            return true;
        }
        if (key != ERR) {
            continue;
        }
        if (ppoll(&terminal, 1, wait ? NULL : &(struct timespec){ 0, 0 },
                  &screen->mask) < 0 && errno == EINTR) {
            continue;
        }
        if (terminal.revents & (POLLHUP | POLLERR | POLLNVAL)) {
            press->kind = PRESS_LEAVE;
            return true;
        }
        if (!wait) {
            return false;
        }
    }
}
