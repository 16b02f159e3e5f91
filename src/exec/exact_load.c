// Finds and loads the plug-in of the exact backend.
#include "exec/exact.h"
#include "exec/program.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

// The build says LIBRARIES (where `make install` puts libraries) and BUILD_VERSION.
#define PLUGIN "cggrad-exact.so"

enum { MOST_PATH = 4096 };

// The folder of the file that holds this code, by its own name; else of the executable.
static bool own_folder(char *folder) {
    Dl_info info;
    const bool shared = dladdr((const void *)&own_folder, &info) && info.dli_fname &&
                        strstr(info.dli_fname, "libcggrad.so");
    if (shared) {
        const size_t n = strlen(info.dli_fname) + 1;
        if (n > MOST_PATH) return false;
        memcpy(folder, info.dli_fname, n);
    } else {
        const ssize_t n = readlink("/proc/self/exe", folder, MOST_PATH - 1);
        if (n <= 0) return false;
        folder[n] = '\0';
    }
    char *slash = strrchr(folder, '/');
    if (!slash) return false;
    *slash = '\0';
    return true;
}

// What became of the attempts to load the plug-in.
typedef struct Attempt {
    void *library; // NULL: not loaded yet
    char path[MOST_PATH];
    Text reasons; // why a plug-in that is there cannot be loaded
    bool no_memory;
} Attempt;

static void try_at(Attempt *a, const char *folder, const char *below) {
    if (a->library) return;
    const int n = snprintf(a->path, MOST_PATH, "%s%s/" PLUGIN, folder, below);
    if (n < 0 || n >= MOST_PATH || access(a->path, R_OK) != 0) return;
    errno = 0;
    a->library = dlopen(a->path, RTLD_NOW | RTLD_LOCAL);
    if (a->library) return;
    a->no_memory |= errno == ENOMEM;
    base_text_printf(&a->reasons, "%s%s", a->reasons.n ? "; " : "", dlerror());
}

static Status absent(const Text *reasons, ExecError *error) {
    *error = (ExecError){
        .code = CODE_E603,
        .message = reasons->n ? reasons->at
                              : "the exact engine is a plug-in, " PLUGIN
                                ", and it is neither beside the command nor in " LIBRARIES
                                "/cg-grad",
        .hint = reasons->n
                    ? "install the libraries that it needs: FLINT and Arb (Debian 12: "
                      "apt-get install libflint17 libflint-arb2)"
                    : "install it: `make install` puts it there (it is built with FLINT "
                      "and Arb; Debian 12: apt-get install libflint-dev "
                      "libflint-arb-dev)"};
    return FAILED;
}

static Status check(const ExactBackend *backend, const char *path, Arena *arena,
                    ExecError *error) {
    if (backend && base_str_eq(base_str(backend->version), base_str(BUILD_VERSION)) &&
        backend->plan_size == sizeof(struct Plan))
        return OK;
    Text message = {.arena = arena};
    base_text_printf(&message, "%s is of another version than the command", path);
    TRY_ALLOC(message.at);
    *error = (ExecError){.code = CODE_E603,
                         .message = message.at,
                         .hint = "build and install both from one source"};
    return FAILED;
}

Status exec_load_exact(Arena *arena, const ExactBackend **backend, ExecError *error) {
    char folder[MOST_PATH];
    Attempt a = {.reasons = {.arena = arena}};
    if (own_folder(folder)) {
        try_at(&a, folder, "");
        try_at(&a, folder, "/cg-grad");
        try_at(&a, folder, "/../lib/cg-grad");
        try_at(&a, folder, "/../lib64/cg-grad");
    }
    try_at(&a, LIBRARIES, "/cg-grad");
    if (a.reasons.failed || (!a.library && a.no_memory)) return NOMEM;
    if (!a.library) return absent(&a.reasons, error);
    ExactEntry *entry;
    *(void **)&entry = dlsym(a.library, EXACT_ENTRY);
    *backend = entry ? entry() : NULL;
    return check(*backend, a.path, arena, error);
}
