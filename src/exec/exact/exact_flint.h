// FLINT's headers: Arb is a library of its own in Debian 12, and a part of FLINT 3 later.
#ifndef EXEC_EXACT_FLINT_H
#define EXEC_EXACT_FLINT_H

#if __has_include(<flint/arb.h>)
#include <flint/acb.h>
#include <flint/arb.h>
#include <flint/arb_fmpz_poly.h>
#include <flint/arb_hypgeom.h>
#else
#include <acb.h>
#include <arb.h>
#include <arb_fmpz_poly.h>
#include <arb_hypgeom.h>
#endif
#include <flint/fmpq.h>
#include <flint/fmpz_poly_q.h>

#endif
