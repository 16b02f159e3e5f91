// The names that an expression takes from outside: a walk that knows what lambdas and
// comprehensions bind.
#ifndef LANG_NAMES_H
#define LANG_NAMES_H

#include "base/str.h"
#include "base/vec.h"
#include "lang/ast.h"

typedef struct LangNames LangNames;
// Is given each free NAME, in the order of the text.
typedef Status (*LangVisit)(const LangNames *names, const Expr *name);

struct LangNames {
    Arena *arena;
    LangVisit visit;
    void *data;      // the visitor's
    VEC(Str) inner;  // lambda parameters and comprehension targets that are open here
    StrMap *n_inner; // how many of each name
    VEC(const Expr *) spine; // BINARY nodes whose right operand is still to be looked at
};

// NOMEM when memory is out.
Status lang_names(LangNames *names, Arena *arena, LangVisit visit, void *data) MUST_USE;
// Walks an expression (NULL: nothing); stops where the visitor does.
Status lang_visit_names(LangNames *names, const Expr *expr) MUST_USE;

#endif
