// What random programs are made of. Values stay tame: what is carried from trip to trip is
// bounded, no denominator comes near 0, no operation has a pole.
#include "random_program.h"

// A carry `x` brought back into bounds.
#define TAME_S(x) "sin(" x ")"
#define TAME_V(x) "sin(" x ")"
#define TAME_M(x) "sin(" x ")"
#define TAME_P(x) "(lambda p: (sin(p[0]), sin(p[1])))(" x ")"
#define TAME_R(x) "(lambda r: {'a': sin(r.a), 'b': (sin(r.b[0]), sin(r.b[1]))})(" x ")"

#define WHERE_S "where($0, $1, $2)"
#define WHERE_P "h_where_p($0, $1, $2)"
#define WHERE_R "h_where_r($0, $1, $2)"

#define CONTROL(t, T, tame, where)                                                         \
    {t, "B" T T, "", "000", "cond($0, lambda: $1, lambda: $2)", where, BRANCH, 6},         \
        {t,                                                                                \
         "I" T T T,                                                                        \
         "",                                                                               \
         "0000",                                                                           \
         "switch($0, [lambda: $1, lambda: $2, lambda: $3])",                               \
         "cond($0 <= 0, lambda: $1, lambda: cond($0 == 1, lambda: $2, lambda: $3))",       \
         LOOP,                                                                             \
         3},                                                                               \
        {t,                                                                                \
         T T,                                                                              \
         "I" T,                                                                            \
         "03",                                                                             \
         "fori_loop(0, #, lambda %0, %1: " tame("$1") ", $0)",                             \
         "h_fori(array(0), #, lambda %0, %1: " tame("$1") ", $0)",                         \
         LOOP,                                                                             \
         6},                                                                               \
        {t,                                                                                \
         "II" T T,                                                                         \
         "I" T,                                                                            \
         "0003",                                                                           \
         "fori_loop($0, $1, lambda %0, %1: " tame("$3") ", $2)",                           \
         "h_fori(array($0), $1, lambda %0, %1: " tame("$3") ", $2)",                       \
         LOOP,                                                                             \
         4},                                                                               \
        {t,                                                                                \
         T "B" T,                                                                          \
         T,                                                                                \
         "011",                                                                            \
         "while_loop(lambda p: (p[0] < #) & (lambda %0: $1)(p[1]), "                       \
         "lambda p: (p[0] + 1, (lambda %0: " tame("$2") ")(p[1])), (0, $0))[1]",           \
         "h_while(lambda p: (p[0] < #) & (lambda %0: $1)(p[1]), "                          \
         "lambda p: (p[0] + 1, (lambda %0: " tame("$2") ")(p[1])), (0, $0))[1]",           \
         LOOP,                                                                             \
         6},                                                                               \
        {t,                                                                                \
         "V" T T,                                                                          \
         "S" T,                                                                            \
         "003",                                                                            \
         "scan(lambda %1, %0: (" tame("$2") ", None), $1, $0)[0]",                         \
         "h_scan(lambda %1, %0: (" tame("$2") ", 0), $1, $0)[0]",                          \
         LOOP,                                                                             \
         4},                                                                               \
    {                                                                                      \
        t, "B" T T, "", "000", "$1 if $0 else $2", where, BRANCH | NOT_IN_RULES, 2         \
    }

// A function of one scalar, as a rule that JAX's functions make.
#define CUSTOM_GRADIENT "custom_gradient(lambda %0: ($1, lambda %1: $2))($0)"
#define CUSTOM_JVP                                                                         \
    "custom_jvp(lambda %0: $1, lambda p, t: (lambda %0, %1: ($1, $2))(p[0], t[0]))($0)"
#define CUSTOM_VJP                                                                         \
    "custom_vjp(lambda %0: $1, lambda %0: ($1, (%0, $2)), "                                \
    "lambda r, g: ((lambda %0, %1, %2: $3)(r[0], r[1], g),))($0)"

const Operation operations[] = {
    // -- scalars
    {'S', "S", "", "0", "sin($0)", NULL, 0, 4},
    {'S', "S", "", "0", "cos($0)", NULL, 0, 2},
    {'S', "S", "", "0", "tanh($0)", NULL, 0, 2},
    {'S', "S", "", "0", "-$0", NULL, 0, 1},
    {'S', "S", "", "0", "abs($0)", NULL, 0, 1},
    {'S', "S", "", "0", "exp(-$0 ** 2)", NULL, 0, 2},
    {'S', "S", "", "0", "sqrt(1 + $0 ** 2)", NULL, 0, 1},
    {'S', "S", "", "0", "log1p($0 ** 2)", NULL, 0, 1},
    {'S', "S", "", "0", "$0 ** 3", NULL, 0, 1},
    {'S', "SS", "", "00", "$0 * $1", NULL, 0, 8},
    {'S', "SS", "", "00", "$0 + $1", NULL, 0, 5},
    {'S', "SS", "", "00", "$0 - $1", NULL, 0, 3},
    {'S', "SS", "", "00", "$0 / (1.5 + sin($1))", NULL, 0, 2},
    {'S', "SS", "", "00", "maximum($0, $1)", NULL, 0, 1},
    {'S', "SS", "", "00", "minimum($0, $1)", NULL, 0, 1},
    {'S', "BSS", "", "000", "where($0, $1, $2)", NULL, 0, 2},
    {'S', "S", "", "0", "stop_gradient($0)", NULL, STOPS, 1},
    {'S', "SI", "", "00", "$0 * $1", NULL, 0, 2},
    {'S', "V", "", "0", "sum($0)", NULL, 0, 4},
    {'S', "V", "", "0", "max($0)", NULL, 0, 1},
    {'S', "V", "", "0", "prod($0)", NULL, 0, 1},
    {'S', "V", "", "0", "mean($0)", NULL, 0, 1},
    {'S', "VV", "", "00", "$0 @ $1", NULL, 0, 2},
    {'S', "VI", "", "00", "$0[$1]", NULL, 0, 4},
    {'S', "VI", "", "00", "$0[$1 + array(1)]", NULL, FAILS, 2},
    {'S', "V", "", "0", "$0[-1]", NULL, 0, 1},
    {'S', "M", "", "0", "trace($0)", NULL, 0, 1},
    {'S', "M", "", "0", "sum($0)", NULL, 0, 1},
    {'S', "P", "", "0", "$0[0]", NULL, 0, 3},
    {'S', "R", "", "0", "$0.a", NULL, 0, 2},
    // -- vectors
    {'V', "V", "", "0", "sin($0)", NULL, 0, 3},
    {'V', "V", "", "0", "tanh($0)", NULL, 0, 1},
    {'V', "VV", "", "00", "$0 * $1", NULL, 0, 5},
    {'V', "VV", "", "00", "$0 + $1", NULL, 0, 3},
    {'V', "SV", "", "00", "$0 * $1", NULL, 0, 4},
    {'V', "SV", "", "00", "$0 - $1", NULL, 0, 2},
    {'V', "VV", "", "00", "maximum($0, $1)", NULL, 0, 1},
    {'V', "VVV", "", "000", "where($0 > 0.3137, $1, $2)", NULL, 0, 1},
    {'V', "V", "", "0", "$0[::-1]", NULL, 0, 1},
    {'V', "V", "", "0", "cumsum($0)", NULL, 0, 1},
    {'V', "V", "", "0", "sort($0)", NULL, 0, 1},
    {'V', "V", "", "0", "concatenate([$0[1:], $0[:1]])", NULL, 0, 1},
    {'V', "V", "", "0", "$0[array([2, 0, 0])]", NULL, 0, 1},
    {'V', "VIS", "", "000", "$0.at[$1].set($2)", NULL, 0, 3},
    {'V', "VIS", "", "000", "$0.at[$1].add($2)", NULL, 0, 3},
    {'V', "VIS", "", "000", "$0.at[$1 + array(1)].set($2)", NULL, FAILS, 1},
    {'V', "SSS", "", "000", "array([$0, $1, $2])", NULL, 0, 3},
    {'V', "MV", "", "00", "$0 @ $1", NULL, 0, 2},
    {'V', "MI", "", "00", "$0[$1]", NULL, 0, 2},
    {'V', "MI", "", "00", "$0[:, $1]", NULL, 0, 1},
    {'V', "M", "", "0", "sum($0, axis=0)", NULL, 0, 1},
    {'V', "P", "", "0", "$0[1]", NULL, 0, 3},
    {'V', "V", "", "0", "stop_gradient($0)", NULL, STOPS, 1},
    // -- matrices, structures
    {'M', "VV", "", "00", "outer($0, $1)", NULL, 0, 3},
    {'M', "VVV", "", "000", "stack([$0, $1, $2])", NULL, 0, 2},
    {'M', "M", "", "0", "$0.T", NULL, 0, 1},
    {'M', "M", "", "0", "sin($0)", NULL, 0, 1},
    {'M', "MM", "", "00", "$0 * $1", NULL, 0, 1},
    {'M', "MV", "", "00", "$0 + $1", NULL, 0, 1},
    {'M', "MM", "", "00", "$0 @ $1", NULL, 0, 1},
    {'M', "MIV", "", "000", "$0.at[$1].set($2)", NULL, 0, 1},
    {'M', "MIV", "", "000", "$0.at[:, $1].add($2)", NULL, 0, 1},
    {'P', "SV", "", "00", "($0, $1)", NULL, 0, 6},
    {'P', "R", "", "0", "$0.b", NULL, 0, 1},
    {'R', "SP", "", "00", "{'a': $0, 'b': $1}", NULL, 0, 4},
    // -- integers, booleans
    {'I', "B", "", "0", "where($0, 2, 1)", NULL, 0, 2},
    {'I', "V", "", "0", "argmax($0)", NULL, 0, 1},
    {'I', "II", "", "00", "minimum($0 + $1, 2)", NULL, 0, 1},
    {'I', "I", "", "0", "2 - $0", NULL, 0, 1},
    {'B', "S", "", "0", "$0 > 0.1713", NULL, 0, 4},
    {'B', "S", "", "0", "$0 < 0.4391", NULL, 0, 4},
    {'B', "I", "", "0", "$0 == 1", NULL, 0, 2},
    {'B', "BB", "", "00", "logical_and($0, $1)", NULL, 0, 1},
    {'B', "B", "", "0", "logical_not($0)", NULL, 0, 1},
    {'B', "V", "", "0", "any($0 > 0.6137)", NULL, 0, 1},
    // -- branches and loops
    CONTROL('S', "S", TAME_S, WHERE_S),
    CONTROL('V', "V", TAME_V, WHERE_S),
    CONTROL('M', "M", TAME_M, WHERE_S),
    CONTROL('P', "P", TAME_P, WHERE_P),
    CONTROL('R', "R", TAME_R, WHERE_R),
    {'S', "SS", "S", "01",
     "while_loop(lambda %0: %0 < 1.137, "
     "lambda %0: %0 + 1 + 0.4 * sin($1), sin($0))",
     "h_while(lambda %0: %0 < 1.137, lambda %0: %0 + 1 + 0.4 * sin($1), sin($0))", LOOP, 6},
    {'P', "SVSS", "SS", "0033", "scan(lambda %0, %1: (sin($2), $3), $0, $1)",
     "h_scan(lambda %0, %1: (sin($2), $3), $0, $1)", LOOP, 6},
    {'P', "SVSS", "SS", "0033", "scan(lambda %0, %1: (sin($2), $3), $0, $1, reverse=True)",
     "h_scan_back(lambda %0, %1: (sin($2), $3), $0, $1)", LOOP, 3},
    {'M', "VMVV", "VV", "0033", "scan(lambda %0, %1: (sin($2), $3), $0, $1)[1]",
     "h_scan(lambda %0, %1: (sin($2), $3), $0, $1)[1]", LOOP, 3},
    {'V', "PVS", "PS", "003",
     "scan(lambda %0, %1: ((sin(%0[0] * %1), sin($2 * %0[1])), $2), $0, $1)[1]",
     "h_scan(lambda %0, %1: ((sin(%0[0] * %1), sin($2 * %0[1])), $2), $0, $1)[1]", LOOP, 3},
    {'V', "SS", "S", "01", "scan(lambda %0, k: (sin($1), %0), $0, None, length=3)[1]",
     "h_scan(lambda %0, k: (sin($1), %0), $0, zeros(3))[1]", LOOP, 3},
    {'V', "VS", "S", "01", "map(lambda %0: $1, $0)", "h_map(lambda %0: $1, $0)", LOOP, 3},
    {'M', "VV", "S", "01", "map(lambda %0: $1, $0)", "h_map(lambda %0: $1, $0)", LOOP, 2},
    {'V', "VS", "S", "01", "vmap(lambda %0: $1)($0)", "h_map(lambda %0: $1, $0)", LOOP, 5},
    {'V', "MS", "V", "01", "vmap(lambda %0: $1)($0)", "h_map(lambda %0: $1, $0)", LOOP, 3},
    {'V', "MS", "V", "01", "vmap(lambda %0: $1, in_axes=1)($0)",
     "h_map(lambda %0: $1, $0.T)", LOOP, 2},
    {'M', "MV", "V", "01", "vmap(lambda %0: $1, in_axes=1, out_axes=1)($0)",
     "h_map(lambda %0: $1, $0.T).T", LOOP, 2},
    {'V', "VVS", "SS", "003", "vmap(lambda %0, %1: $2)($0, $1)",
     "h_map(lambda k: (lambda %0, %1: $2)(k[0], k[1]), stack([$0, $1]).T)", LOOP, 3},
    {'V', "VSS", "SS", "003", "vmap(lambda %0, %1: $2, in_axes=(0, None))($0, $1)",
     "h_map(lambda %0: (lambda %1: $2)($1), $0)", LOOP, 2},
    {'V', "V", "", "0", "associative_scan(multiply, $0)", "h_products($0)", LOOP, 1},
    // -- transformations
    {'S', "SS", "S", "01", "grad(lambda %0: $1)($0)", NULL, DIFFERENTIATES, 5},
    {'V', "VS", "V", "01", "grad(lambda %0: $1)($0)", NULL, DIFFERENTIATES, 4},
    {'P', "PS", "P", "01", "grad(lambda %0: $1)($0)", NULL, DIFFERENTIATES, 2},
    {'S', "SSS", "SS", "003", "grad(lambda %0, %1: $2, argnums=1)($0, $1)", NULL,
     DIFFERENTIATES, 2},
    {'P', "SVS", "SV", "003",
     "value_and_grad(lambda %0, %1: $2, argnums=(0, 1))($0, $1)[1]", NULL, DIFFERENTIATES,
     2},
    {'V', "VVV", "V", "001", "vjp(lambda %0: $2, $0)[1]($1)[0]", NULL, DIFFERENTIATES, 2},
    {'P', "PPP", "P", "001", "vjp(lambda %0: $2, $0)[1]($1)[0]", NULL, DIFFERENTIATES, 2},
    {'M', "VV", "V", "01", "jacrev(lambda %0: $1)($0)", NULL, DIFFERENTIATES, 3},
    {'V', "VS", "S", "01", "vmap(grad(lambda %0: $1))($0)",
     "h_map(grad(lambda %0: $1), $0)", LOOP | DIFFERENTIATES, 3},
    {'S', "SSS", "S", "001", "jvp(lambda %0: $2, ($0,), ($1,))[1]", NULL,
     DIFFERENTIATES | FORWARD, 3},
    {'P', "PPP", "P", "001", "jvp(lambda %0: $2, ($0,), ($1,))[1]", NULL,
     DIFFERENTIATES | FORWARD, 2},
    {'V', "SSV", "S", "001", "linearize(lambda %0: $2, $0)[1]($1)", NULL,
     DIFFERENTIATES | FORWARD, 2},
    {'M', "VV", "V", "01", "jacfwd(lambda %0: $1)($0)", NULL, DIFFERENTIATES | FORWARD, 2},
    {'M', "VS", "V", "01", "hessian(lambda %0: $1)($0)", NULL, DIFFERENTIATES | FORWARD, 1},
    // -- rules that are functions
    {'S', "SSs", "Ss", "013", CUSTOM_GRADIENT, NULL, VJP_RULE | CLOSED, 3},
    {'V', "VVv", "Vv", "013", CUSTOM_GRADIENT, NULL, VJP_RULE | CLOSED, 3},
    {'S', "SSSs", "SSs", "0117", CUSTOM_VJP, NULL, VJP_RULE | CLOSED, 2},
    {'V', "SVPs", "SPv", "0117", CUSTOM_VJP, NULL, VJP_RULE | CLOSED, 2},
    {'S', "SSs", "Ss", "013", CUSTOM_JVP, NULL, JVP_RULE | CLOSED, 3},
    {'P', "VPp", "Vv", "013", CUSTOM_JVP, NULL, JVP_RULE | CLOSED, 2},
    // -- linear in each operand of a linear type
    {'s', "sS", "", "00", "$0 * $1", NULL, 0, 8},
    {'s', "ss", "", "00", "$0 + $1", NULL, 0, 2},
    {'s', "s", "", "0", "-$0", NULL, 0, 1},
    {'s', "v", "", "0", "sum($0)", NULL, 0, 3},
    {'s', "vV", "", "00", "$0 @ $1", NULL, 0, 3},
    {'s', "vI", "", "00", "$0[$1]", NULL, 0, 2},
    {'s', "p", "", "0", "$0[0]", NULL, 0, 3},
    {'s', "Bss", "", "000", "where($0, $1, $2)", NULL, 0, 1},
    {'s', "Bss", "", "000", "cond($0, lambda: $1, lambda: $2)", WHERE_S, BRANCH, 2},
    {'s', "ss", "Is", "03", "fori_loop(0, #, lambda %0, %1: 0.7 * $1, $0)",
     "h_fori(array(0), #, lambda %0, %1: 0.7 * $1, $0)", LOOP, 2},
    {'s', "Vss", "Ss", "003", "scan(lambda %1, %0: (0.7 * $2, None), $1, $0)[0]",
     "h_scan(lambda %1, %0: (0.7 * $2, 0), $1, $0)[0]", LOOP, 1},
    {'v', "vV", "", "00", "$0 * $1", NULL, 0, 6},
    {'v', "sV", "", "00", "$0 * $1", NULL, 0, 6},
    {'v', "vS", "", "00", "$0 * $1", NULL, 0, 4},
    {'v', "vv", "", "00", "$0 + $1", NULL, 0, 2},
    {'v', "v", "", "0", "$0[::-1]", NULL, 0, 1},
    {'v', "v", "", "0", "cumsum($0)", NULL, 0, 1},
    {'v', "Mv", "", "00", "$0 @ $1", NULL, 0, 1},
    {'v', "p", "", "0", "$0[1]", NULL, 0, 3},
    {'v', "sss", "", "000", "array([$0, $1, $2])", NULL, 0, 1},
    {'v', "vs", "s", "01", "vmap(lambda %0: $1)($0)", "h_map(lambda %0: $1, $0)", LOOP, 2},
    {'v', "Bvv", "", "000", "cond($0, lambda: $1, lambda: $2)", WHERE_S, BRANCH, 1},
    {'p', "sv", "", "00", "($0, $1)", NULL, 0, 4},
};
const uint32_t n_operations = sizeof operations / sizeof *operations;
