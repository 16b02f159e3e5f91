// Static arguments of built-ins: integers, flags, shapes, axes, dtypes; and words for what
// was found instead.
#include "front/arrays.h"
#include "front/function.h"

static const char *number_text(const Number *number) {
    switch (number->kind) {
    case NUMBER_BOOL:
        return number->integer ? "True" : "False";
    case NUMBER_INT:
        return "an integer";
    default:
        return "a float";
    }
}

const char *front_kind_text(Trace *t, Value value) {
    static const char *const texts[] = {
        [VALUE_NONE] = "None",       [VALUE_TUPLE] = "a tuple",
        [VALUE_LIST] = "a list",     [VALUE_RECORD] = "a record",
        [VALUE_TEXT] = "a text",     [VALUE_FUNCTION] = "a function",
        [VALUE_DTYPE] = "a dtype",   [VALUE_SLICE] = "a slice",
        [VALUE_ELLIPSIS] = "`...`",  [VALUE_AT] = "`.at`",
        [VALUE_MODULE] = "a module",
    };
    if (value.kind == VALUE_NUMBER) return number_text(value.number);
    if (value.kind != VALUE_ARRAY) return texts[value.kind];
    Text text = {.arena = t->arena};
    ir_type_text(t->ir, ir_type_of(value.scope->b, value.node), &text);
    return text.failed ? "an array" : text.at;
}

// What has no static value cannot decide a shape, an axis, a branch.
static Status not_static(Trace *t, const char *what, const char *expected, Value got) {
    return base_error(t->diags, CODE_E407, t->span,
                      "static are literals, shapes, constants, and arguments declared "
                      "`static: true`",
                      "%s must be %s, got %s, whose value is not known before it runs",
                      what, expected, front_kind_text(t, got));
}

Status front_static_int(Trace *t, Value value, const char *what, int64_t *integer) {
    if (value.kind == VALUE_ARRAY) return not_static(t, what, "a static integer", value);
    if (value.kind != VALUE_NUMBER || value.number->kind != NUMBER_INT)
        return front_refuse(t, what, "a static integer", value);
    *integer = value.number->integer;
    return OK;
}

Status front_static_bool(Trace *t, Value value, const char *what, bool *boolean) {
    if (value.kind == VALUE_ARRAY) return not_static(t, what, "True or False", value);
    if (value.kind != VALUE_NUMBER || value.number->kind != NUMBER_BOOL)
        return front_refuse(t, what, "True or False", value);
    *boolean = value.number->integer != 0;
    return OK;
}

Status front_check_rank(Trace *t, uint64_t rank) {
    if (rank <= LIMIT_RANK) return OK;
    return base_error(t->diags, CODE_E701, t->span, NULL,
                      "an array of %llu axes passes the limit of %d (LIMIT_RANK)",
                      (unsigned long long)rank, LIMIT_RANK);
}

// -- shapes -------------------------------------------------------------------------

static Status static_size(Trace *t, Value value, const char *what, bool *wild,
                          int64_t *size) {
    TRY(front_static_int(t, value, what, size));
    if (*size >= 0) return OK;
    if (*size == -1 && *wild) {
        *wild = false; // once
        return OK;
    }
    return base_error(t->diags, CODE_E404, t->span, NULL, "%s has the size %lld", what,
                      (long long)*size);
}

Status front_static_shape(Trace *t, Value value, const char *what, bool wild,
                          uint32_t *rank, int64_t shape[]) {
    *rank = 1;
    if (!front_is_sequence(value)) return static_size(t, value, what, &wild, shape);
    TRY(front_check_rank(t, value.n));
    *rank = value.n;
    for (uint32_t i = 0; i < value.n; i++)
        TRY(static_size(t, value.items[i], what, &wild, &shape[i]));
    return OK;
}

// -- axes ---------------------------------------------------------------------------

Status front_static_axis(Trace *t, Value value, const char *what, uint32_t rank,
                         uint32_t *axis) {
    int64_t i;
    TRY(front_static_int(t, value, what, &i));
    if (i < -(int64_t)rank || i >= (int64_t)rank) {
        return base_error(t->diags, CODE_E406, t->span, NULL,
                          "%s %lld is out of bounds: the array has %u ax%s", what,
                          (long long)i, rank, rank == 1 ? "is" : "es");
    }
    *axis = (uint32_t)(i < 0 ? i + rank : i);
    return OK;
}

Status front_static_axis_list(Trace *t, Value value, const char *what, uint32_t rank,
                              uint32_t *n, uint32_t axes[]) {
    const bool several = front_is_sequence(value);
    bool used[LIMIT_RANK] = {false};
    *n = 0;
    for (uint32_t i = 0; i < (several ? value.n : 1); i++) {
        uint32_t axis;
        TRY(front_static_axis(t, several ? value.items[i] : value, what, rank, &axis));
        if (used[axis]) {
            return base_error(t->diags, CODE_E403, t->span, NULL, "%s %u is given twice",
                              what, axis);
        }
        used[axis] = true;
        axes[(*n)++] = axis;
    }
    return OK;
}

Status front_static_axes(Trace *t, Value value, uint32_t rank, uint32_t *n,
                         int64_t axes[]) {
    bool chosen[LIMIT_RANK] = {false};
    uint32_t given[LIMIT_RANK], n_given = 0;
    if (value.kind != VALUE_NONE)
        TRY(front_static_axis_list(t, value, "axis", rank, &n_given, given));
    for (uint32_t i = 0; i < n_given; i++)
        chosen[given[i]] = true;
    *n = 0;
    for (uint32_t i = 0; i < rank; i++)
        if (chosen[i] || value.kind == VALUE_NONE) axes[(*n)++] = i;
    return OK;
}

// -- dtypes -------------------------------------------------------------------------

Status front_static_dtype(Trace *t, Value value, Dtype *dtype) {
    if (value.kind == VALUE_NONE) return OK;
    if (value.kind == VALUE_TEXT) {
        const Builtin *named = front_builtin(value.text);
        if (named && named->kind == BUILTIN_DTYPE) {
            *dtype = front_builtin_dtype(t, named);
            return OK;
        }
        return base_error(t->diags, CODE_E405, t->span,
                          "there are bool, int32, int64, float32 and float64",
                          "unknown dtype `%.*s`", STR_ARG(value.text));
    }
    if (value.kind != VALUE_DTYPE) return front_refuse(t, "dtype", "a dtype", value);
    *dtype = value.dtype;
    return OK;
}
