// einsum: the operands from left to right, each contracted with what stands so far. An axis
// is summed over as soon as no later operand and not the result names it.
#include "front/contract.h"
#include "front/function.h"

enum { LETTERS = 128 };

// An array whose axes have letters, each once.
typedef struct Lettered {
    NodeId node;
    uint32_t rank;
    char letters[LIMIT_RANK];
} Lettered;

typedef struct Einsum {
    Str inputs;             // the operands' letters, between commas
    Str output;             // the result's letters
    char implied[LETTERS];  // where `output` is made when it is not given
    uint32_t seen[LETTERS]; // how many axes of the operands have the letter
    int64_t sizes[LETTERS]; // of an axis with that letter
    bool kept[LETTERS];     // the result names it
} Einsum;

static Status bad_subscripts(Trace *t, Str subscripts, const char *why) {
    return base_error(t->diags, CODE_E403, t->span, "einsum('ij,jk->ik', x, y)",
                      "the subscripts '%.*s' of einsum %s", STR_ARG(subscripts), why);
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// -- subscripts ---------------------------------------------------------------------

// Without "->" the result has the letters that stand once, in alphabetical order.
static void imply_output(Einsum *e) {
    uint32_t n = 0;
    for (int c = 'A'; c <= 'z'; c++)
        if (e->seen[c] == 1) e->implied[n++] = (char)c;
    e->output = (Str){e->implied, n};
}

static Status read_output(Trace *t, Str subscripts, Einsum *e) {
    if (e->output.n > LIMIT_RANK)
        return bad_subscripts(t, subscripts, "give too many axes");
    for (size_t i = 0; i < e->output.n; i++) {
        const unsigned char c = (unsigned char)e->output.at[i];
        if (!is_letter((char)c))
            return bad_subscripts(t, subscripts, "have something else than letters");
        if (e->kept[c])
            return bad_subscripts(t, subscripts, "give the result a letter twice");
        if (!e->seen[c])
            return bad_subscripts(t, subscripts,
                                  "give the result a letter that no operand has");
        e->kept[c] = true;
    }
    return OK;
}

static Status read_subscripts(Trace *t, Str given, Einsum *e) {
    // Without the white space, which has no meaning.
    char *text = NEW_ARRAY(t->arena, char, given.n + 1);
    TRY_ALLOC(text);
    Str subscripts = {text, 0};
    for (size_t i = 0; i < given.n; i++) {
        const char c = given.at[i];
        if (c == '.') {
            return base_error(t->diags, CODE_E403, t->span, "name every axis by a letter",
                              "einsum without `...`: it is not there yet");
        }
        if (c != ' ') text[subscripts.n++] = c;
    }
    const char *arrow = memchr(text, '-', subscripts.n);
    e->inputs = subscripts;
    if (arrow) {
        e->inputs.n = (size_t)(arrow - text);
        if (e->inputs.n + 1 >= subscripts.n || arrow[1] != '>')
            return bad_subscripts(t, given, "have a `-` that is no `->`");
        e->output = (Str){arrow + 2, subscripts.n - e->inputs.n - 2};
    }
    for (size_t i = 0; i < e->inputs.n; i++) {
        const unsigned char c = (unsigned char)e->inputs.at[i];
        if (is_letter((char)c))
            e->seen[c]++;
        else if (c != ',')
            return bad_subscripts(t, given, "have something else than letters");
    }
    if (!arrow) imply_output(e);
    return read_output(t, given, e);
}

// The letters of the next operand; moves *rest behind them.
static Str next_letters(Str *rest) {
    const char *comma = rest->n ? memchr(rest->at, ',', rest->n) : NULL;
    const Str letters = {rest->at, comma ? (size_t)(comma - rest->at) : rest->n};
    const size_t used = letters.n + (comma != NULL);
    *rest = (Str){rest->at + used, rest->n - used};
    return letters;
}

// -- operands -----------------------------------------------------------------------

static void forget_axis(Lettered *x, uint32_t axis) {
    x->rank--;
    for (uint32_t i = axis; i < x->rank; i++)
        x->letters[i] = x->letters[i + 1];
}

// Two axes with one letter, i < k.
static bool find_twin(const Lettered *x, uint32_t *i, uint32_t *k) {
    for (*i = 0; *i < x->rank; ++*i)
        for (*k = *i + 1; *k < x->rank; ++*k)
            if (x->letters[*i] == x->letters[*k]) return true;
    return false;
}

// An operand with its letters; of a letter that stands twice, the diagonal.
static Status read_operand(Trace *t, Einsum *e, Str letters, NodeId node, Lettered *x) {
    const Type *type = front_node_type(t, node);
    if (letters.n != type->rank) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "einsum: the subscripts '%.*s' do not fit %s", STR_ARG(letters),
                          front_node_text(t, node));
    }
    *x = (Lettered){.node = node, .rank = type->rank};
    for (uint32_t i = 0; i < type->rank; i++) {
        const unsigned char c = (unsigned char)letters.at[i];
        x->letters[i] = (char)c;
        if (e->sizes[c] < 0) e->sizes[c] = type->shape[i];
        if (e->sizes[c] != type->shape[i]) {
            return base_error(t->diags, CODE_E404, t->span, NULL,
                              "einsum: the axis '%c' has size %lld here and %lld there", c,
                              (long long)e->sizes[c], (long long)type->shape[i]);
        }
    }
    for (uint32_t i, k; find_twin(x, &i, &k);) {
        const char c = x->letters[i];
        x->node = front_diagonal(t, x->node, 0, i, k);
        forget_axis(x, k);
        forget_axis(x, i);
        x->letters[x->rank++] = c; // the diagonal stands last
        e->seen[(unsigned char)c]--;
    }
    return OK;
}

// Sums over the axes that only x still has, and the result does not name.
static void sum_alone(Trace *t, Einsum *e, Lettered *x) {
    int64_t axes[LIMIT_RANK];
    uint32_t n = 0, rank = 0;
    for (uint32_t i = 0; i < x->rank; i++) {
        const unsigned char c = (unsigned char)x->letters[i];
        if (e->seen[c] == 1 && !e->kept[c]) {
            axes[n++] = i;
            e->seen[c] = 0;
        } else
            x->letters[rank++] = (char)c;
    }
    x->rank = rank;
    const bool is_bool = front_node_type(t, x->node)->dtype == DT_BOOL;
    x->node = ir_reduce(front_builder(t), is_bool ? PRIM_reduce_or : PRIM_reduce_sum,
                        x->node, n, axes);
}

static Status contract(Trace *t, Einsum *e, Lettered *x, const Lettered *y) {
    Contraction c = {0};
    Lettered z = {0};
    char others[LIMIT_RANK];
    uint32_t n_others = 0;
    bool in_y[LETTERS] = {false}, in_x[LETTERS] = {false};
    uint32_t at[LETTERS];
    for (uint32_t k = 0; k < y->rank; k++) {
        in_y[(unsigned char)y->letters[k]] = true;
        at[(unsigned char)y->letters[k]] = k;
    }
    for (uint32_t i = 0; i < x->rank; i++) {
        const unsigned char letter = (unsigned char)x->letters[i];
        in_x[letter] = true;
        if (!in_y[letter]) {
            others[n_others++] = (char)letter;
            continue;
        }
        e->seen[letter]--; // two axes become one, or none
        if (e->kept[letter] || e->seen[letter] > 1) {
            c.x_batch[c.n_batch] = i;
            c.y_batch[c.n_batch++] = at[letter];
            z.letters[z.rank++] = (char)letter;
        } else {
            e->seen[letter] = 0;
            c.x_sum[c.n_sum] = i;
            c.y_sum[c.n_sum++] = at[letter];
        }
    }
    uint32_t rank = z.rank + n_others;
    for (uint32_t k = 0; k < y->rank; k++)
        rank += !in_x[(unsigned char)y->letters[k]];
    TRY(front_check_rank(t, rank));
    for (uint32_t i = 0; i < n_others; i++)
        z.letters[z.rank++] = others[i];
    for (uint32_t k = 0; k < y->rank; k++)
        if (!in_x[(unsigned char)y->letters[k]]) z.letters[z.rank++] = y->letters[k];
    TRY(front_contract(t, x->node, y->node, &c, &z.node));
    *x = z;
    return OK;
}

static Status in_order(Trace *t, const Einsum *e, const Lettered *x, Value *result) {
    int64_t perm[LIMIT_RANK];
    for (uint32_t i = 0; i < e->output.n; i++)
        for (uint32_t k = 0; k < x->rank; k++)
            if (x->letters[k] == e->output.at[i]) perm[i] = k;
    return front_made(t, ir_transpose(front_builder(t), x->node, perm), result);
}

Status front_body_einsum(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    const Value operands = args[1];
    Einsum e = {0};
    for (int c = 0; c < LETTERS; c++)
        e.sizes[c] = -1;
    if (args[0].kind != VALUE_TEXT)
        return front_refuse(t, "the subscripts of einsum", "a text", args[0]);
    TRY(read_subscripts(t, args[0].text, &e));
    uint32_t commas = 0;
    for (size_t i = 0; i < e.inputs.n; i++)
        commas += e.inputs.at[i] == ',';
    if (operands.n != commas + 1) {
        return base_error(t->diags, CODE_E403, t->span, NULL,
                          "einsum: subscripts for %u operands, got %u", commas + 1,
                          operands.n);
    }
    NodeId *nodes = NEW_ARRAY(t->arena, NodeId, operands.n);
    Lettered *lettered = NEW_ARRAY(t->arena, Lettered, operands.n);
    if (!nodes || !lettered) return NOMEM;
    TRY(front_promote_nodes(t, operands.n, operands.items, false, nodes));
    Str rest = e.inputs;
    for (uint32_t i = 0; i < operands.n; i++)
        TRY(read_operand(t, &e, next_letters(&rest), nodes[i], &lettered[i]));
    Lettered x = lettered[0];
    sum_alone(t, &e, &x);
    for (uint32_t i = 1; i < operands.n; i++) {
        sum_alone(t, &e, &lettered[i]);
        TRY(contract(t, &e, &x, &lettered[i]));
    }
    sum_alone(t, &e, &x);
    return in_order(t, &e, &x, result);
}
