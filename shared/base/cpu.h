/* cpu.h - what an x86 processor can do.

   The C library has asked it when the program was loaded.  To ask it again, as
   the compiler's own __builtin_cpu_supports does before main, takes
   instructions that a virtual machine has to trap: some 70 us. */

#ifndef LEDE_BASE_CPU_H
#define LEDE_BASE_CPU_H

#if __has_include(<sys/platform/x86.h>)
#include <stdbool.h>
#include <sys/platform/x86.h>

/* As x86_cpu_active, which shifts a 1 into the sign of an int. */
static inline bool
cpu_has(unsigned feature)
{
    const struct cpuid_feature *leaf =
        __x86_get_cpuid_feature_leaf(feature / 128);

    return (leaf->active_array[feature / 32 % 4] >> (feature % 32) & 1) != 0;
}

/* Whether it has a feature, by the library's name or the compiler's. */
#define CPU_HAS(library, compiler) cpu_has(x86_cpu_##library)
#else
#define CPU_HAS(library, compiler) __builtin_cpu_supports(compiler)
#endif

#endif
