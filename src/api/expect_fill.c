// Expected numbers as elements of the dtype that they are compared in.
#include "api/expect.h"

#include <math.h>

// -- one number ---------------------------------------------------------------------

// 2 to the 53rd: below it every whole number is a double, and the fraction of a numeral is
// not lost in one.
#define EXACT 9007199254740992.0

// A numeral of the document, rounded once. False where it is no element of the dtype: a
// fraction for an integer, a number for a boolean. JSON writers may spell 3 as 3.0.
static bool read_numeral(const DocNode *node, Dtype dtype, void *element) {
    bool overflow = false;
    if (dtype == DT_BOOL || node->kind == DOC_BOOL) {
        if (dtype == DT_BOOL && node->kind == DOC_BOOL) *(uint8_t *)element = node->boolean;
        return dtype == DT_BOOL && node->kind == DOC_BOOL;
    }
    if (!num_parse(node->text, dtype, element, &overflow)) return false;
    if (num_is_float(dtype)) return true;
    double number;
    return !overflow &&
           (node->kind == DOC_INT || (num_parse(node->text, DT_F64, &number, NULL) &&
                                      fabs(number) < EXACT && number == trunc(number)));
}

static bool convert_float(double number, Dtype to, void *out) {
    if (to == DT_F32) *(float *)out = (float)number;
    if (to == DT_F64) *(double *)out = number;
    if (num_is_float(to)) return true;
    const double end = to == DT_I32 ? 0x1p31 : 0x1p63;
    if (!(number >= -end && number < end) || number != trunc(number)) return false;
    if (to == DT_I32) *(int32_t *)out = (int32_t)number;
    if (to == DT_I64) *(int64_t *)out = (int64_t)number;
    return true;
}

static bool convert_int(int64_t number, Dtype to, void *out) {
    if (to == DT_F32) *(float *)out = (float)number;
    if (to == DT_F64) *(double *)out = (double)number;
    if (to == DT_I64) *(int64_t *)out = number;
    if (to == DT_I32) *(int32_t *)out = (int32_t)number;
    return to != DT_I32 || (number >= INT32_MIN && number <= INT32_MAX);
}

// A computed number, rounded once. False where it is no element of the dtype.
static bool convert(Dtype from, const void *in, Dtype to, void *out) {
    if (from == to) memcpy(out, in, num_dtype_size(to));
    if (from == to || from == DT_BOOL || to == DT_BOOL) return from == to;
    switch (from) {
    case DT_I32:
        return convert_int(*(const int32_t *)in, to, out);
    case DT_I64:
        return convert_int(*(const int64_t *)in, to, out);
    case DT_F32:
        return convert_float((double)*(const float *)in, to, out);
    default:
        return convert_float(*(const double *)in, to, out);
    }
}

// -- arrays -------------------------------------------------------------------------

bool api_fill_value(const cg_value *value, Dtype dtype, uint32_t rank, const int64_t *shape,
                    char **out) {
    if (value->kind == CG_TUPLE && rank && (int64_t)value->n == shape[0]) {
        for (size_t i = 0; i < value->n; i++)
            if (!api_fill_value(&value->parts[i], dtype, rank - 1, shape + 1, out))
                return false;
        return true;
    }
    if (value->kind != CG_ARRAY || value->rank != rank) return false;
    int64_t size = 1;
    for (uint32_t i = 0; i < rank; i++) {
        if (value->shape[i] != shape[i]) return false;
        size *= shape[i];
    }
    const char *in = value->data;
    const size_t step = num_dtype_size((Dtype)value->dtype);
    for (int64_t i = 0; i < size; i++, in += step, *out += num_dtype_size(dtype))
        if (!convert((Dtype)value->dtype, in, dtype, *out)) return false;
    return true;
}

Status api_read_alone(ApiReader *reader, const DocNode *node, cg_value *value) {
    ApiValue read = {0};
    uint32_t next = 0;
    TRY(api_read_value(reader, node, &read));
    const ApiLeaves leaves = {.data = (void *const *)read.leaves.at};
    return api_make_value(reader->spec->ir, reader->arena, &read.tree, &leaves, &next,
                          value);
}

// A text that is no numeral is a constant expression.
static bool is_numeral(const DocNode *node, Dtype dtype) {
    double number;
    if (node->kind == DOC_STRING)
        return dtype != DT_BOOL && num_parse(node->text, DT_F64, &number, NULL);
    return node->kind == DOC_INT || node->kind == DOC_FLOAT || node->kind == DOC_BOOL;
}

Status api_fill_node(ApiReader *reader, const DocNode *node, Dtype dtype, uint32_t rank,
                     const int64_t *shape, char **out, bool *filled) {
    *filled = false;
    if (node->kind == DOC_SEQUENCE) {
        if (rank == 0 || (int64_t)node->n != shape[0]) return OK;
        *filled = true;
        for (uint32_t i = 0; i < node->n && *filled; i++)
            TRY(api_fill_node(reader, &node->items[i], dtype, rank - 1, shape + 1, out,
                              filled));
        return OK;
    }
    if (is_numeral(node, dtype)) {
        *filled = rank == 0 && read_numeral(node, dtype, *out);
        *out += *filled ? num_dtype_size(dtype) : 0;
        return OK;
    }
    cg_value value;
    TRY(api_read_alone(reader, node, &value));
    *filled = api_fill_value(&value, dtype, rank, shape, out);
    return OK;
}
