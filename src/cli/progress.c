#include "cli/progress.h"
#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const double FIRST = 1.0; // seconds before the line appears
static const double PAUSE = 0.1; // between two drawings

// -- what it says -------------------------------------------------------------------

enum { PART = 32, BAR_LEAST = 5, BAR_MOST = 40 };

// A rate of at least 10 has no fraction, one below 0.1 a second counts by the hour.
static void rate_text(char text[PART], double per_second) {
    const bool slow = per_second < 0.1;
    const double rate = slow ? per_second * 3600 : per_second;
    const long long tenths = (long long)(rate * 10 + 0.5);
    const char *unit = slow ? "h" : "s";
    if (tenths < 100)
        (void)snprintf(text, PART, "%lld.%lld/%s", tenths / 10, tenths % 10, unit);
    else
        (void)snprintf(text, PART, "%lld/%s", tenths / 10, unit);
}

static void left_text(char text[PART], double seconds) {
    const long long s = seconds < 1e9 ? (long long)(seconds + 0.999) : 1000000000LL;
    if (s >= 3600)
        (void)snprintf(text, PART, "%lld:%02lld:%02lld left", s / 3600, s / 60 % 60,
                       s % 60);
    else if (s >= 60)
        (void)snprintf(text, PART, "%lld:%02lld left", s / 60, s % 60);
    else
        (void)snprintf(text, PART, "%lld s left", s);
}

static void add_bar(Text *out, size_t width, double share) {
    const size_t full = (size_t)(share * (double)width);
    for (size_t i = 0; i < width; i++)
        base_text_add(out, i < full ? STR("━") : STR("─"));
}

void cli_progress_text(Text *out, size_t done, size_t total, double seconds,
                       size_t columns) {
    enum { SHARE, LEFT, COUNT, RATE, PARTS }; // the last are the first to be left out
    static const int order[PARTS] = {SHARE, COUNT, RATE, LEFT};
    const double share = (double)done / (double)total;
    const double rate = seconds > 0 ? (double)done / seconds : 0;
    char parts[PARTS][2 * PART] = {{0}};
    size_t used = 0;
    (void)snprintf(parts[SHARE], PART, "%3d%%", (int)(share * 100));
    (void)snprintf(parts[COUNT], 2 * PART, "%zu/%zu", done, total);
    rate_text(parts[RATE], rate);
    left_text(parts[LEFT], rate > 0 ? (double)(total - done) / rate : 0);
    bool fits = true;
    for (int i = 0; i < PARTS; i++) {
        const size_t n = strlen(parts[i]) + (i ? 2 : 0);
        fits = fits && used + n <= columns;
        if (fits)
            used += n;
        else
            parts[i][0] = 0;
    }
    const size_t room = columns > used ? columns - used : 0;
    for (int i = 0; i < PARTS; i++) {
        const char *part = parts[order[i]];
        if (!*part) continue;
        base_text_printf(out, i ? "  %s" : "%s", part);
        if (i == 0 && room >= BAR_LEAST + 1) {
            base_text_char(out, ' ');
            add_bar(out, room - 1 < BAR_MOST ? room - 1 : BAR_MOST, share);
        }
    }
}

// -- drawing it ---------------------------------------------------------------------

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static size_t window_columns(void) {
    struct winsize window;
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col;
    return known ? window.ws_col : 80;
}

static bool can_erase(void) {
    const char *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

Progress cli_progress(size_t total, bool wanted) {
    return (Progress){
        .wanted = wanted && total > 1 && can_erase(), .total = total, .begun = now()};
}

// The last column stays free: a terminal may go to the next line when it is written.
static void draw(Progress *progress, double time) {
    Text line = {.arena = base_arena_new()};
    if (!line.arena) return;
    base_text_add(&line, STR("\r\x1b[K"));
    cli_progress_text(&line, progress->done, progress->total, time - progress->begun,
                      window_columns() - 1);
    progress->drawn = !line.failed && cli_write(STDERR_FILENO, base_text_str(&line));
    progress->last = time;
    base_arena_free(line.arena);
}

void cli_progress_step(Progress *progress) {
    progress->done++;
    if (!progress->wanted) return;
    const double time = now();
    if (time - progress->begun < FIRST || time - progress->last < PAUSE) return;
    draw(progress, time);
}

void cli_progress_hide(Progress *progress) {
    if (!progress->drawn) return;
    (void)cli_write(STDERR_FILENO, STR("\r\x1b[K"));
    progress->drawn = false;
}
