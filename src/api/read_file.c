// Values of data files: {file: data.npy}, relative to the folder of the spec.
#include "api/context.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct DataFile {
    ApiReader *reader;
    const DocNode *mapping;
    Span span; // of the file's name
    const char *path;
    Arena *arena; // for the bytes
    DocFault fault;
} DataFile;

// -- bytes --------------------------------------------------------------------------

static Status cannot_read(const DataFile *file, const char *hint, const char *why) {
    return base_error(file->reader->diags, CODE_E801, file->span, hint,
                      "cannot read %s: %s", file->path, why);
}

static Status check_kind(const DataFile *file, const struct stat *stat) {
    if (!S_ISREG(stat->st_mode))
        return cannot_read(file, "write to a file first, and name that",
                           S_ISDIR(stat->st_mode) ? "it is a folder"
                                                  : "it is no regular file");
    if (stat->st_size <= LIMIT_DATA_BYTES) return OK;
    return base_error(file->reader->diags, CODE_E701, file->span, NULL,
                      "%s passes the limit of %lld bytes for a data file "
                      "(LIMIT_DATA_BYTES)",
                      file->path, (long long)LIMIT_DATA_BYTES);
}

// As many bytes as the file had when it was opened, or fewer where it shrinks.
static Status read_open(const DataFile *file, int fd, Str *bytes) {
    struct stat stat;
    if (fstat(fd, &stat) != 0) return cannot_read(file, NULL, strerror(errno));
    TRY(check_kind(file, &stat));
    const size_t size = (size_t)stat.st_size;
    char *at = base_alloc(file->arena, size);
    TRY_ALLOC(at);
    *bytes = (Str){at, 0};
    while (bytes->n < size) {
        const ssize_t n = read(fd, at + bytes->n, size - bytes->n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot_read(file, NULL, strerror(errno));
        if (n == 0) break;
        bytes->n += (size_t)n;
    }
    return OK;
}

// A FIFO without a writer is opened without waiting for one, and refused.
static Status read_bytes(const DataFile *file, Str *bytes) {
    const int fd = open(file->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOMEM) return NOMEM;
    if (fd < 0)
        return cannot_read(file,
                           errno == ENOENT && file->path[0] != '/'
                               ? "its name is taken from the folder of the spec"
                               : NULL,
                           strerror(errno));
    const Status status = read_open(file, fd, bytes);
    close(fd);
    return status;
}

// -- arrays -------------------------------------------------------------------------

static Status list_columns(const DataFile *file, const DocNode *node, uint32_t *n,
                           DocColumn **columns) {
    const bool list = node && node->kind == DOC_SEQUENCE;
    *n = !node ? 0 : list ? node->n : 1;
    *columns = NEW_ARRAY(file->arena, DocColumn, *n);
    TRY_ALLOC(*columns);
    for (uint32_t i = 0; i < *n; i++) {
        const DocNode *item = list ? &node->items[i] : node;
        DocColumn *column = &(*columns)[i];
        *column = (DocColumn){.by_name = item->kind == DOC_STRING, .name = item->text};
        if (!column->by_name) (void)num_parse_int(item->text, &column->number);
    }
    return OK;
}

static bool ends_with(const char *path, const char *end) {
    return strcmp(path + strlen(path) - strlen(end), end) == 0;
}

// The array's elements live as long as the spec.
static Status read_array(DataFile *file, Str bytes, DocArray *array) {
    Arena *lasting = file->reader->spec->arena;
    const DocNode *key = doc_get(file->mapping, "key");
    if (ends_with(file->path, ".csv")) {
        uint32_t n;
        DocColumn *columns;
        TRY(list_columns(file, doc_get(file->mapping, "columns"), &n, &columns));
        return doc_read_csv(lasting, bytes, file->reader->dtype, n, columns, array,
                            &file->fault);
    }
    if (ends_with(file->path, ".npz"))
        TRY(doc_find_npz(file->arena, bytes, key ? &key->text : NULL, &bytes,
                         &file->fault));
    return doc_read_npy(lasting, bytes, array, &file->fault);
}

static Status read_whole(DataFile *file, DocArray *array) {
    Str bytes;
    TRY(read_bytes(file, &bytes));
    const Status status = read_array(file, bytes, array);
    if (status != FAILED) return status;
    return base_error(file->reader->diags, file->fault.code, file->span, file->fault.hint,
                      "%s: %s", file->path, file->fault.message);
}

// -- once for all points ------------------------------------------------------------

// What is taken of which file, and (of a table) in which dtype.
static void add_key(Text *key, const DocNode *node) {
    if (node->kind == DOC_SEQUENCE || node->kind == DOC_MAPPING) {
        base_text_printf(key, "(%u", node->n);
        for (uint32_t i = 0; i < node->n; i++) {
            if (node->kind == DOC_MAPPING) add_key(key, &node->pairs[i].key);
            add_key(key,
                    node->kind == DOC_MAPPING ? &node->pairs[i].value : &node->items[i]);
        }
        return;
    }
    base_text_printf(key, "%d:%zu:", node->kind, node->text.n);
    base_text_add(key, node->text);
}

// The file's name from the folder of the spec; of standard input and one-liners from here.
static char *path_of(const LoadedSpec *spec, Arena *arena, Str name) {
    const char *slash = strrchr(spec->name.at, '/');
    const bool whole = name.at[0] == '/' || !slash;
    Text path = {.arena = arena};
    if (!whole)
        base_text_add(&path, (Str){spec->name.at, (size_t)(slash + 1 - spec->name.at)});
    base_text_add(&path, name);
    return path.failed ? NULL : path.at;
}

// No number of a file is quoted.
static Status warn_of_loss(ApiReader *reader, const DocNode *name, const DocArray *array) {
    const DocLoss *lost = &array->lost;
    if (lost->n == 0) return OK;
    const char *path = path_of(reader->spec, reader->arena, name->text);
    TRY_ALLOC(path);
    Text more = {.arena = reader->arena};
    if (lost->n > 1) base_text_printf(&more, " (and %u more)", lost->n - 1);
    base_text_char(&more, 0);
    if (more.failed) return NOMEM;
    base_warning(
        reader->diags, CODE_W005, name->span,
        lost->overflow ? "write inf if that is meant" : "write 0 if that is meant",
        lost->overflow
            ? "%s: line %u, cell %u: the number is more than %s holds: it becomes an "
              "infinity%s"
            : "%s: line %u, cell %u: the number is less than %s can tell from 0: it "
              "becomes 0%s",
        path, lost->line, lost->cell, num_dtype_name(array->dtype), more.at);
    return OK;
}

Status api_read_file(ApiReader *reader, const DocNode *mapping, DocArray *array) {
    LoadedSpec *spec = reader->spec;
    const DocNode *name = doc_get(mapping, "file");
    Text key = {.arena = reader->arena};
    uint32_t at;
    base_text_printf(&key, "%d", reader->dtype);
    add_key(&key, mapping);
    if (key.failed) return NOMEM;
    if (base_map_get(spec->file_index, base_text_str(&key), &at)) {
        *array = spec->files.at[at];
        return warn_of_loss(reader, name, array);
    }
    DataFile file = {.reader = reader,
                     .mapping = mapping,
                     .span = name->span,
                     .path = path_of(spec, reader->arena, name->text),
                     .arena = base_arena_new(),
                     .fault = {.arena = reader->arena}};
    const Str kept = {base_strdup(spec->arena, base_text_str(&key)), key.n};
    Status status = file.path && file.arena && kept.at ? read_whole(&file, array) : NOMEM;
    base_arena_free(file.arena);
    TRY(status);
    if (!VEC_PUSH(spec->arena, &spec->files, *array)) return NOMEM;
    TRY(base_map_set(spec->file_index, kept, spec->files.n - 1));
    return warn_of_loss(reader, name, array);
}
