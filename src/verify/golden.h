// Goldens: the exact numbers of a spec's points, kept in a file beside it
// (schemas/golden.schema.json), and what a run gives compared with them.
#ifndef VERIFY_GOLDEN_H
#define VERIFY_GOLDEN_H

#include "verify/verify.h"

enum {
    VERIFY_GOLDEN_VERSION = 1, // of the file
    VERIFY_GOLDEN_DIGITS = 20, // of the decimals beside the numbers: more than float64 has
};

// What a point gives under a key: an array, null, or an error's code.
struct VerifyEntry {
    const char *key;    // "value", "grads.x", "value[0].a", "error", "errors[2]"
    const char *code;   // of an error; else NULL
    cg_value value;     // an array, or CG_NULL; with digits where it is exact
    const char *radius; // of the digits: the largest distance from the exact numbers
};

// All that a point gives.
typedef struct VerifyRecord {
    const char *name;
    const char *undecided;    // why its exact numbers are not known: no entries; or NULL
    VEC(VerifyEntry) entries; // by key
} VerifyRecord;

// A golden file.
typedef struct VerifyGoldens {
    Str text;                 // as it was read
    const char *hash;         // of the spec that it was made from
    VEC(VerifyRecord) points; // by name
} VerifyGoldens;

// The name of the golden file of a spec: its extension replaced by .golden.json. NULL when
// memory is out.
const char *verify_golden_path(Arena *arena, const char *spec);
// The hash of a spec's text.
const char *verify_spec_hash(Arena *arena, const cg_context *cg, cg_source spec);

// A point's result as a record (a copy).
Status verify_make_record(Arena *arena, const cg_result *result,
                          VerifyRecord *record) MUST_USE;
// The record of a name, or NULL.
const VerifyRecord *verify_find_record(const VerifyGoldens *goldens, const char *name);

// Reads a golden file; *goldens is NULL where there is none. CG_FAILED: E801, E1xx, E804;
// E805 where it belongs to another spec: no point of it is one of the spec's, whose text
// has another hash. (`of_any_spec`: that is not asked.)
cg_status verify_read_goldens(Arena *arena, cg_context *cg, cg_source spec,
                              const char *path, bool of_any_spec, VerifyGoldens **goldens);
// The file's text: sorted, an entry a line. Orders the points.
Status verify_write_goldens(VerifyGoldens *goldens, Text *out) MUST_USE;

typedef VEC(VerifyGolden) VerifyComparison;

// Compares a point's record with its golden, key by key; either may be NULL. The tolerance
// is for floats, the rest has to be equal. All that is found lives as long as the records.
Status verify_compare_records(Arena *arena, const VerifyRecord *golden,
                              const VerifyRecord *record, const cg_tolerance *tolerance,
                              VerifyComparison *found) MUST_USE;

#endif
