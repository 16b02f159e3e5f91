// An operation in a word: the primitive's name, with what its operands' and its own types
// do not say.
#include "api/graph.h"
#include "ir/call.h"

enum { MOST_ITEMS = 6 }; // of a list that is shown

static void add_list(Text *out, const int64_t *items, uint32_t n) {
    if (n == 0) return;
    base_text_char(out, '{');
    for (uint32_t i = 0; i < n && i < MOST_ITEMS; i++)
        base_text_printf(out, i ? ", %lld" : "%lld", (long long)items[i]);
    base_text_add(out, n > MOST_ITEMS ? STR(", …}") : STR("}"));
}

// [start…, limit…, step…] as Python writes it.
static void add_slice(Text *out, const int64_t *attr, uint32_t rank) {
    base_text_char(out, '{');
    for (uint32_t i = 0; i < rank; i++) {
        base_text_printf(out, i ? ", %lld:%lld" : "%lld:%lld", (long long)attr[i],
                         (long long)attr[rank + i]);
        const int64_t step = attr[2 * rank + i];
        if (step != 1) base_text_printf(out, ":%lld", (long long)step);
    }
    base_text_char(out, '}');
}

// [dtype, weak, rank, shape…, literal…]
static void add_literals(Text *out, const Graph *g, const Node *node) {
    const int64_t *attr = ir_attr(g, node);
    const uint32_t first = 3 + (uint32_t)attr[2], n = node->n_attr - first;
    if (n != 1) base_text_char(out, '[');
    for (uint32_t i = 0; i < n && i < MOST_ITEMS; i++) {
        if (i) base_text_add(out, STR(", "));
        base_text_add(out, ir_literal_text(g->ir, (uint32_t)attr[first + i]));
    }
    if (n != 1) base_text_add(out, n > MOST_ITEMS ? STR(", …]") : STR("]"));
}

static void add_operation(Text *out, const Graph *g, const Node *node) {
    const int64_t *attr = ir_attr(g, node);
    if (node->prim == PRIM_literal) {
        add_literals(out, g, node);
        return;
    }
    base_text_add(out, base_str(ir_prim((Prim)node->prim)->name));
    switch (node->prim) {
    case PRIM_call:
    case PRIM_linear_call:
        base_text_printf(out, " %.*s", STR_ARG(ir_call(g->ir, (uint32_t)attr[0])->name));
        break;
    case PRIM_slice:
        add_slice(out, attr, node->n_attr / 3);
        break;
    case PRIM_integer_pow:
    case PRIM_polygamma:
    case PRIM_reduce_sum:
    case PRIM_reduce_prod:
    case PRIM_reduce_max:
    case PRIM_reduce_min:
    case PRIM_reduce_and:
    case PRIM_reduce_or:
    case PRIM_argmax:
    case PRIM_argmin:
    case PRIM_transpose:
    case PRIM_reverse:
    case PRIM_concatenate:
        add_list(out, attr, node->n_attr);
        break;
    case PRIM_iota: // its axis: of one axis alone nothing is to be said
        if (attr[1] > 1) add_list(out, attr + node->n_attr - 1, 1);
        break;
    case PRIM_argsort:
        add_list(out, attr, 1);
        if (attr[1]) base_text_add(out, STR(" descending"));
        break;
    case PRIM_cumsum:
        add_list(out, attr, 1);
        if (attr[1]) base_text_add(out, STR(" from the end"));
        break;
    default:
        break; // the types say it
    }
}

const char *api_operation(Arena *arena, const Graph *g, const Node *node) {
    Text out = {.arena = arena};
    add_operation(&out, g, node);
    return out.failed ? NULL : out.at;
}
