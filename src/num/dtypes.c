#include "num/num.h"

static const struct {
    Str name;
    size_t size;
} dtypes[DT_COUNT] = {
#define DTYPE(name, ctype, text, size) [DT_##name] = {{text, sizeof text - 1}, size},
#include "num/dtypes.def"
#undef DTYPE
};

#define DTYPE(name, ctype, text, size) _Static_assert(sizeof(ctype) == (size), text);
#include "num/dtypes.def"
#undef DTYPE

const char *num_dtype_name(Dtype dtype) {
    return dtypes[dtype].name.at;
}
size_t num_dtype_size(Dtype dtype) {
    return dtypes[dtype].size;
}

bool num_dtype_parse(Str text, Dtype *dtype) {
    for (Dtype i = 0; i < DT_COUNT; i++) {
        if (!base_str_eq(text, dtypes[i].name)) continue;
        *dtype = i;
        return true;
    }
    return false;
}
