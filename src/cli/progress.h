// A line on standard error that says how far a run is: bar, share, counts, rate, time left.
//
//     Progress progress = cli_progress(n, true);
//     for (…) {
//         cli_progress_hide(&progress);   // before anything else is written to a terminal
//         cli_progress_step(&progress);   // once for each that is done
//     }
//     cli_progress_hide(&progress);
//
// Nothing is drawn unless standard error is a terminal that can erase a line, nor within
// the first second.
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "base/str.h"

typedef struct Progress {
    bool wanted;
    bool drawn; // the line is on the terminal now
    size_t total, done;
    double begun, last; // seconds of the monotonic clock: of the run, of the last drawing
} Progress;

Progress cli_progress(size_t total, bool wanted);
// One more is done. Draws ten times a second at most, as wide as the window is then.
void cli_progress_step(Progress *progress);
void cli_progress_hide(Progress *progress);

// The line for `done` (at least 1) of `total` after so many seconds, in at most `columns`
// columns: what does not fit is left out, last the share.
void cli_progress_text(Text *out, size_t done, size_t total, double seconds,
                       size_t columns);

#endif
