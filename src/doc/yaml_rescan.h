// Where each byte of a YAML scalar stands. libyaml gives a scalar's decoded value and the
// marks of its two ends; what lies between is read again here, by its style.
#ifndef DOC_YAML_RESCAN_H
#define DOC_YAML_RESCAN_H

#include "doc/decoded.h"

#include <yaml.h>

// The bytes of a line break that stands at i (as libyaml breaks lines: also NEL, LS and
// PS), or 0.
size_t doc_yaml_break(Str text, size_t i);

// Collects in `decoded` where the bytes of `value` stand. `source` is the scalar in its
// file, from its first character (quotes and block indicators included) to its end mark,
// and stands at `at`. False when reading it again gave another value than libyaml's;
// `decoded` is then of no use.
bool doc_yaml_rescan(Str source, uint32_t at, yaml_scalar_style_t style, Str value,
                     Decoded *decoded);

#endif
