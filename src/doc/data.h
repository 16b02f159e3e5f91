// Data files: the bytes of .npy, .npz and .csv read into arrays.
//
// A file may hold anything: every size in it is held against the bytes that are there
// before it is believed. Messages never quote what a file holds, but for the names of an
// archive's arrays and of a table's columns.
#ifndef DOC_DATA_H
#define DOC_DATA_H

#include "base/diag.h"
#include "base/limits.h"
#include "num/num.h"

// Numbers that their dtype cannot hold: how many, and the first.
typedef struct DocLoss {
    uint32_t n, line, cell;
    bool overflow; // it became an infinity, else 0
} DocLoss;

// An array: contiguous, row-major, of this machine's byte order.
typedef struct DocArray {
    Dtype dtype;
    uint32_t rank;
    int64_t shape[LIMIT_RANK];
    const void *data;
    DocLoss lost; // of a table
} DocArray;

// Why bytes could not be read, for a diagnostic that knows file and place: the message goes
// behind the file's name ("its header …"). The arena owns the texts.
typedef struct DocFault {
    Arena *arena;
    Code code;
    const char *message;
    const char *hint; // or NULL
} DocFault;

// Sets the fault, and returns FAILED (or NOMEM). `hint` may be NULL.
Status doc_fault(DocFault *fault, Code code, const char *hint, const char *format, ...)
    PRINTF_LIKE(4, 5);

// NumPy's format, versions 1.0, 2.0 and 3.0: either byte order, C and Fortran order, the
// dtypes that there are here (E405 for others). The arena owns the elements. E405, E701,
// E803.
Status doc_read_npy(Arena *arena, Str bytes, DocArray *array, DocFault *fault) MUST_USE;

// The .npy file of a name in an archive of them (a zip file whose members are stored or
// deflated; no zip64), checked by its CRC; with key NULL the only one. It stands in the
// arena, or in `bytes`. E401 for an unknown key, E402 where one is needed, E803.
Status doc_find_npz(Arena *arena, Str bytes, const Str *key, Str *member,
                    DocFault *fault) MUST_USE;

// A column of a table: by its name, or by its number from 0.
typedef struct DocColumn {
    bool by_name;
    Str name;
    int64_t number;
} DocColumn;

// A table with a line of names above its numbers (RFC 4180; lines may end with a newline
// alone, and blanks around a cell do not count). One column gives a vector, several, in
// their order, a matrix [lines, columns]; n == 0 takes them all. Numbers are rounded once,
// to the dtype; a float that it cannot hold is lost. E401 for an unknown column, E402 for a
// cell that is no number of the dtype, E803.
Status doc_read_csv(Arena *arena, Str bytes, Dtype dtype, uint32_t n,
                    const DocColumn *columns, DocArray *array, DocFault *fault) MUST_USE;

// "did you mean `x`? known: x, y" (the first few), or NULL where nothing is known.
const char *doc_known_hint(Arena *arena, Str word, const Str *words, size_t n);

#endif
