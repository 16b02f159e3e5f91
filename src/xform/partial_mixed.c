// Partial evaluation of a node that holds graphs: these are split, and each part gets a
// node of its kind (differentiation.md §3).
#include "xform/checkpoint.h"
#include "xform/depends.h"
#include "xform/memo.h"
#include "xform/partial_state.h"

Mixed *xform_find_mixed(const Split *split, NodeId node) {
    uint32_t first = 0, end = split->mixed.n;
    while (first < end) {
        const uint32_t middle = first + (end - first) / 2;
        if (split->mixed.at[middle].node < node)
            first = middle + 1;
        else
            end = middle;
    }
    const bool found = first < split->mixed.n && split->mixed.at[first].node == node;
    return found ? &split->mixed.at[first] : NULL;
}

// -- what its parts read ------------------------------------------------------------

static void mark(Split *split, const Mixed *mixed, const Numbers *inputs, uint8_t flags) {
    const NodeId *operands = ir_in(split->j, &split->j->nodes[mixed->node]);
    for (uint32_t i = 0; i < inputs->n; i++)
        split->flags[operands[mixed->nested.first + inputs->at[i]]] |= flags;
}

// The predicate or the count, which both parts read, must be known.
static Status mark_decider(Group *q, Split *split, const Mixed *mixed, const char *what) {
    const Partial *parts = mixed->parts;
    const NodeId decider = ir_in(split->j, &split->j->nodes[mixed->node])[0];
    if (split->unknown[decider])
        return xform_not_linear(q->ir, split->j->nodes[mixed->node].span,
                                "a tangent decides %s", what);
    split->flags[decider] |=
        (parts->has_known ? IN_KNOWN : 0) | (parts->has_linear ? IN_LINEAR : 0);
    return OK;
}

static Status mark_operands(Group *q, Split *split, const Mixed *mixed) {
    const Partial *parts = mixed->parts;
    if (parts->has_known) mark(split, mixed, &parts->known_in, IN_KNOWN);
    if (parts->has_linear) mark(split, mixed, &parts->references, IN_LINEAR);
    if (parts->has_linear) mark(split, mixed, &parts->linear_in, IN_LINEAR);
    if (mixed->nested.first == 0) return OK;
    return mark_decider(q, split, mixed,
                        mixed->nested.is_loop ? "how many trips a loop makes"
                                              : "which branch is taken");
}

static Status unknown_operands(Group *q, const Split *split, const Mixed *mixed,
                               bool **unknown) {
    const NodeId *operands = ir_in(split->j, &split->j->nodes[mixed->node]);
    *unknown = NEW_ARRAY(q->arena, bool, mixed->nested.n_inputs);
    TRY_ALLOC(*unknown);
    for (uint32_t i = 0; i < mixed->nested.n_inputs; i++)
        (*unknown)[i] = split->unknown[operands[mixed->nested.first + i]];
    return OK;
}

// -- loops --------------------------------------------------------------------------

// What the body of a loop is asked.
typedef struct LoopQuestion {
    bool *unknown, *keep, *by_value; // inputs
    bool *linear, *want;             // outputs
} LoopQuestion;

static Status new_question(Group *q, const Loop *loop, LoopQuestion *ask) {
    ask->keep = NEW_ARRAY(q->arena, bool, loop->body->n_inputs);
    ask->by_value = NEW_ARRAY(q->arena, bool, loop->body->n_inputs);
    ask->linear = NEW_ARRAY(q->arena, bool, loop->body->n_outputs);
    ask->want = NEW_ARRAY(q->arena, bool, loop->body->n_outputs);
    return ask->keep && ask->by_value && ask->linear && ask->want ? OK : NOMEM;
}

// Wants the carries among these inputs: what a part reads it must be given, trip by trip.
static bool want_carry(const Loop *loop, const Numbers *inputs, bool *want) {
    bool more = false;
    for (uint32_t i = 0; i < inputs->n; i++) {
        const uint32_t carry = inputs->at[i] - loop->n_constants; // wraps for constants
        if (inputs->at[i] < loop->n_constants || carry >= loop->n_carry || want[carry])
            continue;
        want[carry] = more = true;
    }
    return more;
}

// A carry is unknown if it is in any trip. What the linear part reads of a known carry it
// reads as it was in each trip: by value.
static Status ask_body(Group *q, const Split *split, Mixed *mixed) {
    const Loop *loop = &mixed->nested.loop;
    LoopQuestion ask;
    TRY(new_question(q, loop, &ask));
    TRY(unknown_operands(q, split, mixed, &ask.unknown));
    const bool *own = NULL;
    do {
        TRY(xform_depends_outputs(loop->body, ask.unknown, &own));
    } while (xform_carry_on(loop, own, ask.unknown));
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        ask.linear[i] = xform_carry_in(loop, ask.unknown)[i];
        xform_carry_in(loop, ask.by_value)[i] = !ask.linear[i];
    }
    if (loop->kind == LOOP_PREDICATE && ask.linear[0])
        return xform_not_linear(q->ir, split->j->nodes[mixed->node].span,
                                "a tangent decides how many trips a loop makes");
    memcpy(ask.want, mixed->want, loop->body->n_outputs * sizeof *ask.want);
    if (loop->kind == LOOP_PREDICATE) ask.want[0] = true;
    const PartialQuestion question = {.n = 1,
                                      .graphs = &loop->body,
                                      .unknown = ask.unknown,
                                      .linear = ask.linear,
                                      .want = ask.want,
                                      .keep = ask.keep,
                                      .by_value = ask.by_value,
                                      .known_only = q->question->known_only};
    bool more;
    do {
        memcpy(xform_carry_in(loop, ask.keep), ask.want, loop->n_carry * sizeof *ask.keep);
        TRY(xform_partial(&question, &mixed->parts));
        more = want_carry(loop, &mixed->parts->known_in, ask.want);
        more = want_carry(loop, &mixed->parts->linear_in, ask.want) || more;
    } while (more);
    mixed->saves_trips = loop->kind == LOOP_PREDICATE && mixed->parts->has_linear;
    return OK;
}

// How many of the inputs are constants, carry and xs of a loop.
static void count_inputs(const Loop *loop, const Numbers *inputs, uint32_t n[3]) {
    memset(n, 0, 3 * sizeof *n);
    for (uint32_t i = 0; i < inputs->n; i++) {
        const uint32_t input = inputs->at[i];
        n[input < loop->n_constants                   ? 0
          : input < loop->n_constants + loop->n_carry ? 1
                                                      : 2]++;
    }
}

static NodeId known_loop(Group *q, const Split *split, const Mixed *mixed, Builder *b) {
    const Numbers *inputs = &mixed->parts->known_in;
    const NodeId *operands = ir_in(split->j, &split->j->nodes[mixed->node]);
    Loop loop = mixed->nested.loop;
    NodeId *in = NEW_ARRAY(q->arena, NodeId, inputs->n + 1);
    if (!in) return ir_fail(b, NOMEM);
    uint32_t n = 0, counts[3];
    if (loop.first) in[n++] = split->map[operands[0]];
    for (uint32_t i = 0; i < inputs->n; i++)
        in[n++] = split->map[operands[loop.first + inputs->at[i]]];
    count_inputs(&loop, inputs, counts);
    loop.body = mixed->parts->known[0];
    loop.n_constants = counts[0];
    loop.n_carry = counts[1];
    loop.n_xs = counts[2];
    return ir_emit_loop(b, &loop, n, in);
}

// The inputs of the linear part in the order of a loop's: it has references, residuals,
// linear inputs, each of them constants, carry and xs.
typedef struct LinearInputs {
    uint32_t n, *order;
    NodeId *in; // the loop's operands in that order
} LinearInputs;

static void take_inputs(LinearInputs *to, const Split *split, const Mixed *mixed,
                        const Numbers *inputs, uint32_t skip, uint32_t n, uint32_t place) {
    const NodeId *operands = ir_in(split->j, &split->j->nodes[mixed->node]);
    for (uint32_t i = skip; i < skip + n; i++) {
        to->in[to->n] = split->map[operands[mixed->nested.first + inputs->at[i]]];
        to->order[to->n++] = place + i;
    }
}

static Status linear_inputs(Group *q, const Split *split, const Mixed *mixed,
                            const NodeId *slots, Loop *loop, LinearInputs *to) {
    const Partial *parts = mixed->parts;
    const uint32_t n_all = parts->linear[0]->n_inputs;
    uint32_t refs[3], own[3];
    *to = (LinearInputs){0, NEW_ARRAY(q->arena, uint32_t, n_all),
                         NEW_ARRAY(q->arena, NodeId, n_all)};
    if (!to->order || !to->in) return NOMEM;
    count_inputs(&mixed->nested.loop, &parts->references, refs);
    count_inputs(&mixed->nested.loop, &parts->linear_in, own);
    const uint32_t first_own = parts->references.n + parts->n_saved;
    take_inputs(to, split, mixed, &parts->references, 0, refs[0], 0);
    take_inputs(to, split, mixed, &parts->linear_in, 0, own[0] + own[1], first_own);
    take_inputs(to, split, mixed, &parts->references, refs[0], refs[2], 0);
    for (uint32_t i = 0; i < parts->n_saved; i++) {
        to->in[to->n] = slots[split->saved.at[mixed->first_saved + i].slot];
        to->order[to->n++] = parts->references.n + i;
    }
    take_inputs(to, split, mixed, &parts->linear_in, own[0] + own[1], own[2], first_own);
    loop->n_constants = refs[0] + own[0];
    loop->n_carry = own[1];
    loop->n_xs = refs[2] + parts->n_saved + own[2];
    return OK;
}

static Status emit_linear_loop(Group *q, const Split *split, const Mixed *mixed,
                               const NodeId *slots, Builder *b, NodeId *node) {
    const Partial *parts = mixed->parts;
    const Graph *l = parts->linear[0];
    Loop loop = mixed->nested.loop;
    LinearInputs inputs;
    TRY(linear_inputs(q, split, mixed, slots, &loop, &inputs));
    uint32_t *outs = NEW_ARRAY(q->arena, uint32_t, l->n_outputs);
    NodeId *in = NEW_ARRAY(q->arena, NodeId, inputs.n + 1);
    if (!outs || !in) return NOMEM;
    for (uint32_t i = 0; i < l->n_outputs; i++)
        outs[i] = i;
    TRY(xform_reordered(l, inputs.order, l->n_outputs, outs, &loop.body));
    uint32_t n = 0;
    if (loop.kind == LOOP_COUNTED)
        in[n++] = split->map[ir_in(split->j, &split->j->nodes[mixed->node])[0]];
    if (loop.kind == LOOP_PREDICATE) {
        in[n++] = slots[split->saved.at[mixed->first_saved + parts->n_saved].slot];
        loop.kind = LOOP_COUNTED;
    }
    for (uint32_t i = 0; i < inputs.n; i++)
        in[n++] = inputs.in[i];
    *node = ir_emit_loop(b, &loop, n, in);
    return OK;
}

static NodeId linear_loop(Group *q, const Split *split, const Mixed *mixed,
                          const NodeId *slots, Builder *b) {
    NodeId node;
    const Status status = emit_linear_loop(q, split, mixed, slots, b, &node);
    return status == OK ? node : ir_fail(b, status);
}

// -- any of them --------------------------------------------------------------------

static Status ask_graphs(Group *q, const Split *split, Mixed *mixed) {
    const Nested *nested = &mixed->nested;
    const bool known_only = q->question->known_only;
    bool *unknown;
    TRY(unknown_operands(q, split, mixed, &unknown));
    if (nested->prim == PRIM_checkpoint)
        return xform_partial_checkpoint(nested->graphs[0], unknown, mixed->want, known_only,
                                        &mixed->parts);
    const PartialQuestion inner = {.n = nested->n,
                                   .graphs = nested->graphs,
                                   .unknown = unknown,
                                   .want = mixed->want,
                                   .known_only = known_only};
    return xform_partial(&inner, &mixed->parts);
}

Status xform_need_mixed(Group *q, Split *split, Mixed *mixed) {
    const uint32_t n_outs = ir_node_type(split->j, mixed->node)->n_outs;
    if (!xform_any(n_outs, mixed->want) && !xform_nested_has_calls(&mixed->nested))
        return OK;
    if (mixed->nested.is_loop)
        TRY(ask_body(q, split, mixed));
    else
        TRY(ask_graphs(q, split, mixed));
    return mark_operands(q, split, mixed);
}

uint32_t xform_mixed_place(const Mixed *mixed, uint32_t output) {
    const Partial *parts = mixed->parts;
    if (output < mixed->nested.n_outputs) return parts->place[output];
    return parts->known_out.n + parts->n_saved; // the trips
}

TypeId xform_saved_type(Group *q, const Split *split, const Saved *saved) {
    if (saved->inner == WHOLE) return split->j->nodes[saved->node].type;
    const Mixed *mixed = xform_find_mixed(split, saved->node);
    const Partial *parts = mixed->parts;
    if (saved->inner == parts->n_saved) return ir_array_type(q->ir, DT_I64, false, 0, NULL);
    const TypeId type =
        xform_output_type(parts->known[0], parts->known_out.n + saved->inner);
    if (mixed->nested.is_loop) return ir_stacked_type(q->ir, &mixed->nested.loop, type);
    return mixed->nested.bits ? ir_batched_type(q->ir, mixed->nested.lanes, type) : type;
}

// -- the parts of cond, lanes and checkpoint
// ----------------------------------------------------

// A cond's predicate in the part at hand.
static NodeId predicate_of(const Split *split, const Mixed *mixed) {
    const Node *node = &split->j->nodes[mixed->node];
    return mixed->nested.first ? split->map[ir_in(split->j, node)[0]] : IR_NONE;
}

// Adds the operands that are inputs of the part of the mixed node.
static void add_inputs(NestedMaker *maker, const Split *split, const Mixed *mixed,
                       const Numbers *inputs) {
    const NodeId *operands = ir_in(split->j, &split->j->nodes[mixed->node]);
    for (uint32_t i = 0; i < inputs->n; i++) {
        const NodeId operand = operands[mixed->nested.first + inputs->at[i]];
        xform_maker_add(maker, split->map[operand],
                        xform_lane_bit(&mixed->nested, inputs->at[i]));
    }
}

NodeId xform_known_mixed(Group *q, const Split *split, const Mixed *mixed, Builder *b) {
    if (mixed->nested.is_loop) return known_loop(q, split, mixed, b);
    NestedMaker maker = xform_maker(q->arena, &mixed->nested, predicate_of(split, mixed));
    add_inputs(&maker, split, mixed, &mixed->parts->known_in);
    return xform_maker_emit(&maker, b, mixed->parts->known);
}

NodeId xform_linear_mixed(Group *q, const Split *split, const Mixed *mixed,
                          const NodeId *slots, Builder *b) {
    if (mixed->nested.is_loop) return linear_loop(q, split, mixed, slots, b);
    NestedMaker maker = xform_maker(q->arena, &mixed->nested, predicate_of(split, mixed));
    add_inputs(&maker, split, mixed, &mixed->parts->references);
    for (uint32_t i = 0; i < mixed->parts->n_saved; i++)
        xform_maker_add(&maker, slots[split->saved.at[mixed->first_saved + i].slot], true);
    add_inputs(&maker, split, mixed, &mixed->parts->linear_in);
    return xform_maker_emit(&maker, b, mixed->parts->linear);
}
