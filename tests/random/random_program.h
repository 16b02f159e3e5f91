// Random programs: a few functions, with rules and without, and a `main` that calls them,
// all well typed and with values that stay tame. A program is a tree; program_text.c
// writes it as the functions of a spec, in several spellings of the same meaning.
#ifndef TESTS_RANDOM_PROGRAM_H
#define TESTS_RANDOM_PROGRAM_H

#include "random_bits.h"

#include "base/str.h"

// A type is a letter:
//   S float64[]   V float64[3]   M float64[3, 3]   I int64[]   B bool[]
//   P a tuple (S, V)             R a record {'a': S, 'b': P}
// and, of cotangents and tangents within a rule, s, v and p: values that only operations
// take that are linear in them, so a rule is linear however a program is cut down.
typedef char Type;

enum {
    MOST_OPERANDS = 4,
    MOST_BOUND = 3, // variables that an operation binds in its operands
    MOST_ARGS = 3,
    MOST_LETS = 2,
    MOST_FUNCTIONS = 4, // the last is main
    SIZE = 3,           // elements of a V
};

// The rows of `operations` follow these.
typedef enum Leaf { LEAF_VARIABLE, LEAF_CONSTANT, LEAF_CALL, LEAF_COUNT } Leaf;

typedef struct Expr Expr;
struct Expr {
    uint16_t op; // a Leaf, or LEAF_COUNT + a row of operations
    Type type;
    uint8_t n;
    // VARIABLE: its number; CONSTANT: in thousandths, or itself; CALL: the function;
    // of a loop its trips.
    int32_t value;
    uint32_t bound[MOST_BOUND]; // the numbers of the variables that it binds
    Expr *in[MOST_OPERANDS];
};

// What an operation is to the laws and to the generator.
enum {
    LOOP = 1,           // `other` is its unrolling
    BRANCH = 2,         // `other` computes all branches
    DIFFERENTIATES = 4, // its bodies
    FORWARD = 8,        // forward mode: no vjp rule may be within
    VJP_RULE = 16,      // it makes one
    JVP_RULE = 32,
    CLOSED = 64, // its bodies see nothing but what it binds
    NOT_IN_RULES = 128,
    STOPS = 256, // no derivative of its value
    FAILS = 512, // at some values: E601
};

typedef struct Operation {
    Type type;
    const char *operands; // their types
    const char *bound;    // types of what it binds
    const char *sees; // for each operand a digit whose bits are the bound ones that it sees
    const char *text; // $k operand, %k bound variable, # trips
    const char *other; // another spelling, or NULL
    unsigned flags;
    unsigned weight;
} Operation;
extern const Operation operations[];
extern const uint32_t n_operations;
static inline const Operation *operation(const Expr *e) {
    return e->op < LEAF_COUNT ? NULL : &operations[e->op - LEAF_COUNT];
}

typedef struct Variable {
    uint32_t number;
    Type type;
} Variable;

typedef enum RuleKind { NO_RULE, RULE_VJP, RULE_JVP } RuleKind;

typedef struct Function {
    bool dropped; // nothing calls it
    uint32_t n_args, n_lets;
    Variable args[MOST_ARGS], lets[MOST_LETS];
    Expr *let_values[MOST_LETS];
    Type type;
    Expr *value;
    RuleKind rule;
    Variable linear[MOST_ARGS]; // VJP: the cotangent; JVP: the tangents
    Expr *grads[MOST_ARGS];     // VJP: of each argument (of an I: NULL); JVP: the tangent
} Function;

typedef struct Program {
    uint64_t seed;
    uint32_t n_functions; // the last is main
    Function functions[MOST_FUNCTIONS];
} Program;
static inline const Function *main_of(const Program *program) {
    return &program->functions[program->n_functions - 1];
}
// The number of expressions that a function holds, and each of them; NULL where there is
// none.
enum { MOST_ROOTS = MOST_LETS + 1 + MOST_ARGS };
Expr **program_root(Function *function, uint32_t i);

// The program of a seed. Its nodes live in the arena.
Program *program_generate(Arena *arena, uint64_t seed);

// What a program has in it.
typedef struct Features {
    bool vjp_rule, any_rule, forward, stops, fails;
} Features;
Features program_features(const Program *program);

uint32_t program_size(const Program *program); // in nodes

// -- text ---------------------------------------------------------------------------

// Spellings of one meaning; several may be combined.
enum {
    UNROLLED = 1,     // loops trip by trip
    ALL_BRANCHES = 2, // where for cond
    DERIVED_VJP = 4,  // every function has a rule: its own derivative
    DERIVED_JVP = 8,
    CHECKPOINTED = 16, // every call of a function
};
// Adds the functions, their names with a prefix.
void program_write(Text *text, const Program *program, const char *prefix,
                   unsigned spelling);
// Adds the functions that spellings use, those that the text has calls of.
void program_write_helpers(Text *text);
// A constant expression of that type, with leading axes of sizes `rows`; its numbers follow
// from the seed. With `numbers` they are appended there, in the order of their leaves.
typedef struct Numbers {
    uint32_t n;
    double at[512];
} Numbers;
void program_constant(Text *text, Type type, uint32_t n_rows, const int64_t *rows,
                      Random *r, double nudge, Numbers *numbers);

#endif
