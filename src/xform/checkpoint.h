// Checkpoints: what a derivative computes again rather than saves (differentiation.md §3,
// §4).
#ifndef XFORM_CHECKPOINT_H
#define XFORM_CHECKPOINT_H

#include "xform/partial.h"

// The parts of a checkpoint's graph j: `known` has no residuals; `linear` takes the known
// inputs that it reads, by reference, and is j itself, known and linear nodes alike, for
// the wanted outputs that depend on an unknown input. Memoised.
Status xform_partial_checkpoint(const Graph *j, const bool *unknown, const bool *want,
                                bool known_only, const Partial **parts) MUST_USE;

// The graph with the same inputs and outputs in which no node has outputs of both kinds, as
// transpose needs it: what does not depend on the linear inputs is computed first. Every
// output is linear. Memoised.
Status xform_separated(const Graph *g, const bool *linear, const Graph **result) MUST_USE;

#endif
