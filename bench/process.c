// Whole processes, timed from outside: start-up against a program that prints one line, a
// graph of a million operations, ten thousand points of one function, reverse mode through
// long loops, with and without checkpoints, hessians. Ratios are of one run of this
// program.
//
//     make bench        (or: build/bench/process path/to/cg-grad)
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_RUNS = 201 };

typedef struct Measured {
    double seconds; // median of the runs, wall time
    double memory;  // bytes, the largest of the runs
} Measured;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double run_once(char *const argv[], double *memory) {
    fflush(stdout); // or the child prints it again
    const double begin = now();
    const pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout)) _exit(127);
        execv(argv[0], argv);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
        fprintf(stderr, "%s did not succeed\n", argv[0]);
        exit(1);
    }
    *memory = 1024.0 * (double)usage.ru_maxrss;
    return now() - begin;
}

static Measured measure(int runs, char *const argv[]) {
    double times[MOST_RUNS], most = 0, memory;
    run_once(argv, &memory); // warms the caches
    for (int i = 0; i < runs; i++) {
        times[i] = run_once(argv, &memory);
        if (memory > most) most = memory;
    }
    qsort(times, (size_t)runs, sizeof *times, by_value);
    return (Measured){times[runs / 2], most};
}

static FILE *open_spec(const char *path) {
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

// A function of n lets, an operation each, and its gradient at one point.
static void write_chain(const char *path, int n) {
    FILE *file = open_spec(path);
    fputs("{\"version\": 1, \"functions\": {\"f\": {\"args\": [\"x\"], \"let\": {\"v0\": "
          "\"x + 0.1\"",
          file);
    for (int i = 1; i < n; i++) {
        fprintf(file, ", \"v%d\": \"", i);
        switch (i % 4) {
        case 0:
            fprintf(file, "sin(v%d)", i - 1);
            break;
        case 1:
            fprintf(file, "v%d * x", i - 1);
            break;
        case 2:
            fprintf(file, "v%d + 0.5", i - 1);
            break;
        default:
            fprintf(file, "cos(v%d)", i - 1);
            break;
        }
        fputs("\"", file);
    }
    fprintf(
        file,
        "}, \"value\": \"v%d\"}}, \"points\": [{\"function\": \"f\", \"at\": [0.7]}]}\n",
        n - 1);
    fclose(file);
}

static void write_points(const char *path, int n) {
    FILE *file = open_spec(path);
    fputs("{\"version\": 1, \"functions\": {\"f\": {\"args\": [\"x\"], \"value\": \"x ** "
          "2\", "
          "\"vjp\": \"g * x\"}}, \"points\": [",
          file);
    for (int i = 0; i < n; i++)
        fprintf(file, "%s{\"function\": \"f\", \"at\": [%d.5]}", i ? ", " : "", i);
    fputs("]}\n", file);
    fclose(file);
}

// -- derivatives of one expression, at two sizes ------------------------------------

// What costs in proportion to `units` of the size: tenfold, if that is tenfold.
typedef struct Sized {
    const char *name;
    const char *expr; // %d: the size, once
    const char *at;   // likewise, or not at all
    const char *compute;
    int sizes[2];
    int power; // units: the size to this power
} Sized;

#define STEP "(cos(sin(c * x) * exp(-c)) * tanh(c + x) * 0.5 + sin(c) * cos(x * c), None)"
#define RUNGE_KUTTA                                                                        \
    "(lambda f, h: (lambda a: (lambda b: (lambda c: (lambda d: y + h / 6 * (a + 2 * b + "  \
    "2 * c + d))(f(y + h * c)))(f(y + h / 2 * b)))(f(y + h / 2 * a)))(f(y)))"              \
    "(lambda u: array([u[1], x * (1 - u[0] ** 2) * u[1] - u[0]]), 0.001)"
#define ROSENBROCK "sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)"

static const Sized sized[] = {
    {"trips of while_loop",
     "while_loop(lambda s: s[0] < %d, lambda s: (s[0] + 1, sin(s[1]) * x), (0, x))[1]",
     "x=1.1",
     "value,grad",
     {100000, 1000000},
     1},
    {"- the value alone",
     "while_loop(lambda s: s[0] < %d, lambda s: (s[0] + 1, sin(s[1]) * x), (0, x))[1]",
     "x=1.1",
     "value",
     {100000, 1000000},
     1},
    {"- second derivative",
     "while_loop(lambda s: s[0] < %d, lambda s: (s[0] + 1, sin(s[1]) * x), (0, x))[1]",
     "x=1.1",
     "hessian",
     {100000, 1000000},
     1},
    {"Runge-Kutta steps by scan",
     "scan(lambda y, _: (" RUNGE_KUTTA ", None), array([2.0, 0.0]), None, length=%d)[0][0]",
     "x=1.0",
     "value,grad",
     {10000, 100000},
     1},
    {"trips of ten residuals",
     "scan(lambda c, _: " STEP ", x, None, length=%d)[0]",
     "x=0.7",
     "value,grad",
     {100000, 1000000},
     1},
    {"- each a checkpoint",
     "scan(checkpoint(lambda c, _: " STEP "), x, None, length=%d)[0]",
     "x=0.7",
     "value,grad",
     {100000, 1000000},
     1},
    {"- a checkpoint of 1000",
     "scan(checkpoint(lambda c, _: (scan(lambda c, _: " STEP
     ", c, None, length=1000)[0], None)), x, None, length=%d)[0]",
     "x=0.7",
     "value,grad",
     {100, 1000},
     1},
    {"entries of a hessian (n)", ROSENBROCK, "x=ones(%d)", "hessian", {1000, 3162}, 2},
    {"- as an expression",
     "sum(hessian(lambda x: " ROSENBROCK ")(x))",
     "x=ones(%d)",
     "value",
     {1000, 3162},
     2},
};

static void measure_sized(char *command, const Sized *what) {
    for (int i = 0; i < 2; i++) {
        const int n = what->sizes[i];
        char expr[800], at[40], compute[40];
        snprintf(expr, sizeof expr, what->expr, n);
        snprintf(at, sizeof at, what->at, n);
        snprintf(compute, sizeof compute, "%s", what->compute);
        const Measured m = measure(3, (char *[]){command, "-q", "-e", expr, "--at", at,
                                                 "--compute", compute, NULL});
        double units = n;
        if (what->power == 2) units *= n;
        printf("%8d %-26s %6.2f s %6.1f MB   %.3f µs and %.1f bytes each\n", n, what->name,
               m.seconds, 1e-6 * m.memory, 1e6 * m.seconds / units, m.memory / units);
    }
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--line") == 0) return puts("one line") < 0;
    char *command = argc > 1 ? argv[1] : "build/cg-grad";
    char folder[] = "/tmp/cg-grad-bench-XXXXXX", spec[64];
    if (!mkdtemp(folder)) return 1;
    snprintf(spec, sizeof spec, "%s/spec.json", folder);

    const Measured line = measure(201, (char *[]){argv[0], "--line", NULL});
    const Measured small = measure(201, (char *[]){command, "examples/mission.yaml", NULL});
    printf("one line          %8.2f ms\n", 1e3 * line.seconds);
    printf("mission example   %8.2f ms   %.2f times the program of one line\n",
           1e3 * small.seconds, small.seconds / line.seconds);
    for (int n = 10000; n <= 1000000; n *= 10) {
        write_chain(spec, n);
        const Measured chain =
            measure(n < 1000000 ? 5 : 1, (char *[]){command, spec, NULL});
        printf("%7d operations %8.2f s    %.2f µs and %.0f bytes an operation\n", n,
               chain.seconds, 1e6 * chain.seconds / n, chain.memory / n);
    }
    write_points(spec, 10000);
    const Measured points = measure(5, (char *[]){command, "-F", "jsonl", spec, NULL});
    printf("  10000 points     %8.2f ms   %.2f µs a point\n", 1e3 * points.seconds,
           1e6 * points.seconds / 10000);
    const Measured traced =
        measure(21, (char *[]){command, "--validate", "-q",
                               "examples/two_layer_network.yaml", NULL});
    printf("largest example   %8.2f ms   read and traced\n", 1e3 * traced.seconds);
    for (size_t i = 0; i < sizeof sized / sizeof *sized; i++)
        measure_sized(command, &sized[i]);
    unlink(spec);
    rmdir(folder);
    return 0;
}
