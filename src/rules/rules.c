// The table of rules. Each row of prim.def outside the classes SOURCE and CONTROL is looked
// for by its symbol, so a primitive without rules does not link.
#include "rules/rules_family.h"

#define ROW_SOURCE(name)
#define ROW_CONTROL(name)
#define ROW_MAP(name)     [PRIM_##name] = &rules_##name,
#define ROW_COMPARE(name) [PRIM_##name] = &rules_##name,
#define ROW_REDUCE(name)  [PRIM_##name] = &rules_##name,
#define ROW_SHAPE(name)   [PRIM_##name] = &rules_##name,
#define ROW_INDEX(name)   [PRIM_##name] = &rules_##name,
#define ROW_LINALG(name)  [PRIM_##name] = &rules_##name,
#define ROW_STACK(name)   [PRIM_##name] = &rules_##name,

static const PrimRules *const table[PRIM_COUNT] = {
#define PRIM(name, arity, class, smoothness, flags) ROW_##class(name)
#include "ir/prim.def"
#undef PRIM
};

const PrimRules *rules_of(Prim prim) {
    return table[prim];
}
