// Fuzzes the readers of data files (libFuzzer): .npy, .npz and .csv by the first byte.
// Besides what the sanitizers find: a file is either read, or a fault says why not; of what
// was read every element is there.
#include "doc/data.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void check_array(Status status, const DocArray *array, const DocFault *fault) {
    check(status == OK || status == FAILED, "memory is out");
    if (status == FAILED) {
        check(fault->message && fault->code < CODE_COUNT, "nothing is said");
        return;
    }
    size_t n = num_dtype_size(array->dtype);
    for (uint32_t i = 0; i < array->rank; i++)
        n *= (size_t)array->shape[i];
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ((const unsigned char *)array->data)[i];
    check(sum < UINT32_MAX, "read");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *arena = base_arena_new();
    DocFault fault = {.arena = arena};
    DocArray array;
    const int kind = size ? data[0] % 3 : 0;
    Str bytes = {(const char *)data + (size > 0), size - (size > 0)};
    Status status = OK;
    if (kind == 2) {
        const DocColumn column = {.number = size % 3};
        const uint32_t n = size % 5 == 0;
        status = doc_read_csv(arena, bytes, (Dtype)(size % DT_COUNT), n, &column, &array,
                              &fault);
    } else {
        if (kind == 1) status = doc_find_npz(arena, bytes, NULL, &bytes, &fault);
        if (status == OK) status = doc_read_npy(arena, bytes, &array, &fault);
    }
    check_array(status, &array, &fault);
    base_arena_free(arena);
    return 0;
}
