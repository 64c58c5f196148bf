/* VECTORISED before a function: it is compiled for processors with AVX2, too, and the one that fits is
 * called. */
#ifndef SUPCERT_BASE_VECTORISED_H
#define SUPCERT_BASE_VECTORISED_H

#if defined(__x86_64__) && !defined(__clang__)
#define VECTORISED __attribute__((target_clones("avx2", "default")))
#else
#define VECTORISED
#endif

#endif
