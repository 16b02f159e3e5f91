// Calls with rules (differentiation.md §6): captures, and calls with a batched rule.
#ifndef XFORM_CALLS_H
#define XFORM_CALLS_H

#include "ir/call.h"

// E507 if a capture has a tangent (its bit is set in `captures`) that reaches what the call
// gives: an output of its value, or of its rule. `span`: where it is called.
Status xform_check_captures(Call *call, const bool *captures, Span span) MUST_USE;

// The call for a leading axis of size B on the operands (arguments, then captures) whose
// bit is set in `batched`; all its outputs have that axis. Its callbacks batch the
// original's graphs when they are first asked for. The same call for the same question.
Status xform_batched_call(Call *base, int64_t B, const bool *batched,
                          Call **result) MUST_USE;

// What a batched call is for each of B rows, and which operands have their axis; NULL for
// any other call. It may be batched itself.
Call *xform_row_call(const Call *call, int64_t *B, const bool **batched);

#endif
