#include "base/columns.h"

typedef struct Range {
    uint32_t first, last;
    int columns;
} Range;

static const Range ranges[] = {
#define R(first, last, columns) {first, last, columns},
#include "base/columns.def"
#undef R
};

int base_code_columns(uint32_t code) {
    size_t low = 0, high = sizeof ranges / sizeof *ranges; // the range is in [low, high)
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else if (code < ranges[middle].first)
            high = middle;
        else
            return ranges[middle].columns;
    }
    return 1;
}

size_t base_columns(Str shown) {
    size_t columns = 0;
    for (size_t i = 0; i < shown.n;) {
        uint32_t code = 0;
        const size_t n = base_utf8_decode((Str){shown.at + i, shown.n - i}, &code);
        columns += n ? (size_t)base_code_columns(code) : 1;
        i += n ? n : 1;
    }
    return columns;
}
