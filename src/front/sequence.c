// Calls, subscripts, attributes and comprehensions, and the built-ins for static sequences.
#include "base/limits.h"
#include "front/arrays.h"
#include "front/function.h"

#include <stdlib.h>

Status front_items(Trace *t, Value value, uint32_t *n, const Value **items) {
    if (value.kind == VALUE_TUPLE || value.kind == VALUE_LIST) {
        *n = value.n;
        *items = value.items;
        return OK;
    }
    if (value.kind == VALUE_RECORD) {
        Value *keys = NEW_ARRAY(t->arena, Value, value.n);
        TRY_ALLOC(keys);
        for (uint32_t i = 0; i < value.n; i++)
            keys[i] = front_text_value(value.keys[i]);
        *n = value.n;
        *items = keys;
        return OK;
    }
    if (value.kind != VALUE_ARRAY || front_type(t, value)->rank == 0) {
        return base_error(t->diags, CODE_E402, t->span, "range(n) counts from 0 to n - 1",
                          "expected a sequence, or an array with an axis, got %s",
                          front_kind_text(t, value));
    }
    const int64_t size = front_type(t, value)->shape[0];
    if (size > LIMIT_UNROLL) {
        return base_error(t->diags, CODE_E701, t->span, NULL,
                          "%lld items to unroll pass the limit of %d (LIMIT_UNROLL)",
                          (long long)size, LIMIT_UNROLL);
    }
    Value *rows = NEW_ARRAY(t->arena, Value, (size_t)size);
    TRY_ALLOC(rows);
    for (int64_t i = 0; i < size; i++) {
        Value index;
        TRY(front_int(t, i, &index));
        TRY(front_index(t, value, index, &rows[i]));
    }
    *n = (uint32_t)size;
    *items = rows;
    return OK;
}

// -- calls --------------------------------------------------------------------------

Status front_eval_call(Trace *t, Env *env, const Expr *expr, Value *value) {
    Value function, v;
    TRY(front_eval(t, env, expr->items[0], &function));
    VEC(Value) values = {0}, keyword_values = {0};
    VEC(Span) spans = {0}, keyword_spans = {0};
    VEC(Str) keywords = {0};
    for (uint32_t i = 1; i < expr->n; i++) {
        const Expr *item = expr->items[i];
        const bool inner = item->kind == EXPR_STAR || item->kind == EXPR_KEYWORD;
        TRY(front_eval(t, env, inner ? item->items[0] : item, &v));
        if (item->kind == EXPR_KEYWORD) {
            if (!VEC_PUSH(t->arena, &keyword_values, v) ||
                !VEC_PUSH(t->arena, &keywords, item->text) ||
                !VEC_PUSH(t->arena, &keyword_spans, item->span))
                return NOMEM;
            continue;
        }
        uint32_t n = 1;
        const Value *items = &v;
        front_at(t, item->span);
        if (item->kind == EXPR_STAR) TRY(front_items(t, v, &n, &items));
        for (uint32_t k = 0; k < n; k++) {
            if (!VEC_PUSH(t->arena, &values, items[k]) ||
                !VEC_PUSH(t->arena, &spans, item->span))
                return NOMEM;
        }
    }
    const uint32_t n = values.n;
    for (uint32_t i = 0; i < keywords.n; i++) {
        if (!VEC_PUSH(t->arena, &values, keyword_values.at[i]) ||
            !VEC_PUSH(t->arena, &spans, keyword_spans.at[i]))
            return NOMEM;
    }
    front_at(t, expr->span);
    const Args args = {n, keywords.n, values.at, keywords.at, spans.at, expr->span};
    return front_call(t, function, &args, value);
}

// -- subscripts ---------------------------------------------------------------------

static Status sequence_slice(Trace *t, Value x, const ValueSlice *slice, Value *value) {
    int64_t step = 1, start, stop;
    const int64_t n = x.n;
    if (slice->step.kind != VALUE_NONE)
        TRY(front_static_int(t, slice->step, "the step", &step));
    if (step == 0)
        return base_error(t->diags, CODE_E402, t->span, NULL, "the step of a slice is 0");
    start = step > 0 ? 0 : n - 1;
    stop = step > 0 ? n : -1;
    int64_t *ends[] = {&start, &stop};
    const Value given[] = {slice->start, slice->stop};
    for (int i = 0; i < 2; i++) {
        if (given[i].kind == VALUE_NONE) continue;
        int64_t at;
        TRY(front_static_int(t, given[i], i ? "the stop" : "the start", &at));
        if (at < 0) at += n;
        const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
        *ends[i] = at < low ? low : at > high ? high : at;
    }
    VEC(Value) items = {0};
    for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step)
        if (!VEC_PUSH(t->arena, &items, x.items[i])) return NOMEM;
    return front_sequence(t, x.kind, items.n, items.at, value);
}

static Status sequence_item(Trace *t, Value x, Value index, Value *value) {
    int64_t at;
    TRY(front_static_int(t, index, "the index", &at));
    if (at < -(int64_t)x.n || at >= (int64_t)x.n) {
        return base_error(t->diags, CODE_E406, t->span, NULL,
                          "index %lld is out of bounds of a sequence of %u", (long long)at,
                          x.n);
    }
    *value = x.items[at < 0 ? at + x.n : at];
    return OK;
}

static Status record_field(Trace *t, Value record, Str key, Value *value) {
    for (uint32_t i = 0; i < record.n; i++) {
        if (!base_str_eq(record.keys[i], key)) continue;
        *value = record.items[i];
        return OK;
    }
    const char *hint =
        base_hint_known(t->diags, key, record.n == 1 ? "its field is" : "its fields are",
                        record.keys, record.n);
    return base_error(t->diags, CODE_E401, t->span, hint, "the record has no field `%.*s`",
                      STR_ARG(key));
}

static Status index_value(Trace *t, Value x, Value index, Value *value) {
    switch (x.kind) {
    case VALUE_RECORD:
        if (index.kind != VALUE_TEXT) {
            return base_error(t->diags, CODE_E402, t->span, NULL,
                              "a record is asked by a text, got %s",
                              front_kind_text(t, index));
        }
        return record_field(t, x, index.text, value);
    case VALUE_TUPLE:
    case VALUE_LIST:
        if (index.kind == VALUE_SLICE) return sequence_slice(t, x, index.slice, value);
        if (index.kind == VALUE_NUMBER) return sequence_item(t, x, index, value);
        if (x.kind == VALUE_TUPLE) {
            return base_error(t->diags, CODE_E402, t->span,
                              "array([…]) or stack makes one array of the items",
                              "a tuple is asked by a static integer or slice, got %s",
                              front_kind_text(t, index));
        }
        break;
    case VALUE_AT: {
        ValueAt *at = NEW(t->arena, ValueAt);
        TRY_ALLOC(at);
        *at = (ValueAt){x.at->array, true, index};
        *value = (Value){.kind = VALUE_AT, .at = at};
        return OK;
    }
    case VALUE_ARRAY:
    case VALUE_NUMBER:
        break;
    default:
        return base_error(t->diags, CODE_E402, t->span, NULL, "%s cannot be indexed",
                          front_kind_text(t, x));
    }
    TRY(front_as_array(t, x, &x));
    return front_index(t, x, index, value);
}

Status front_eval_index(Trace *t, Env *env, const Expr *expr, Value *value) {
    Value x, index;
    TRY(front_eval(t, env, expr->items[0], &x));
    TRY(front_eval(t, env, expr->items[1], &index));
    front_at(t, expr->span);
    return index_value(t, x, index, value);
}

// -- attributes ---------------------------------------------------------------------

static Status module_attribute(Trace *t, const Env *env, const Expr *expr, Str module,
                               Value *value) {
    Text path = {.arena = t->arena};
    base_text_add(&path, module);
    base_text_char(&path, '.');
    base_text_add(&path, expr->text);
    if (path.failed) return NOMEM;
    if (front_is_module(base_text_str(&path))) {
        *value = (Value){.kind = VALUE_MODULE, .text = base_text_str(&path)};
        return OK;
    }
    const Env *outermost = &(Env){.names = base_map_new(t->arena), .prelude = true};
    (void)env;
    TRY_ALLOC(outermost->names);
    return front_lookup(t, outermost, expr->text, expr->op_span, value);
}

Status front_eval_attribute(Trace *t, Env *env, const Expr *expr, Value *value) {
    Value x;
    TRY(front_eval(t, env, expr->items[0], &x));
    front_at(t, expr->op_span);
    switch (x.kind) {
    case VALUE_MODULE:
        return module_attribute(t, env, expr, x.text, value);
    case VALUE_RECORD:
        return record_field(t, x, expr->text, value);
    case VALUE_NUMBER:
    case VALUE_LIST:
        TRY(front_as_array(t, x, &x));
        return front_attribute(t, x, expr->text, expr->op_span, value);
    case VALUE_ARRAY:
    case VALUE_AT:
        return front_attribute(t, x, expr->text, expr->op_span, value);
    case VALUE_FUNCTION:
        if (x.function->kind == FUNCTION_PULLBACK &&
            x.function->pullback->use == LINEAR_PULLBACK &&
            base_str_eq(expr->text, STR("with_logs")))
            return front_with_logs(t, x.function, value);
        // fall through
    default:
        return base_error(t->diags, CODE_E402, expr->op_span, NULL,
                          "%s has no attribute `%.*s`", front_kind_text(t, x),
                          STR_ARG(expr->text));
    }
}

// -- comprehensions -----------------------------------------------------------------

static Status bind_target(Trace *t, Env *env, const Expr *target, Value item) {
    if (target->kind == EXPR_NAME) return front_define(t, env, target->text, item);
    uint32_t n;
    const Value *parts;
    front_at(t, target->span);
    TRY(front_items(t, item, &n, &parts));
    if (n != target->n) {
        return base_error(t->diags, CODE_E402, target->span, NULL,
                          "expected %u items to unpack, got %u", target->n, n);
    }
    for (uint32_t i = 0; i < n; i++)
        TRY(bind_target(t, env, target->items[i], parts[i]));
    return OK;
}

typedef struct Comprehension {
    const Expr *expr;
    VEC(Value) items;
} Comprehension;

static Status conditions_hold(Trace *t, Env *env, const ExprClause *clause, bool *hold) {
    *hold = true;
    for (uint32_t i = 0; i < clause->n_conditions && *hold; i++) {
        Value condition;
        bool is_static;
        TRY(front_eval(t, env, clause->conditions[i], &condition));
        front_at(t, clause->conditions[i]->span);
        TRY(front_truth(t, condition, &is_static, hold));
        if (!is_static) {
            return base_error(t->diags, CODE_E407, t->span,
                              "where(condition, a, b) keeps the shape",
                              "the condition of a comprehension must be static");
        }
    }
    return OK;
}

// Nesting is that of the clauses: bounded by the text.
static Status run_clause(Trace *t, Env *outer, Comprehension *comp, uint32_t at) {
    Value v;
    if (at == comp->expr->n_clauses) {
        TRY(front_eval(t, outer, comp->expr->items[0], &v));
        if (comp->items.n >= LIMIT_UNROLL) {
            return base_error(t->diags, CODE_E701, comp->expr->span, NULL,
                              "a comprehension passes the limit of %d items (LIMIT_UNROLL)",
                              LIMIT_UNROLL);
        }
        return VEC_PUSH(t->arena, &comp->items, v) ? OK : NOMEM;
    }
    const ExprClause *clause = &comp->expr->clauses[at];
    uint32_t n;
    const Value *items;
    TRY(front_eval(t, outer, clause->source, &v));
    front_at(t, clause->source->span);
    TRY(front_items(t, v, &n, &items));
    for (uint32_t i = 0; i < n; i++) {
        Env *env = front_env(t, outer); // its own for each item: lambdas keep theirs
        bool hold;
        TRY_ALLOC(env);
        TRY(bind_target(t, env, clause->target, items[i]));
        TRY(conditions_hold(t, env, clause, &hold));
        if (hold) TRY(run_clause(t, env, comp, at + 1));
    }
    return OK;
}

Status front_eval_comprehension(Trace *t, Env *env, const Expr *expr, Value *value) {
    Comprehension comp = {.expr = expr};
    TRY(run_clause(t, env, &comp, 0));
    *value = (Value){.kind = expr->is_list ? VALUE_LIST : VALUE_TUPLE,
                     .n = comp.items.n,
                     .items = comp.items.at};
    return OK;
}

// -- built-ins for static sequences -------------------------------------------------

static Status body_range(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    int64_t start = 0, stop, step = 1;
    TRY(front_static_int(t, args[0], "range", &stop));
    if (args[1].kind != VALUE_NONE) {
        start = stop;
        TRY(front_static_int(t, args[1], "the stop of range", &stop));
    }
    if (args[2].kind != VALUE_NONE)
        TRY(front_static_int(t, args[2], "the step of range", &step));
    if (step == 0)
        return base_error(t->diags, CODE_E402, t->span, NULL, "the step of range is 0");
    VEC(Value) items = {0};
    for (int64_t i = start; step > 0 ? i < stop : i > stop;) {
        Value v;
        if (items.n >= LIMIT_UNROLL) {
            return base_error(t->diags, CODE_E701, t->span, "arange(n) makes an array",
                              "a range passes the limit of %d items (LIMIT_UNROLL)",
                              LIMIT_UNROLL);
        }
        TRY(front_int(t, i, &v));
        if (!VEC_PUSH(t->arena, &items, v)) return NOMEM;
        if (__builtin_add_overflow(i, step, &i)) break; // the stop lies before it
    }
    *result = (Value){.kind = VALUE_TUPLE, .n = items.n, .items = items.at};
    return OK;
}

static Status body_len(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    const Value x = args[0];
    if (x.kind == VALUE_TUPLE || x.kind == VALUE_LIST || x.kind == VALUE_RECORD)
        return front_int(t, x.n, result);
    if (x.kind == VALUE_ARRAY && front_type(t, x)->rank)
        return front_int(t, front_type(t, x)->shape[0], result);
    return base_error(t->diags, CODE_E402, t->span, NULL, "len of %s",
                      front_kind_text(t, x));
}

static Status body_zip(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    const Value sources = args[0];
    uint32_t shortest = UINT32_MAX;
    const Value **lists = NEW_ARRAY(t->arena, const Value *, sources.n);
    Value *column = NEW_ARRAY(t->arena, Value, sources.n);
    TRY_ALLOC(lists);
    TRY_ALLOC(column);
    for (uint32_t i = 0; i < sources.n; i++) {
        uint32_t n;
        TRY(front_items(t, sources.items[i], &n, &lists[i]));
        if (n < shortest) shortest = n;
    }
    if (sources.n == 0) shortest = 0;
    Value *rows = NEW_ARRAY(t->arena, Value, shortest);
    TRY_ALLOC(rows);
    for (uint32_t k = 0; k < shortest; k++) {
        for (uint32_t i = 0; i < sources.n; i++)
            column[i] = lists[i][k];
        TRY(front_sequence(t, VALUE_TUPLE, sources.n, column, &rows[k]));
    }
    *result = (Value){.kind = VALUE_TUPLE, .n = shortest, .items = rows};
    return OK;
}

static Status body_enumerate(Trace *t, const Builtin *self, const Value *args,
                             Value *result) {
    (void)self;
    uint32_t n;
    const Value *items;
    int64_t start;
    TRY(front_items(t, args[0], &n, &items));
    TRY(front_static_int(t, args[1], "start", &start));
    Value *rows = NEW_ARRAY(t->arena, Value, n);
    TRY_ALLOC(rows);
    for (uint32_t i = 0; i < n; i++) {
        Value pair[2] = {front_none(), items[i]};
        int64_t number;
        if (__builtin_add_overflow(start, (int64_t)i, &number))
            return base_error(t->diags, CODE_E402, t->span, NULL,
                              "the numbers of enumerate do not fit int64");
        TRY(front_int(t, number, &pair[0]));
        TRY(front_sequence(t, VALUE_TUPLE, 2, pair, &rows[i]));
    }
    *result = (Value){.kind = VALUE_TUPLE, .n = n, .items = rows};
    return OK;
}

static Status body_convert(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    uint32_t n;
    const Value *items;
    TRY(front_items(t, args[0], &n, &items));
    return front_sequence(t, (ValueKind)self->data, n, items, result);
}

static Status body_reversed(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    (void)self;
    uint32_t n;
    const Value *items;
    TRY(front_items(t, args[0], &n, &items));
    Value *turned = NEW_ARRAY(t->arena, Value, n);
    TRY_ALLOC(turned);
    for (uint32_t i = 0; i < n; i++)
        turned[i] = items[n - 1 - i];
    *result = (Value){.kind = VALUE_TUPLE, .n = n, .items = turned};
    return OK;
}

#define SEQUENCE(text, parameters, function, what)                                         \
    .name = (text), .group = "sequence", .signature = (parameters), .body = (function),    \
    .doc = (what), .kind = BUILTIN_C

// In order of names: front_builtin searches by halving.
const Builtin front_sequence_table[] = {
    {SEQUENCE("enumerate", "sequence, start=0", body_enumerate,
              "Pairs of a number and an item.")},
    {SEQUENCE("len", "x", body_len, "The number of items, or the size of the first axis.")},
    {SEQUENCE("list", "sequence", body_convert, "The items as a list."),
     .data = VALUE_LIST},
    {SEQUENCE("range", "start, stop=None, step=None", body_range,
              "The integers from start to stop, static.")},
    {SEQUENCE("reversed", "sequence", body_reversed, "The items, the last first.")},
    {SEQUENCE("tuple", "sequence", body_convert, "The items as a tuple."),
     .data = VALUE_TUPLE},
    {SEQUENCE("zip", "*sequences", body_zip,
              "Tuples of the items that stand at the same place.")},
};
const uint32_t front_sequence_count =
    sizeof front_sequence_table / sizeof *front_sequence_table;
