/* VECTORISED before a function: it is compiled for processors with AVX2, too, and the one that fits is
 * called. Not with the thread sanitizer: which one fits is asked before its runtime is there. */
#ifndef SUPCERT_BASE_VECTORISED_H
#define SUPCERT_BASE_VECTORISED_H

#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define VECTORISED __attribute__((target_clones("avx2", "default")))
#else
#define VECTORISED
#endif

#endif
