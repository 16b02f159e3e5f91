// Random programs, tried by laws. Without options a fixed number of them from a fixed seed;
// by hand:
//
//     build/check/tests/random/test_random_programs --seed 1 --count 100000
//
//     --seed S, --count N   the programs of the seeds S, S + 1, …, S + N - 1
//     --law TEXT            laws whose name holds TEXT alone
//     --print               the specs of the first seed, without running them
//
// A program that breaks a law is cut down, and shown as a spec with its seed. Programs run
// in a process of their own, so one that crashes or does not end is found and cut down,
// too.
//
// In the build whose limits are small (so that no loop is long) it tries mutants of the
// programs instead: that program is called test_random_mutants.
#include "shrink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define COUNT 800
#else
#define COUNT 2500
#endif
enum {
    SEED = 20260101,
    TRIALS = 3, // of a program
    MOST_FAILURES = 5,
    SECONDS = 30, // for one trial
    MOST_LAWS = 32,
};

// What a process that runs programs tells the one that started it.
typedef struct Shared {
    uint64_t seed;
    Trial trial;
    Outcome outcome;
    uint32_t tried[MOST_LAWS];
} Shared;
static Shared *shared;

#ifdef TEST_LIMITS
enum { MUTANTS = true };
#else
enum { MUTANTS = false };
#endif

static Outcome try(const Program *program, const Trial *trial) {
    return MUTANTS ? mutant_try(program, trial) : law_try(program, trial);
}
static void write_spec(Text *text, const Program *program, const Trial *trial) {
    if (MUTANTS)
        mutant_spec(text, program, trial);
    else
        law_spec(text, program, trial);
}

typedef struct Options {
    uint64_t seed, count;
    const char *law;
    bool print;
} Options;

// -- processes ----------------------------------------------------------------------

// Waits for a process that runs one trial, or many; what its end says.
static Outcome await(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return shared->outcome;
    Outcome outcome = {.verdict = CRASHED};
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        outcome.verdict = HANGS;
        snprintf(outcome.what, sizeof outcome.what, "not done after %d seconds", SECONDS);
    } else if (WIFSIGNALED(status)) {
        snprintf(outcome.what, sizeof outcome.what, "signal %d", WTERMSIG(status));
    } else {
        snprintf(outcome.what, sizeof outcome.what, "exit status %d", WEXITSTATUS(status));
    }
    return outcome;
}

static Outcome try_apart(const Program *program, const Trial *trial) {
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        const int null = open("/dev/null", O_WRONLY);
        if (null >= 0) dup2(null, STDERR_FILENO);
        alarm(SECONDS / 3);
        shared->outcome = try(program, trial);
        _exit(0);
    }
    return await(child);
}

// -- one seed -----------------------------------------------------------------------

static bool is_wanted(const Trial *trial, const Options *options) {
    return !options->law || strstr(law_name(trial->law), options->law);
}

// The next trial of a seed; of the laws that are asked for, if it has one.
static Trial next_trial(Random *r, const Program *program, const Options *options) {
    Trial trial = law_choose(r, program);
    for (int i = 0; i < 100 && !is_wanted(&trial, options); i++)
        trial = law_choose(r, program);
    return trial;
}

static void run_seed(uint64_t seed, const Options *options) {
    Arena *arena = base_arena_new();
    const Program *program = program_generate(arena, seed);
    Random r = {~seed};
    shared->seed = seed;
    for (int i = 0; i < TRIALS; i++) {
        shared->trial = next_trial(&r, program, options);
        if (!is_wanted(&shared->trial, options)) continue;
        alarm(SECONDS);
        shared->outcome = try(program, &shared->trial);
        shared->tried[shared->trial.law] += shared->outcome.verdict != NOT_TRIED;
        if (shared->outcome.verdict > NOT_TRIED) _exit(0);
    }
    base_arena_free(arena);
}

static void print_seed(const Options *options) {
    Arena *arena = base_arena_new();
    const Program *program = program_generate(arena, options->seed);
    Random r = {~options->seed};
    for (int i = 0; i < TRIALS; i++) {
        const Trial trial = next_trial(&r, program, options);
        Text text = {.arena = arena};
        write_spec(&text, program, &trial);
        printf("# %s, levels '%s'\n%s\n", law_name(trial.law), trial.levels, text.at);
    }
    base_arena_free(arena);
}

// -- failures -----------------------------------------------------------------------

static const char *const verdicts[] = {"holds",       "not tried", "differs",
                                       "wrong error", "crashes",   "hangs"};

static void show(const char *spec) {
    printf("# ");
    for (; *spec; spec++) {
        putchar(*spec);
        if (*spec == '\n' && spec[1]) printf("# ");
    }
    fflush(stdout);
}

static void report(Outcome outcome) {
    Arena *arena = base_arena_new();
    Program *program = program_generate(arena, shared->seed);
    Trial trial = shared->trial;
    const uint32_t size = program_size(program);
    printf("# seed %llu: %s: %s: %s\n", (unsigned long long)shared->seed,
           law_name(trial.law), verdicts[outcome.verdict], outcome.what);
    // A mutant cut down is another mutant.
    if (!MUTANTS) shrink(arena, try_apart, &outcome, &program, &trial);
    outcome = try_apart(program, &trial);
    Text text = {.arena = arena};
    write_spec(&text, program, &trial);
    printf("# cut down from %u nodes to %u, levels '%s': %s: %s\n", size,
           program_size(program), trial.levels, verdicts[outcome.verdict], outcome.what);
    show(text.at);
    base_arena_free(arena);
}

// -- all ----------------------------------------------------------------------------

static uint32_t run_all(const Options *options, bool *failed) {
    uint32_t failures = 0;
    const uint64_t end = options->seed + options->count;
    for (uint64_t next = options->seed; next < end && failures < MOST_FAILURES;) {
        fflush(NULL);
        const pid_t child = fork();
        if (child == 0) {
            for (; next < end; next++)
                run_seed(next, options);
            _exit(0);
        }
        const Outcome outcome = await(child);
        if (outcome.verdict <= NOT_TRIED) break;
        failures++;
        failed[shared->trial.law] = true;
        next = shared->seed + 1;
        report(outcome);
    }
    return failures;
}

static Options read_options(int argc, char **argv) {
    Options options = {SEED, COUNT, NULL, false};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--print") == 0) {
            options.print = true;
            continue;
        }
        if (strcmp(argv[i], "--seed") == 0)
            options.seed = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--count") == 0)
            options.count = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--law") == 0)
            options.law = value;
        else {
            fprintf(stderr, "usage: %s [--seed S] [--count N] [--law TEXT] [--print]\n",
                    argv[0]);
            exit(2);
        }
        i++;
    }
    return options;
}

int main(int argc, char **argv) {
    const Options options = read_options(argc, argv);
    bool failed[MOST_LAWS] = {false};
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                  -1, 0);
    if (shared == MAP_FAILED) return 2;
    if (options.print) {
        print_seed(&options);
        return 0;
    }
    printf("1..%u\n# seeds %llu to %llu\n", MUTANTS ? 1 : law_count(),
           (unsigned long long)options.seed,
           (unsigned long long)(options.seed + options.count - 1));
    const uint32_t failures = run_all(&options, failed);
    if (MUTANTS)
        printf("%s 1 - mutants give a result or a diagnostic\n",
               failures ? "not ok" : "ok");
    for (uint32_t i = 0; !MUTANTS && i < law_count(); i++)
        printf("%s %u - %s # %u programs\n", failed[i] ? "not ok" : "ok", i + 1,
               law_name(i), shared->tried[i]);
    return failures != 0;
}
