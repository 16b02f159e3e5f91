// Running Graphviz's `dot`: no shell, no file. It reads the graph from memory that it gets
// as its standard input, so that only one end of a pipe is ours, and nobody waits for both.
#include "cli/graphviz.h"

#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// An open file in memory that holds the text, to be read from its beginning; -1: failed.
static int in_memory(Str text) {
    const int fd = memfd_create("graph", MFD_CLOEXEC);
    if (fd < 0) return -1;
    if (cli_write(fd, text) && lseek(fd, 0, SEEK_SET) == 0) return fd;
    close(fd);
    return -1;
}

// 0, or why it was not started.
static int start(int input, int output, pid_t *pid) {
    char name[] = "dot", format[] = "-Tsvg"; // posix_spawn has copied them when it returns
    char *const arguments[] = {name, format, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) return error;
    error = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (!error) error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (!error) error = posix_spawnp(pid, name, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

// All that is written into the pipe. False: it could not be read, or memory is out.
static bool read_all(int fd, Text *out) {
    char buffer[16384];
    for (;;) {
        const ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0 && !out->failed;
        base_text_add(out, (Str){buffer, (size_t)n});
    }
}

static bool ended_well(pid_t pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static GraphvizEnd run(int input, const int output[2], Text *svg) {
    pid_t pid;
    const int error = start(input, output[1], &pid);
    close(output[1]);
    if (error) return error == ENOENT ? GRAPHVIZ_MISSING : GRAPHVIZ_FAILED;
    const bool read = read_all(output[0], svg);
    const bool well = ended_well(pid);
    if (svg->failed) return GRAPHVIZ_NOMEM;
    return read && well ? GRAPHVIZ_WELL : GRAPHVIZ_FAILED;
}

GraphvizEnd cli_draw(Str graph, Text *svg) {
    int output[2];
    const int input = in_memory(graph);
    if (input < 0) return GRAPHVIZ_FAILED;
    if (pipe2(output, O_CLOEXEC) != 0) {
        close(input);
        return GRAPHVIZ_FAILED;
    }
    const GraphvizEnd end = run(input, output, svg);
    close(output[0]);
    close(input);
    return end;
}
