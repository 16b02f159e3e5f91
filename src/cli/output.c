// Output: all of it, or an error.
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool cli_write(int fd, Str bytes) {
    while (bytes.n) {
        const ssize_t n = write(fd, bytes.at, bytes.n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        bytes.at += n;
        bytes.n -= (size_t)n;
    }
    return true;
}

static bool write_straight(const char *path, Str bytes) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool written = cli_write(fd, bytes);
    return (close(fd) == 0) && written;
}

// The file behind a path, links followed; also of a link whose target is not there yet.
static bool target_of(const char *path, char target[PATH_MAX]) {
    char link[PATH_MAX];
    if (realpath(path, target)) return true;
    const ssize_t n = readlink(path, link, sizeof link - 1);
    if (n < 0)
        link[0] = 0;
    else
        link[n] = 0;
    const char *slash = strrchr(path, '/');
    Str folder = {path, slash && n >= 0 && link[0] != '/' ? (size_t)(slash - path + 1) : 0};
    const char *name = n >= 0 ? link : path;
    if (folder.n + strlen(name) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(target, folder.at, folder.n);
    memcpy(target + folder.n, name, strlen(name) + 1);
    return true;
}

static bool replace(const char *target, const char *temporary, int fd, mode_t mode,
                    Str bytes) {
    bool done = fchmod(fd, mode) == 0 && cli_write(fd, bytes);
    done = (close(fd) == 0) && done;
    done = done && rename(temporary, target) == 0;
    if (done) return true;
    const int error = errno;
    unlink(temporary);
    errno = error;
    return false;
}

bool cli_write_file(Arena *arena, const char *path, Str bytes) {
    struct stat status;
    char target[PATH_MAX];
    const bool exists = stat(path, &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (exists && !S_ISREG(status.st_mode)) return write_straight(path, bytes);
    if (exists && access(path, W_OK) != 0) return false;
    if (!target_of(path, target)) return false;
    Text temporary = {.arena = arena};
    base_text_printf(&temporary, "%s.XXXXXX", target);
    if (temporary.failed) {
        errno = ENOMEM;
        return false;
    }
    const mode_t mask = umask(0);
    umask(mask);
    const mode_t mode = exists ? status.st_mode & 07777 : 0666 & ~mask;
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    const int fd = mkostemp(temporary.at, O_CLOEXEC);
    const bool done = fd >= 0 && replace(target, temporary.at, fd, mode, bytes);
    const int error = errno;
    sigprocmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return done;
}

bool cli_create_file(const char *path, Str bytes) {
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool done = fd >= 0 && cli_write(fd, bytes);
    int error = errno;
    if (fd >= 0 && close(fd) != 0 && done) {
        error = errno;
        done = false;
    }
    if (fd >= 0 && !done) unlink(path);
    sigprocmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return done;
}
